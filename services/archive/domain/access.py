"""Who may see which entry (方案 四(三); domain: 最小可见, 被投诉人回避)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.archive.domain.entry import Entry
from shared.district.roles import Role

DEPARTMENT = frozenset({Role.DO, Role.DH, Role.SH, Role.DL})


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the ledger: of which unit, only its own cases, or as the leader who decides."""

    unit: str | None = None
    own_only: bool = False
    leads: bool = False

    @classmethod
    def of(cls, unit: str | None, roles: AbstractSet[str]) -> Reader:
        """The reader a staff member is."""
        return cls(unit, own_only=roles <= DEPARTMENT, leads=Role.GL in roles)

    @property
    def sees_all(self) -> bool:
        """Whether no entry at all is kept from this reader."""
        return not self.own_only and (self.unit is None or self.leads)


def may_see(entry: Entry, reader: Reader) -> bool:
    """No one sees a complaint about their unit, save the leader who assigns it; departments see their own."""
    if entry.complained_unit is not None and entry.complained_unit == reader.unit and not reader.leads:
        return False
    return not reader.own_only or any(order.unit == reader.unit for order in entry.orders)

"""Who may see which entry (方案 四(三)、七(四); domain: 最小可见, 被投诉人回避, 线索密封)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from services.archive.domain.entry import Entry
from shared.district.policy import Policy
from shared.district.roles import Role

DEPARTMENT = frozenset({Role.DO, Role.DH, Role.SH, Role.DL})
CLUE = "clue"


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the ledger: who, of which unit, only its own cases or all of them.

    `leads` is the office whose own complaints this reader assigns, `holds_clues` that sealed clues are theirs.
    """

    unit: str | None = None
    person: str = ""
    own_only: bool = False
    leads: str | None = None
    holds_clues: bool = False

    @classmethod
    def of(cls, policy: Policy, unit: str | None, roles: AbstractSet[str], person: str = "") -> Reader:
        """The reader a staff member is (domain 歧义 21: 投诉本办的件由办领导指定)."""
        rules = policy.complaint
        return cls(
            unit,
            person,
            own_only=roles <= DEPARTMENT,
            leads=rules.route if rules.self_route_role in roles else None,
            holds_clues=policy.clue.holder in roles,
        )

    @property
    def barred(self) -> tuple[str, ...]:
        """The marks of entries that are not there for this reader."""
        unit = about_unit(self.unit) if self.unit and self.unit != self.leads else None
        person = about_person(self.person) if self.person else None
        return tuple(mark for mark in (unit, person, None if self.holds_clues else CLUE) if mark)


def about_unit(unit: str) -> str:
    """The mark of a complaint about a unit."""
    return f"about_{unit}"


def about_person(person: str) -> str:
    """The mark of a complaint about a member of staff."""
    return f"about_staff_{person}"


def marks_of(entry: Entry) -> frozenset[str]:
    """From whom an entry is kept: the unit complained of, its people complained of, all but 纪检 for a clue."""
    units = {about_unit(entry.complained_unit)} if entry.complained_unit else set()
    people = {about_person(person) for person in entry.complained_staff}
    return frozenset(units | people | ({CLUE} if entry.clue else set()))


def may_see(entry: Entry, reader: Reader) -> bool:
    """方案 四(三): no one sees a complaint about their unit or themselves, nobody but 纪检 a clue; departments see their own."""
    if not marks_of(entry).isdisjoint(reader.barred):
        return False
    return not reader.own_only or any(order.unit == reader.unit for order in entry.orders)

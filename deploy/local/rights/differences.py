"""Where the system differs from the table of domain §2, and why: printed with the table, and held to be exactly these."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """Cells of one row that are not what domain §2 says: what it says, what is so, and why."""

    row: str
    roles: tuple[str, ...]
    said: str
    ours: str
    why: str


def _differs(row: str, roles: str, said: str, ours: str, why: str) -> Difference:
    return Difference(row, tuple(roles.split()), said, ours, why)


DIFFERENCES: tuple[Difference, ...] = ()  # none since people may urge, propose and approve as the table says

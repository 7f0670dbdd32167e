"""The declared rights: which row of domain §2 an operation belongs to, and with which letter each role may use it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from shared.district.roles import Role

WRITTEN = Path(__file__).with_name("rights.txt")
BY_STRENGTH = ("A", "W", "提", "投递", "看", "R")
STEP = "办理 "
NONE = "—"
OPEN, CHANNEL, PERSON, SIGNED_IN = "任何人", "渠道", "群众", "登录者"
DOORS = (OPEN, CHANNEL, PERSON, SIGNED_IN)
ROLES = tuple(role.value for role in Role)


class Unwritten(ValueError):
    """A line of the table says nothing anybody understands; the message names it."""


@dataclass
class Declared:
    """What is written of one operation: the door it stands behind, and per row each role's letter."""

    door: str = ""
    letters: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def roles(self) -> frozenset[str]:
        """Who may use it."""
        if self.door == SIGNED_IN:
            return frozenset(ROLES)
        return frozenset(role for row in self.letters.values() for role in row)


@dataclass(frozen=True)
class Table:
    """The whole table: rows in their order, and every operation."""

    rows: tuple[str, ...]
    operations: dict[str, Declared]

    def cell(self, row: str, role: str, *, only: frozenset[tuple[str, str]] | None = None) -> str:
        """The strongest letter a role has in a row; `only` counts operations the role was really let in to."""
        found = {
            said.letters[row][role] for operation, said in self.operations.items()
            if row in said.letters and role in said.letters[row] and (only is None or (operation, role) in only)
        }
        return next((letter for letter in BY_STRENGTH if letter in found), NONE)


def read_table(text: str | None = None) -> Table:
    """The table as it is written; raises Unwritten for a line nobody understands."""
    rows: list[str] = []
    operations: dict[str, Declared] = defaultdict(Declared)
    for line in (text if text is not None else WRITTEN.read_text(encoding="utf-8")).splitlines():
        if line.startswith("["):
            rows.append(line.strip("[]"))
        elif line and not line.startswith("#"):
            operation, _, said = (part.strip() for part in line.partition("|"))
            for one in _written_out(operation):
                _note(operations[one], rows[-1], said, line)
    return Table(tuple(rows), dict(operations))


def _written_out(operation: str) -> tuple[str, ...]:
    """One step on a case is three operations: the endpoint, the form, the form sent."""
    step = operation.removeprefix(STEP)
    if step == operation:
        return (operation,)
    page = f"/router/cases/{{case_no}}/{step}"
    return f"POST /api{page}", f"GET {page}", f"POST {page}"


def _note(declared: Declared, row: str, said: str, line: str) -> None:
    if said in DOORS:
        declared.door = said
        return
    for part in said.split(";"):
        letter, _, names = (word.strip() for word in part.partition(":"))
        roles = names.split()
        if letter not in BY_STRENGTH or not roles or set(roles) - set(ROLES):
            raise Unwritten(f"rights.txt: {line}")
        declared.letters[row] |= dict.fromkeys(roles, letter)

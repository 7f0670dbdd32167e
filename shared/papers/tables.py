"""A report as tables: what its workbook and its paper are both made from, so that the two never say different things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Cell = bool | int | str | Decimal | date | datetime | None
NOTHING = "—"


class Kind(StrEnum):
    """What stands in a column, and so how it is written."""

    TEXT = "TEXT"
    WORD = "WORD"
    COUNT = "COUNT"
    NUMBER = "NUMBER"
    SHARE = "SHARE"
    DAY = "DAY"
    MOMENT = "MOMENT"


@dataclass(frozen=True)
class Column:
    """One column: its head, what it holds, how wide it is in Latin letters."""

    label: str
    kind: Kind = Kind.TEXT
    width: int = 12


@dataclass(frozen=True)
class Table:
    """One table on a sheet of its own.

    `keys` is how many first columns name the row; `groups` splits a wide table for paper into parts that each begin with
    the keys: a name and how many columns follow.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    keys: int = 1
    groups: tuple[tuple[str, int], ...] = ()
    large: bool = False

    def parts(self) -> list[Table]:
        """The parts in which it stands on paper: itself, or one a group."""
        if not self.groups:
            return [self]
        found, first = list[Table](), self.keys
        for name, count in self.groups:
            places = [*range(self.keys), *range(first, first + count)]
            found.append(replace(
                self, name=f"{self.name}（{name}）", columns=tuple(self.columns[place] for place in places),
                rows=[[row[place] for place in places] for row in self.rows], groups=(), note=self.note if not found else "",
            ))
            first += count
        return found


@dataclass(frozen=True)
class Report:
    """A whole report: its title, who gives it out, of which time it speaks, its as-of mark and check value, its tables.

    `facts` are the lines of its first sheet; `office` and `dated` sign it. A `draft` was given out by nobody yet
    and says so everywhere; a `silent` one rests on nothing that anybody said.
    """

    title: str
    office: str
    period: str
    as_of: datetime
    digest: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    draft: bool = False
    silent: bool = False

    @property
    def upto(self) -> str:
        """Until when it counts; a draft of what nobody said anything in has no such moment yet."""
        return "尚无数据" if self.draft and self.silent else f"{self.as_of:%Y-%m-%d %H:%M}"

    @property
    def as_of_text(self) -> str:
        """The as-of mark as people read it."""
        mark = self.upto if self.draft and self.silent else f"数据截至 {self.upto}"
        return f"未定稿　{mark}" if self.draft else mark

    @property
    def shown_title(self) -> str:
        """The title over its tables."""
        return f"{self.title}（未定稿）" if self.draft else self.title

    @property
    def warning(self) -> str:
        """What a draft says of itself; nothing for what was given out."""
        return f"{self.as_of_text.replace('　', '，')}。尚未正式生成，按台账现状试算，数字还会变动。" if self.draft else ""

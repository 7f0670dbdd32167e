"""What stands beside the cases a second time: 好差评, 12345, exits from the portal, root causes (方案 二、七(二)(三); domain §7, 歧义 29)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from tests.scheme.year.given import SHANGHAI, moment, shown, told
from tests.scheme.year.telling import Case, Told

LOW_TO, CONTENT_FROM = 2, 3
Row = dict[str, Any]
OUTSIDE = ("channel", "day", "unit", "stars", "resolved", "satisfied")
EXIT = ("at", "step", "reason", "item", "case")


class Outside:
    """Every row of another system, under the day it speaks of."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = pd.DataFrame([{name: row["data"][name] for name in OUTSIDE} for row in rows], columns=OUTSIDE, dtype=object)
        self.latest = max((_recorded(row) for row in rows), default=None)
        self._held: dict[tuple[str, str], dict[Any, pd.DataFrame]] = {}

    @property
    def units(self) -> list[str]:
        """Whoever is spoken of."""
        return sorted(self.rows["unit"].dropna().unique())

    def of(self, first: str, last: str, unit: str | None) -> Told:
        """From this day to that: of one unit, or of anybody."""
        found = self._within(first, last).get(unit, self.rows.iloc[:0])
        stars, hotline = found.loc[found["channel"] == "RATING", "stars"].astype(float), found[found["channel"] == "HOTLINE_12345"]
        return {
            "ratings": {"count": len(stars), "low": int((stars <= LOW_TO).sum()), "content": told(int((stars >= CONTENT_FROM).sum()), len(stars))},
            "hotline": {"count": len(hotline), **{name: _among_those_who_spoke(hotline[name]) for name in ("satisfied", "resolved")}},
        }

    def speaks_of(self, first: str, last: str, unit: str) -> bool:
        """Whether any row of these days is about the unit."""
        return unit in self._within(first, last)

    def _within(self, first: str, last: str) -> dict[Any, pd.DataFrame]:
        if (first, last) not in self._held:
            days = self.rows["day"].astype(str)
            found = self.rows[(days >= first) & (days <= last)]
            self._held[first, last] = {None: found, **dict(list(found.groupby("unit")))}
        return self._held[first, last]


def _among_those_who_spoke(answers: pd.Series) -> Told:
    said = answers.value_counts()
    return told(int(said.get(True, 0)), int(said.sum()))


def _recorded(row: Row) -> datetime:
    return datetime.fromisoformat(row["recorded_at"])


def exits_told(rows: Sequence[Row]) -> list[Told]:
    """People who left the portal and wanted no answer."""
    return [_exit(row["occurred_at"], row["data"], case=False) for row in rows]


def exits_of(cases: Sequence[Case]) -> list[Told]:
    """People who left the portal and wanted one; of a clue that it happened, without a word (domain: 数据保护 6)."""
    return [_exit(case.first["received_at"], case.first, case=True) if not case.clue else
            {"at": case.received, **dict.fromkeys(("step", "reason", "item"), "保密"), "case": True}
            for case in cases if case.first["channel"] == "PORTAL_EXIT"]


def _exit(at: str, said: dict[str, Any], *, case: bool) -> Told:
    left = said["portal_exit"]
    words = {name: shown(text) or "未说明" for name, text in (("step", left["exit_step"]), ("reason", left["exit_reason"]), ("item", said["item"]))}
    return {"at": moment(at), **words, "case": case}


def roots_of(rows: Sequence[Row], month: str) -> list[Told]:
    """举一反三 named in the month, as they were named; of complaints nothing."""
    found = sorted((row for row in rows if _month(row["occurred_at"]) == month and not row["data"]["marks"]), key=lambda row: row["case_no"])
    names = ("title", "cause", "unit", "person", "due_on", "plan")
    return [{"number": row["case_no"], **{name: row["data"][name] for name in names}} for row in found]


def _month(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(SHANGHAI).strftime("%Y-%m")

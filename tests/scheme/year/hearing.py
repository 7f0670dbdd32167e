"""`events.jsonl` as the second count reads it: every case as it stood at any moment, and what is told beside the cases."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from tests.scheme.year.given import Given, moment
from tests.scheme.year.telling import UNREAD, Case

Row = dict[str, Any]
BESIDE = ("EvaluationImported", "ChokepointRecorded", "RootCauseNamed", "LibraryCasePublished", "LibraryCaseWithdrawn")


def kind_of(row: Row) -> str:
    """What a row tells of."""
    return str(row["type"].split(".")[-2])


class Timeline:
    """The rows of one case by the moment they were recorded; read anew only where more was told since."""

    def __init__(self, rows: list[Row], given: Given) -> None:
        self._rows, self._given = rows, given
        self._recorded = [moment(row["recorded_at"]) for row in rows]
        self._held: dict[int, Case | None] = {}

    def case(self, until: datetime | None) -> Case | None:
        """The case as it was known then; None before it was."""
        known = len(self._rows) if until is None else bisect_right(self._recorded, until)
        if known not in self._held:
            there = any(kind_of(row) == "CaseRegistered" for row in self._rows[:known])
            self._held[known] = Case(self._rows[:known], self._given) if there else None
        return self._held[known]


class Heard:
    """The whole file; what notifier says, and archive but for root causes, is no part of a report and not kept."""

    def __init__(self, rows: Iterable[Row], given: Given) -> None:
        lives: dict[str, list[Row]] = defaultdict(list)
        self.beside: dict[str, list[Row]] = {name: [] for name in BESIDE}
        for row in rows:
            if (kind := kind_of(row)) in self.beside:
                self.beside[kind].append(row)
            elif not row["stream"].startswith(UNREAD):
                lives[row["case_no"]].append(row)
        for life in lives.values():
            life.sort(key=lambda row: datetime.fromisoformat(row["recorded_at"]))
        self._in, self._out = self._shelf()
        self.lives = {number: Timeline(life, given) for number, life in lives.items()}

    def _shelf(self) -> tuple[dict[str, datetime], dict[str, datetime]]:
        """When each case's words came into the 案例库, and when they were taken out."""
        came = {row["data"]["source"]: datetime.fromisoformat(row["recorded_at"]) for row in self.beside["LibraryCasePublished"]}
        gone = [row for row in self.beside["LibraryCaseWithdrawn"] if row["data"]["published"]]
        return came, {row["case_no"][2:]: datetime.fromisoformat(row["recorded_at"]) for row in gone}

    def in_library(self, number: str, until: datetime | None = None) -> bool:
        """Whether its words stood there then."""
        came, gone = self._in.get(number), self._out.get(number[2:])
        return came is not None and (until is None or came <= until) and (gone is None or (until is not None and gone > until))

    @classmethod
    def read(cls, path: Path, given: Given) -> Heard:
        """Line by line."""
        with path.open("rb") as file:
            return cls((orjson.loads(line) for line in file), given)

    def cases(self, until: datetime | None = None) -> list[Case]:
        """Every case as it was known then."""
        return [case for life in self.lives.values() if (case := life.case(until)) is not None]

    def told(self, kind: str, until: datetime | None = None) -> list[Row]:
        """What was told of one kind beside the cases."""
        return [row for row in self.beside[kind] if until is None or datetime.fromisoformat(row["recorded_at"]) <= until]

"""The archive's own reports of a year: its facts from its lines, its months frozen when they were due, its packs (services/archive)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from services.archive.domain.lines import exported, row_in, without_words
from services.archive.domain.record import CaseRecord
from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.editions import Kind, Series, make_edition, open_series
from services.archive.domain.reports.editions import named as period_named
from services.archive.domain.reports.exits import Exit, exit_of
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.filing import Filing, file_month, open_month
from services.archive.domain.reports.gathering import facts_of
from services.archive.domain.reports.periods import Period, month_named, pair_named
from services.archive.store.reading import with_stay
from services.archive.store.reports import Read, compose
from shared.district.model import District
from tests.scheme.year.adding import Added
from tests.scheme.year.shelving import Shelved

Lines = Sequence[str]
FILED_LATE = timedelta(hours=3)
OWN = '"stream":"archive/'
PAIRS = tuple(f"2026-{month:02d}" for month in range(1, 13, 2))


def record_of(lines: Lines) -> CaseRecord:
    """What archive keeps of the lines it consumed."""
    heard = tuple(line for line in lines if OWN not in line)
    return CaseRecord(case_no=row_in(heard[0])["case_no"], events=heard, chain="")


def rows_of(lines: Lines) -> list[dict[str, Any]]:
    """The lines as `events.jsonl` has them; a clue's without words."""
    rows = [exported(line) for line in lines]
    clue = any(row["data"].get("clue") for row in rows if ".CaseTransferred." in row["type"])
    return [without_words(row) for row in rows] if clue else rows


def write_events(lives: Iterable[Lines], path: Path) -> None:
    """`events.jsonl` of these lives."""
    with path.open("wb") as file:
        for lines in lives:
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows_of(lines))


class Kept:
    """One record and its facts as of any moment; folded anew only where more was recorded since."""

    def __init__(self, lines: Lines) -> None:
        self.record = record_of(lines)
        self._recorded = sorted(datetime.fromisoformat(row_in(line)["recorded_at"]) for line in self.record.events)
        self._held: dict[int, Facts | None] = {}

    def facts(self, until: datetime | None = None) -> Facts | None:
        """As the archive gathers them."""
        known = len(self._recorded) if until is None else bisect_right(self._recorded, until)
        if known not in self._held:
            self._held[known] = facts_of(self.record, until) if known else None
        return self._held[known]


class Year:
    """The year as the archive reports it; `filed` sites have filed their months, some of them late."""

    def __init__(
        self, lives: Iterable[Lines], added: Added, shelved: Shelved, district: District, filing: Sequence[str], months: Sequence[str]
    ) -> None:
        self.district, self._stays, self._kept = district, shelved.stays, [Kept(lines) for lines in lives]
        self.facts: list[Facts] = self._known(self._kept)
        self.outside, self.roots = added.outside, added.roots
        self._without_a_case = added.exits
        self.filings = [held for site in filing for held in self._filed(site, months)]
        self.books = self.fresh_books()

    def fresh_books(self) -> Books:
        """The district's books, nothing of them computed yet."""
        return Books(self.facts, self.filings, self.district, self.roots, self._exits())

    def _exits(self, until: datetime | None = None) -> list[Exit]:
        """Every exit known by then; of what was a clue by then only that it happened."""
        of_cases = (exit_of(held.record, clue=facts.clue) for held in self._kept if (facts := held.facts(until)))
        found = [*self._without_a_case, *(left for left in of_cases if left)]
        return found if until is None else [left for left in found if left.recorded_at <= until]

    def _known(self, kept: Sequence[Kept], until: datetime | None = None) -> list[Facts]:
        return [with_stay(facts, self._stays, until) for held in kept if (facts := held.facts(until)) is not None]

    @property
    def filed(self) -> dict[tuple[str, str], datetime]:
        """When each site filed which month."""
        return {(held.site, held.month): held.snapshot.at for held in self.filings if held.snapshot}

    def _filed(self, site: str, months: Sequence[str]) -> list[Filing]:
        mine = [held for held, facts in zip(self._kept, self.facts, strict=True) if facts.entry.site == site]
        held: list[Filing] = []
        for place, month in enumerate(months):
            made = self._one(mine, site, month_named(month), late=place % 3 == 0, earlier=held)
            held.append(made)
        return held

    def _one(self, mine: Sequence[Kept], site: str, month: Period, *, late: bool, earlier: Sequence[Filing]) -> Filing:
        opened = open_month(None, month, site, self.district).state
        assert opened is not None
        at = opened.due_at + (FILED_LATE if late else -FILED_LATE)
        draft = Books(self._known(mine, at), earlier, self.district).draft(month, site)
        made = file_month(opened, draft, self.district, nil=not draft.lines, by="s001-ws1", now=at).state
        assert made is not None
        return made

    def packs(self, pairs: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Every 双月评估."""
        return {first: assessment(self.facts, pair_named(first), self.district, self.outside) for first in pairs}

    def months(self, sites: Sequence[str | None], *, restated: bool = False) -> dict[tuple[str, str | None], dict[str, Any]]:
        """Every 月台账 of these sites."""
        return {(month.text, site): self.books.report(month, site, restated=restated) for month in self.books.months for site in sites}

    def read_at(self, until: datetime) -> Read:
        """What was recorded up to a moment."""
        filings = [held if held.snapshot and held.snapshot.at <= until else held.model_copy(update={"snapshot": None}) for held in self.filings]
        return (
            self._known(self._kept, until), self._exits(until), filings,
            [row for row in self.outside if row.at <= until], [root for root in self.roots if root.named_at <= until],
        )


class Editions:
    """The district's reports as they are given out: when due, and at each look after it."""

    def __init__(self, year: Year) -> None:
        self._year = year
        self._read: dict[datetime, Read] = {}

    def of(self, kind: Kind, period: str, looks: int) -> Iterator[tuple[datetime, Series]]:
        """So many looks at one report: the moment up to which it rests on what was recorded, and all its editions by then."""
        district = self._year.district
        series = open_series(None, kind, period_named(kind, period), district).state
        for _ in range(looks):
            assert series is not None
            until, restated = series.until, bool(series.editions)
            if until is None:
                return
            if until not in self._read:
                self._read[until] = self._year.read_at(until)
            content = compose(kind, period, self._read[until], district, restated=restated)
            series = partial(make_edition, content=content, until=until, now=until, district=district)(series).state
            assert series is not None
            yield until, series

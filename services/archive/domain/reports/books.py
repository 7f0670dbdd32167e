"""Every site's 月台账 and the district's, frozen where it was filed, as the ledger says where not (方案 七(二); domain 12A.11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from services.archive.domain.patterns.root import Root
from services.archive.domain.reports.canonical import Content, Line, moment_text, with_check_value
from services.archive.domain.reports.columns import COLUMNS, NUMBER
from services.archive.domain.reports.exits import Exit
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.filing import Draft, Filing
from services.archive.domain.reports.monthly import Known, corrections, month_lessons, month_lines, overlaid, tail
from services.archive.domain.reports.operations import operations
from services.archive.domain.reports.periods import Period, month_named, month_of
from services.archive.domain.reports.roots import month_roots
from shared.district.model import District


class Books:
    """The cases and filings of the district as they stand at one moment; asked for reports, never changed."""

    def __init__(
        self, cases: Iterable[Facts], filings: Iterable[Filing], district: District, roots: Iterable[Root] = (), exits: Iterable[Exit] = (),
    ) -> None:
        self._district, self._exits = district, tuple(exits)
        self._roots = list(roots)
        self._cases: dict[str, list[Facts]] = defaultdict(list)
        for facts in cases:
            self._cases[facts.entry.site].append(facts)
        self._filings: dict[str, list[Filing]] = defaultdict(list)
        for filing in sorted(filings, key=lambda filing: filing.month):
            self._filings[filing.site].append(filing)
        self._lines: dict[tuple[str, str], list[Line]] = {}

    @property
    def sites(self) -> list[str]:
        """Every site of the district, and any other a case or a filing names."""
        return sorted({*self._district.sites, *self._cases, *self._filings})

    @property
    def months(self) -> list[Period]:
        """Every month with a case, or that somebody owes."""
        found = {month_of(facts.entry.received_at) for held in self._cases.values() for facts in held}
        return sorted(found | {month_named(filing.month) for held in self._filings.values() for filing in held})

    def draft(self, month: Period, site: str) -> Draft:
        """方案 七(二): what the site would file now: lines, 举一反三, and what changed of its frozen months."""
        frozen = [filing for filing in self._filings[site] if filing.snapshot is not None]
        known = {before: lines for before, lines in _known(frozen).items() if before < month.text}
        now = {before: self._lines_of(month_named(before), site) for before in known}
        return Draft(
            lines=tuple(self._lines_of(month, site)), lessons=tuple(month_lessons(self._cases[site], month, site)),
            corrections=tuple(corrections(known, now)),
        )

    def _lines_of(self, month: Period, site: str) -> list[Line]:
        place = (site, month.text)
        if place not in self._lines:
            self._lines[place] = month_lines(self._cases[site], month, site, self._district)
        return self._lines[place]

    def filed(self, month: Period, site: str) -> Filing | None:
        """The site's filing of the month, once it was made."""
        made = (filing for filing in self._filings[site] if filing.month == month.text and filing.snapshot is not None)
        return next(made, None)

    def page(self, month: Period, site: str) -> Draft:
        """The frozen page of a site that filed, else what it would file now."""
        filing = self.filed(month, site)
        if filing is None or filing.snapshot is None:
            return self.draft(month, site)
        return Draft(**{name: getattr(filing.snapshot, name) for name in Draft.model_fields})

    def restated(self, month: Period, site: str) -> Draft:
        """The page as the ledger says now, whatever was frozen; the 更正页 is the frozen page's own."""
        return self.draft(month, site).model_copy(update={"corrections": self.page(month, site).corrections})

    def report(self, month: Period, site: str | None = None, *, restated: bool = False) -> Content:
        """月台账 of one site, or (None) of the whole district, with its tail and its check value; 重述 as the ledger says now."""
        chosen = self.sites if site is None else [site]
        page = self.restated if restated else self.page
        pages = {code: page(month, code) for code in chosen}
        lines = _numbered([line for page in pages.values() for line in page.lines])
        lessons = sorted((held for page in pages.values() for held in page.lessons), key=lambda held: str(held["case_no"]))
        return with_check_value({
            "report": "monthly", "month": month.text, "site": site, "name": self._name(site),
            "policy_version": self._district.policy.version, "calendar_version": self._district.calendar.version,
            "as_of": self._as_of(month, site), "columns": [list(column) for column in COLUMNS], "lines": lines,
            "tail": tail(lines, lessons, self._district), "root_causes": month_roots(self._roots, month) if site is None else [],
            "corrections": [change for page in pages.values() for change in page.corrections],
            "sites": [self._standing(month, code, pages[code]) for code in chosen],
            **({"operations": self._operations(month)} if site is None else {}),
        })

    def _operations(self, month: Period) -> Content:
        return operations((facts for held in self._cases.values() for facts in held), self._exits, month, self._district)

    def _name(self, site: str | None) -> str:
        if site is None:
            return self._district.policy.district.name
        return self._district.sites[site].name if site in self._district.sites else site

    def _as_of(self, month: Period, site: str | None) -> str | None:
        """The latest word the report rests on; of a site that filed the moment it did, of which nothing later is told."""
        filing = self.filed(month, site) if site else None
        if filing is not None and filing.snapshot is not None:
            return moment_text(filing.snapshot.at)
        told = [facts.last_at for code in ([site] if site else self.sites) for facts in self._cases[code] if facts.entry.received_at < month.end]
        return moment_text(max(told, default=None))

    def _standing(self, month: Period, site: str, page: Draft) -> dict[str, Any]:
        filing = self.filed(month, site)
        snapshot = filing.snapshot if filing else None
        return {
            "site": site, "name": self._name(site), "cases": len(page.lines), "filed_at": moment_text(snapshot.at) if snapshot else None,
            "by": snapshot.by if snapshot else None, "nil": snapshot.nil if snapshot else None,
            "late": snapshot.late if snapshot else None, "digest": snapshot.digest if snapshot else None,
        }


def _known(frozen: Iterable[Filing]) -> dict[str, Known]:
    made = [(filing.month, filing.snapshot) for filing in frozen if filing.snapshot is not None]
    made.sort(key=lambda held: held[1].at)
    return overlaid((month, snapshot.lines, snapshot.corrections) for month, snapshot in made)


def _numbered(lines: list[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: (str(line["received_at"]), str(line["case_no"])))
    return [{**line, NUMBER: place} for place, line in enumerate(ordered, start=1)]

"""What archive says: the closed case stands in the ledger, the sites file their month (方案 六(五)、七(二))."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.event import ArchiveEvent


class CaseArchived(ArchiveEvent):
    """The ledger entry is complete and locked; `digest` is the hash over its events in the order they were applied.

    `order` tells that order, an owner's initial for each event (`irrs`): with it the ledger can be made anew from the topics.
    """

    digest: str
    events: int
    order: str = ""


class FilingEvent(ArchiveEvent):
    """An event about one site's 月台账 of one month (`2026-11`), under a TZ number of its own (方案 七(二))."""

    site: str
    month: str


class FilingDue(FilingEvent):
    """The first working day of the next month: the site is reminded to file (S11)."""

    due_at: AwareDatetime


class FilingMade(FilingEvent):
    """The site filed, `nil` for 零报告; its lines are frozen under `digest`, later changes go to the next 更正页."""

    nil: bool
    late: bool = False
    digest: str


class FilingMissed(FilingEvent):
    """W13: the moment passed and the site had not filed (domain 12A.11)."""

    due_at: AwareDatetime

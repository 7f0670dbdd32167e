"""What archive says: the closed case stands in the ledger, the sites file their month (方案 六(五)、七(二))."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from shared.contracts.event import ArchiveEvent, Frozen


class CaseArchived(ArchiveEvent):
    """The ledger entry is complete and locked; `digest` is the hash over its events in the order they were applied.

    `order` tells that order, an owner's initial for each event (`irrs`): with it the ledger can be made anew from the topics.
    """

    digest: str
    events: int
    order: str = ""


class CaseForgotten(ArchiveEvent):
    """个保法 19、47: contact data of an archived case is kept no longer, nor the key it was sealed under; figures stay as they are.

    `TERM`: so many years after `archived_at`; `REQUEST`: the person asked for it, `words` says why, `confirmed_by` is the second
    person, `actor` the first. Whoever holds boxes, keys, indexes or files of the case lets go of them.
    """

    archived_at: AwareDatetime
    reason: Literal["TERM", "REQUEST"] = "TERM"
    words: str = ""
    confirmed_by: str | None = None


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


class SummaryPart(Frozen):
    """One site's month in the district's: how many matters, and the check value over them."""

    site: str
    cases: int
    nil: bool
    late: bool
    digest: str


class SummaryEvent(ArchiveEvent):
    """An event about the district's month, under a TZ number of site 000 (domain §2 台账汇总)."""

    month: str
    digest: str


class SummaryMade(SummaryEvent):
    """汇总: the sites' filed months stand together under one check value; made again until it is approved."""

    parts: tuple[SummaryPart, ...]


class SummaryApproved(SummaryEvent):
    """The leader of 政务服务办 approved what `digest` covers."""


class SealedLeaf(Frozen):
    """What a seal says of one case (or filing): its number, how many events, the chain's head over them, the lock's own hash.

    `order` tells whose event each line is, an owner's initial for each: with it the chain can be made anew from the topics.
    """

    number: str
    events: int
    head: str
    lock: str = ""
    order: str = ""


class SealedPage(Frozen):
    """One page of a month's seal: its number, how many leaves, and their root."""

    number: str
    leaves: int
    root: str


class SealEvent(ArchiveEvent):
    """An event about the seal of one month's ledger, under an FC number (状态机 20; docs/decisions/0037)."""

    month: str


class SealPageMade(SealEvent):
    """One page of leaves, `page` from 1; what changed since a leaf was sealed stands again on a later month's page."""

    page: int
    leaves: tuple[SealedLeaf, ...]
    root: str


class MonthSealed(SealEvent):
    """The month's pages stand under one root; `value` binds it to the seal before (`previous`) and is what people compare."""

    as_of: AwareDatetime
    pages: tuple[SealedPage, ...]
    root: str
    previous: str
    value: str
    cases: int
    filings: int
    events: int


class ReportMade(ArchiveEvent):
    """One edition of the district's 月台账 or 双月评估, under a TZ number of its own (方案 七(二)).

    It rests on what was recorded up to `until`; every edition after the first is a 重述, `columns` what changed in it and
    `changes` in how many places. With `until` it can be made again and compared by `digest`.
    """

    kind: Literal["monthly", "bimonthly"]
    period: str
    nth: int
    until: AwareDatetime
    digest: str
    columns: tuple[str, ...] = ()
    changes: int = 0

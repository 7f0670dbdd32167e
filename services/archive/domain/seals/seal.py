"""A month's seal: opened with the month, due with its filings, made once over what the ledger then says (docs/decisions/0037).

Every case the ledger has is in the seal of the month it was received in; what came to it since it was last sealed (a late event, a
更正, a late filing) stands again, with its new head, in the next month's seal. So nothing is ever outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.archive.domain.entry import Moment
from services.archive.domain.reports.canonical import check_value
from services.archive.domain.reports.periods import Period, month_named, month_of, working_day
from services.archive.domain.seals.merkle import leaf_hash, root_of
from shared.contracts.archive_events import MonthSealed, SealedLeaf, SealedPage, SealPageMade
from shared.contracts.event import Event, Frozen
from shared.contracts.ids import CaseNo, case_number
from shared.decision import Decision, unchanged
from shared.district.model import District

PREFIX, SITE, FIRST = "FC", "000", 1
FILING = "TZ"
PAGE = 500


class Sealing(Frozen):
    """What one document of the ledger says of itself now, and the month (`2026-10`) from which on it is sealed."""

    month: str
    leaf: SealedLeaf


class SealPage(Frozen):
    """One page of a month's leaves, by number."""

    number: CaseNo
    month: str
    page: int
    leaves: tuple[SealedLeaf, ...]
    root: str


class Seal(Frozen):
    """One month: until `due_at` it waits, afterwards it stands; `value` is over everything else a seal says."""

    number: CaseNo
    month: str
    due_at: Moment | None = None
    as_of: Moment | None = None
    pages: tuple[SealedPage, ...] = ()
    root: str = ""
    previous: str = ""
    value: str = ""
    cases: int = 0
    filings: int = 0
    events: int = 0


State = Seal | None
PageState = SealPage | None


def seal_number(month: Period) -> CaseNo:
    """封存 under a number of its own form: FC, the first day, 000, 0001."""
    return case_number(month.first, SITE, FIRST, prefix=PREFIX)


def page_number(month: Period, page: int) -> CaseNo:
    """The pages of a seal follow its own number."""
    return case_number(month.first, SITE, FIRST + page, prefix=PREFIX)


def due_of(month: Period, district: District) -> datetime:
    """A month is sealed when its 月台账 is due (方案 七(二)): on the third working day after it."""
    rules = district.policy.report
    return working_day(month, rules.monthly_due_wd, rules.due_at, district)


def open_seal(state: State, month: Period, district: District) -> Decision[State]:
    """Every month is to be sealed, whether anything came or not."""
    if state is not None:
        return unchanged(state)
    return Decision(Seal(number=seal_number(month), month=month.text, due_at=due_of(month, district)))


def to_open(last: Seal | None, now: datetime) -> list[Period]:
    """The months that have no seal yet, up to this one; only this one where there is none at all."""
    this = month_of(now)
    months = [this] if last is None else []
    month = month_of(month_named(last.month).end) if last else this
    while last is not None and month <= this:
        months.append(month)
        month = month_of(month.end)
    return months


def to_seal(found: Iterable[Sealing], known: Mapping[str, SealedLeaf], month: Period) -> list[SealedLeaf]:
    """What this month's seal covers: everything of this month or before that is otherwise than it was last sealed, by number."""
    now = {held.leaf.number: held.leaf for held in found if held.month <= month.text}
    return [now[number] for number in sorted(now) if known.get(number) != now[number]]


def pages_of(leaves: Sequence[SealedLeaf], month: Period, first: int) -> list[SealPage]:
    """The leaves on pages of at most `PAGE`, numbered from `first`."""
    cut = [tuple(leaves[at : at + PAGE]) for at in range(0, len(leaves), PAGE)]
    return [
        SealPage(number=page_number(month, page), month=month.text, page=page, leaves=held, root=root_of(map(leaf_hash, held)))
        for page, held in enumerate(cut, start=first)
    ]


def make_page(state: PageState, page: SealPage, now: datetime) -> Decision[PageState]:
    """Writes a page once; one that is there stays as it is."""
    if state is not None:
        return unchanged(state)
    said = {name: getattr(page, name) for name in ("month", "page", "leaves", "root")}
    return Decision(page, [SealPageMade(case_no=page.number, occurred_at=now, **said)])


def seal_month(state: State, pages: Sequence[SealPage], previous: Seal | None, district: District, now: datetime) -> Decision[State]:
    """Seals a month that is due, after the one before it; the calendar as it is now."""
    if state is None or state.due_at is None or (previous is not None and previous.as_of is None):
        return unchanged(state)
    due_at = due_of(month_named(state.month), district)
    if now < due_at:
        return Decision(state.model_copy(update={"due_at": due_at}))
    seal = _sealed(state, pages, previous.value if previous else "", now)
    said = {name: getattr(seal, name) for name in MonthSealed.model_fields if name in Seal.model_fields}
    return Decision(seal, [MonthSealed(case_no=seal.number, occurred_at=now, **said)])


def _sealed(state: Seal, pages: Sequence[SealPage], previous: str, now: datetime) -> Seal:
    lines = tuple(SealedPage(number=page.number, leaves=len(page.leaves), root=page.root) for page in pages)
    leaves = [leaf for page in pages for leaf in page.leaves]
    filings = sum(leaf.number.startswith(FILING) for leaf in leaves)
    seal = state.model_copy(update={
        "due_at": None, "as_of": now, "pages": lines, "root": root_of(map(leaf_hash, lines)), "previous": previous,
        "cases": len(leaves) - filings, "filings": filings, "events": sum(leaf.events for leaf in leaves),
    })
    return seal.model_copy(update={"value": value_of(seal.model_dump(mode="json"))})


def value_of(state: Mapping[str, Any]) -> str:
    """封存值: over month, root, counts, moment and the value of the seal before."""
    named = ("number", "month", "as_of", "root", "previous", "cases", "filings", "events")
    return check_value({name: state.get(name) for name in named})


def seal_from(state: State, event: Event) -> State:
    """The seal its own event tells of: what a rebuild makes it from."""
    if not isinstance(event, MonthSealed):
        return state
    return Seal(number=event.case_no, **{name: getattr(event, name) for name in MonthSealed.model_fields if name in Seal.model_fields})


def page_from(state: PageState, event: Event) -> PageState:
    """The page its own event tells of."""
    if not isinstance(event, SealPageMade):
        return state
    return SealPage(number=event.case_no, month=event.month, page=event.page, leaves=event.leaves, root=event.root)


def told(held: Sealing) -> str:
    """What is sealed of a document in one word, for an index that is read without the documents."""
    leaf = held.leaf
    return "|".join((held.month, str(leaf.events), leaf.head, leaf.lock, leaf.order))


def heard(number: str, text: str) -> Sealing:
    """What `told` said of a document."""
    month, events, head, lock, order = text.split("|")
    return Sealing(month=month, leaf=SealedLeaf(number=number, events=int(events), head=head, lock=lock, order=order))

"""One library case: exactly what its events say, folded in their order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import reduce, singledispatch

from services.archive.domain.entry import Moment
from shared.clock import shanghai
from shared.contracts.event import Event, Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.library_events import (
    LibraryCaseDrafted,
    LibraryCaseProposed,
    LibraryCasePublished,
    LibraryCaseReturned,
    LibraryCaseStale,
    LibraryCaseUsed,
    LibraryCaseViewed,
    LibraryCaseWithdrawn,
    LibraryWords,
)
from shared.contracts.terms import Category, Grade, LibraryUse, StaleReason

USES_KEPT = 200


class Stage(StrEnum):
    """Where a library case stands: waits for words, for the second person, for the first one again, is published, is out."""

    PROPOSED = "PROPOSED"
    CHECK = "CHECK"
    RETURNED = "RETURNED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"

    @property
    def chinese(self) -> str:
        """The word on the pages."""
        return _STAGES[self]


_STAGES = {
    Stage.PROPOSED: "待整理", Stage.CHECK: "待审核", Stage.RETURNED: "退回修改", Stage.PUBLISHED: "已发布", Stage.WITHDRAWN: "已撤下",
}


class Draft(Frozen):
    """Words that wait for the second person; `returned` is why they were sent back."""

    version: int
    words: LibraryWords
    tags: tuple[str, ...] = ()
    valid_until: date
    excuse: str = ""
    by: str
    at: Moment
    returned: str = ""
    returned_by: str = ""


class Version(Frozen):
    """Words as they were published, and by which two people."""

    number: int
    words: LibraryWords
    tags: tuple[str, ...] = ()
    valid_until: date
    excuse: str = ""
    basis_version: str = ""
    drafted_by: str
    checked_by: str
    at: Moment


class Use(Frozen):
    """One 引用: who, when, where, in which case."""

    at: Moment
    by: str
    where: LibraryUse
    used_in: str | None = None
    unit: str | None = None
    site: str | None = None


class LibraryCase(Frozen):
    """One case of the library; `uses` are the latest ones, `use_count` all of them; `viewed` who read it on the last day it was read."""

    number: CaseNo
    source: str
    item: str
    item_code: str | None = None
    category: Category
    grade: Grade | None = None
    unit: str | None = None
    units: tuple[str, ...] = ()
    automatic: bool = False
    why: str = ""
    proposed_by: str
    proposed_at: Moment
    draft: Draft | None = None
    versions: tuple[Version, ...] = ()
    stale: tuple[StaleReason, ...] = ()
    stale_note: str = ""
    stale_at: Moment | None = None
    uses: tuple[Use, ...] = ()
    use_count: int = 0
    last_used_at: Moment | None = None
    view_count: int = 0
    viewed_on: date | None = None
    viewed: tuple[str, ...] = ()
    withdrawn_at: Moment | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""

    @property
    def current(self) -> Version | None:
        """The words people find; None before the first publication and after it was withdrawn."""
        return self.versions[-1] if self.versions and self.withdrawn_at is None else None

    @property
    def stage(self) -> Stage:
        """Where it stands; a draft of a new version waits like the first one, while the old words stay published."""
        if self.withdrawn_at is not None:
            return Stage.WITHDRAWN
        if self.draft is not None:
            return Stage.RETURNED if self.draft.returned else Stage.CHECK
        return Stage.PUBLISHED if self.versions else Stage.PROPOSED

    def viewed_by(self, person: str, now: datetime) -> bool:
        """Whether this person's look on this day is counted already."""
        return self.viewed_on == shanghai(now).date() and person in self.viewed


State = LibraryCase | None


def case_from(events: Iterable[Event]) -> State:
    """The library case these events give, in their order: how it is made anew from the topic."""
    start: State = None
    return reduce(lambda state, event: told(event, state), events, start)


@singledispatch
def told(event: Event, state: State) -> State:  # noqa: ARG001 - its class chooses the rule
    """The library case after one more event; what is none of its own changes nothing."""
    return state


@told.register
def _proposed(event: LibraryCaseProposed, state: State) -> State:
    if state is not None:
        return state
    carried = ("source", "item", "item_code", "category", "grade", "unit", "units", "automatic", "why")
    return LibraryCase(
        number=event.case_no, proposed_by=event.actor, proposed_at=event.occurred_at, **{name: getattr(event, name) for name in carried}
    )


@told.register
def _drafted(event: LibraryCaseDrafted, state: State) -> State:
    draft = Draft(
        version=event.revision, words=event.words, tags=event.tags, valid_until=event.valid_until, excuse=event.excuse,
        by=event.actor, at=event.occurred_at,
    )
    return state and state.model_copy(update={"draft": draft})


@told.register
def _returned(event: LibraryCaseReturned, state: State) -> State:
    if state is None or state.draft is None:
        return state
    return state.model_copy(update={"draft": state.draft.model_copy(update={"returned": event.reason, "returned_by": event.actor})})


@told.register
def _published(event: LibraryCasePublished, state: State) -> State:
    version = Version(
        number=event.revision, words=event.words, tags=event.tags, valid_until=event.valid_until, excuse=event.excuse,
        basis_version=event.basis_version, drafted_by=event.drafted_by, checked_by=event.actor, at=event.occurred_at,
    )
    if state is None:
        return None
    return state.model_copy(update={
        "draft": None, "versions": (*state.versions, version), "stale": (), "stale_note": "", "stale_at": None,
    })


@told.register
def _used(event: LibraryCaseUsed, state: State) -> State:
    use = Use(at=event.occurred_at, by=event.actor, where=event.where, used_in=event.used_in, unit=event.unit, site=event.site)
    if state is None:
        return None
    return state.model_copy(update={
        "uses": (*state.uses, use)[-USES_KEPT:], "use_count": state.use_count + 1, "last_used_at": event.occurred_at,
        "stale": tuple(reason for reason in state.stale if reason is not StaleReason.UNUSED),
    })


@told.register
def _viewed(event: LibraryCaseViewed, state: State) -> State:
    if state is None:
        return None
    day = shanghai(event.occurred_at).date()
    before = state.viewed if state.viewed_on == day else ()
    return state.model_copy(update={"view_count": state.view_count + 1, "viewed_on": day, "viewed": (*before, event.actor)})


@told.register
def _stale(event: LibraryCaseStale, state: State) -> State:
    if state is None:
        return None
    reasons = tuple(dict.fromkeys((*state.stale, *event.reasons)))
    return state.model_copy(update={"stale": reasons, "stale_note": event.note or state.stale_note, "stale_at": event.occurred_at})


@told.register
def _withdrawn(event: LibraryCaseWithdrawn, state: State) -> State:
    return state and state.model_copy(update={
        "draft": None, "withdrawn_at": event.occurred_at, "withdrawn_by": event.actor, "withdrawn_why": event.reason,
    })

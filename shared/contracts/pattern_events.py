"""What archive says of repeats: a pattern was found, one root cause named, improved, and measured (方案 七(二) 举一反三; domain 歧义 24)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime

from shared.contracts.event import ArchiveEvent, Frozen


class PatternKind(StrEnum):
    """In what several matters are alike."""

    SAME_PERSON = "SAME_PERSON"
    SAME_ITEM = "SAME_ITEM"
    PORTAL_STEP = "PORTAL_STEP"
    WINDOW = "WINDOW"
    UNIT_CAUSE = "UNIT_CAUSE"


class Occurrence(Frozen):
    """One matter of a pattern, and when it was received."""

    case_no: str
    at: AwareDatetime


class PatternEvent(ArchiveEvent):
    """An event about one pattern, under its TL number."""


class RootEvent(ArchiveEvent):
    """An event about one root cause, under its JY number (方案 七(二) 举一反三)."""


class PatternFound(PatternEvent):
    """So many alike within so many days, under a TL number; `words` name what they share, never a person (domain §7 W7, W8)."""

    kind: PatternKind
    words: str
    site: str | None = None
    unit: str | None = None
    item_code: str | None = None
    need: int
    days: int
    cases: tuple[Occurrence, ...]
    marks: tuple[str, ...] = ()


class PatternGrown(PatternEvent):
    """Twice as many as were last told of; `cases` are those since then, `count` is all of them."""

    cases: tuple[Occurrence, ...]
    count: int
    marks: tuple[str, ...] = ()


class PatternDismissed(PatternEvent):
    """A person looked: nothing common to improve, for this reason; told of again when it has doubled."""

    reason: str


class PatternGrouped(PatternEvent):
    """The pattern stands under this root cause (a JY number)."""

    root: str


class ImprovementPlanned(RootEvent):
    """Who improves what until when: one unit, one person; said anew when it comes back."""

    unit: str
    person: str
    plan: str
    due_on: date


class RootCauseNamed(ImprovementPlanned):
    """举一反三 under a JY number: what is the cause behind the patterns, who improves what until when."""

    title: str
    cause: str
    text: str
    marks: tuple[str, ...] = ()


class ImprovementReminder(RootEvent):
    """Whose improvement it is and until when it was promised."""

    unit: str
    person: str
    due_on: date


class ImprovementDue(ImprovementReminder):
    """`due_on` is near and nobody reported it done; once a plan, the owner is reminded."""


class ImprovementMissed(ImprovementReminder):
    """`due_on` is past and nobody reported it done; once a plan, the owner hears of it."""


class ImprovementReported(RootEvent):
    """The owner's unit says since when it is done and what was changed."""

    done_on: date
    text: str


class ImprovementAccepted(RootEvent):
    """The office accepted it; what comes back within so many `days` is measured from the day it was done on."""

    done_on: date
    days: int


class ImprovementReturned(RootEvent):
    """The office sent it back, for this reason."""

    reason: str


class RecurrenceMeasured(RootEvent):
    """How many matters in the days before and after it was done; `recurs` when too large a share came back."""

    days: int
    before: int
    after: int
    recurs: bool


PATTERN_EVENTS = (
    PatternFound, PatternGrown, PatternDismissed, PatternGrouped, RootCauseNamed, ImprovementPlanned, ImprovementDue,
    ImprovementMissed, ImprovementReported, ImprovementAccepted, ImprovementReturned, RecurrenceMeasured,
)

"""What router says of the case as a whole: 研判, other ways, 答复, 回访, 重办, 会商 (方案 六(二)-(六))."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.event import RouterEvent
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Category, Finding, Grade, Result


class TriageStarted(RouterEvent):
    """An analyst took the case (状态机 4)."""

    analyst: str


class CaseTriaged(RouterEvent):
    """The reasons were analysed and the owner found (方案 六(二)); the same-day clock stops."""

    category: Category
    grade: Grade
    lead: str
    assist: tuple[str, ...] = ()
    requirement: str
    reason: str = ""
    due_at: AwareDatetime
    provisional: bool = False


class CaseRegraded(RouterEvent):
    """The grade was raised once after the analysis; the clock still counts from receipt (domain: 歧义 1)."""

    grade: Grade
    previous: Grade
    due_at: AwareDatetime
    provisional: bool = False
    reason: str


class RejectionProposed(RouterEvent):
    """The analyst holds that the window may not take it; a second person decides (方案 四(四)5)."""

    reason: str
    basis: str
    alternative: str


class CaseRejected(RouterEvent):
    """不予受理, explained in writing with its basis and another way (方案 四(二)、四(四)5)."""

    reason: str
    basis: str
    alternative: str
    proposed_by: str


class RejectionOverruled(RouterEvent):
    """The second person holds that it must be taken: the analysis goes on."""

    reason: str = ""


class CaseTransferred(RouterEvent):
    """Another channel is the lawful one (方案 七(四); domain: 歧义 25、26); `clue` went sealed to 纪检."""

    to: str
    reason: str
    clue: bool = False
    tracked: bool = False


class CaseMerged(RouterEvent):
    """The same person asked the same again: it goes on under the other number (domain: 歧义 24)."""

    into: str
    reason: str = ""


class CaseWithdrawn(RouterEvent):
    """The person took it back; with `stops` False it is noted and looked into all the same (投诉、线索)."""

    reason: str
    stops: bool = True


class CaseResolvedInstantly(RouterEvent):
    """A simple matter was settled at the window (方案 四(四)1); `sampled`: drawn for a call all the same (domain 歧义 17)."""

    grade: Grade = Grade.SIMPLE
    category: Category
    result: Result = Result.RESOLVED
    text: str
    sampled: bool = False


class CaseFedBack(RouterEvent):
    """The window checked the answer and the person has it: the citizen's clock stops at `replied_at`."""

    replied_at: AwareDatetime
    result: Result
    text: str
    lead: str
    lead_name: str


class FollowUpRecorded(RouterEvent):
    """The person was asked, or spoke of their own accord; `reached` False counts as an attempt only (方案 六(六)).

    `reopens`: the case was closed already and waits for its archive; discontent brings it back to 待回访.
    """

    attempt: int
    reached: bool
    resolved: bool | None = None
    stars: int | None = None
    reason: str = ""
    reopens: bool = False


class CitizenUrged(RouterEvent):
    """The person asks where it is (催单): the units that still owe an answer are urged."""

    words: Sealed | None = None


class ScreeningRecorded(RouterEvent):
    """甄别: whether the person's discontent can be met."""

    finding: Finding
    reason: str = ""


class CaseReopened(RouterEvent):
    """重办: the person was not content and it can be done; a new round with a limit of its own (domain: 歧义 18)."""

    round: int
    lead: str
    lead_name: str
    due_at: AwareDatetime
    provisional: bool = False


class CaseEscalated(RouterEvent):
    """提级会商: discontent after a 重办, a dispute over duty, an obstacle of policy."""

    reason: str
    after_redo: bool = False


class ConsultationConcluded(RouterEvent):
    """The 会商 ended: a unit is designated, or the answer is final."""

    outcome: str
    lead: str | None = None


class CaseCorrected(RouterEvent):
    """One particular was wrong: appended, with what it was before (状态机 22)."""

    field: str
    before: str
    after: str
    reason: str


class CaseClosed(RouterEvent):
    """The case is settled: the answer stands and the person was asked; until `open_until` they may still rate it."""

    result: Result
    resolved: bool | None = None
    stars: int | None = None
    replied_at: AwareDatetime
    open_until: AwareDatetime | None = None

"""The scheme's numbers and choices as one typed, versioned value; the file is their only home."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from shared.calendar import WorkHours
from shared.contracts.terms import Category, Channel, Grade
from shared.district.entry import Entry, UpperEntry
from shared.district.ladder import Ladder
from shared.district.notice_rules import NoticeRules
from shared.district.office_rules import (
    AnonymousRules,
    BackdateRules,
    ClueRules,
    ComplaintRules,
    FeedbackRules,
    LibraryRules,
    Link,
    RepeatRules,
    ReportRules,
    Retention,
    SuggestionRules,
    SupervisionRules,
    SyncRules,
    TransferRules,
    UpwardRules,
)

Days = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]


def _period(text: object) -> object:
    """`08:30-12:00` as two times."""
    if not isinstance(text, str):
        return text
    try:
        start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError as fault:
        raise ValueError(f"时段「{text}」请写成 08:30-12:00 的样子。") from fault
    return start, end


Period = Annotated[tuple[time, time], BeforeValidator(_period)]


class DistrictName(Entry):
    """The district's name, as reports and papers give it."""

    name: str


class CalendarRules(Entry):
    """Working hours and which notices the calendar rests on."""

    cutoff: time
    work: tuple[Period, ...]
    source: str
    provisional_ok: bool

    @model_validator(mode="after")
    def _hours_make_sense(self) -> Self:
        self.hours()
        return self

    def hours(self) -> WorkHours:
        """The working hours as the calendar counts them."""
        return WorkHours(periods=self.work, cutoff=self.cutoff)


class Limits(UpperEntry):
    """Limits in working days (方案 四(四))."""

    simple: Days
    general: Days
    complex: Days
    special_total: Days
    reject: Days
    first_contact: Days
    redo: Days
    followup: Days
    consultation: Days


class GradeRule(Entry):
    """A grade's Chinese name."""

    name: str


class CategoryRule(Entry):
    """A category's name and the grade whose limit it gets before grading."""

    name: str
    limit: Grade


class Pause(Entry):
    """方案 四(四) knows no stop of a clock: what could be whitelisted is named, switching it on is refused (domain 歧义 9)."""

    enabled: bool
    whitelist: tuple[Literal["HEARING", "INSPECTION", "APPRAISAL", "EXPERT_REVIEW"], ...]

    @field_validator("enabled")
    @classmethod
    def _not_there(cls, enabled: bool) -> bool:
        if enabled:
            raise ValueError("方案没有停表，本系统不支持；请改成 false，确需更久的走延时审批。")
        return enabled


class ClockRules(Entry):
    """Where the clock to the person starts and what it counts."""

    start: Literal["received_at"]
    day0: Literal["excluded"]
    dispatch_buffer_wd: Days
    assist_earlier_wd: Days
    ungraded: Grade
    pause: Pause


class TriageRules(Entry):
    """分析原因 the same day (方案 六(二))."""

    same_day: Literal[True]
    after_hours: Literal["next_working_day"]
    warn_at: time


class SimpleRules(Entry):
    """即时办结 (方案 四(四)1)."""

    max: Literal["same_day"]
    on_spot_minutes: Count


class GradingRules(Entry):
    """How often and how late a grade may be raised."""

    upgrade_within_wd: Days
    upgrade_max: Count
    approver: Literal["WS"]


class RejectRules(Entry):
    """不予受理 (方案 四(四)5): counted from receipt, decided by a second person."""

    start: Literal["received_at"]
    second_person: bool
    requires: tuple[str, ...]


class ExplainRules(Entry):
    """A matter found impossible after it was taken in."""

    limit_wd: Days


class ExtensionRules(Entry):
    """延时 (方案 四(四)4)."""

    mode: Literal["total_cap"]
    max: Count
    before_due: bool
    citizen_told: Literal[True]
    approvers: tuple[Literal["DEPT_LEADER"], Literal["GSO"]]


class LeadRules(Entry):
    """主办 gathers what the assisting units found (domain 歧义 14); how much earlier those are due is `clock.assist_earlier_wd`."""

    gathers: Literal[True]


class ReplyRules(Entry):
    """Who answers the person: the lead does, the window checks it (方案 四(四)4; domain 歧义 16)."""

    by: Literal["LEAD"]


class SignRules(Entry):
    """签收."""

    due_hours: Count
    auto_after_wd: Days


class ReturnRules(Entry):
    """退单."""

    due_wd: Days
    max: Count
    ruling_hours: Count
    forbidden_sources: tuple[Channel, ...]


class FollowUpRules(Entry):
    """回访核查 (方案 六(六))."""

    scope: Literal["dispatched_all"]
    sample_instant: Annotated[float, Field(ge=0, le=1)]
    attempts: Count
    min_days: Days
    redo_max: Count
    unreachable_archive_wd: Days
    satisfied_from: Annotated[int, Field(ge=1, le=5)]


class UpstreamRules(Entry):
    """Limits that come with a matter from the city, in working days."""

    contact: Days
    general: Days
    complex: Days
    rule: Literal["earliest"]


class CaseNumbers(Entry):
    """How 工单编号 begins."""

    prefix: str


class Policy(Entry):
    """Everything the scheme leaves to be decided, under one version."""

    version: str
    district: DistrictName
    calendar: CalendarRules
    limits_wd: Limits
    grades: dict[Grade, GradeRule]
    categories: dict[Category, CategoryRule]
    clock: ClockRules
    triage: TriageRules
    simple: SimpleRules
    grading: GradingRules
    reject: RejectRules
    explain: ExplainRules
    extension: ExtensionRules
    lead: LeadRules
    reply: ReplyRules
    sign: SignRules
    returns: ReturnRules = Field(alias="return")
    ladder: Ladder
    supervision: SupervisionRules
    followup: FollowUpRules
    feedback: FeedbackRules
    upstream: UpstreamRules
    complaint: ComplaintRules
    clue: ClueRules
    anonymous: AnonymousRules
    repeat: RepeatRules
    upward: UpwardRules
    transfer: TransferRules
    suggestion: SuggestionRules
    report: ReportRules
    link: Link
    library: LibraryRules
    sync: SyncRules
    backdate: BackdateRules
    retention: Retention
    notice: NoticeRules
    case_no: CaseNumbers
    disabled_transitions: tuple[str, ...]
    causes: dict[str, str]

    def limit_wd(self, grade: Grade) -> int:
        """Working days a matter of `grade` has until its answer (方案 四(四)1-4)."""
        limits = self.limits_wd
        return {
            Grade.SIMPLE: limits.simple,
            Grade.GENERAL: limits.general,
            Grade.COMPLEX: limits.complex,
            Grade.SPECIAL: limits.special_total,
        }[grade]

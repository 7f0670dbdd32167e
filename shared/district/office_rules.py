"""The policy's choices on complaints, repeats, reports, supervision and records."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.terms import Category, Grade
from shared.district.entry import Entry
from shared.district.roles import Role

Days = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class SupervisionRules(Entry):
    """What 督办次数 counts (附件2)."""

    count_from: tuple[Literal["L2"], Literal["L3"]]
    count_by: Literal["order"]
    count_voided: Literal[False]


class FeedbackRules(Entry):
    """不说不能办，只说怎么办 (方案 六(四)) as checks on an answer's text."""

    min_chars: Count
    similarity_max: Share
    banned_alone: tuple[str, ...]
    explained_requires: tuple[str, ...]


class ComplaintRules(Entry):
    """投诉类: who leads, and who when that office itself is complained of."""

    route: str
    self_route_role: Role
    hide_complainant: Literal[True]


class ClueRules(Entry):
    """Clues to misconduct (方案 七(四))."""

    route: str
    holder: Literal[Role.JW]


class AnonymousRules(Entry):
    """Who need not give a name."""

    allow: tuple[Category, ...]
    followup: bool


class RepeatRules(Entry):
    """反复反映 (domain 歧义 24) and 举一反三: how many alike within how many days (W7, W8), over how many days what comes back is measured."""

    window_days: Count
    count: Count
    item_days: Annotated[int, Field(ge=1)]
    item_count: Annotated[int, Field(ge=2)]
    complaint_count: Annotated[int, Field(ge=2)]
    measure_days: Annotated[int, Field(ge=1, le=366)]
    recur_share: Share
    near_wd: Annotated[int, Field(ge=1, le=10)]


class UpwardRules(Entry):
    """Matters beyond the district: followed up, not refused."""

    track: bool


class TransferRules(Entry):
    """Ways outside the window, by name."""

    channels: tuple[str, ...]


class SuggestionRules(Entry):
    """建议类."""

    limit_wd: Days


class ScoreRules(Entry):
    """综合分: points of each rate, and what is taken off for each overdue case, 红牌 and 虚假办结 (domain §7)."""

    on_time: Count
    resolved: Count
    satisfied: Count
    signed_and_contacted: Count
    knowledge: Count
    overdue: Count
    red: Count
    false_feedback: Count


class ReportRules(Entry):
    """月台账 and 双月评估 (方案 七(二)): reminded and due on working days of the next month, when rates are shown, 综合分."""

    monthly_due_wd: Days
    due_at: time
    remind_wd: Days
    remind_at: time
    nil_return: bool
    bimonthly_min_n: Count
    same_cause_count: Count
    percentile: Annotated[float, Field(gt=0, le=1)]
    score: ScoreRules


class Link(Entry):
    """好差评: from how many stars down a rating is bad (方案 七(三); counted beside the rates, never added)."""

    low_stars: Annotated[int, Field(ge=1, le=5)]


class SyncRules(Entry):
    """双平台上传 (方案 六(一); 歧义 31): `required` whether the lock waits for it, `failing_minutes` when a fault is told (W10)."""

    required: bool
    platforms: tuple[str, ...] = ()
    failing_minutes: Annotated[int, Field(ge=1)] = 60


class BackdateRules(Entry):
    """纸质补录."""

    allow: bool
    late_after_wd: Days


class Retention(Entry):
    """How long records are kept."""

    contact_years: Count


class LibraryRules(Entry):
    """案例库: which closed cases are proposed by themselves, how long words hold, when they count as unused (domain §7, §9.2)."""

    auto_grades: tuple[Grade, ...]
    highlight_stars: Annotated[int, Field(ge=1, le=5)]
    valid_months: Annotated[int, Field(ge=1, le=120)]
    unused_months: Annotated[int, Field(ge=1, le=120)]

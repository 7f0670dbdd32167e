"""What people and department systems ask of a case; the texts are bounded here, at the edge."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.terms import Category, ContactWay, Finding, Grade, Result
from shared.text import PlainText

Sentence = Annotated[str, PlainText(500)]
Answer = Annotated[str, PlainText(5000)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
Needed = Annotated[Sentence, Field(min_length=1)]


class Command(BaseModel):
    """A request: unknown fields are refused, so that a slip is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Nothing(Command):
    """A request that says all by being made."""


class Reasoned(Command):
    """A request with its reason."""

    reason: Needed


class Explained(Command):
    """A request that may say why."""

    reason: Sentence = ""


class Triage(Command):
    """研判 (方案 六(二)): how hard, who leads, who helps, what is asked of them."""

    grade: Grade
    lead: Code
    assist: tuple[str, ...] = Field(default=(), max_length=10)
    category: Category | None = None
    requirement: Needed
    reason: Sentence = ""


class Regrade(Command):
    """改级 (domain: 歧义 1)."""

    grade: Grade
    reason: Needed


class ResolveNow(Command):
    """当场办结 (方案 四(四)1)."""

    text: Annotated[Answer, Field(min_length=1)]
    category: Category | None = None


class Refuse(Command):
    """拟不予受理 (方案 四(四)5): why, by which rule, and what else the person can do."""

    reason: Needed
    basis: Needed
    alternative: Needed


class Transfer(Command):
    """转其他渠道 (domain: 歧义 25、26)."""

    to: Annotated[Sentence, Field(min_length=1, max_length=60)]
    reason: Needed


class Merge(Command):
    """并案 into another 工单编号 (domain: 歧义 24)."""

    into: Code
    reason: Sentence = ""


class Words(Command):
    """What the person says, urging or bringing something."""

    text: Sentence = ""


class UnitStep(Command):
    """签收 or 先行联系 of one unit; `unit` where the case has several orders."""

    unit: str | None = Field(default=None, max_length=40)


class Contacted(UnitStep):
    """先行联系 (方案 六(四)): when the unit spoke with the person, by which way, what was agreed."""

    spoke_at: AwareDatetime | None = None
    way: ContactWay | None = None
    agreed: Sentence = ""


class Answered(UnitStep):
    """反馈 of one unit (方案 六(四))."""

    result: Result
    text: Annotated[Answer, Field(min_length=1)]
    cause: Sentence = ""
    basis: Sentence = ""
    alternative: Sentence = ""
    lesson: Sentence = ""


class AnswerDraft(UnitStep):
    """反馈 as far as it is written: what is checked and shown while somebody writes."""

    result: Result | None = None
    text: Answer = ""
    cause: Sentence = ""
    basis: Sentence = ""
    alternative: Sentence = ""
    lesson: Sentence = ""


class RejectAnswer(UnitStep):
    """反馈退回 (方案 六(六)); a false one is answered for by a 督办单."""

    reason: Needed
    false_feedback: bool = False


class RequestReturn(UnitStep):
    """退单申请 (domain: 歧义 13)."""

    reason: Needed
    suggest: str | None = Field(default=None, max_length=40)


class RuleReturn(UnitStep):
    """退单裁定."""

    accepted: bool
    to: str | None = Field(default=None, max_length=40)
    reason: Sentence = ""


class RequestExtension(UnitStep):
    """延时申请 (方案 四(四)4): until which day and why."""

    until: date
    reason: Needed


class RequestMaterial(UnitStep):
    """一次性告知: everything that is missing."""

    items: tuple[Annotated[Needed, Field(max_length=100)], ...] = Field(alias="list", min_length=1, max_length=20)


class Verify(Command):
    """核查 (方案 六(六)); `replied_at` is when the person got the answer, by default when the lead fed it back."""

    replied_at: AwareDatetime | None = None


class FollowUp(Command):
    """回访 (方案 六(六)): reached or not, resolved or not, one to five stars."""

    reached: bool = True
    resolved: bool | None = None
    stars: int | None = Field(default=None, ge=1, le=5)
    reason: Sentence = ""


class Evaluate(Command):
    """The person's own evaluation (好差评, five stars)."""

    resolved: bool
    stars: int = Field(ge=1, le=5)
    text: Sentence = ""


class Screen(Command):
    """甄别 (方案 六(六))."""

    finding: Finding
    reason: Sentence = ""


class Conclude(Command):
    """会商结论: a unit is designated, or the answer is final."""

    outcome: Needed
    lead: str | None = Field(default=None, max_length=40)


class Correct(Command):
    """更正 of one particular (状态机 22)."""

    field: Annotated[str, Field(pattern="^(item|item_code|category)$")]
    value: Annotated[Sentence, Field(min_length=1, max_length=100)]
    reason: Needed

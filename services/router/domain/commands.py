"""What people and department systems ask of a case; the texts are bounded here, at the edge."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.terms import Category, Grade, Result
from shared.text import PlainText

Sentence = Annotated[str, PlainText(500)]
Answer = Annotated[str, PlainText(5000)]


class Command(BaseModel):
    """A request: unknown fields are refused, so that a slip is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Triage(Command):
    """研判 (方案 六(二)): how hard, who leads, who helps, what is asked of them."""

    grade: Grade
    lead: str = Field(min_length=1, max_length=40)
    assist: tuple[str, ...] = Field(default=(), max_length=10)
    category: Category | None = None
    requirement: Sentence = Field(min_length=1)
    reason: Sentence = ""


class ResolveNow(Command):
    """当场办结 (方案 四(四)1)."""

    text: Answer = Field(min_length=1)
    category: Category | None = None


class UnitStep(Command):
    """签收 or 先行联系 of one unit; `unit` where the case has several orders."""

    unit: str | None = Field(default=None, max_length=40)


class Answered(UnitStep):
    """反馈 of one unit (方案 六(四))."""

    result: Result
    text: Answer = Field(min_length=1)
    cause: Sentence = ""
    basis: Sentence = ""
    alternative: Sentence = ""
    lesson: Sentence = ""


class Verify(Command):
    """核查 (方案 六(六)); `replied_at` is when the person got the answer, by default when the lead fed it back."""

    replied_at: AwareDatetime | None = None


class FollowUp(Command):
    """回访 (方案 六(六)): reached or not, resolved or not, one to five stars."""

    reached: bool = True
    resolved: bool | None = None
    stars: int | None = Field(default=None, ge=1, le=5)
    reason: Sentence = ""

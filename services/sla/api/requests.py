"""What a request to SLA says; anything else is refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.terms import SupervisionLevel
from shared.text import PlainText

UnitName = Annotated[str | None, Field(default=None, max_length=40)]
Number = Annotated[str | None, Field(default=None, max_length=40)]


class Wanted(BaseModel):
    """What a request says; anything else is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SupervisionWanted(Wanted):
    """A 督办单 to be signed, the draft that waits or a new one; `unit` where there are several."""

    level: SupervisionLevel = SupervisionLevel.YELLOW
    unit: UnitName = None


class VoidWanted(Wanted):
    """A 督办单 that does not stand, and why."""

    reason: str = Field(min_length=1, max_length=500)
    unit: UnitName = None
    number: Number = None


class StatementWanted(Wanted):
    """书面说明 of a unit."""

    text: str = Field(min_length=1, max_length=2000)
    unit: UnitName = None
    number: Number = None


class InterviewWanted(Wanted):
    """The unit whose 约谈 is approved."""

    unit: str = Field(min_length=1, max_length=40)


class UnitWanted(Wanted):
    """The unit whose order is meant, where there are several."""

    unit: UnitName = None


class InterviewProposal(InterviewWanted):
    """The unit a 约谈 is proposed for, and why."""

    reason: Annotated[str, PlainText(200), Field(min_length=2, description="建议约谈的理由")]


class Nothing(Wanted):
    """A request that needs no words."""

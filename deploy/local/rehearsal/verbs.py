"""The words a scenario is written in, each with its fields; what a verb means is decided by the services, not here."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts.terms import Category, Grade, Result, SupervisionLevel


class Fields(BaseModel):
    """A verb's own fields; anything else is refused. Lengths and meanings are checked by the services."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=False)


class Register(Fields):
    """Somebody brings a matter."""

    channel: Literal["HALL", "YWTB", "SUISHENBAN", "PORTAL_EXIT"]
    site: str | None = None
    name: str | None = None
    phone: str | None = None
    item: str | None = None
    item_code: str | None = None
    text: str | None = None
    category: Category | None = None
    anonymous: bool = False
    confidential: bool = False
    source_id: str | None = None
    upstream_no: str | None = None
    upstream_due: AwareDatetime | None = None
    received_at: AwareDatetime | None = None
    backdated_reason: str | None = None
    complained_unit: str | None = None
    complained_person: str | None = None
    exit_step: str | None = None
    exit_reason: str | None = None
    error_code: str | None = None
    wants_contact: bool | None = None


class ResolveNow(Fields):
    """The window settles it at once."""

    text: str
    category: Category | None = None


class Triage(Fields):
    """The window analyses and dispatches."""

    grade: Grade
    lead: str
    assist: tuple[str, ...] = ()
    requirement: str
    category: Category | None = None
    reason: str = ""


class UnitStep(Fields):
    """A department signs or contacts."""

    unit: str | None = None


class Answer(UnitStep):
    """A department answers."""

    result: Result
    text: str
    cause: str = ""
    basis: str = ""
    alternative: str = ""
    lesson: str = ""


class Verify(Fields):
    """The window checks the answer."""

    replied_at: AwareDatetime | None = None


class FollowUp(Fields):
    """The window asks the person."""

    reached: bool = True
    resolved: bool | None = None
    stars: int | None = None
    reason: str = ""


class IssueSupervision(Fields):
    """A person signs a 督办单."""

    level: SupervisionLevel = SupervisionLevel.YELLOW
    unit: str | None = None


VERBS: dict[str, type[Fields]] = {
    "register": Register, "resolve_now": ResolveNow, "triage": Triage, "sign": UnitStep, "contact": UnitStep, "answer": Answer,
    "verify": Verify, "follow_up": FollowUp, "issue_supervision": IssueSupervision,
}
COMING = (
    "evaluate", "urge", "supply", "withdraw", "refuse", "confirm_refusal", "overrule_refusal", "transfer", "merge", "request_return",
    "rule_return", "request_extension", "approve_extension", "refuse_extension", "request_material", "reject_answer", "screen", "reopen",
    "consult", "conclude", "void_supervision", "answer_supervision", "approve_interview", "import_calendar", "redeliver", "restart",
)

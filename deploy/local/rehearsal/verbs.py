"""The words a scenario is written in, each with its fields; what a verb means is decided by the services, not here."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from shared.contracts.terms import Category, Finding, Grade, Result, SupervisionLevel

FINDINGS = {
    "可办": Finding.ACTIONABLE, "不成立": Finding.UNFOUNDED, "甄别成立": Finding.UNFOUNDED, "不合理": Finding.UNFOUNDED,
}


class Fields(BaseModel):
    """A verb's own fields; anything else is refused. Lengths and meanings are checked by the services."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=False, populate_by_name=True)


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


class Evaluate(Fields):
    """The person says how it went (好差评)."""

    resolved: bool
    stars: int
    text: str | None = None


class Urge(Fields):
    """The person asks where it is (催单)."""

    text: str | None = None


class Supply(Fields):
    """The person brings what was asked for."""

    text: str


class Withdraw(Fields):
    """The person takes it back."""

    reason: str


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


class Refuse(Fields):
    """The window proposes 不予受理."""

    reason: str
    basis: str
    alternative: str


class Confirm(Fields):
    """The second person agrees; what the proposal says may be repeated here and is not sent again."""

    reason: str | None = Field(None, exclude=True)
    basis: str | None = Field(None, exclude=True)
    alternative: str | None = Field(None, exclude=True)


class Overrule(Confirm):
    """The second person holds that it must be taken."""

    reason: str | None = None


class Transfer(Fields):
    """Another channel is the lawful one."""

    to: str
    reason: str


class Merge(Fields):
    """It goes on under another case; `into` is that case's label."""

    into: str
    reason: str = ""


class Plain(Fields):
    """A step that needs no words."""


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


class RequestReturn(UnitStep):
    """A department says it is another's matter."""

    reason: str
    suggest: str | None = None


class RuleReturn(UnitStep):
    """The window, the second time the office, rules on it."""

    accepted: bool
    to: str | None = None
    reason: str = ""


class RequestExtension(UnitStep):
    """The section head asks for more time, up to a day."""

    until: date
    reason: str


class RefuseExtension(Fields):
    """The leader or the office refuses it."""

    reason: str = ""


class RequestMaterial(UnitStep):
    """A department tells once all that is missing."""

    items: tuple[str, ...] = Field(alias="list")


class Verify(Fields):
    """The window checks the answer."""

    replied_at: AwareDatetime | None = None


class RejectAnswer(UnitStep):
    """The window sends the answer back."""

    reason: str
    false_feedback: bool = False


class FollowUp(Fields):
    """The window asks the person."""

    reached: bool = True
    resolved: bool | None = None
    stars: int | None = None
    reason: str = ""


class Screen(Fields):
    """甄别: whether the person's discontent can be met; in Chinese words or by its identifier."""

    finding: Annotated[Finding, BeforeValidator(lambda said: FINDINGS.get(said, said) if isinstance(said, str) else said)]
    reason: str = ""


class Consult(Fields):
    """提级会商."""

    reason: str


class Conclude(Fields):
    """The 会商 ended, with a unit designated or a final answer."""

    outcome: str
    lead: str | None = None


class IssueSupervision(UnitStep):
    """A person signs a 督办单."""

    level: SupervisionLevel = SupervisionLevel.YELLOW


class VoidSupervision(UnitStep):
    """A 督办单 does not stand."""

    reason: str
    number: str | None = None


class AnswerSupervision(UnitStep):
    """The unit explains itself in writing."""

    text: str


class ApproveInterview(Fields):
    """The office's leader decides on a 约谈."""

    unit: str


class ImportCalendar(Fields):
    """A year's notice is announced; `file` is found beside the scenario."""

    file: str


class Redeliver(Fields):
    """Kafka gives every record of a topic again."""

    topic: str


class Restart(Fields):
    """A service crashes where it stands and starts again."""

    service: Literal["intake", "router", "sla", "notifier", "archive"]


VERBS: dict[str, type[Fields]] = {
    "register": Register, "evaluate": Evaluate, "urge": Urge, "supply": Supply, "withdraw": Withdraw, "resolve_now": ResolveNow,
    "triage": Triage, "refuse": Refuse, "confirm_refusal": Confirm, "overrule_refusal": Overrule, "transfer": Transfer,
    "merge": Merge, "sign": UnitStep, "contact": UnitStep, "answer": Answer, "request_return": RequestReturn, "rule_return": RuleReturn,
    "request_extension": RequestExtension, "approve_extension": Plain, "refuse_extension": RefuseExtension,
    "request_material": RequestMaterial, "verify": Verify, "reject_answer": RejectAnswer, "follow_up": FollowUp, "screen": Screen,
    "reopen": Plain, "consult": Consult, "conclude": Conclude, "issue_supervision": IssueSupervision,
    "void_supervision": VoidSupervision, "answer_supervision": AnswerSupervision, "approve_interview": ApproveInterview,
    "import_calendar": ImportCalendar, "redeliver": Redeliver, "restart": Restart,
}
CASELESS = ("import_calendar", "redeliver", "restart")

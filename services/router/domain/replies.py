"""A department's reply from its own system: taken by the same rules as at the workbench, or refused and recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from services.router.domain import orders
from services.router.domain.commands import Answered, UnitStep
from services.router.domain.guards import Doer
from services.router.domain.state import CaseFile
from shared.contracts.replies import DepartmentReply
from shared.contracts.router_events import ReplyRefused
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken, Unprocessable
from shared.privacy.masking import scrub

File = CaseFile | None
WORDS = ("unit", "text", "cause", "basis", "alternative", "lesson")


def scrubbed(reply: DepartmentReply, names: Sequence[str]) -> DepartmentReply:
    """The reply freed of personal data, before any rule sees it: its words go into events (个保法 51)."""
    return reply.model_copy(update={field: scrub(getattr(reply, field), names) for field in WORDS})


def take_reply(state: File, reply: DepartmentReply, topic_unit: str, district: District, *, now: datetime) -> Decision[File]:
    """方案 六(四): applies one reply; one that breaks a rule leaves the case as it was and is told to its sender."""
    if state is None:
        raise Unprocessable(f"there is no case {reply.case_no}")
    try:
        return _taken(state, reply, topic_unit, district, now)
    except RuleBroken as broken:
        refused = ReplyRefused(
            case_no=state.case_no, occurred_at=now, actor=f"dept:{topic_unit}", unit=topic_unit, order_no=reply.order_no,
            reply_id=reply.reply_id, rule=broken.rule, message=broken.message,
        )
        return Decision(state, [refused])


def _taken(case: CaseFile, reply: DepartmentReply, topic_unit: str, district: District, now: datetime) -> Decision[File]:
    unit = district.unit(reply.unit)
    if unit is None:
        raise RuleBroken("reply.unknown_unit", f"没有名为“{reply.unit}”的承办单位。", field="unit")
    order = next((held for held in case.orders if held.order_no == reply.order_no), None)
    if unit.code != topic_unit or order is None or order.unit != topic_unit:
        raise RuleBroken("reply.not_your_order", "回复只能针对派给本单位的承办单，并写在本单位的主题上。", field="order_no")
    if order.round != case.round:
        raise RuleBroken("reply.old_round", "该承办单属于已结束的一轮，请回复现在的承办单。", field="order_no")
    by, mine = Doer(f"dept:{topic_unit}", unit=topic_unit), UnitStep(unit=topic_unit)
    match reply.step:
        case "SIGN":
            return orders.sign(case, mine, district, by=by, now=now)
        case "CONTACT":
            return orders.contact(case, mine, district, by=by, now=now)
        case "ANSWER":
            return orders.answer(case, _answered(reply, topic_unit), district, by=by, now=now)


def _answered(reply: DepartmentReply, unit: str) -> Answered:
    fields = reply.model_dump(include={"result", "text", "cause", "basis", "alternative", "lesson"})
    try:
        return Answered(unit=unit, **fields)
    except ValidationError:
        raise RuleBroken("reply.answer_incomplete", "反馈须有处理结果和处理意见，且不含控制字符或网页标签。", field="text") from None

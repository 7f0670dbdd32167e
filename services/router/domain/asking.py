"""Between unit and person: 一次性告知, what the person brings, 催单 (domain: 状态机 11; 升级阶梯 L1)."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.commands import RequestMaterial, Words
from services.router.domain.guards import Doer, known, the_open_order, wants_open, wants_state
from services.router.domain.state import CaseFile
from shared.contracts.event import Event
from shared.contracts.router_events import CitizenUrged, MaterialRequested, MaterialSupplied
from shared.contracts.sealed import Sealed
from shared.contracts.terms import CaseState
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

File = CaseFile | None


def request_material(state: File, command: RequestMaterial, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """一次性告知: a unit tells everything that is missing once; the clock does not stop for it."""
    case = wants_state(known(state), "告知补材料", CaseState.HANDLING)
    order = the_open_order(case, district, command.unit or (case.lead.unit if case.lead else None))
    if order.material_asked:
        raise RuleBroken("material.once", "补材料须一次告知清楚，本单位已告知过；请凭已有材料办理。", field="list")
    case = case.with_order(order.model_copy(update={"material_asked": True, "material_awaited": True}))
    said = MaterialRequested(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, items=command.items
    )
    return Decision(case, [said])


def supply(
    state: File, command: Words, district: District, *, by: Doer, now: datetime, words: Sealed | None = None
) -> Decision[File]:
    """The person brings what was asked for; every unit that waits for it is told."""
    case = wants_state(known(state), "补交材料", CaseState.HANDLING, CaseState.CONSULTATION)
    waiting = [held for held in case.this_round if held.open and held.material_awaited]
    if not waiting:
        raise RuleBroken("material.not_asked", "承办单位没有要求补交材料，无需提交；要补充情况请联系窗口。")
    events: list[Event] = []
    for order in waiting:
        case = case.with_order(order.model_copy(update={"material_awaited": False}))
        events.append(MaterialSupplied(
            case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, words=words
        ))
    return Decision(case, events)


def urge(
    state: File, command: Words, district: District, *, by: Doer, now: datetime, words: Sealed | None = None
) -> Decision[File]:
    """催单: the person asks where it is; whoever owes the answer is urged (L1)."""
    case = wants_open(known(state), "催办")
    return Decision(case, [CitizenUrged(case_no=case.case_no, occurred_at=now, actor=by.id, words=words)])

"""Ways that do not lead through a unit: 不予受理, 转渠道, 并案, 撤回 (方案 四(二)、四(四)5)."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.commands import Explained, Merge, Nothing, Reasoned, Refuse, Transfer
from services.router.domain.dispatching import cancelled
from services.router.domain.guards import STATE_NAMES, UNDER_ANALYSIS, Doer, known, wants_open, wants_state
from services.router.domain.state import CaseFile
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseMerged,
    CaseRejected,
    CaseTransferred,
    CaseWithdrawn,
    RejectionOverruled,
    RejectionProposed,
)
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import CaseState, Category, Result
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

File = CaseFile | None
UPWARD = "市级主管部门"
SEALED = "（线索件，已密封）"


def refuse(state: File, command: Refuse, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """方案 四(四)5: 拟不予受理 with reason, basis and another way; a second person decides."""
    case = wants_state(known(state), "提出不予受理", *UNDER_ANALYSIS)
    for field in district.policy.reject.requires:
        if not getattr(command, field, "").strip():
            raise RuleBroken("reject.requires", "不予受理须写明理由、依据和其他办理途径。", field=field)
    said = RejectionProposed(case_no=case.case_no, occurred_at=now, actor=by.id, **command.model_dump())
    kept = {"state": CaseState.REJECT_REVIEW, "proposed_by": by.id, "refusal": tuple(command.model_dump().values())}
    return Decision(case.model_copy(update=kept), [said])


def confirm_refusal(state: File, command: Nothing, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """domain 歧义 10: another person than the proposer confirms; the person is told in writing."""
    case = _reviewed(state, district, by, "确认不予受理")
    reason, basis, alternative = case.refusal
    said = CaseRejected(
        case_no=case.case_no, occurred_at=now, actor=by.id, reason=reason, basis=basis, alternative=alternative,
        proposed_by=case.proposed_by or "",
    )
    return Decision(case.model_copy(update={"state": CaseState.REJECTED, "result": Result.REJECTED, "replied_at": now}), [said])


def overrule_refusal(state: File, command: Explained, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """The second person holds that it must be taken: the analysis goes on."""
    case = _reviewed(state, district, by, "不同意不予受理")
    said = RejectionOverruled(case_no=case.case_no, occurred_at=now, actor=by.id, reason=command.reason)
    return Decision(case.model_copy(update={"state": CaseState.TRIAGING, "proposed_by": None, "refusal": ()}), [said])


def _reviewed(state: File, district: District, by: Doer, act: str) -> CaseFile:
    case = wants_state(known(state), act, CaseState.REJECT_REVIEW)
    if district.policy.reject.second_person and by.id == case.proposed_by:
        raise RuleBroken("reject.second_person", "不予受理须由提出人以外的第二人复核，请转请窗口负责人。")
    return case


def transfer(state: File, command: Transfer, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """domain 歧义 25、26: another channel is the lawful one and the person is told; a clue goes sealed to 纪检."""
    case = wants_state(known(state), "转其他渠道", *UNDER_ANALYSIS)
    unit = district.unit(command.to)
    clue = unit is not None and unit.code == district.policy.clue.route
    said = CaseTransferred(
        case_no=case.case_no, occurred_at=now, actor=by.id, to=unit.name if unit else command.to, reason=command.reason, clue=clue,
        tracked=district.policy.upward.track and UPWARD in command.to,
    )
    kept = {"state": CaseState.TRANSFERRED, "result": Result.TRANSFERRED, "clue": clue, "replied_at": now}
    return Decision((_emptied(case) if clue else case).model_copy(update=kept), [said])


def _emptied(case: CaseFile) -> CaseFile:
    """方案 七(四): what a clue says lies in the sealed box and nowhere here, not even masked."""
    matter = case.matter.model_copy(update={"box": "", "masked": SEALED})
    return case.model_copy(update={"matter": matter, "contact": SealedContact(), "item": SEALED, "item_code": None})


def merge(
    state: File, command: Merge, district: District, *, by: Doer, now: datetime, main: CaseFile | None = None
) -> Decision[File]:
    """domain 歧义 24: the same person, the same matter, still in work: it goes on under the other number."""
    case = wants_state(known(state), "并案", *UNDER_ANALYSIS)
    if main is None or main.case_no == case.case_no:
        raise RuleBroken("merge.unknown", "查无要并入的工单，或写成了本件自己，请核对编号。", field="into")
    if main.ended:
        words = f"工单{main.case_no}现为“{STATE_NAMES[main.state]}”，不能并入；请按新件办理。"
        raise RuleBroken("merge.ended", words, field="into")
    if not case.contact.party_ref or case.contact.party_ref != main.contact.party_ref:
        raise RuleBroken("merge.person", "两件不是同一人所提，不能并案。", field="into")
    if case.item_code and main.item_code and case.item_code != main.item_code:
        raise RuleBroken("merge.item", "两件不是同一事项，不能并案；请分别办理。", field="into")
    said = CaseMerged(case_no=case.case_no, occurred_at=now, actor=by.id, into=main.case_no, reason=command.reason)
    return Decision(case.model_copy(update={"state": CaseState.MERGED, "merged_into": main.case_no}), [said])


def is_complaint(case: CaseFile) -> bool:
    """Whether it complains of somebody, whatever category it was given."""
    return case.category is Category.COMPLAINT or case.complained_unit is not None or bool(case.complained_staff)


def withdraw(state: File, command: Reasoned, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """状态机 19: the person takes it back; a complaint is looked into all the same."""
    case = wants_open(known(state), "撤回")
    stops = not is_complaint(case)
    events: list[Event] = [CaseWithdrawn(case_no=case.case_no, occurred_at=now, actor=by.id, reason=command.reason, stops=stops)]
    if not stops:
        return Decision(case.model_copy(update={"withdrawal_noted": True}), events)
    case, taken_back = cancelled(case, "办理对象已撤回", by, now)
    return Decision(case.model_copy(update={"state": CaseState.WITHDRAWN, "extension": None}), [*events, *taken_back])

"""The clocks of the case as a whole: which begin, move and end with which event (方案 四(四)、六(二)-(六))."""

from __future__ import annotations

from functools import partial

from services.sla.domain import ladder
from services.sla.domain.setting import Happened, meet, move, move_all, run_again, start, stop, stop_where, together
from services.sla.domain.state import CaseClocks
from services.sla.domain.supervision import closed, drafts_dropped
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import (
    CaseEscalated,
    CaseExtended,
    CaseFedBack,
    CaseRegraded,
    CaseRejected,
    CaseReopened,
    CaseResolvedInstantly,
    CaseTransferred,
    CaseTriaged,
    CaseWithdrawn,
    ConsultationConcluded,
    ExtensionRefused,
    ExtensionRequested,
    FollowUpRecorded,
    RejectionOverruled,
    RejectionProposed,
)
from shared.contracts.terms import DeadlineKind, Grade
from shared.decision import Decision, unchanged
from shared.district.limits import answer_due
from shared.district.model import District

CARRIED = (
    "case_no", "site", "category", "anonymous", "complained_unit", "complained_staff", "received_at", "upstream_no", "upstream_due",
)


TOLD = (DeadlineKind.ANSWER, DeadlineKind.EXPLANATION)


def begin(state: CaseClocks | None, event: CaseRegistered, district: District) -> Decision[CaseClocks | None]:
    """方案 四(四)、六(二): from registration the person's clock and the same-day analysis run, both from `received_at`."""
    if state is not None:
        return unchanged(state)
    carried = {name: getattr(event, name) for name in CARRIED}
    case = CaseClocks(**carried, name=event.contact.name, calendar_version=district.calendar.version)
    begins = partial(start, district=district, at=event.occurred_at, started_at=event.received_at)
    return Decision(*together(case, partial(begins, kind=DeadlineKind.TRIAGE), partial(begins, kind=DeadlineKind.ANSWER)))


def grade(case: CaseClocks, event: CaseTriaged, district: District) -> Happened:
    """方案 六(二): the analysis is done; the grade decides when the answer is due, still from `received_at`."""
    return _graded(case.model_copy(update={"category": event.category}), event, event.grade, district)


def regrade(case: CaseClocks, event: CaseRegraded, district: District) -> Happened:
    """domain 歧义 1: the person's end and that of every unit at work follow the harder grade, counted from receipt."""
    case = case.model_copy(update={"grade": event.grade})
    return move_all(case, district, at=event.occurred_at, grade=event.grade)


def settle_at_once(case: CaseClocks, event: CaseResolvedInstantly, district: District) -> Happened:
    """方案 四(四)1: a simple matter is answered there and then."""
    case, said = _graded(case.model_copy(update={"category": event.category}), event, event.grade, district)
    case, more = together(
        case, partial(meet, kind=DeadlineKind.ANSWER, at=event.occurred_at), partial(end, event=event)
    )
    return case, [*said, *more]


def _graded(case: CaseClocks, event: Event, given: Grade, district: District) -> Happened:
    case, met = meet(case, DeadlineKind.TRIAGE, at=event.occurred_at)
    case = case.model_copy(update={"grade": given, "first_grade": case.first_grade or given})
    old = case.countdown(DeadlineKind.ANSWER)
    if old is None:
        return case, met
    case, said = move(case, old, district, at=event.occurred_at, grade=given)
    return case, [*met, *said]


def propose_rejection(case: CaseClocks, event: RejectionProposed, district: District) -> Happened:
    """方案 四(四)5: the analysis is done; the written explanation is due so many working days after receipt.

    Proposed again after it was overruled, it is due when it was, and what was missed then is not missed a second time.
    """
    at, kind = event.occurred_at, DeadlineKind.EXPLANATION
    before = next((held for held in case.countdowns if held.kind is kind and held.order_no is None and not held.running), None)
    begun = partial(start, kind=kind, district=district, at=at, started_at=case.received_at)
    owed = begun if before is None else partial(run_again, old=before, district=district, at=at)
    return together(case, partial(meet, kind=DeadlineKind.TRIAGE, at=at), owed)


def overrule_rejection(case: CaseClocks, event: RejectionOverruled, district: District) -> Happened:
    """方案 六(二): it must be taken after all, so the analysis is due again, the same day."""
    return together(
        case, partial(meet, kind=DeadlineKind.EXPLANATION, at=event.occurred_at),
        partial(start, kind=DeadlineKind.TRIAGE, district=district, at=event.occurred_at),
    )


def reject(case: CaseClocks, event: CaseRejected) -> Happened:
    """方案 四(四)5: the person has the written explanation, which is their answer."""
    return together(
        case, partial(meet, kind=DeadlineKind.EXPLANATION, at=event.occurred_at),
        partial(meet, kind=DeadlineKind.ANSWER, at=event.occurred_at), partial(end, event=event),
    )


def transfer(case: CaseClocks, event: CaseTransferred) -> Happened:
    """方案 七(四): another channel has it; a clue is 纪检's alone from now on."""
    return end(case.model_copy(update={"clue": event.clue}), event)


def withdraw(case: CaseClocks, event: CaseWithdrawn) -> Happened:
    """状态机 19: the person took it back; a complaint is looked into all the same and its clocks run on."""
    return end(case, event) if event.stops else (case, [])


def ask_extension(case: CaseClocks, event: ExtensionRequested, district: District) -> Happened:
    """方案 四(四)4: it is decided before the answer is due, or it lapses then."""
    if case.countdown(DeadlineKind.ANSWER) is None:
        return case, []
    return start(case, DeadlineKind.APPROVAL, district, at=event.occurred_at, order_no=event.order_no, unit=event.unit)


def refuse_extension(case: CaseClocks, event: ExtensionRefused) -> Happened:
    """方案 四(四)4: decided; the answer stays due when it was."""
    return stop_where(case, lambda held: held.kind is DeadlineKind.APPROVAL, at=event.occurred_at)


def extend(case: CaseClocks, event: CaseExtended, district: District) -> Happened:
    """方案 四(四)4: the approved day, never past the total nor the city's own limit; units at work follow."""
    city_grade = (case.first_grade or Grade.GENERAL) if case.from_city else None
    latest = answer_due(district, case.received_at, Grade.SPECIAL, case.upstream_due, city_grade=city_grade).due_at
    case, met = stop_where(case, lambda held: held.kind is DeadlineKind.APPROVAL, at=event.occurred_at)
    case = case.model_copy(update={"grade": Grade.SPECIAL, "extended_due_at": min(event.due_at, latest)})
    case, said = move_all(case, district, at=event.occurred_at, grade=Grade.SPECIAL)
    return case, [*met, *said]


def answer(case: CaseClocks, event: CaseFedBack, district: District) -> Happened:
    """方案 四(四)、六(六): the first answer ends the person's clock at `replied_at`; each one starts the 回访 anew."""
    at, decided = event.occurred_at, (DeadlineKind.FOLLOW_UP, DeadlineKind.APPROVAL)
    told = [partial(stop, running=held, at=at, met_at=event.replied_at) for held in case.running if held.kind in TOLD]
    case, said = together(case, *told, partial(stop_where, wanted=lambda held: held.kind in decided, at=at))
    if case.anonymous and not district.policy.anonymous.followup:
        return case, said
    case, begun = start(case, DeadlineKind.FOLLOW_UP, district, at=at, started_at=event.replied_at)
    return case, [*said, *begun]


def note_follow_up(case: CaseClocks, event: FollowUpRecorded, district: District) -> Happened:
    """方案 六(六): the person was reached; discontent again after a 重办 calls for a 督办·红 (domain: 升级阶梯 L3)."""
    if not event.reached:
        return case, []
    case, said = meet(case, DeadlineKind.FOLLOW_UP, at=event.occurred_at)
    content = bool(event.resolved) and (event.stars or 0) >= district.policy.followup.satisfied_from
    if content or not case.redone:
        return case, said
    case, more = ladder.second_discontent(case, district, at=event.occurred_at)
    return case, [*said, *more]


def reopen(case: CaseClocks, event: CaseReopened) -> Happened:
    """domain 歧义 18 重办: a round with a limit of its own from now; the person's clock stays as it ended."""
    return case.model_copy(update={
        "ended": False, "round_starts": (*case.round_starts, event.occurred_at), "redo_round": event.round, "redone": case.redone + 1,
    }), []


def escalate(case: CaseClocks, event: CaseEscalated, district: District) -> Happened:
    """方案 五(二) 提级会商: due in its own time; orders run on; after a 重办 a 督办·红 is ready to be signed."""
    case, said = start(
        case.model_copy(update={"ended": False}), DeadlineKind.CONSULTATION, district, at=event.occurred_at
    )
    if not event.after_redo:
        return case, said
    case, more = ladder.second_discontent(case, district, at=event.occurred_at)
    return case, [*said, *more]


def conclude(case: CaseClocks, event: ConsultationConcluded) -> Happened:
    """会商结论: a unit that is designated counts its limit from now."""
    case, said = meet(case, DeadlineKind.CONSULTATION, at=event.occurred_at)
    starts = (*case.round_starts, event.occurred_at)
    return (case.model_copy(update={"round_starts": starts}) if event.lead else case), said


def end(case: CaseClocks, event: Event) -> Happened:
    """方案 六(五): the case is settled or went another way: whatever still runs ends, drafts fall away, 督办 are closed."""
    at = event.occurred_at
    return together(
        case.model_copy(update={"ended": True}), partial(stop_where, wanted=lambda _: True, at=at),
        partial(drafts_dropped, at=at, reason="此件已办结或另有去向"), partial(closed, at=at),
    )

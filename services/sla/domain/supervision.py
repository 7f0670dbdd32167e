"""督办单 as records of their own: drafted, issued, answered, closed, voided; only issued ones count (方案 七(四); 附件2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.sla.domain.setting import Happened, meet, start, together
from services.sla.domain.state import CaseClocks, Supervision
from shared.contracts.event import SYSTEM
from shared.contracts.sla_events import (
    SupervisionAnswered,
    SupervisionClosed,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.terms import DeadlineKind, SupervisionLevel, SupervisionReason, SupervisionState
from shared.district.model import District


def draft(
    case: CaseClocks, order_no: str, district: District, *, at: datetime, level: SupervisionLevel, reason: SupervisionReason
) -> Happened:
    """方案 七(四): a 督办单 ready to be signed; a yellow one signs itself after a working day, a red one never."""
    clock = case.order_clock(order_no)
    unit, since = (str(clock.unit), min(clock.due_at, at)) if clock else ("", at)
    new = Supervision(
        number=f"DB{order_no}-{1 + len(case.of_order(order_no))}", order_no=order_no, unit=unit, level=level, reason=reason,
        state=SupervisionState.DRAFT, overdue_since=since, drafted_at=at,
        issues_itself_at=_signs_itself(district, at) if level is SupervisionLevel.YELLOW else None,
    )
    said = SupervisionDrafted(
        case_no=case.case_no, occurred_at=at, number=new.number, order_no=order_no, unit=unit, level=level, overdue_since=since,
        reason=reason,
    )
    return case.model_copy(update={"supervisions": (*case.supervisions, new)}), [said]


def _signs_itself(district: District, at: datetime) -> datetime:
    for _ in range(district.policy.ladder.l2.auto_issue_after_wd):
        at = district.calendar.moment(district.calendar.next_working_day(at.date()), at.time())
    return at


def signed_later(case: CaseClocks, district: District) -> CaseClocks:
    """Drafts sign themselves on a working day of the calendar in force, never earlier than they would have (domain: 时限规则)."""
    def later(held: Supervision) -> Supervision:
        if held.issues_itself_at is None:
            return held
        return held.model_copy(update={"issues_itself_at": max(held.issues_itself_at, _signs_itself(district, held.drafted_at))})

    return case.model_copy(update={"supervisions": tuple(later(held) for held in case.supervisions)})


def issued(case: CaseClocks, number: str, district: District, *, at: datetime, issuer: str | None = None) -> Happened:
    """Signed by `issuer`, None when it signed itself: it counts as 督办次数 from now on, and a statement is due."""
    order = the(case, number)
    change = {"state": SupervisionState.ISSUED, "nth": 1 + case.valid_count(order.order_no), "issued_at": at, "issuer": issuer,
              "issues_itself_at": None}
    case = case.with_supervision(number, lambda held: held.model_copy(update=change))
    case, begun = start(
        case, DeadlineKind.STATEMENT, district, at=at, order_no=order.order_no, unit=order.unit, number=number
    )
    due_at = case.countdowns[-1].due_at
    case = case.with_supervision(number, lambda held: held.model_copy(update={"due_at": due_at}))
    return case, [_issue_event(case, the(case, number), district, at), *begun]


def _issue_event(case: CaseClocks, order: Supervision, district: District, at: datetime) -> SupervisionIssued:
    return SupervisionIssued(
        case_no=case.case_no, occurred_at=at, actor=order.issuer or SYSTEM, number=order.number, order_no=order.order_no,
        unit=order.unit, level=order.level, nth=order.nth, issuer=order.issuer or SYSTEM, automatic=order.issuer is None,
        due_at=order.due_at or at, overdue_days=overdue_days(case, order.order_no, district, at), reason=order.reason,
    )


def overdue_days(case: CaseClocks, order_no: str, district: District, at: datetime) -> int:
    """Working days an order has been late at this moment, 0 in time (domain: 督办单)."""
    clock = case.order_clock(order_no)
    return max(0, district.calendar.working_days_between(clock.due_at.date(), at.date())) if clock else 0


def answered(case: CaseClocks, number: str, *, at: datetime, by: str, text: str) -> Happened:
    """方案 七(四) 书面说明: the unit explains itself on this 督办单."""
    order = the(case, number)
    change = {"state": SupervisionState.ANSWERED, "answered_at": at, "text": text}
    case = case.with_supervision(number, lambda held: held.model_copy(update=change))
    said = SupervisionAnswered(
        case_no=case.case_no, occurred_at=at, actor=by, number=number, order_no=order.order_no, unit=order.unit, level=order.level,
        text=text,
    )
    case, met = meet(case, DeadlineKind.STATEMENT, at=at, order_no=order.order_no, number=number)
    return case, [said, *met]


def closed(case: CaseClocks, *, at: datetime, order_no: str | None = None) -> Happened:
    """销号: the order (without one, every order) is settled; what was issued stays counted (domain: 督办单)."""
    return _each(case, lambda held: held.standing and order_no in (None, held.order_no), lambda now, order: _closed(now, order, at))


def _closed(case: CaseClocks, order: Supervision, at: datetime) -> Happened:
    change = {"state": SupervisionState.CLOSED, "closed_at": at}
    case = case.with_supervision(order.number, lambda held: held.model_copy(update=change))
    said = SupervisionClosed(
        case_no=case.case_no, occurred_at=at, number=order.number, order_no=order.order_no, unit=order.unit, level=order.level
    )
    case, met = meet(case, DeadlineKind.STATEMENT, at=at, order_no=order.order_no, number=order.number)
    return case, [*met, said]


def drafts_dropped(case: CaseClocks, *, at: datetime, reason: str, order_no: str | None = None) -> Happened:
    """What was never signed falls away once its ground is gone; what was signed stays (domain: 升级阶梯)."""
    def waits(held: Supervision) -> bool:
        return held.state is SupervisionState.DRAFT and order_no in (None, held.order_no)

    return _each(case, waits, lambda now, order: voided(now, order.number, at=at, reason=reason))


def voided(case: CaseClocks, number: str, *, at: datetime, reason: str, by: str = SYSTEM) -> Happened:
    """It no longer stands: an issued one stays in the history and is not counted (domain: 升级阶梯 误发)."""
    order = the(case, number)
    change = {"state": SupervisionState.VOIDED, "issues_itself_at": None, "voided_at": at, "void_reason": reason}
    case = case.with_supervision(number, lambda held: held.model_copy(update=change))
    said = SupervisionVoided(
        case_no=case.case_no, occurred_at=at, actor=by, number=number, order_no=order.order_no, unit=order.unit, level=order.level,
        reason=reason, valid=case.valid_count(order.order_no),
    )
    case, met = meet(case, DeadlineKind.STATEMENT, at=at, order_no=order.order_no, number=number)
    return case, [said, *met]


def the(case: CaseClocks, number: str) -> Supervision:
    """The 督办单 of this number."""
    return next(held for held in case.supervisions if held.number == number)


def _each(
    case: CaseClocks, wanted: Callable[[Supervision], bool], change: Callable[[CaseClocks, Supervision], Happened]
) -> Happened:
    found = [held for held in case.supervisions if wanted(held)]
    return together(case, *(lambda now, order=held: change(now, order) for held in found))

"""What time and people made a service say, done again at its moment: the rules decide, the events only tell what was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from services.archive.domain.forgetting import told_again as forgetting_told_again
from services.archive.domain.record import lock_when_due
from services.archive.domain.reports.filing import file_month, open_month, remind_or_miss
from services.archive.domain.reports.periods import month_named
from services.archive.handlers import inbox as archive_inbox
from services.archive.store import AsOf, drafted, made_again, open_filings, open_ledger, open_library, open_reports, open_roots
from services.archive.store.retelling import RETOLD, retold, told_again
from services.archive.store.uploads import note_again
from services.notifier.domain.sending import Accepted, Receipt, Refused, hand_over, settle
from services.notifier.handlers import inbox as notifier_inbox
from services.notifier.store import open_logs
from services.sla.domain import acts
from services.sla.domain.firing import fire, in_time
from services.sla.domain.recalculation import recalculate
from services.sla.domain.state import CaseClocks
from services.sla.handlers import inbox as sla_inbox
from services.sla.store import open_clocks
from shared.assembly import Ground
from shared.contracts.archive_events import CaseForgotten, FilingEvent, FilingMade, ReportMade
from shared.contracts.event import SYSTEM, Event
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.sla_events import (
    DeadlineSet,
    InterviewApproved,
    RecalculationHeld,
    SupervisionAnswered,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.upload_events import UploadEvent
from shared.storage.cases import Rule

Redo = Callable[[Sequence[Event]], Awaitable[None]]


def redo_of(service: str, ground: Ground) -> Redo:
    """How this service does again what no consumed event caused."""
    return {"sla": _sla, "notifier": _notifier, "archive": _archive}[service](ground)


def _sla(ground: Ground) -> Redo:
    clocks, district = open_clocks(ground, sla_inbox), ground.scheme.district

    async def redo(said: Sequence[Event]) -> None:
        now = ground.clock.now()
        asked = next((found for event in said if (found := _asked(event, said, ground)) is not None), None)
        rule: Rule[CaseClocks] = partial(fire, now=now, district=district)
        if asked is not None:
            rule = partial(in_time, change=asked, at=now, district=district)
        elif any(isinstance(event, RecalculationHeld) or getattr(event, "recalculated", False) for event in said):
            rule = partial(recalculate, now=now, district=district)
        await clocks.change(said[0].case_no, rule, confirm=True)

    return redo


def _asked(event: Event, said: Sequence[Event], ground: Ground) -> Rule[CaseClocks] | None:
    """What a person asked for, as far as this event tells of one."""
    now, district = ground.clock.now(), ground.scheme.district
    timed: dict[str, Any] = {"now": now, "district": district}
    match event:
        case SupervisionIssued(automatic=False):
            return partial(acts.sign, unit=event.unit, level=event.level, by=_doer(event.issuer, ground), **timed)
        case SupervisionVoided() if event.actor != SYSTEM:
            return partial(acts.void, unit=event.unit, number=event.number, reason=event.reason, by=_doer(event.actor, ground), **timed)
        case SupervisionAnswered():
            number = event.number if sum(isinstance(other, SupervisionAnswered) for other in said) == 1 else None
            return partial(acts.answer, unit=event.unit, number=number, text=event.text, by=_doer(event.actor, ground), now=now)
        case InterviewApproved():
            return partial(acts.approve_interview, unit=event.unit, by=_doer(event.actor, ground), **timed)
        case DeadlineSet(recalculated=True) if event.previous_due_at and event.due_at < event.previous_due_at:
            return partial(acts.confirm_recalculation, **timed)
    return None


def _doer(staff_id: str, ground: Ground) -> acts.Doer:
    person = ground.scheme.district.staff.get(staff_id)
    return acts.Doer(staff_id, frozenset(role.value for role in person.roles), person.unit) if person else acts.Doer(staff_id)


def _notifier(ground: Ground) -> Redo:
    logs = open_logs(ground, notifier_inbox)

    async def redo(said: Sequence[Event]) -> None:
        answers = {event.notice_id: _answer(event) for event in said if isinstance(event, NoticeSent | NoticeFailed)}
        known: dict[str, Any] = {"district": ground.scheme.district, "now": ground.clock.now()}
        await logs.change(said[0].case_no, partial(hand_over, **known))
        await logs.change(said[0].case_no, partial(settle, answers=answers, **known), confirm=True)

    return redo


def _answer(event: NoticeSent | NoticeFailed) -> Receipt:
    """What the gateway answered then; it is not asked again."""
    if isinstance(event, NoticeSent):
        return Accepted(event.gateway_id)
    reason, _, code = event.reason.removesuffix("）").rpartition("（")
    return Refused(code, reason)


def _archive(ground: Ground) -> Redo:
    ledger, filings = open_ledger(ground, archive_inbox), open_filings(ground, archive_inbox)
    reports, library, roots = open_reports(ground, archive_inbox), open_library(ground, archive_inbox), open_roots(ground, archive_inbox)
    stores, district = {kind: kind.opened(ground, archive_inbox) for kind in RETOLD}, ground.scheme.district

    async def redo(said: Sequence[Event]) -> None:
        event, now = said[0], ground.clock.now()
        if isinstance(event, CaseForgotten):
            await ledger.change(event.case_no, partial(forgetting_told_again, said=event), confirm=True)
            return
        if isinstance(event, ReportMade):
            await made_again(reports, AsOf(ledger, filings, library, roots, district), event, district)
            return
        if kind := retold(event):
            await stores[kind].change(event.case_no, partial(told_again, kind, said=said), confirm=True)
            if isinstance(event, UploadEvent):
                await note_again(ledger, stores[kind], event.case_no)
            return
        if not isinstance(event, FilingEvent):
            await ledger.change(event.case_no, partial(lock_when_due, district=district, now=now), confirm=True)
            return
        month = month_named(event.month)
        await filings.change(event.case_no, partial(open_month, month=month, site=event.site, district=district))
        rule: Any = partial(remind_or_miss, district=district, now=now)
        if isinstance(event, FilingMade):
            draft = await drafted(ledger, filings, library, month, event.site, district)
            rule = partial(file_month, draft=draft, district=district, nil=event.nil, by=event.actor, now=now)
        await filings.change(event.case_no, rule, confirm=True)

    return redo

"""A case's life as events, and the archive that hears of it."""

from __future__ import annotations

from typing import Any

from services.archive import app
from services.archive.domain.entry import Entry
from services.archive.domain.record import CaseRecord
from services.archive.handlers import inbox
from services.archive.store import Ledger, open_ledger
from shared.contracts.event import Event
from shared.contracts.ids import order_number
from shared.contracts.notifier_events import NoticeSent
from shared.contracts.router_events import (
    CaseClosed,
    CaseFedBack,
    CaseResolvedInstantly,
    CitizenContacted,
    FollowUpRecorded,
    OrderAccepted,
)
from shared.contracts.sla_events import (
    CountedDay,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    OrderUrged,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.terms import (
    Category,
    DeadlineKind,
    Grade,
    NoticeChannel,
    OrderRole,
    Result,
    SupervisionLevel,
)
from shared.district.model import District
from shared.testing.driver import DISTRICT, ServiceDriver, at
from shared.testing.events import (
    CASE,
    a_case_fed_back,
    a_case_registered,
    a_case_triaged,
    an_order_answered,
    an_order_issued,
    an_order_signed,
)

DUE = "2026-10-10 17:30"
NOTICE = "00000000-0000-5000-8000-000000000001"


class Archive(ServiceDriver):
    """The archive on memory parts, with its documents at hand."""

    def __init__(self, start: str = "2026-09-30 10:00", district: District = DISTRICT, *, platforms: str = "") -> None:
        super().__init__(app, start, district, platforms=platforms)
        self.ledger: Ledger = open_ledger(self.ground, inbox)

    async def record(self, case_no: str = CASE) -> CaseRecord:
        """The record of a case that is there."""
        held = await self.ledger.get(case_no)
        assert held is not None
        return held

    async def entry(self, case_no: str = CASE) -> Entry:
        """The entry of a case that is there."""
        entry = (await self.record(case_no)).entry
        assert entry is not None
        return entry


def deadline(when: str, due: str = DUE, kind: DeadlineKind = DeadlineKind.ANSWER, **more: Any) -> DeadlineSet:
    """SLA set an end; two days of the trace."""
    why = (
        CountedDay(day=at(when).date(), counted=None, why="受理当日不计"),
        CountedDay(day=at(due).date(), counted=1, why="工作日"),
    )
    said: dict[str, Any] = {"started_at": at("2026-09-30 10:00"), "calendar_version": "2026@1", "why": why}
    return DeadlineSet(case_no=CASE, occurred_at=at(when), kind=kind, due_at=at(due), **(said | more))


def met(when: str, due: str = DUE, kind: DeadlineKind = DeadlineKind.ANSWER) -> DeadlineMet:
    """SLA closed a countdown."""
    return DeadlineMet(
        case_no=CASE,
        occurred_at=at(when),
        kind=kind,
        due_at=at(due),
        met_at=at(when),
        late=at(when) > at(due),
    )


def missed(due: str = DUE, kind: DeadlineKind = DeadlineKind.ANSWER) -> DeadlineMissed:
    """The moment passed."""
    return DeadlineMissed(case_no=CASE, occurred_at=at(due), kind=kind, due_at=at(due))


def urged(when: str, nth: int = 1) -> OrderUrged:
    """催办 of the first order."""
    return OrderUrged(
        case_no=CASE,
        occurred_at=at(when),
        kind=DeadlineKind.ORDER,
        order_no=order_number(CASE, 1),
        unit="yibao",
        due_at=at(DUE),
        nth=nth,
    )


def supervision(kind: type[Event], when: str, nth: int = 1, **more: Any) -> Event:
    """A 督办单 of the first order: drafted, issued or voided."""
    order_no = order_number(CASE, 1)
    said: dict[str, Any] = {
        "number": f"DB{order_no}-{nth}",
        "order_no": order_no,
        "unit": "yibao",
        "level": SupervisionLevel.YELLOW,
    }
    own: dict[type[Event], dict[str, Any]] = {
        SupervisionDrafted: {"overdue_since": at(DUE)},
        SupervisionIssued: {
            "nth": nth,
            "issuer": "zhengwu-go1",
            "automatic": False,
            "due_at": at("2026-10-13 17:30"),
            "overdue_days": 1,
        },
        SupervisionVoided: {"reason": "误发"},
    }
    return kind.model_validate({"case_no": CASE, "occurred_at": at(when), **said, **own[kind], **more})


def contacted(when: str, place: int = 1, unit: str = "yibao") -> CitizenContacted:
    """先行联系."""
    return CitizenContacted(case_no=CASE, occurred_at=at(when), order_no=order_number(CASE, place), unit=unit)


def accepted(when: str, place: int = 1, unit: str = "yibao") -> OrderAccepted:
    """The window took the answer."""
    return OrderAccepted(case_no=CASE, occurred_at=at(when), order_no=order_number(CASE, place), unit=unit)


def followed_up(when: str, resolved: bool | None, stars: int | None, attempt: int = 1) -> FollowUpRecorded:
    """回访; `resolved` None is a call nobody answered."""
    return FollowUpRecorded(
        case_no=CASE,
        occurred_at=at(when),
        actor="zhengwu-fu1",
        attempt=attempt,
        reached=resolved is not None,
        resolved=resolved,
        stars=stars,
    )


def closed(when: str, replied: str, resolved: bool | None = True, stars: int | None = 5) -> CaseClosed:
    """Settled."""
    return CaseClosed(
        case_no=CASE,
        occurred_at=at(when),
        actor="zhengwu-fu1",
        result=Result.RESOLVED,
        resolved=resolved,
        stars=stars,
        replied_at=at(replied),
    )


def resolved_at_once(when: str) -> CaseResolvedInstantly:
    """Settled at the window."""
    return CaseResolvedInstantly(
        case_no=CASE, occurred_at=at(when), actor="s001-tr1", category=Category.CONSULT, text="已当面讲清"
    )


def notice_sent(when: str, template: str = "C12") -> NoticeSent:
    """A message went out."""
    return NoticeSent.model_validate(
        {
            "case_no": CASE,
            "occurred_at": at(when),
            "notice_id": NOTICE,
            "about": NOTICE,
            "template": template,
            "to_role": "CITIZEN",
            "to": "138****0001",
            "channel": NoticeChannel.SMS,
            "text": "工单已办结归档",
            "gateway_id": "g1",
        }
    )


def answered_life(replied: str = "2026-10-09 15:00") -> list[Event]:
    """A general matter from registration until the person has the answer, as it comes from three services."""
    return [
        a_case_registered("2026-09-30 10:00"),
        deadline("2026-09-30 10:00", grade=None),
        a_case_triaged("2026-09-30 10:30", actor="s001-tr1"),
        an_order_issued("2026-09-30 10:30", DUE),
        deadline("2026-09-30 10:30", grade=Grade.GENERAL),
        an_order_signed("2026-09-30 11:30", actor="yibao-do"),
        contacted("2026-09-30 13:30"),
        an_order_answered(replied, actor="dept:yibao"),
        accepted("2026-10-10 16:00"),
        CaseFedBack.model_validate(
            a_case_fed_back("2026-10-10 16:00", replied).model_dump() | {"actor": "s001-tr1"}
        ),
        met("2026-10-10 16:00"),
    ]


def whole_life() -> list[Event]:
    """The same matter to its end; the last event closes it."""
    return [
        *answered_life(),
        followed_up("2026-10-12 09:30", True, 5),
        closed("2026-10-12 09:30", "2026-10-09 15:00"),
    ]


def assisted(when: str) -> Event:
    """A second order, to an assisting unit."""
    return an_order_issued(when, "2026-10-09 17:30", unit="gongan", place=2, role=OrderRole.ASSIST)

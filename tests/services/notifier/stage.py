"""Notifier on memory parts with one person, and the events its tests speak of."""

from __future__ import annotations

from typing import Any

from services.notifier import app
from services.notifier.domain.sending import OutgoingMessage, Receipt
from services.notifier.domain.state import Dispatches, Notice
from services.notifier.handlers import inbox
from services.notifier.store import Logs, open_logs
from shared.contracts.archive_events import CaseArchived
from shared.contracts.ids import CaseNo, order_number
from shared.contracts.router_events import CaseClosed, CaseFedBack, CaseResolvedInstantly, FollowUpRecorded
from shared.contracts.sealed import SealedContact
from shared.contracts.sla_events import DeadlineNear, DeadlineSet, OrderUrged, SignLapsed, SupervisionIssued
from shared.contracts.terms import Category, DeadlineKind, NoticeStatus, Result, Rung, SupervisionLevel
from shared.district.model import District
from shared.errors import TryAgain
from shared.privacy.masking import mask_phone
from shared.testing.driver import DISTRICT, ServiceDriver, at
from shared.testing.events import CASE, a_case_registered, an_order_issued, sealed

MONDAY = "2026-11-23 10:05"
DUE = "2026-11-26 17:30"
PHONE = "13800000001"
ORDER = order_number(CASE, 1)


class Stage:
    """The service with its driver, and short words for what happens and what was told."""

    def __init__(self, start: str = MONDAY, district: District = DISTRICT) -> None:
        self.driver = ServiceDriver(app, start, district)
        self.logs: Logs = open_logs(self.driver.ground, inbox)

    def contact(self, phone: str | None = PHONE, case_no: str = CASE, **more: Any) -> SealedContact:
        """Somebody whose phone really is in the box."""
        if phone is None:
            return SealedContact(name=sealed("张*", "name"), **more)
        masked = mask_phone(phone)
        box = self.driver.sealer.seal(phone, case_no=case_no, label="phone", masked=masked)
        return SealedContact(name=sealed("张*", "name"), phone=box, **more)

    async def registered(
        self, when: str = MONDAY, phone: str | None = PHONE, case_no: str = CASE, **more: Any
    ) -> None:
        """A matter comes in and gets its due moment."""
        known = {name: more.pop(name) for name in ("party_ref", "elderly_call_only") if name in more}
        contact = self.contact(phone, case_no, **known)
        await self.driver.consumes(
            a_case_registered(when, case_no, contact=contact, **more), promised(when, case_no=case_no)
        )

    async def dispatched(self, when: str = MONDAY, due: str = DUE, **more: Any) -> None:
        """An order goes out, and everything that may leave leaves."""
        await self.driver.consumes(an_order_issued(when, due, **more))
        await self.driver.ticks()

    async def log(self, case_no: str = CASE) -> Dispatches:
        """The dispatch log as it stands."""
        log = await self.logs.get(case_no)
        assert log is not None
        return log

    async def notices(self, template: str | None = None) -> list[Notice]:
        """The messages of the case, or those of one template."""
        return [notice for notice in (await self.log()).notices if template in (None, notice.template)]

    async def told(self, template: str) -> list[tuple[str, str]]:
        """Who was told by which channel."""
        return [(notice.to_role, notice.channel.value) for notice in await self.notices(template)]

    async def statuses(self) -> list[tuple[str, str, NoticeStatus]]:
        """Template, channel and status of every message."""
        return [(notice.template, notice.channel.value, notice.status) for notice in await self.notices()]


class FlakyGateway:
    """Stands before another gateway: says nothing `silent` times, and can die after handing a message on."""

    def __init__(self, behind: Any, silent: int = 0) -> None:
        self._behind = behind
        self.silent = silent
        self.asked: list[OutgoingMessage] = []
        self.dies_after_sending = False

    async def send(self, message: OutgoingMessage) -> Receipt:
        """As the gateway behind answers, unless it is silent or dies."""
        self.asked.append(message)
        if self.silent:
            self.silent -= 1
            raise TryAgain("no answer")
        receipt: Receipt = await self._behind.send(message)
        if self.dies_after_sending:
            self.dies_after_sending = False
            raise KilledError
        return receipt


class KilledError(Exception):
    """The process ends here."""


def promised(
    when: str, due: str = DUE, kind: DeadlineKind = DeadlineKind.ANSWER, case_no: str = CASE
) -> DeadlineSet:
    """A countdown began."""
    return DeadlineSet(
        case_no=CaseNo(case_no),
        occurred_at=at(when),
        kind=kind,
        due_at=at(due),
        started_at=at(when),
        calendar_version="test",
    )


def near(when: str, due: str = DUE, kind: DeadlineKind = DeadlineKind.ORDER, **more: Any) -> DeadlineNear:
    """A countdown of the order comes near."""
    place: dict[str, Any] = {"order_no": ORDER, "unit": "yibao", "rung": Rung.HALF_TIME} | more
    return DeadlineNear(case_no=CASE, occurred_at=at(when), kind=kind, due_at=at(due), **place)


def lapsed(when: str) -> SignLapsed:
    """Nobody signed for a working day."""
    return SignLapsed(
        case_no=CASE,
        occurred_at=at(when),
        kind=DeadlineKind.SIGN,
        due_at=at(when),
        order_no=ORDER,
        unit="yibao",
    )


def urged(when: str, nth: int = 1, due: str = DUE) -> OrderUrged:
    """催办 of the order."""
    return OrderUrged(
        case_no=CASE,
        occurred_at=at(when),
        kind=DeadlineKind.ORDER,
        due_at=at(due),
        order_no=ORDER,
        unit="yibao",
        nth=nth,
    )


def supervised(
    when: str, level: SupervisionLevel = SupervisionLevel.YELLOW, **more: Any
) -> SupervisionIssued:
    """督办 of the order."""
    said: dict[str, Any] = {
        "nth": 1,
        "issuer": "zhengwu-go1",
        "automatic": False,
        "overdue_days": 2,
        "unit": "yibao",
    }
    return SupervisionIssued(
        case_no=CASE,
        occurred_at=at(when),
        number="DB1",
        order_no=ORDER,
        level=level,
        due_at=at("2026-12-01 17:30"),
        **(said | more),
    )


def settled_at_once(when: str) -> CaseResolvedInstantly:
    """Settled at the window."""
    return CaseResolvedInstantly(
        case_no=CASE, occurred_at=at(when), category=Category.CONSULT, text="已当场说明"
    )


def fed_back(when: str, result: Result = Result.RESOLVED) -> CaseFedBack:
    """The window checked the answer."""
    return CaseFedBack(
        case_no=CASE,
        occurred_at=at(when),
        replied_at=at(when),
        result=result,
        text="…",
        lead="yibao",
        lead_name="医保局",
    )


def called(when: str, attempt: int, *, reached: bool = False) -> FollowUpRecorded:
    """The person was called."""
    return FollowUpRecorded(case_no=CASE, occurred_at=at(when), attempt=attempt, reached=reached)


def given_up(when: str, until: str) -> CaseClosed:
    """Closed after calls in vain; it may still be rated."""
    return CaseClosed(case_no=CASE, occurred_at=at(when), result=Result.RESOLVED, replied_at=at(when), open_until=at(until))


def archived(when: str) -> CaseArchived:
    """The ledger entry is locked."""
    return CaseArchived(case_no=CASE, occurred_at=at(when), digest="0" * 64, events=9)

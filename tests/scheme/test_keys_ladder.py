"""Keys of the ladder: 提醒, 催办, 督办·黄, 督办·红, 约谈, 通报 (方案 七(三)(四); domain: 升级阶梯)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from services.sla.domain import acts
from services.sla.handlers import inbox
from services.sla.store import open_clocks
from shared.contracts.event import Event
from shared.contracts.router_events import CaseEscalated, CaseReopened, CitizenUrged, FeedbackRejected, FollowUpRecorded
from shared.contracts.sla_events import (
    DeadlineNear,
    DeadlineSet,
    InterviewProposed,
    OrderUrged,
    SupervisionDrafted,
    SupervisionIssued,
)
from shared.contracts.terms import DeadlineKind, Rung, SupervisionLevel
from shared.district.loading import scheme_problems
from shared.district.model import District
from shared.errors import RuleBroken
from shared.testing.driver import ServiceDriver, at
from shared.testing.events import CASE, a_case_fed_back, an_order_answered, an_order_issued, happened, of_order
from tests.scheme.acting import clocks, dispatched, ends, moments
from tests.scheme.changing import Row, check, reading_of

Look = Callable[[District], Any]
YELLOW, RED = SupervisionLevel.YELLOW, SupervisionLevel.RED
REDONE = (
    *dispatched(), an_order_answered("2026-11-24 11:00"), a_case_fed_back("2026-11-24 12:00"),
    happened(FollowUpRecorded, "2026-11-25 10:00", attempt=1, reached=True, resolved=False, stars=2),
    happened(CaseReopened, "2026-11-25 11:00", round=2, lead="yibao", lead_name="医保局", due_at=at("2026-11-30 17:30")),
    an_order_issued("2026-11-25 11:00", "2026-11-30 17:30", place=2, round=2),
)
FALSE = (*dispatched(), an_order_answered("2026-11-24 11:00"), of_order(FeedbackRejected, "2026-11-24 12:00", reason="不实", false_feedback=True))
AGAIN = (*REDONE, happened(CaseEscalated, "2026-11-26 16:00", reason="二次不满意", after_redo=True))


def happens(said: Any, /, *events: Event, until: str = "2026-12-04 18:00", **fields: Any) -> Look:
    """When SLA says events of one kind on an order nobody answers."""

    async def look(district: District) -> list[str]:
        return moments(await clocks(district, until, *dispatched(), *events), said, **fields)

    return look


def drafts(*events: Event, level: SupervisionLevel = YELLOW, until: str = "2026-11-26 17:00") -> Look:
    """Why 督办单 of a level are drafted."""

    async def look(district: District) -> list[str]:
        sla = await clocks(district, until, *events)
        return [event.reason.value for event in sla.published(SupervisionDrafted) if event.level is level]

    return look


async def decides(sla: ServiceDriver, rule: Any, when: str, **said: Any) -> None:
    """Somebody decides at SLA."""
    await sla.wakes(when)
    await open_clocks(sla.ground, inbox).change(CASE, partial(rule, now=at(when), **said), confirm=True)


def signing(role: str, level: SupervisionLevel) -> Look:
    """The rule that keeps a role from signing a 督办单, or ""."""

    async def look(district: District) -> str:
        sla = await clocks(district, "2026-12-02 10:00", *dispatched())
        try:
            await decides(sla, acts.sign, "2026-12-02 10:00", unit=None, level=level, by=acts.Doer("x", frozenset({role})), district=district)
        except RuleBroken as broken:
            return broken.rule
        return ""

    return look


async def twice_signed(district: District) -> list[str]:
    """Why red ones are drafted on an order with two yellow ones signed on two days."""
    sla = await clocks(district, "2026-11-27 10:00", *dispatched())
    by = acts.Doer("zhengwu-go1", frozenset({"GO"}), "zhengwu")
    for when in ("2026-11-27 10:00", "2026-11-30 10:00"):
        await decides(sla, acts.sign, when, unit=None, level=YELLOW, by=by, district=district)
    return [event.reason.value for event in sla.published(SupervisionDrafted) if event.level is RED]


async def yellow_statement(district: District) -> list[str]:
    """When the statement on a yellow one that signed itself is due."""
    return ends(await clocks(district, "2026-12-01 18:00", *dispatched()), DeadlineSet, kind=DeadlineKind.STATEMENT)


async def red_statement(district: District) -> list[str]:
    """When the statement on a red one is due."""
    sla = await clocks(district, "2026-12-02 10:00", *dispatched())
    by = acts.Doer("zhengwu-gl1", frozenset({"GL"}), "zhengwu")
    await decides(sla, acts.sign, "2026-12-02 10:00", unit=None, level=RED, by=by, district=district)
    return ends(sla, DeadlineSet, kind=DeadlineKind.STATEMENT)


async def talk(district: District, role: str = "GL") -> list[str]:
    """Until when a 约谈 asks for things to be put right, or the rule that refuses its approval."""
    sla = await clocks(district, "2026-12-03 10:00", *dispatched())
    try:
        await decides(sla, acts.approve_interview, "2026-12-03 10:00", unit="yibao", by=acts.Doer("x", frozenset({role})), district=district)
    except RuleBroken as broken:
        return [broken.rule]
    return ends(sla, DeadlineSet, kind=DeadlineKind.RECTIFICATION)


def found(district: District) -> list[str]:
    """Of which step check-scheme says that somebody on it is not written to."""
    return sorted({problem.message[:7] for problem in scheme_problems(reading_of(district))})


NEAR = partial(happens, DeadlineNear, until="2026-11-26 18:00")
URGED = partial(happens, OrderUrged, until="2026-11-26 18:00")
ROWS = (
    Row("ladder.reminder.at", "10:05", NEAR(rung=Rung.LAST_DAY, kind=DeadlineKind.ORDER), ["11-26 09:05"], ["11-26 10:05"]),
    Row("ladder.reminder.half_time", False, NEAR(rung=Rung.HALF_TIME), ["11-25 09:30"], []),
    Row("ladder.reminder.days_left_wd", 2, NEAR(rung=Rung.LAST_DAY, kind=DeadlineKind.ORDER), ["11-26 09:05"], ["11-25 09:05"]),
    Row("ladder.reminder.sign_minutes_before", 30, NEAR(kind=DeadlineKind.SIGN), ["11-23 15:00"], ["11-23 15:30"]),
    Row("ladder.reminder.to", ["DH", "DO", "SH"], found, [], ["升级阶梯 re"]),
    Row("ladder.urge.hours_before", 2, URGED(kind=DeadlineKind.ORDER), ["11-26 13:30"], ["11-26 15:30"]),
    Row("ladder.urge.on_sign_overdue", False, URGED(kind=DeadlineKind.SIGN), ["11-23 16:00"], []),
    Row("ladder.urge.on_contact_overdue", False, URGED(kind=DeadlineKind.CONTACT), ["11-24 17:30"], []),
    Row("ladder.urge.on_citizen_urge", False, URGED(happened(CitizenUrged, "2026-11-23 15:00"), requested_by="citizen"), ["11-23 15:00"], []),
    Row("ladder.urge.to", ["DH", "DO", "SH", "DL"], found, [], ["升级阶梯 ur"]),
    Row("ladder.L2.overdue_wd", 2, happens(SupervisionDrafted, level=YELLOW), ["11-27 09:05"], ["11-30 09:05"]),
    Row("ladder.L2.draft_at", "10:05", happens(SupervisionDrafted, level=YELLOW), ["11-27 09:05"], ["11-27 10:05"]),
    Row("ladder.L2.auto_issue_after_wd", 2, happens(SupervisionIssued), ["11-30 09:05"], ["12-01 09:05"]),
    Row("ladder.L2.statement_due_wd", 2, yellow_statement, ["12-01 17:30"], ["12-02 17:30"]),
    Row("ladder.L2.on_redo", False, drafts(*REDONE), ["REDO"], []),
    Row("ladder.L2.on_false_feedback", False, drafts(*FALSE), ["FALSE_FEEDBACK"], []),
    Row("ladder.L2.issuers", ["GO"], signing("WS", YELLOW), "", "supervision.issuer"),
    Row("ladder.L2.to", ["DH", "DO", "SH", "DL", "GO"], found, [], ["升级阶梯 L2"]),
    Row("ladder.L3.l2_age_wd", 1, happens(SupervisionDrafted, level=RED), ["12-02 09:05"], ["12-01 09:05"]),
    Row("ladder.L3.supervision", 3, twice_signed, ["REPEATED"], []),
    Row("ladder.L3.on_second_redo", False, drafts(*AGAIN, level=RED), ["SECOND_REDO"], []),
    Row("ladder.L3.statement_due_wd", 2, red_statement, ["12-01 17:30", "12-03 17:30"], ["12-01 17:30", "12-04 17:30"]),
    Row("ladder.L3.approver", "GO", signing("GO", RED), "supervision.red", ""),
    Row("ladder.L3.to", ["DH", "DO", "SH", "DL", "GL", "GO"], found, [], ["升级阶梯 L3"]),
    Row("ladder.L4.overdue_wd", 3, happens(InterviewProposed), ["12-03 09:05"], ["12-01 09:05"]),
    Row("ladder.L4.supervision", 1, happens(InterviewProposed), ["12-03 09:05"], ["11-30 09:05"]),
    Row("ladder.L4.rectify_wd", 5, talk, ["12-17 17:30"], ["12-10 17:30"]),
    Row("ladder.L4.approver", "GO", talk, ["12-17 17:30"], ["interview.approver"]),
    Row("ladder.L4.to", ["GL", "GO"], found, [], ["升级阶梯 L4"]),
    Row("ladder.L5.approver", "GO", found, [], ["升级阶梯 L5"]),
    Row("ladder.L5.to", ["GL", "JW", "GO"], found, [], ["升级阶梯 L5"]),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
async def test_a_changed_key_changes_what_happens(row: Row) -> None:
    """Each row: one key, another value, another rung or another person."""
    await check(row)

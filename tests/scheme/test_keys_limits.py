"""Keys of days and hours: calendar, limits, clock, analysis, signing, the city's track (方案 四(四)、六(二)(四); domain §3.7, §10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.archive.domain.reports.columns import lines_of
from services.intake.domain.checks import check as checked
from services.intake.domain.matter import Filed
from services.intake.domain.registration import is_late, number_prefix
from services.router.domain import redoing, returning, triage
from services.router.domain.commands import Nothing, Regrade, RuleReturn
from services.router.domain.guards import Doer
from shared.contracts import router_events as router
from shared.contracts.router_events import (
    CaseEscalated,
    OrderIssued,
    OrderReturnRequested,
    RejectionProposed,
)
from shared.contracts.sla_events import DeadlineNear, DeadlineSet, SignLapsed
from shared.contracts.terms import Category, Channel, DeadlineKind, Grade, Result
from shared.district import check as district_check
from shared.district.limits import answer_due, contact_due, promised_due, unit_due
from shared.district.model import District
from shared.errors import InputRefused
from shared.testing.driver import at
from shared.testing.events import a_case_fed_back, an_order_answered, happened, of_order
from tests.scheme.acting import MONDAY, Window, clocks, dispatched, ends, moments, shown
from tests.scheme.changing import READING, Row, check
from tests.services.archive.years import registered
from tests.services.intake.conftest import a_matter, filed
from tests.services.router.desk import RECEIVER, WS, a_return

Look = Callable[[District], Any]


def due(grade: Grade, **more: Any) -> Look:
    """When a matter of the Monday must be answered."""
    return lambda district: shown(answer_due(district, at(MONDAY), grade, **more).due_at)


def clock(kind: DeadlineKind, *events: Any, until: str = "2026-11-24 18:00", **more: Any) -> Look:
    """The ends SLA gives to countdowns of one kind."""

    async def look(district: District) -> list[str]:
        return ends(await clocks(district, until, *events, **more), DeadlineSet, kind=kind)

    return look


def happens(kind: Any, *events: Any, until: str = "2026-11-25 18:00", **fields: Any) -> Look:
    """When SLA says events of one kind."""

    async def look(district: District) -> list[str]:
        return moments(await clocks(district, until, *events), kind, **fields)

    return look


def notices(district: District) -> list[str]:
    """What check-scheme says of the notice the policy rests on."""
    return [problem.message for problem in district_check._notice(district, READING.sheets["policy.yaml"])]


def years(district: District) -> list[str]:
    """What check-scheme says of the years."""
    return [problem.message for problem in district_check._years(district, date(2026, 11, 23))]


def promised(category: Category | None) -> Look:
    """What the person is told before the analysis."""
    return lambda district: shown(promised_due(district, at(MONDAY), category).due_at)


async def stamped(district: District) -> str | None:
    """The version every event says it was decided under."""
    sla = await clocks(district, MONDAY)
    return sla.published(DeadlineSet)[0].meta.policy_version


def redone(district: District) -> str:
    """重办: the new order's limit."""
    window = Window(district).fed_back().called().does(redoing.reopen, Nothing(), "2026-11-24 16:00", WS)
    return shown(next(event for event in window.events if isinstance(event, OrderIssued)).due_at)


def on_the_spot(district: District) -> str:
    """What the ledger remarks on a matter settled within half an hour."""
    life = registered("PT2611230010001", at(MONDAY))
    life.say(router.CaseResolvedInstantly, at("2026-11-23 10:25"), category=Category.CONSULT, text="讲清")
    life.say(router.CaseClosed, at("2026-11-23 10:25"), result=Result.RESOLVED, replied_at=at("2026-11-23 10:25"))
    return str(lines_of([life.facts()], district)[0]["remark"])


def raised(when: str, grades: tuple[Grade, ...] = (Grade.COMPLEX,)) -> Look:
    """改级 so often, the last time at this moment."""

    def look(district: District) -> str:
        window = Window(district).triaged(Grade.SIMPLE if len(grades) > 1 else Grade.GENERAL).signed()
        said = [window.refusal(triage.regrade, Regrade(grade=grade, reason="难"), when, WS) for grade in grades]
        return said[-1]

    return look


def returned(when: str) -> Look:
    """退单 asked for at this moment, signed on the Monday at eleven."""
    return lambda district: Window(district).triaged().signed().refusal(returning.request_return, a_return(unit="yibao"), when, RECEIVER)


def returned_from(channel: Channel) -> Look:
    """退单 of a matter that came by this channel."""
    return lambda district: Window(district, channel=channel).triaged().refusal(
        returning.request_return, a_return(unit="yibao"), "2026-11-23 11:00", RECEIVER
    )


def second_return(district: District) -> bool:
    """Whether the office rules the second return."""
    window = Window(district).triaged().does(returning.request_return, a_return(unit="yibao"), "2026-11-23 11:00", RECEIVER)
    window.does(returning.rule_return, RuleReturn(accepted=True, to="renshe"), "2026-11-23 11:30")
    by = Doer("renshe-do", RECEIVER.roles, "renshe")
    window.does(returning.request_return, a_return(unit="renshe"), "2026-11-23 14:00", by)
    asked = next(event for event in window.events if isinstance(event, OrderReturnRequested))
    return asked.ruled_by_office


def filing(**more: Any) -> Look:
    """What the counter says to a matter entered now."""

    def look(district: District) -> list[str]:
        sent = filed(a_matter(**more))
        try:
            checked(Filed(sent.submission, sent.channel, sent.source_id, district, sent.now))
        except InputRefused as refused:
            return [fault.message for fault in refused.faults]
        return []

    return look


def prefix(district: District) -> str:
    """How a 工单编号 begins."""
    sent = filed(a_matter())
    return number_prefix(checked(Filed(sent.submission, sent.channel, sent.source_id, district, sent.now)), district)


IMPOSSIBLE = an_order_answered("2026-11-23 15:00", result=Result.EXPLAINED)
COMPLEX = dispatched("2026-12-02 17:30", grade=Grade.COMPLEX)
FED_BACK = a_case_fed_back("2026-11-23 15:00")
ESCALATED = happened(CaseEscalated, "2026-11-23 15:00", reason="职责争议")
REJECTION = happened(RejectionProposed, "2026-11-23 11:00", reason="a", basis="b", alternative="c")
BACKDATED = {"received_at": "2026-11-20T10:00:00+08:00", "backdated_reason": "停电"}
LONG_AGO = {"received_at": "2025-06-02T10:00:00+08:00"}
ROWS = (
    Row("version", "putuo-2024@1", stamped, "putuo-2023-02@1", "putuo-2024@1"),
    Row("calendar.cutoff", "17:00", due(Grade.GENERAL), "11-26 17:30", "11-26 17:00"),
    Row("calendar.work", ["08:30-12:00", "13:30-17:00"], clock(DeadlineKind.RULING, *dispatched(), of_order(
        OrderReturnRequested, "2026-11-23 15:00", unit_name="医保局", reason="不归我们")), ["11-24 10:00"], ["11-24 10:30"]),
    Row("calendar.source", "state-council-2027", notices, [], ["「state-council-2027」这份放假通知不在日历里。"]),
    Row("calendar.provisional_ok", False, years, [], ["没有 2027 年的日历。"]),
    Row("limits_wd.SIMPLE", 1, due(Grade.SIMPLE), "11-23 17:30", "11-24 17:30"),
    Row("limits_wd.GENERAL", 4, due(Grade.GENERAL), "11-26 17:30", "11-27 17:30"),
    Row("limits_wd.COMPLEX", 8, due(Grade.COMPLEX), "12-02 17:30", "12-03 17:30"),
    Row("limits_wd.SPECIAL_TOTAL", 9, due(Grade.SPECIAL), "12-07 17:30", "12-04 17:30"),
    Row("limits_wd.REJECT", 4, clock(DeadlineKind.EXPLANATION, REJECTION), ["11-26 17:30"], ["11-27 17:30"]),
    Row("limits_wd.FIRST_CONTACT", 2, lambda held: shown(contact_due(held, at(MONDAY)).due_at), "11-24 17:30", "11-25 17:30"),
    Row("limits_wd.REDO", 2, redone, "11-27 17:30", "11-26 17:30"),
    Row("limits_wd.FOLLOWUP", 1, clock(DeadlineKind.FOLLOW_UP, *dispatched(), FED_BACK), ["11-26 17:30"], ["11-24 17:30"]),
    Row("limits_wd.CONSULTATION", 2, clock(DeadlineKind.CONSULTATION, *dispatched(), ESCALATED), ["11-30 17:30"], ["11-25 17:30"]),
    Row("categories.SERVICE.limit", "COMPLEX", promised(Category.SERVICE), "11-26 17:30", "12-02 17:30"),
    Row("clock.ungraded", "COMPLEX", promised(None), "11-26 17:30", "12-02 17:30"),
    Row("clock.dispatch_buffer_wd", 1, lambda held: shown(unit_due(held, at("2026-11-26 17:30"), assisting=False)), "11-26 17:30", "11-25 17:30"),
    Row("clock.assist_earlier_wd", 2, lambda held: shown(unit_due(held, at("2026-11-26 17:30"), assisting=True)), "11-25 17:30", "11-24 17:30"),
    Row("triage.warn_at", "15:00", happens(DeadlineNear, until="2026-11-23 18:00"), ["11-23 16:00"], ["11-23 15:00"]),
    Row("simple.on_spot_minutes", 20, on_the_spot, "当场", ""),
    Row("grading.upgrade_within_wd", 0, raised("2026-11-24 10:00"), "", "grading.late"),
    Row("grading.upgrade_max", 2, raised("2026-11-24 10:00", (Grade.GENERAL, Grade.COMPLEX)), "grading.once", ""),
    Row("explain.limit_wd", 1, clock(DeadlineKind.EXPLANATION, *COMPLEX, IMPOSSIBLE), ["11-26 17:30"], ["11-24 17:30"]),
    Row("sign.due_hours", 2, lambda held: shown(Window(held).triaged().events[-1].sign_due_at), "11-23 16:00", "11-23 14:00"),
    Row("sign.auto_after_wd", 2, happens(SignLapsed, *dispatched()), ["11-24 17:30"], ["11-25 17:30"]),
    Row("return.due_wd", 0, returned("2026-11-24 10:00"), "", "return.late"),
    Row("return.max", 2, second_return, True, False),
    Row("return.ruling_hours", 1, clock(DeadlineKind.RULING, *dispatched(), of_order(
        OrderReturnRequested, "2026-11-23 15:00", unit_name="医保局", reason="不归我们")), ["11-24 10:00"], ["11-23 16:00"]),
    Row("return.forbidden_sources", ["HOTLINE_12345"], returned_from(Channel.PORTAL_EXIT), "return.forbidden_source", ""),
    Row("upstream.contact", 0, lambda held: shown(contact_due(held, at(MONDAY), from_city=True).due_at), "11-24 17:30", "11-23 17:30"),
    Row("upstream.general", 2, due(Grade.GENERAL, city_grade=Grade.GENERAL), "11-26 17:30", "11-25 17:30"),
    Row("upstream.complex", 6, due(Grade.COMPLEX, city_grade=Grade.COMPLEX), "12-02 17:30", "12-01 17:30"),
    Row("suggestion.limit_wd", 2, due(Grade.COMPLEX, category=Category.SUGGESTION), "11-26 17:30", "11-25 17:30"),
    Row("backdate.allow", False, filing(**BACKDATED), [], ["本区不办补录，请删去受理时间。"]),
    Row("backdate.late_after_wd", 2, lambda held: is_late(at("2026-11-19 10:00"), held, at(MONDAY)), True, False),
    Row("retention.contact_years", 1, filing(**BACKDATED | LONG_AGO), [], [
        "受理时间早于 1 年前，已超过联系方式保存年限，请核对年份。",
    ]),
    Row("case_no.prefix", "HK", prefix, "PT", "HK"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
async def test_a_changed_key_changes_what_happens(row: Row) -> None:
    """Each row: one key, another value, another outcome; nothing else was changed."""
    await check(row)

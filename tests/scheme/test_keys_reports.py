"""Keys of the ledger and the reports: filing, rates, 综合分, 约谈 candidates, 反复反映, the lock (方案 七(二)-(四); domain §7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, reduce
from typing import Any

import pytest

from services.archive.domain.lines import line_of
from services.archive.domain.record import CaseRecord, enter
from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.cohorts import frequent_causes
from services.archive.domain.reports.columns import cause_of, lines_of
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.filing import Draft, file_month, open_month
from services.archive.domain.reports.periods import month_named, pair_named
from services.archive.domain.uploading.outage import watch
from services.archive.domain.uploading.sending import owe
from shared.contracts import router_events as router
from shared.contracts import sla_events as sla
from shared.contracts.terms import DeadlineKind, OrderRole, Result
from shared.district.model import District
from shared.errors import RuleBroken
from shared.testing.driver import at
from shared.testing.events import CASE, a_case_registered
from tests.scheme.acting import shown
from tests.scheme.changing import RAW, Row, check
from tests.services.archive.test_record import placed
from tests.services.archive.years import registered, some_year

Look = Callable[[District], Any]
NOVEMBER = month_named("2026-11")


@cache
def year() -> tuple[Facts, ...]:
    """Three hundred drawn cases."""
    return tuple(life.facts() for life in some_year(2, 300))


def total(*path: str) -> Look:
    """A figure of the district's part of the 双月评估."""
    return lambda district: reduce(lambda held, name: held[name], path, assessment(year(), pair_named("2026-11"), district)["total"])


def owed_to(district: District) -> list[str]:
    """To whom a registration is owed."""
    now, lines = at("2026-11-02 10:00"), [line_of(event) for event in placed(a_case_registered("2026-11-02 10:00"))]
    state = owe(None, CASE, "001", lines, district.policy.sync.platforms, now=now).state
    return [track.platform for track in state.tracks] if state else []


def silence_told(district: District) -> bool:
    """Whether a platform that has been silent for 40 minutes is told of."""
    since, now = at("2026-11-02 10:00"), at("2026-11-02 10:40")
    return bool(watch(None, district.policy.sync.platforms[0], since, 1, district=district, now=now).events)


def score(district: District) -> str:
    """The 综合分 of the district."""
    return str(total("score")(district))


def few(district: District) -> str:
    """The 综合分 of ten cases, none of them for the library: its points weigh for the other rates."""
    return str(assessment(BAD, pair_named("2026-11"), district)["total"]["score"])


def rated(day: int, month: int, stars: Sequence[int], **more: Any) -> list[Facts]:
    """Cases of 医保局 so rated on one day."""
    lives = []
    when = at(f"2026-{month:02d}-{day:02d} 10:00")
    for place, given in enumerate(stars, start=1):
        life = registered(f"PT26{month:02d}{day:02d}0010{place:03d}", when, **more)
        life.say(router.CaseFedBack, when, replied_at=when, result=Result.RESOLVED, text="已答复", lead="yibao", lead_name="医保局")
        life.say(router.FollowUpRecorded, when, "zhengwu-fu1", attempt=1, reached=True, resolved=given > 2, stars=given)
        life.say(router.CaseClosed, when, result=Result.RESOLVED, replied_at=when)
        lives.append(life.facts())
    return lives


UNHAPPY = (5, 4, 3, 2, 1)


def candidates(*cases: Facts) -> Look:
    """Which units are proposed for a 约谈, and why."""

    def look(district: District) -> list[tuple[str, list[str]]]:
        found = assessment(cases, pair_named("2026-11"), district)["interviews"]
        return [(held["unit"], held["reasons"]) for held in found]

    return look


def caused(day: str, place: int, cause: str) -> Facts:
    """A case of one site whose reason was this."""
    life = registered(f"PT2611020010{place:03d}", at(day))
    life.say(router.OrderAnswered, at(day), "yibao-do", order_no=f"{life.case_no}-01", unit="yibao", role=OrderRole.LEAD,
             result=Result.RESOLVED, text="已办", cause=cause)
    return life.facts()


OFTEN = (caused("2026-09-01 10:00", 1, "SYSTEM"), caused("2026-10-08 10:00", 2, "SYSTEM"), caused("2026-11-02 10:00", 3, "SYSTEM"))


def often(district: District) -> list[str]:
    """Which cases are 同点位同原因反复."""
    return sorted(frequent_causes(OFTEN, district))


def owed(name: str) -> Look:
    """A moment of November's filing."""
    return lambda district: shown(getattr(open_month(None, NOVEMBER, "001", district).state, name))


def filing_nothing(district: District) -> str:
    """An empty month filed as if it were none."""
    opened = open_month(None, NOVEMBER, "001", district).state
    try:
        file_month(opened, Draft(), district, nil=False, by="s001-cl1", now=at("2026-12-01 10:00"))
    except RuleBroken as broken:
        return broken.rule
    return ""


def locked(district: District) -> bool:
    """Whether a refused case is archived at once."""
    life = registered("PT2611230010001", at("2026-11-23 10:00"))
    said = {"reason": "不属受理范围", "basis": "方案四(二)", "alternative": "向信访部门反映"}
    life.say(router.RejectionProposed, at("2026-11-23 11:00"), **said)
    life.say(router.CaseRejected, at("2026-11-23 12:00"), proposed_by="s001-tr1", **said)
    life.say(sla.DeadlineMet, at("2026-11-23 12:00"), "system", kind=DeadlineKind.ANSWER, due_at=at("2026-11-26 17:30"),
             met_at=at("2026-11-23 12:00"), late=False)
    record: CaseRecord | None = None
    for event in life.events:
        record = enter(record, event, district, at("2026-11-23 12:00")).state
    assert record is not None
    return record.lock is not None


def again(district: District) -> Any:
    """Whether somebody who had come once before stands as 反复."""
    return lines_of([registered("PT2611230010001", at("2026-11-23 10:00"), repeats=1).facts()], district)[0]["repeated"]


BAD = (*rated(24, 11, UNHAPPY), *rated(8, 12, UNHAPPY))
COMING_BACK = tuple(rated(24, 11, (5, 5, 5), repeats=1) + rated(25, 11, (5, 5)))
ROWS = (
    Row("district.name", "青浦区", total("name"), "普陀区", "青浦区"),
    Row("ladder.L4.months", 3, candidates(*BAD), [("yibao", ["连续2个月满意率低于80%"])], []),
    Row("ladder.L4.satisfaction_below", 0.5, candidates(*BAD), [("yibao", ["连续2个月满意率低于80%"])], []),
    Row("ladder.L4.min_n", 6, candidates(*BAD), [("yibao", ["连续2个月满意率低于80%"])], []),
    Row("ladder.L4.repeats", 4, candidates(*COMING_BACK), [("yibao", ["同类反复反映3件"])], []),
    Row("repeat.count", 3, again, True, False),
    Row("repeat.window_days", 30, often, ["PT2611020010003"], []),
    Row("report.same_cause_count", 4, often, ["PT2611020010003"], []),
    Row("report.monthly_due_wd", 5, owed("due_at"), "12-03 17:30", "12-07 17:30"),
    Row("report.due_at", "12:00", owed("due_at"), "12-03 17:30", "12-03 12:00"),
    Row("report.remind_wd", 2, owed("remind_at"), "12-01 09:05", "12-02 09:05"),
    Row("report.remind_at", "10:05", owed("remind_at"), "12-01 09:05", "12-01 10:05"),
    Row("report.nil_return", False, filing_nothing, "filing.nil_required", ""),
    Row("report.bimonthly_min_n", 500, score, "-68.7", "—"),
    Row("report.percentile", 0.5, total("time_spent", "percentile"), "10", "2"),
    Row("report.score.on_time", 60, score, "-68.7", "-51.1"),
    Row("report.score.resolved", 60, score, "-68.7", "-56.6"),
    Row("report.score.satisfied", 50, score, "-68.7", "-46.8"),
    Row("report.score.signed_and_contacted", 20, score, "-68.7", "-64.2"),
    Row("report.score.knowledge", 10, few, "88.2", "92.6"),
    Row("report.score.overdue", 0, score, "-68.7", "1.3"),
    Row("report.score.red", 0, score, "-68.7", "-53.7"),
    Row("report.score.false_feedback", 0, score, "-68.7", "-28.7"),
    Row("link.low_stars", 1, total("counts", "low_rated"), 14, 6),
    Row("sync.required", True, locked, True, False),
    Row("sync.platforms", ["city"], owed_to, ["zhuomuniao", "city"], ["city"]),
    Row("sync.failing_minutes", 30, silence_told, False, True),
    Row("causes", RAW["causes"] | {"SYSTEM": "信息系统"}, lambda held: cause_of(caused("2026-11-02 10:00", 1, "系统"), held), "SYSTEM", "OTHER"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
async def test_a_changed_key_changes_what_is_reported(row: Row) -> None:
    """Each row: one key, another value, another figure from the same events."""
    await check(row)

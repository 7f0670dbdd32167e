"""Whole lives of many cases as events, drawn by chance from a seed; for reports, which count them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from services.archive.domain.fold import entry_from
from services.archive.domain.lines import line_of, row_in
from services.archive.domain.record import CaseRecord
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.gathering import facts_of
from shared.contracts import router_events as router
from shared.contracts import sla_events as sla
from shared.contracts.event import Event, stamp
from shared.contracts.ids import CaseNo, case_number
from shared.contracts.terms import Category, Channel, DeadlineKind, Finding, Grade, OrderRole, Result, SupervisionLevel
from shared.testing.driver import DISTRICT, at
from shared.testing.events import a_case_registered, a_contact, sealed

UNITS = ("yibao", "shichang", "gongan", "minzheng")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Life:
    """One case as it is told: `say` adds an event at a moment."""

    def __init__(self, case_no: str) -> None:
        self.case_no = CaseNo(case_no)
        self.events: list[Event] = []
        self._seq: dict[str, int] = {}

    def say(self, event: type[Event], when: datetime, actor: str = "s001-tr1", /, **fields: Any) -> None:
        """One more event; recorded when it happened."""
        self.take(event.model_validate({"case_no": self.case_no, "occurred_at": when, "actor": actor, **fields}))

    def take(self, event: Event) -> None:
        """An event made elsewhere."""
        seq = self._seq[event.owner] = self._seq.get(event.owner, 0) + 1
        self.events.append(stamp(event, seq=seq, recorded_at=event.occurred_at, after={}, cause=None, policy_version="test@1"))

    def record(self) -> CaseRecord:
        """As archive keeps it."""
        return CaseRecord(
            case_no=self.case_no, events=tuple(line_of(event) for event in self.events), chain="", entry=entry_from(self.events)
        )

    def facts(self) -> Facts:
        """As the reports read it."""
        found = facts_of(self.record())
        assert found is not None
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The events as lines of `events.jsonl`."""
        return [row_in(line_of(event)) for event in self.events]


def registered(case_no: str, when: datetime, site: str = "001", **more: Any) -> Life:
    """A service matter that has just come."""
    life = Life(case_no)
    life.take(a_case_registered(f"{when:%Y-%m-%d %H:%M}", case_no, site=site, **more))
    day = DISTRICT.calendar.due_after(when, 0)
    life.say(sla.DeadlineSet, when, "system", kind=DeadlineKind.TRIAGE, due_at=day.due_at, started_at=when, calendar_version="t")
    due = DISTRICT.calendar.due_after(when, 3)
    life.say(sla.DeadlineSet, when, "system", kind=DeadlineKind.ANSWER, due_at=due.due_at, started_at=when, calendar_version="t")
    return life


def some_year(seed: int, count: int, start: str = "2026-09-01 09:00") -> list[Life]:
    """So many lives, from the start on, a few hours apart."""
    chance = Random(seed)  # noqa: S311 - drawn lives, no secrets
    when, lives = at(start), list[Life]()
    for place in range(count):
        when += timedelta(hours=chance.choice((3, 6, 9)))
        site = chance.choice(("001", "002", "900"))
        number = case_number(when.date(), site, place + 1)
        lives.append(_lived(chance, number, when, site))
    return lives


def _lived(chance: Random, number: str, when: datetime, site: str) -> Life:
    more: dict[str, Any] = {"anonymous": chance.random() < 0.1, "repeats": chance.choice((0, 0, 0, 1)), "channel": chance.choice(list(Channel))}
    life = registered(number, when, site, **more)
    ways = (_answered,) * 12 + (_settled, _rejected, _merged, _withdrawn, _silent)
    chance.choice(ways)(life, chance, when)
    return life


def _settled(life: Life, chance: Random, when: datetime) -> None:
    life.say(router.CaseResolvedInstantly, when + HOUR, category=Category.CONSULT, text="已当面讲清")
    life.say(router.CaseClosed, when + HOUR, result=Result.RESOLVED, replied_at=when + HOUR)


def _rejected(life: Life, chance: Random, when: datetime) -> None:
    said = {"reason": "不属受理范围", "basis": "方案四(二)", "alternative": "向信访部门反映"}
    life.say(router.RejectionProposed, when + HOUR, **said)
    life.say(router.CaseRejected, when + chance.choice((1, 8)) * DAY, proposed_by="s001-tr1", **said)


def _merged(life: Life, chance: Random, when: datetime) -> None:
    life.say(router.CaseMerged, when + HOUR, into="PT2609010019999")


def _withdrawn(life: Life, chance: Random, when: datetime) -> None:
    life.say(router.CaseWithdrawn, when + chance.choice((1, 9)) * DAY, reason="已自行办妥")


def _silent(life: Life, chance: Random, when: datetime) -> None:
    due = DISTRICT.calendar.due_after(when, 0).due_at
    life.say(sla.DeadlineMissed, due, "system", kind=DeadlineKind.TRIAGE, due_at=due)
    late = DISTRICT.calendar.due_after(when, 3).due_at
    life.say(sla.DeadlineMissed, late, "system", kind=DeadlineKind.ANSWER, due_at=late)


def _answered(life: Life, chance: Random, when: datetime) -> None:
    grade, unit = chance.choice((Grade.GENERAL, Grade.COMPLEX)), chance.choice(UNITS)
    triaged = when + chance.choice((1, 4, 30)) * HOUR
    due = DISTRICT.calendar.due_after(when, DISTRICT.policy.limit_wd(grade)).due_at
    category = chance.choice((Category.SERVICE, Category.SERVICE, Category.CONSULT))
    life.say(router.CaseTriaged, triaged, category=category, grade=grade, lead=unit, requirement="查清", due_at=due)
    life.say(sla.DeadlineSet, triaged, "system", kind=DeadlineKind.ANSWER, due_at=due, started_at=when, calendar_version="t")
    if chance.random() < 0.2:
        _ordered(life, chance, triaged, due, chance.choice(UNITS), grade, OrderRole.ASSIST)
    answered = _ordered(life, chance, triaged, due, unit, grade, OrderRole.LEAD)
    if answered is None:
        return life.say(sla.DeadlineMissed, due, "system", kind=DeadlineKind.ANSWER, due_at=due)
    if chance.random() < 0.1:
        due += DAY
        life.say(router.CaseExtended, answered - HOUR, "zhengwu-go1", order_no=f"{life.case_no}-01", unit=unit, due_at=due,
                 previous_due_at=due - DAY, reason="跨省核查")
    result = chance.choice((Result.RESOLVED, Result.RESOLVED, Result.PARTLY_RESOLVED, Result.EXPLAINED, Result.UNRESOLVED))
    life.say(router.CaseFedBack, answered + 2 * HOUR, replied_at=answered, result=result, text="已答复", lead=unit, lead_name=unit)
    _asked(life, chance, answered + 3 * HOUR, result, answered)


def _ordered(life: Life, chance: Random, when: datetime, due: datetime, unit: str, grade: Grade, role: OrderRole) -> datetime | None:
    place = 1 if role is OrderRole.LEAD else 2
    about = {"order_no": f"{life.case_no}-{place:02d}", "unit": unit}
    sign_due = DISTRICT.calendar.add_working_time(when, 240)
    life.say(router.OrderIssued, when, **about, unit_name=unit, role=role, grade=grade, category=Category.SERVICE, requirement="查清",
             due_at=due, sign_due_at=sign_due, item="异地就医备案", site="001", matter=sealed("x"), contact=a_contact())
    contact_due = DISTRICT.calendar.due_after(when, 1).due_at
    if role is OrderRole.LEAD:
        life.say(sla.DeadlineSet, when, "system", kind=DeadlineKind.CONTACT, **about, due_at=contact_due, started_at=when, calendar_version="t")
    signed = when + chance.choice((1, 2, 40)) * HOUR
    life.say(router.OrderSigned, signed, "yibao-do", **about, auto=chance.random() < 0.2)
    if chance.random() < 0.1:
        life.say(router.OrderReturnRequested, signed, "yibao-do", **about, unit_name=unit, reason="不属本单位")
        life.say(router.OrderReturnRefused, signed, **about, reason="指定承办")
    if role is OrderRole.LEAD and chance.random() < 0.8:
        life.say(router.CitizenContacted, signed + chance.choice((1, 30)) * HOUR, "yibao-do", **about)
    if chance.random() < 0.2:
        number = f"DB{about['order_no']}-1"
        level = chance.choice((SupervisionLevel.YELLOW, SupervisionLevel.RED))
        life.say(sla.SupervisionIssued, due + DAY, "system", number=number, **about, level=level, nth=1, issuer="zhengwu-go1",
                 automatic=False, due_at=due + 2 * DAY, overdue_days=1)
        if chance.random() < 0.3:
            life.say(sla.SupervisionVoided, due + DAY, number=number, **about, level=level, reason="误发")
    answered = signed + chance.choice((1, 20, 60, 300)) * HOUR
    if answered > due:
        life.say(sla.DeadlineMissed, due, "system", kind=DeadlineKind.ORDER, **about, due_at=due)
    if chance.random() < 0.1:
        return None
    life.say(router.OrderAnswered, answered, "yibao-do", **about, role=role, result=Result.RESOLVED, text="已办",
             cause=chance.choice(("SYSTEM", "政策", "")), lesson=chance.choice(("", "无", "接口加提示")))
    if chance.random() < 0.05:
        life.say(router.FeedbackRejected, answered + HOUR, **about, reason="查无此事", false_feedback=True)
        life.say(router.OrderAnswered, answered + HOUR, "yibao-do", **about, role=role, result=Result.RESOLVED, text="已办", cause="SYSTEM")
        answered += HOUR
    life.say(router.OrderAccepted, answered + HOUR, **about)
    return answered


def _asked(life: Life, chance: Random, when: datetime, result: Result, replied: datetime) -> None:
    if chance.random() < 0.1:
        late = when + 5 * DAY
        return life.say(sla.DeadlineMissed, late, "system", kind=DeadlineKind.FOLLOW_UP, due_at=late)
    attempt = 1
    while chance.random() < 0.2:
        life.say(router.FollowUpRecorded, when, "zhengwu-fu1", attempt=attempt, reached=False)
        attempt, when = attempt + 1, when + DAY
    stars = chance.choice((1, 2, 3, 4, 5))
    life.say(router.FollowUpRecorded, when, "zhengwu-fu1", attempt=attempt, reached=True, resolved=stars > 2, stars=stars, reason="太慢")
    if stars < 3:
        finding = chance.choice((Finding.UNFOUNDED, Finding.ACTIONABLE))
        life.say(router.ScreeningRecorded, when, "s001-ws1", finding=finding)
        if finding is Finding.ACTIONABLE and chance.random() < 0.5:
            life.say(router.CaseReopened, when, round=2, lead="yibao", lead_name="医保局", due_at=when + 3 * DAY)
            stars = 4
            life.say(router.FollowUpRecorded, when + DAY, "zhengwu-fu1", attempt=attempt + 1, reached=True, resolved=True, stars=stars)
    life.say(router.CaseClosed, when + DAY, result=result, resolved=stars > 2, stars=stars, replied_at=replied)

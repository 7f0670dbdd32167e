"""What a year has beside its cases: rows of 好差评 and 12345, exits from the portal, root causes with their improvements (方案 二、七(二)(三))."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from random import Random

from services.archive.domain.lines import event_in, line_of
from services.archive.domain.patterns import root as rules
from services.archive.domain.patterns.root import Naming, Plan, Root
from services.archive.domain.record import CaseRecord
from services.archive.domain.reports.beside import Told, told_in
from services.archive.domain.reports.exits import Exit, exit_of
from shared.clock import SHANGHAI
from shared.contracts.event import Event, stamp
from shared.contracts.ids import CaseNo, case_number
from shared.contracts.intake_events import ChokepointRecorded, EvaluationImported, PortalExit
from shared.contracts.terms import Channel
from shared.district.model import District

Lines = Sequence[str]
STEPS = ("实名认证", "填写表单", "上传材料", "预约取号", "缴费", "签名", "")
REASONS = ("报错", "看不懂要求", "材料不全", "太慢，电话 13912345678 也没人接", "")
ITEMS = ("异地就医备案", "食品经营许可", "居住证续签", "公积金提取", "")
CODES = ("E1001", "E2002", None)
TEXTS = ("参保地信息没有同步", "表单不认旧证号", "预约号放得太少", "窗口与网页说法不一")
FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)


def drawn_exit(chance: Random) -> PortalExit:
    """Where somebody left the portal, and why."""
    return PortalExit(exit_step=chance.choice(STEPS), exit_reason=chance.choice(REASONS), error_code=chance.choice(CODES))


class Added:
    """Told beside so many cases: one row of another system to every four, one exit without a case to every six, two root causes a month."""

    def __init__(self, cases: int, district: District, seed: int = 11) -> None:
        self._chance, self._district = Random(seed), district  # noqa: S311 - drawn, no secrets
        self._units = sorted(set(district.departments) - {"jiwei"})
        self._sites = sorted(district.sites)
        self._serials: dict[tuple[str, date], int] = defaultdict(int)
        self.lives: list[Lines] = [
            *([self._evaluation(place)] for place in range(cases // 4 + 40)), *([self._exit(place)] for place in range(cases // 6 + 40)),
            *(self._root(month) for month in range(1, 13) for _ in range(3)),
        ]

    def _told(self, event: Event, recorded: datetime, seq: int = 1) -> str:
        return line_of(stamp(event, seq=seq, recorded_at=recorded, after={}, cause=None, policy_version=self._district.policy.version))

    def _day(self) -> date:
        return FIRST_DAY + self._chance.randrange((LAST_DAY - FIRST_DAY).days + 1) * DAY

    def _number(self, prefix: str, day: date) -> CaseNo:
        self._serials[prefix, day] += 1
        return case_number(day, "900", self._serials[prefix, day], prefix=prefix)

    def _evaluation(self, place: int) -> str:
        """One row; imported some days after the day it speaks of, of a unit, or of a site alone."""
        chance, day = self._chance, self._day()
        channel = chance.choice((Channel.RATING, Channel.HOTLINE_12345))
        marks = {"stars": chance.choice((1, 2, 3, 4, 5, 5))} if channel is Channel.RATING else {
            name: chance.choice((True, True, False, None)) for name in ("resolved", "satisfied")}
        at = datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI) + chance.randrange(40) * DAY
        of_unit = chance.random() < 0.8
        said = EvaluationImported(
            case_no=self._number("PJ", at.date()), occurred_at=at, actor="zhengwu-go1", channel=channel, source_id=f"row-{place}", day=day,
            site=chance.choice(self._sites), unit=chance.choice(self._units) if of_unit else None, item=chance.choice(ITEMS),
            **marks,
        )
        return self._told(said, at)

    def _exit(self, place: int) -> str:
        chance, day = self._chance, self._day()
        at = datetime(day.year, day.month, day.day, chance.randrange(24), chance.randrange(60), tzinfo=SHANGHAI)
        said = ChokepointRecorded(
            case_no=self._number("DD", day), occurred_at=at, actor="PORTAL_EXIT", channel=Channel.PORTAL_EXIT, site="900",
            source_id=f"exit-{place}", item=chance.choice(ITEMS), portal_exit=drawn_exit(chance),
        )
        return self._told(said, at + timedelta(minutes=chance.choice((0, 1, 60))))

    def _root(self, month: int) -> Lines:
        """Named by the office; some rest on complaints, some are planned anew for another unit, some are done and accepted."""
        chance, district = self._chance, self._district
        now = datetime(2026, month, chance.randrange(1, 28), 15, tzinfo=SHANGHAI)
        marks = chance.choice(((), (), ("COMPLAINT",)))
        cause = chance.choice(sorted(district.policy.causes))
        plan = self._plan(now, "改为每晚对账。")
        naming = Naming(title=chance.choice(TEXTS), cause=cause, text="每周才对一次账。", marks=marks, **plan.model_dump())
        number = self._number("JY", now.date())
        made = rules.name_root(None, number, naming=naming, form=None, district=district, by="zhengwu-go1", now=now)
        said, state = list(made.events), made.state
        if chance.random() < 0.5:
            again = rules.replan(state, plan=self._plan(now, "改由另一单位做。"), district=district, by="zhengwu-go1", now=now + 2 * DAY)
            said, state = [*said, *again.events], again.state
        if chance.random() < 0.5 and state is not None:
            done, since = rules.report_done, now + 4 * DAY
            told = done(state, done_on=since.date(), text="已对账。", by=state.person, unit=state.unit, now=since)
            held = rules.accept(told.state, district=district, by="zhengwu-go1", now=since + DAY)
            said = [*said, *told.events, *held.events]
        return [self._told(event, event.occurred_at, seq) for seq, event in enumerate(said, start=1)]

    def _plan(self, now: datetime, words: str) -> Plan:
        heads = [unit for unit in self._units if f"{unit}-sh" in self._district.staff]
        unit = self._chance.choice(heads)
        return Plan(unit=unit, person=f"{unit}-sh", plan=words, due_on=now.date() + 20 * DAY)

    @property
    def outside(self) -> list[Told]:
        """The rows as the archive keeps them."""
        return [told for record in self._records if (told := told_in(record)) is not None]

    @property
    def exits(self) -> list[Exit]:
        """The exits without a case."""
        return [left for record in self._records if (left := exit_of(record)) is not None]

    @property
    def roots(self) -> list[Root]:
        """The root causes as they stand at the year's end."""
        found: list[Root] = []
        for lines in self.lives:
            state: Root | None = None
            if (state := reduce(rules.told, map(event_in, lines), state)) is not None:
                found.append(state)
        return found

    @property
    def _records(self) -> list[CaseRecord]:
        return [CaseRecord(case_no=event_in(lines[0]).case_no, events=tuple(lines), chain="") for lines in self.lives if len(lines) == 1]

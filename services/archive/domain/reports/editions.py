"""The district's reports as they were given out: made when due, kept, and restated when later events change them (方案 七(二); 0039)."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import Literal

import orjson

from services.archive.domain.entry import Moment
from services.archive.domain.reports.canonical import Content, canonical
from services.archive.domain.reports.differences import restatement
from services.archive.domain.reports.filing import PREFIX
from services.archive.domain.reports.periods import Period, month_named, month_of, pair_named, working_day
from services.archive.domain.reports.summary import DISTRICT_SITE
from shared.contracts.archive_events import ReportMade
from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo, case_number
from shared.decision import Decision, unchanged
from shared.district.model import District
from shared.errors import RuleBroken

Kind = Literal["monthly", "bimonthly"]
SERIALS: dict[Kind, int] = {"monthly": 11, "bimonthly": 12}  # under site 000, beside the 台账汇总, which is the first
SETTLING = timedelta(minutes=10)  # what was recorded up to the due moment has arrived by then
MONTHS_LOOKED_AT = 12


class Edition(Frozen):
    """One edition: the first, or a 重述; `packed` is its content, canonical and compressed."""

    nth: int
    until: Moment
    made_at: Moment
    digest: str
    columns: tuple[str, ...] = ()
    changes: int = 0
    packed: str

    @property
    def content(self) -> Content:
        """The report."""
        found: Content = orjson.loads(zlib.decompress(b64decode(self.packed)))
        return found


class Series(Frozen):
    """One report of one period with its editions; `look_at` is when it is made or looked at again, None when no more."""

    number: CaseNo
    kind: Kind
    period: str
    look_at: Moment | None
    editions: tuple[Edition, ...] = ()

    @property
    def until(self) -> datetime | None:
        """Up to which moment's records the next edition rests on."""
        return self.look_at and self.look_at - SETTLING

    @property
    def latest(self) -> Edition | None:
        """The edition that holds."""
        return self.editions[-1] if self.editions else None


State = Series | None


def named(kind: Kind, text: str) -> Period:
    """The period of a report; raises RuleBroken for what is none."""
    return month_named(text) if kind == "monthly" else pair_named(text)


def series_number(kind: Kind, period: Period) -> CaseNo:
    """TZ, the first day, 000 and the report's own serial."""
    return case_number(period.first, DISTRICT_SITE, SERIALS[kind], prefix=PREFIX)


def open_series(state: State, kind: Kind, period: Period, district: District) -> Decision[State]:
    """方案 七(二): the report is due when the sites' filings of the period's last month are (domain 歧义 28)."""
    if state is not None:
        return unchanged(state)
    last = Period(period.last.replace(day=1))
    return Decision(Series(number=series_number(kind, period), kind=kind, period=period.text, look_at=_look_at(last, district)))


def _look_at(month: Period, district: District) -> datetime:
    rules = district.policy.report
    return working_day(month, rules.monthly_due_wd, rules.due_at, district) + SETTLING


def _next_look(state: Series, until: datetime, district: District) -> datetime | None:
    """When the next month's report is due, for a year: a case received late may change a figure so long."""
    month, end = month_of(until), named(state.kind, state.period).end
    after = (month.first.year - end.year) * 12 + month.first.month - end.month
    return _look_at(month, district) if after < MONTHS_LOOKED_AT else None


def make_edition(state: State, content: Content, until: datetime, now: datetime, district: District) -> Decision[State]:
    """The first edition, or a 重述 when the content says otherwise than the latest; nothing when another was quicker."""
    if state is None or state.until != until:
        return unchanged(state)
    looked = state.model_copy(update={"look_at": _next_look(state, until, district)})
    latest, nth = state.latest, len(state.editions) + 1
    said = content if latest is None else restatement(latest.content, content, nth)
    if said is None:
        return Decision(looked)
    edition = _edition(said, nth, until, now)
    event = ReportMade(
        case_no=state.number, occurred_at=now, kind=state.kind, period=state.period, nth=nth, until=until, digest=edition.digest,
        columns=edition.columns, changes=edition.changes,
    )
    return Decision(looked.model_copy(update={"editions": (*state.editions, edition)}), [event])


def _edition(content: Content, nth: int, until: datetime, made_at: datetime) -> Edition:
    told = content.get("restatement", {"columns": {}, "changes": []})
    return Edition(
        nth=nth, until=until, made_at=made_at, digest=content["digest"], columns=tuple(told["columns"]), changes=len(told["changes"]),
        packed=b64encode(zlib.compress(canonical(content), 9)).decode(),
    )


def told_again(state: State, event: ReportMade, content: Content, district: District) -> Decision[State]:
    """A rebuild's form of `remade`: the series, and what was said of it once more."""
    return Decision(remade(state, event, content, district), [event.model_copy(update={"envelope": None})])


def remade(state: State, event: ReportMade, content: Content, district: District) -> Series:
    """The series after one ReportMade, from its event and the content computed anew up to `until`; raises RuleBroken where they differ."""
    held = state or Series(number=event.case_no, kind=event.kind, period=event.period, look_at=event.until + SETTLING)
    held = held.model_copy(update={"look_at": event.until + SETTLING})
    made = make_edition(held, content, event.until, event.occurred_at, district).state
    if made is None or made.latest is None or (made.latest.nth, made.latest.digest) != (event.nth, event.digest):
        words = f"{event.kind} {event.period} 第 {event.nth} 版由事件重算的校验值与当时公布的 {event.digest} 不同，请核对事件与方案数据版本。"
        raise RuleBroken("report.differs", words, field="digest")
    return made

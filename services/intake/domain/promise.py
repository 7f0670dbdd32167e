"""What the slip promises, in words and days a person can count again (方案 四(四); usability: what happens next)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from services.intake.domain.registration import Registration
from shared.calendar import DayCount
from shared.contracts.event import Frozen
from shared.district.limits import contact_due, counted_until, same_day
from shared.district.model import District


class Step(Frozen):
    """One dated line of what happens next."""

    until: datetime
    words: str


def day_words(day: date) -> str:
    """`10月8日`."""
    return f"{day.month}月{day.day}日"


def why_due(district: District, line: Registration) -> str:
    """`3 个工作日（登记当天不算）；10月1日至7日国庆节放假不计`; nothing where nothing is promised."""
    if line.due_at is None:
        return ""
    counted = counted_until(district, line.received_at, line.due_at)
    days = sum(count.counted is not None for count in counted.trace[1:])
    left_out = skipped(counted.trace[1:])
    return f"{days} 个工作日（登记当天不算）" + (f"；{'，'.join(left_out)}不计" if left_out else "")


def skipped(trace: Sequence[DayCount]) -> list[str]:
    """The days between that are no working days, those of one reason together: `10月1日至7日国庆节放假`."""
    said: list[str] = []
    for (why, counts), days in groupby(trace, key=lambda count: (count.why, count.counted is not None)):
        run = [count.day for count in days]
        if not counts:
            said.append(f"{_span(run[0], run[-1])}{why}")
    return said


def _span(first: date, last: date) -> str:
    if first == last:
        return day_words(first)
    return f"{day_words(first)}至{last.day}日" if first.month == last.month else f"{day_words(first)}至{day_words(last)}"


def next_steps(district: District, line: Registration) -> list[Step]:
    """Three dated lines: analysed, called, answered; none later than the answer."""
    if line.due_at is None:
        return []
    analysed = same_day(district, line.received_at).due_at
    called = contact_due(district, analysed).due_at
    first = district.policy.limits_wd.first_contact
    steps = [
        Step(until=analysed, words="窗口分析原因，转给承办单位"), Step(until=called, words=f"承办单位在转办后 {first} 个工作日内打电话联系您"),
        Step(until=line.due_at, words="把办理结果答复您；之后会有人回访，请您评价"),
    ]
    return [step for step in steps if step.until <= line.due_at]

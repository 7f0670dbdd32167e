"""When a message may leave: quiet nights of people, working days of staff, not on the hour (domain: 通知「静默」)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from services.notifier.domain.state import CITIZEN
from shared.clock import shanghai
from shared.district.model import District

DAY = timedelta(days=1)


def allowed_from(district: District, to_role: str, moment: datetime) -> datetime:
    """The first moment, not before `moment`, at which a message to this role may leave."""
    local = shanghai(moment)
    if to_role == CITIZEN:
        return _after_quiet(district, local)
    opens = _in_working_day if district.policy.notice.staff_working_days_only else _after_quiet
    return _off_the_hour(district, opens(district, local), opens)


def _off_the_hour(
    district: District, moment: datetime, opens: Callable[[District, datetime], datetime]
) -> datetime:
    """企业微信 asks to avoid full and half hours; at the close of the day now is better than tomorrow."""
    rules = district.policy.notice
    if moment.minute not in rules.avoid_minutes:
        return moment
    later = moment + timedelta(minutes=rules.avoid_shift_minutes)
    return later if opens(district, later) == later else moment


def next_morning(district: District, moment: datetime) -> datetime:
    """The hour of 提醒 on the working day after `moment`."""
    day = district.calendar.next_working_day(shanghai(moment).date())
    return district.calendar.moment(day, district.policy.ladder.reminder.at)


def _after_quiet(district: District, moment: datetime) -> datetime:
    quiet, now = district.policy.notice.quiet, moment.time()
    over_midnight = quiet.start > quiet.end
    in_evening = over_midnight and now >= quiet.start
    in_morning = now < quiet.end and (over_midnight or now >= quiet.start)
    if not (in_evening or in_morning):
        return moment
    return district.calendar.moment(moment.date() + (DAY if in_evening else timedelta()), quiet.end)


def _in_working_day(district: District, moment: datetime) -> datetime:
    """The noon break is within the day: waiting for the next morning would eat up the 4 hours to sign."""
    calendar, day, now = district.calendar, moment.date(), moment.time().replace(second=0, microsecond=0)
    opens, closes = calendar.hours.periods[0][0], max(calendar.hours.cutoff, calendar.hours.periods[-1][1])
    if calendar.is_working_day(day) and opens <= now <= closes:
        return moment
    morning_is_ahead = calendar.is_working_day(day) and now < opens
    next_day = day if morning_is_ahead else calendar.next_working_day(day)
    return calendar.moment(next_day, district.policy.ladder.reminder.at)

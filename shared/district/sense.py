"""Whether the numbers of a policy can be meant: limits that grow, rungs that follow each other, hours within the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from itertools import pairwise

from shared.contracts.terms import Grade
from shared.district.faults import Problem
from shared.district.model import District
from shared.district.policy import Policy
from shared.district.sheets import Place, Sheet

HOUR_MIN = 60
Doubt = tuple[bool, Place, str, str]


def sense_problems(district: District, sheet: Sheet) -> list[Problem]:
    """Every number of the policy that contradicts another (方案 四(四)、七(三)(四))."""
    policy = district.policy
    doubts = [*_limits(policy), *_grades(policy), *_signing(district), *_rungs(district), *_hours(district), *_others(policy)]
    return [Problem(sheet.file, sheet.line(place), message, fix) for wrong, place, message, fix in doubts if wrong]


def _limits(policy: Policy) -> Iterator[Doubt]:
    limits = policy.limits_wd
    grown = [("SIMPLE", limits.simple), ("GENERAL", limits.general), ("COMPLEX", limits.complex), ("SPECIAL_TOTAL", limits.special_total)]
    for (lower, few), (upper, many) in pairwise(grown):
        message = f"时限 {upper}（{many}）比 {lower}（{few}）还短。"
        yield many < few, ("limits_wd", upper), message, f"请把 {upper} 改成不小于 {few}。"
    upstream = policy.upstream
    wrong = not upstream.contact <= upstream.general <= upstream.complex
    yield wrong, ("upstream",), "市级时限应当联系、一般、复杂依次不减。", "请照市级 1-5-15 核对。"


def _grades(policy: Policy) -> Iterator[Doubt]:
    for category, rule in policy.categories.items():
        message = f"类别 {category} 按“特殊”的时限走，可“特殊”只能经延时审批得到。"
        yield rule.limit is Grade.SPECIAL, ("categories", category, "limit"), message, "请改成 GENERAL 或 COMPLEX。"
    wrong = policy.clock.ungraded is Grade.SPECIAL
    yield wrong, ("clock", "ungraded"), "未定级的件不能按“特殊”的时限走。", "请改成 GENERAL。"


def _signing(district: District) -> Iterator[Doubt]:
    sign, reminder, day = district.policy.sign, district.policy.ladder.reminder, district.calendar.hours.minutes_a_day
    wrong = sign.due_hours * HOUR_MIN > sign.auto_after_wd * day
    fix = "请把 due_hours 改小，或把 auto_after_wd 改大。"
    yield wrong, ("sign", "due_hours"), "签收期限比视同签收还晚，催不到签收。", fix
    wrong = reminder.sign_minutes_before >= sign.due_hours * HOUR_MIN
    fix = f"请改成小于 {sign.due_hours * HOUR_MIN}。"
    yield wrong, ("ladder", "reminder", "sign_minutes_before"), "签收提醒早于派单。", fix


def _rungs(district: District) -> Iterator[Doubt]:
    """提醒, 催办, 到期, 督办·黄, 督办·红, 约谈: each after the one before it."""
    ladder, day = district.policy.ladder, district.calendar.hours.minutes_a_day
    hours, left = ladder.urge.hours_before, ladder.reminder.days_left_wd
    yield left < 1, ("ladder", "reminder", "days_left_wd"), "提醒落在到期之后。", "请改成 1 或更大。"
    yield hours < 1, ("ladder", "urge", "hours_before"), "催办落在到期时，来不及办。", "请改成 1 或更大。"
    wrong = hours * HOUR_MIN > max(left, 1) * day
    yield wrong, ("ladder", "urge", "hours_before"), "催办早于最后一次提醒。", f"请改成不大于 {max(left, 1) * day // HOUR_MIN}。"
    yield ladder.l2.overdue_wd < 1, ("ladder", "L2", "overdue_wd"), "黄色督办落在到期之前。", "请改成 1 或更大。"
    yield ladder.l3.l2_age_wd < 1, ("ladder", "L3", "l2_age_wd"), "红色督办与黄色督办同时。", "请改成 1 或更大。"
    wrong = ladder.l4.overdue_wd <= ladder.l2.overdue_wd
    yield wrong, ("ladder", "L4", "overdue_wd"), "约谈不晚于黄色督办。", f"请改成大于 {ladder.l2.overdue_wd}。"
    wrong = ladder.l4.supervision < ladder.l3.supervision
    yield wrong, ("ladder", "L4", "supervision"), "约谈所需的督办次数比红色督办还少。", f"请改成不小于 {ladder.l3.supervision}。"


def _hours(district: District) -> Iterator[Doubt]:
    policy, hours = district.policy, district.calendar.hours
    written: list[tuple[Place, time]] = [
        (("ladder", "reminder", "at"), policy.ladder.reminder.at), (("ladder", "L2", "draft_at"), policy.ladder.l2.draft_at),
        (("triage", "warn_at"), policy.triage.warn_at),
    ]
    for place, moment in written:
        outside = not any(start <= moment < min(end, hours.cutoff) for start, end in hours.periods)
        yield outside, place, f"{moment:%H:%M} 不在工作时段内，没有人会看到。", "请改到 calendar.work 的时段以内。"


def _others(policy: Policy) -> Iterator[Doubt]:
    rules, report = policy.followup, policy.report
    wrong = rules.min_days > rules.attempts
    yield wrong, ("followup", "min_days"), f"回访 {rules.attempts} 次跨不了 {rules.min_days} 天。", f"请改成不大于 {rules.attempts}。"
    wrong = report.remind_wd > report.monthly_due_wd
    yield wrong, ("report", "remind_wd"), "月台账的提醒晚于上报期限。", f"请改成不大于 {report.monthly_due_wd}。"

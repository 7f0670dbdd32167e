"""One wrong formula at a time, planted in the archive's reports, and the figure it spoils."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from services.archive.domain.patterns.root import Plan, Root
from services.archive.domain.reports import (
    assessment,
    beside,
    books,
    bulletin,
    cohorts,
    columns,
    differences,
    held,
    highlights,
    interviews,
    monthly,
    operations,
    spending,
)
from services.archive.domain.reports.editions import Kind
from services.archive.domain.reports.ratios import Ratio, ratio
from tests.scheme.year import making

Plant = Callable[[pytest.MonkeyPatch], None]


def _order(name: str, broken: Callable[[held.Order], bool]) -> Plant:
    return lambda patch: patch.setattr(held.Order, name, property(broken))


def _scope(name: str, broken: Callable[[Any], Any]) -> Plant:
    before = getattr(cohorts.Scope, name).fget
    return lambda patch: patch.setattr(cohorts.Scope, name, property(lambda self: broken(before(self))))


def _rates(group: str, name: str, broken: Callable[[Ratio], Ratio]) -> Plant:
    before = getattr(assessment, group)
    return lambda patch: patch.setattr(assessment, group, lambda scope: {**before(scope), name: broken(before(scope)[name])})


def _column(name: str, broken: Callable[[Any], Any]) -> Plant:
    before = columns._line
    return lambda patch: patch.setattr(columns, "_line", lambda *given: {**(line := before(*given)), name: broken(line[name])})


def _changed(module: Any, name: str, broken: Callable[[Any], Any]) -> Plant:
    """What a function of the reports gives, spoilt."""
    before = getattr(module, name)
    return lambda patch: patch.setattr(module, name, lambda *given: broken(before(*given)))


def _without_false_cases(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "cases": told["cases"][told["counts"]["false_feedback"]:]}


def _one_month(before: Callable[..., Any]) -> Callable[..., Any]:
    return lambda period, count: before(period, count)[1:]


def _with_returned(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(highlights, "_units", lambda facts: list(dict.fromkeys(order.unit for order in facts.entry.orders)))


def _proposed_only(before: Callable[..., Any]) -> Callable[..., Any]:
    return lambda scope: [held for held in before(scope) if held["proposed_at"] >= scope.period.start.isoformat()]


def _beside(spoil: Callable[[dict[str, Any]], None]) -> Plant:
    before = assessment.beside

    def broken(*given: Any) -> Any:
        told = before(*given)
        spoil(told)
        return told

    return lambda patch: patch.setattr(assessment, "beside", broken)


def _by_import(patch: pytest.MonkeyPatch) -> None:
    before = assessment.beside
    patch.setattr(assessment, "beside", lambda rows, *given: before([row.model_copy(update={"day": row.at.date()}) for row in rows], *given))


def _roots(broken: Callable[[Root], Root]) -> Plant:
    before = books.month_roots
    return lambda patch: patch.setattr(books, "month_roots", lambda roots, month: before([broken(root) for root in roots], month))


def _planned_anew(root: Root) -> Root:
    return root.model_copy(update={"first": Plan(**root.model_dump(include=set(Plan.model_fields)))})


def _of_channel(name: str, broken: Callable[[Ratio], Ratio]) -> Plant:
    before = operations._rates
    return lambda patch: patch.setattr(operations, "_rates", lambda *given: {**(held := before(*given)), name: broken(held[name])})


def _answered_late(order: held.Order) -> bool:
    return order.line.answered_at is not None and order.line.answered_at > order.line.due_at


def _whatever_moment(before: Callable[..., Any]) -> Callable[..., Any]:
    return lambda kept, until=None: before(kept)


def _under_one_number(figures: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    return {(where.split(" ")[0], "个案约谈与问责建议" if " " in where else label): value for (where, label), value in figures.items()}


def _with_anonymous(before: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def broken(scope: Any) -> Any:
        rate = before(scope)["followed_up"]
        more = sum(facts.anonymous and scope.period.has(facts.fed_back_at) for facts in scope.cases)
        return {**before(scope), "followed_up": Ratio(rate.numerator, rate.denominator + more)}

    return broken


def _without_red(before: Callable[..., str]) -> Callable[..., str]:
    return lambda found, counts, district: before(found, {**counts, "red": 0}, district)


def _answered_only(before: Callable[..., Any]) -> Callable[..., Any]:
    return lambda unit, lines: (before(unit, lines)[0], before(unit, [line for line in lines if line["replied_at"]])[1])


DEFECTS: Mapping[str, tuple[Plant, str]] = {
    "签收: 自动签收算及时": (_order("signed_in_time", lambda order: order.line.signed_at is not None), "rates.signed"),
    "先行联系: 没有联系也算": (_order("contacted_in_time", lambda _: True), "rates.contacted"),
    "逾期单: 到期未结不计": (_order("was_due", lambda order: order.line.answered_at is not None), "rates.overdue"),
    "退单率: 分母多一": (_rates("_of_orders", "returned", lambda rate: Ratio(rate.numerator, rate.denominator + 1)), "rates.returned"),
    "督办: 少数一张": (_scope("supervisions", lambda found: found[1:]), "rates.supervised"),
    "按时办结: 到期未结不计入分母": (_scope("due", lambda found: [facts for facts in found if facts.entry.replied_at]), "rates.on_time"),
    "办结: 少一件": (_scope("closed", lambda found: found[1:]), "counts.closed"),
    "当日研判: 分母少一": (_scope("to_analyse", lambda found: found[1:]), "rates.same_day"),
    "受理: 少一件": (_scope("received", lambda found: found[1:]), "counts.received"),
    "解决率: 分子多一": (_rates("_of_closed", "resolved", lambda rate: Ratio(rate.numerator + 1, rate.denominator)), "rates.resolved"),
    "满意率: 甄别后同甄别前": (_rates("_of_people", "satisfied_after", lambda rate: Ratio(rate.numerator, rate.denominator + 1)), "satisfied_after"),
    "回访: 匿名也应回访": (
        lambda patch: patch.setattr(assessment, "_of_people", _with_anonymous(assessment._of_people)), "rates.followed_up"),
    "反复: 同原因少算一天以上": (lambda patch: patch.setattr(assessment, "frequent_causes", lambda *_: frozenset()), "rates.repeated"),
    "用时: 九十分位差一位": (lambda patch: patch.setattr(spending, "ROUND_CEILING", "ROUND_FLOOR"), "time_spent.percentile"),
    "分段: 审核从签收起算": (
        lambda patch: patch.setattr(spending, "_review", lambda facts: (spending._sign(facts)[1], facts.fed_back_at)), "segments.review"),
    "知识转化: 入过库的都算": (_rates("_of_closed", "knowledge", lambda rate: Ratio(rate.denominator, rate.denominator)), "rates.knowledge"),
    "综合分: 红牌不扣": (
        lambda patch: patch.setattr(assessment, "_score", _without_red(assessment._score)), ".score"),
    "约谈: 人人都提": (
        lambda patch: patch.setattr(assessment, "interview_candidates", lambda _, units, __: [{"unit": unit} for unit in units]), ".interviews"),
    "约谈: 连续月份少看一个": (lambda patch: patch.setattr(interviews, "_last_months", _one_month(interviews._last_months)), ".interviews"),
    "通报: 问责建议不计": (_changed(bulletin, "measures", lambda _: []), ".bulletins"),
    "通报: 不列虚假办结的工单": (_changed(bulletin, "_figures", _without_false_cases), ".cases"),
    "通报: 反复一件就列": (_changed(bulletin, "_figures", lambda told: {**told, "reasons": told["reasons"] or ["反复反映1件"]}), ".bulletins"),
    "亮点: 平常的也算疑难": (_changed(highlights, "_why", lambda why: why or ["疑难事项"]), ".highlights"),
    "亮点: 退单的单位也算协同": (_with_returned, ".highlights"),
    "亮点: 举一反三不算": (_changed(highlights, "_why", lambda why: [word for word in why if word != "举一反三"]), ".highlights"),
    "亮点: 处理意见多一字": (_changed(highlights, "_told", lambda told: {**told, "opinion": told["opinion"] + "。"}), ".opinion"),
    "个案约谈: 批准时间不写": (_changed(bulletin, "_told", lambda told: {**told, "approved_at": None}), ".approved_at"),
    "个案约谈: 只列本期提出的": (lambda patch: patch.setattr(assessment, "measures", _proposed_only(assessment.measures)), ".measures"),
    "个案约谈: 督办次数少一": (_changed(bulletin, "_told", lambda told: {**told, "supervisions": told["supervisions"] - 1}), ".supervisions"),
    "好差评: 两星不算差评": (_beside(lambda told: told["ratings"].update(low=told["ratings"]["low"] // 2)), ".ratings.low"),
    "好差评: 按导入日计": (_by_import, ".beside"),
    "12345: 没有说的也计入分母": (
        lambda patch: patch.setattr(beside, "_yes", lambda answers: ratio(list(answers), bool)), ".hotline.satisfied.denominator"),
}
MONTHLY_DEFECTS: Mapping[str, tuple[Plant, str]] = {
    "用时多一天": (_column("working_days", lambda days: days and days + 1), "working_days"),
    "入库不写": (_column("in_library", lambda _: False), "in_library"),
    "是否超期反了": (_column("overdue", lambda late: not late), "overdue"),
    "排名: 未结的不计": (lambda patch: patch.setattr(monthly, "_of_unit", _answered_only(monthly._of_unit)), "on_time"),
    "原因少一类": (lambda patch: patch.setattr(monthly, "Counter", lambda held: Counter(list(held)[1:])), "tail"),
    "举一反三: 投诉的也列": (_roots(lambda root: root.model_copy(update={"marks": ()})), "root_causes"),
    "举一反三: 写成后来的责任单位": (_roots(_planned_anew), ".unit"),
    "一网通办: 办结的也算在办": (_changed(operations, "_open", lambda _: True), "channels[3].open"),
    "一网通办: 门户退出的不算线上": (lambda patch: patch.setattr(operations, "ONLINE", operations.ONLINE[:2]), "channels"),
    "一网通办: 不满意的也满意": (_of_channel("satisfied", lambda rate: Ratio(rate.denominator, rate.denominator)), "rates.satisfied"),
    "堵点: 已成工单的不计": (_changed(operations, "_chokepoints", lambda told: {**told, "exits": told["exits"] - told["as_cases"]}), ".exits"),
    "堵点: 次序反了": (_changed(operations, "_most", lambda held: held[::-1]), "by_step_and_reason"),
    "协同: 到期未答的单不算逾期": (_order("late", _answered_late), "departments"),
    "协同: 催办少一次": (_changed(operations, "_department", lambda told: {**told, "urged": told["urged"] and told["urged"] - 1}), ".urged"),
    "冻结的页: 写成现在的": (lambda patch: patch.setattr(books.Books, "page", books.Books.draft), ".lines["),
}
RESTATED_DEFECTS: Mapping[str, tuple[Kind, Plant, str]] = {
    "少一处改动": ("monthly", _changed(differences, "differences", lambda changes: changes[1:]), ".changes"),
    "栏目写错": ("monthly", _changed(differences, "differences", lambda found: [{**change, "label": "备注"} for change in found]), ".columns"),
    "已上报的点位不再看": ("monthly", lambda patch: patch.setattr(books.Books, "restated", books.Books.page), ".lines"),
    "到期之后才记的也算": ("monthly", lambda patch: patch.setattr(making.Kept, "facts", _whatever_moment(making.Kept.facts)), ".lines"),
    "别的系统补来的不说": ("bimonthly", lambda patch: patch.setattr(differences, "_beside", lambda *_: iter(())), ".restatement"),
    "一件两家的约谈混成一条": ("bimonthly", _changed(differences, "figures_of", _under_one_number), ".changes"),
    "约谈批准了不说": ("bimonthly", _changed(differences, "_decided", lambda words: words.split("（")[0]), ".restatement"),
}

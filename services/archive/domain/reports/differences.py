"""What a later edition of a report says otherwise than the one before: by case and column, and by figure (方案 七(二))."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from services.archive.domain.reports.assessment import COUNTS
from services.archive.domain.reports.canonical import Content, Line, with_check_value
from services.archive.domain.reports.columns import LABELS, NUMBER

Figures = dict[tuple[str, str], str]
DISTRICT = "全区"
MEASURES = {"INTERVIEW": "个案约谈", "ACCOUNTABILITY": "个案通报问责"}
OF_THE_MONTH = {
    "received": "受理", "replied": "已答复", "open": "在办", "orders": "派单", "overdue": "超期", "urged": "催办", "supervisions": "督办",
}


def restatement(before: Content, after: Content, nth: int) -> Content | None:
    """The report as its `nth` edition with what changed since the one before; None where nothing did."""
    changes = differences(before, after)
    if not changes:
        return None
    columns = Counter(str(change["label"]) for change in changes)
    told = {"nth": nth - 1, "of": before["digest"], "columns": dict(sorted(columns.items())), "changes": changes}
    return with_check_value({**{name: value for name, value in after.items() if name != "digest"}, "restatement": told})


def differences(before: Content, after: Content) -> list[Line]:
    """Every cell of a line and every figure that is otherwise; what the marks of the report say is no difference."""
    return [*_of_lines(before, after), *_of_figures(figures_of(before), figures_of(after))]


def _of_lines(before: Content, after: Content) -> Iterator[Line]:
    known, now = _by_case(before), _by_case(after)
    for case_no in sorted({*known, *now}):
        old, new = known.get(case_no, {}), now.get(case_no, {})
        for column, label in LABELS.items():
            if column != NUMBER and old.get(column) != new.get(column):
                yield {"where": case_no, "column": column, "label": label, "before": old.get(column), "after": new.get(column)}


def _by_case(content: Content) -> dict[str, Mapping[str, Any]]:
    return {str(line["case_no"]): line for line in content.get("lines", ())}


def _of_figures(known: Figures, now: Figures) -> Iterator[Line]:
    for where, label in sorted({*known, *now}):
        old, new = known.get((where, label)), now.get((where, label))
        if old != new:
            yield {"where": where, "column": "", "label": label, "before": old, "after": new}


def figures_of(content: Content) -> Figures:
    """Every figure of a report under where it stands and what it is called."""
    return dict(_monthly(content) if content["report"] == "monthly" else _bimonthly(content))


def _monthly(content: Content) -> Iterator[tuple[tuple[str, str], str]]:
    yield (DISTRICT, "受理件数"), str(content["tail"]["cases"])
    for site in content["sites"]:
        yield (site["name"], "上报"), "已报" if site["filed_at"] else "未报"
    if "operations" in content:
        yield from _operations(content["operations"])


def _operations(section: Content) -> Iterator[tuple[tuple[str, str], str]]:
    yield ("一网通办·堵点", "退出次数"), str(section["chokepoints"]["exits"])
    yield ("一网通办·堵点", "已成工单"), str(section["chokepoints"]["as_cases"])
    for held in (*section["channels"], *section["departments"]):
        where = f"一网通办·{held.get('name') or held['channel']}"
        for name, label in OF_THE_MONTH.items():
            if name in held:
                yield (where, label), str(held[name])
        for name, rate in held["rates"].items():
            yield (where, section["names"][name]), _rate(rate)


def _bimonthly(content: Content) -> Iterator[tuple[tuple[str, str], str]]:
    for part in (content["total"], *content["departments"]):
        where = part["name"]
        yield (where, "综合分"), part["score"]
        for name, count in part["counts"].items():
            yield (where, COUNTS[name]), str(count)
        for name, rate in part["rates"].items():
            yield (where, content["names"][name]), _rate(rate)
        yield (where, "平均用时"), _rate(part["time_spent"])
        yield from _beside(where, part["beside"])
    for held in content["bulletins"]:
        yield (held["name"], "通报候选"), "、".join(held["reasons"])
    for held in content["interviews"]:
        yield (held["name"], "约谈候选"), "、".join(held["reasons"])
    for held in content["highlights"]:
        yield (held["case_no"], "亮点案例候选"), "、".join(held["why"])
    for held in content["measures"]:
        yield (f"{held['case_no']} {held['name']}", MEASURES[held["kind"]]), _decided(held)


def _beside(where: str, told: Content) -> Iterator[tuple[tuple[str, str], str]]:
    """What another system says of a unit changes when its rows come in late."""
    ratings, hotline = told["ratings"], told["hotline"]
    yield (f"{where}·好差评", "评价"), str(ratings["count"])
    yield (f"{where}·好差评", "差评"), str(ratings["low"])
    yield (f"{where}·好差评", "好评率"), _rate(ratings["content"])
    yield (f"{where}·12345", "件数"), str(hotline["count"])
    yield (f"{where}·12345", "满意率"), _rate(hotline["satisfied"])
    yield (f"{where}·12345", "解决率"), _rate(hotline["resolved"])


def _decided(held: Content) -> str:
    """What an 约谈 or 问责 over one case rests on, what people decided, and how the case stands."""
    words = "、".join(held["reasons"])
    if held["approved_at"]:
        words += f"（{held['approved_at'][:10]} 批准，{held['rectify_due_at'][:10]} 前整改）"
    return f"{words}；督办{held['supervisions']}次{'，超期' if held['overdue'] else ''}"


def _rate(rate: Mapping[str, Any]) -> str:
    return f"{rate['numerator']}/{rate['denominator']}（{rate['value']}）"

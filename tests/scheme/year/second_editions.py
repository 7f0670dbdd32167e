"""What a later edition says otherwise than the one before, a second time: each cell, each figure by its name (方案 七(二); decision 0039)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from tests.scheme.year.second_assessment import NAMES, Frames
from tests.scheme.year.second_monthly import LABELS, Months
from tests.scheme.year.second_operations import NAMES as OF_THE_MONTH
from tests.scheme.year.telling import Told

COUNTS = {"received": "受理", "due": "应办结", "closed": "办结", "orders": "派单", "overdue_cases": "逾期件", "supervisions": "有效督办",
          "red": "红牌", "false_feedback": "虚假办结", "low_rated": "差评"}
OF_A_ROW = {"received": "受理", "replied": "已答复", "open": "在办", "orders": "派单", "overdue": "超期", "urged": "催办", "supervisions": "督办"}
Figures = dict[tuple[str, str], str]


class AsOf:
    """The second count of everything as it was known at each moment asked for."""

    def __init__(self, months: Months, given: Any, heard: Any) -> None:
        self._now, self._given, self._heard = months, given, heard
        self._held: dict[datetime, tuple[Months, Frames]] = {}

    def report(self, kind: str, period: str, until: datetime, *, restated: bool) -> Told:
        """One report; `restated` as the events say, whatever the sites filed."""
        if until not in self._held:
            months = self._now.at(until)
            self._held[until] = months, Frames(
                months.cases, self._given, self._heard.told("EvaluationImported", until), partial(self._heard.in_library, until=until))
        months, frames = self._held[until]
        return frames.report(period) if kind == "bimonthly" else months.report(period, None, restated=restated)


def restatement_of(before: Told, after: Told) -> Told | None:
    """What is told of the change; None where nothing is otherwise."""
    changes = [*_of_lines(before, after), *_of_figures(before, after)]
    columns = Counter(change["label"] for change in changes)
    return {"columns": dict(sorted(columns.items())), "changes": changes} if changes else None


def _of_lines(before: Told, after: Told) -> Iterator[Told]:
    old, new = ({line["case_no"]: line for line in report.get("lines", [])} for report in (before, after))
    for number in sorted(old.keys() | new.keys()):
        here, there = old.get(number, {}), new.get(number, {})
        yield from ({"where": number, "column": column, "label": label, "before": here.get(column), "after": there.get(column)}
                    for column, label in LABELS.items() if column != "no" and here.get(column) != there.get(column))


def _of_figures(before: Told, after: Told) -> Iterator[Told]:
    old, new = _figures(before), _figures(after)
    for where, label in sorted(old.keys() | new.keys()):
        here, there = old.get((where, label)), new.get((where, label))
        if here != there:
            yield {"where": where, "column": "", "label": label, "before": here, "after": there}


def _figures(report: Told) -> Figures:
    return _of_month(report) if report["report"] == "monthly" else _of_pair(report)


def _of_month(report: Told) -> Figures:
    found = {("全区", "受理件数"): str(report["tail"]["cases"])}
    found |= {(site["name"], "上报"): "已报" if site["filed_at"] else "未报" for site in report["sites"]}
    section = report["operations"]
    found["一网通办·堵点", "退出次数"] = str(section["chokepoints"]["exits"])
    found["一网通办·堵点", "已成工单"] = str(section["chokepoints"]["as_cases"])
    for part in section["channels"] + section["departments"]:
        name = part["name"] if "unit" in part else part["channel"]
        found |= {(f"一网通办·{name}", label): str(part[held]) for held, label in OF_A_ROW.items() if held in part}
        found |= {(f"一网通办·{name}", OF_THE_MONTH[rate]): _written(held) for rate, held in part["rates"].items()}
    return found


def _of_pair(report: Told) -> Figures:
    found: Figures = {}
    for part in [report["total"], *report["departments"]]:
        name = part["name"]
        found |= {(name, "综合分"): part["score"], (name, "平均用时"): _written(part["time_spent"])}
        found |= {(name, COUNTS[held]): str(count) for held, count in part["counts"].items()}
        found |= {(name, NAMES[held]): _written(rate) for held, rate in part["rates"].items()}
        ratings, hotline = part["beside"]["ratings"], part["beside"]["hotline"]
        found |= {(f"{name}·好差评", "评价"): str(ratings["count"]), (f"{name}·好差评", "差评"): str(ratings["low"]),
                  (f"{name}·好差评", "好评率"): _written(ratings["content"]), (f"{name}·12345", "件数"): str(hotline["count"]),
                  (f"{name}·12345", "满意率"): _written(hotline["satisfied"]), (f"{name}·12345", "解决率"): _written(hotline["resolved"])}
    lists = (("bulletins", "name", "reasons", "通报候选"), ("interviews", "name", "reasons", "约谈候选"),
             ("highlights", "case_no", "why", "亮点案例候选"))
    for part, where, why, label in lists:
        found |= {(held[where], label): "、".join(held[why]) for held in report[part]}
    for held in report["measures"]:
        label = "个案约谈" if held["kind"] == "INTERVIEW" else "个案通报问责"
        found[f"{held['case_no']} {held['name']}", label] = _of_measure(held)
    return found


def _of_measure(held: Told) -> str:
    decided = f"（{held['approved_at'][:10]} 批准，{held['rectify_due_at'][:10]} 前整改）" if held["approved_at"] else ""
    return f"{'、'.join(held['reasons'])}{decided}；督办{held['supervisions']}次{'，超期' if held['overdue'] else ''}"


def _written(rate: Told) -> str:
    return f"{rate['numerator']}/{rate['denominator']}（{rate['value']}）"

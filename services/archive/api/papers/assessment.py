"""双月评估 as tables: every rate with both its counts, per unit; 通报, 约谈 and 亮点 candidates with the figures behind them (方案 七(二)-(四))."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.archive.api.papers.beside import beside
from services.archive.api.papers.monthly import OFFICE, restated, restatement_tables
from services.archive.api.papers.words import Names, Row, as_of, figures, moment, number, rate_columns, word
from services.archive.domain.reports.assessment import COUNTS
from services.archive.domain.reports.bulletin import KINDS
from services.archive.domain.reports.periods import pair_named
from services.archive.domain.reports.ratios import HIDDEN
from shared.district.model import District
from shared.papers.tables import Cell, Column, Kind, Report, Table

FORMULAS = {
    "same_day": "当日完成研判数 ÷ 应研判数", "signed": "时限内签收单数 ÷ 派单数（自动签收记不及时）", "contacted": "时限内先行联系单数 ÷ 派单数",
    "on_time": "期内应办结且按时答复数 ÷ 期内应办结数（到期未结计入分母）", "extended": "延时案 ÷ 办结案", "overdue": "逾期单 ÷ 应办结单",
    "returned": "退单数 ÷ 派单数", "return_refused": "驳回数 ÷ 派单数", "resolved": "已解决 ÷（已解决+部分解决+解释说明+未解决）",
    "explained": "解释说明 ÷（已解决+部分解决+解释说明+未解决）", "satisfied_before": "（非常满意+满意+基本满意）÷ 有效评价数",
    "satisfied_after": "同上，剔除经甄别不成立的不满意评价", "followed_up": "已尝试回访 ÷ 应回访", "reached": "有效回访 ÷ 已尝试",
    "redone": "办理两轮以上 ÷ 办结", "repeated": "同人同事项或同点位同原因反复 ÷ 受理", "supervised": "有效督办次数 ÷ 派单数",
    "knowledge": "入库案例（审核通过）÷ 已办结办事类复杂案",
}
SEGMENTS = {"triage": "研判", "sign": "签收", "handle": "办理", "review": "审核"}


def assessment_report(content: Row, district: District) -> Report:
    """The whole pack."""
    names, period = Names(district), pair_named(content["period"])
    edition = content.get("restatement")
    again = f"（重述{edition['nth']}）" if edition else ""
    return Report(
        f"{content['total']['name']}“办不成事”反映窗口双月评估{again}", OFFICE, f"{period.first.year}年{period.first.month}—{period.last.month}月",
        as_of(content, period), content["digest"], _facts(content), tuple(_tables(content, names)),
    )


def _facts(content: Row) -> tuple[tuple[str, str], ...]:
    counts = content["total"]["counts"]
    return (
        ("基本情况", "，".join(f"{name}{counts[held]}" for held, name in COUNTS.items())),
        ("综合分", f"全区 {content['total']['score']}"),
        ("起报数", f"分母不足{content['min_n']}的比率显示“—”，不排名"),
        ("适用规则", f"方案数据 {content['policy_version']}，日历 {content['calendar_version']}"),
        ("说明", "\n".join(content["notes"])), *restated(content),
    )


def _tables(content: Row, names: Names) -> list[Table]:
    return [
        _whole(content), _ranking(content), _rates(content), _spent(content), _bulletins(content), _interviews(content), _measures(content),
        _highlights(content, names), *beside(content), *restatement_tables(content, names),
    ]


def _whole(content: Row) -> Table:
    rows = [[content["names"][name], FORMULAS[name], *figures(rate)] for name, rate in content["total"]["rates"].items()]
    return Table("全区指标", (
        Column("指标", width=20), Column("公式", width=56), Column("分子", Kind.COUNT, 8), Column("分母", Kind.COUNT, 8),
        Column("比率", Kind.SHARE, 10),
    ), rows, note="满意率并列甄别前、甄别后两个值。")


def _with(content: Row, has: Callable[[Row], bool], what: str) -> tuple[list[Row], str]:
    """The departments with something to show, and how many have none of it."""
    parts = content["departments"]
    held = [part for part in parts if has(part)]
    return held, f"另有{len(parts) - len(held)}个部门本期没有{what}，不列。" if len(held) < len(parts) else ""


def _ranking(content: Row) -> Table:
    parts, others = _with(content, lambda part: any(part["counts"].values()), "可计的件")
    rows = [
        [part["rank"] or HIDDEN, part["name"], number(part["score"]), *(part["counts"][held] for held in COUNTS)] for part in parts
    ]
    columns = (
        Column("名次", Kind.COUNT, 6), Column("部门", width=24), Column("综合分", Kind.NUMBER, 9),
        *(Column(name, Kind.COUNT, 9) for name in COUNTS.values()),
    )
    return Table("部门综合分", columns, rows, note=f"综合分＝各指标加权得分，减逾期、红牌、虚假办结扣分；“—”为不排名。{others}", keys=2)


def _rates(content: Row) -> Table:
    parts, others = _with(content, lambda part: any(rate["denominator"] for rate in part["rates"].values()), "可计的比率")
    shown = [name for name in content["names"] if name in FORMULAS and name != "same_day"]
    columns = (Column("部门", width=20), *(column for name in shown for column in rate_columns(content["names"][name])))
    rows = [[part["name"], *(cell for name in shown for cell in figures(part["rates"][name]))] for part in parts]
    whole, groups = len(columns) - 1, list[tuple[str, int]]()
    names = ("签收、联系、办结、延时", "逾期、退单、解决", "解释、满意、回访", "接通、重办、反复、督办、知识")
    for place, name in enumerate(names):
        size = 12 if place < len(names) - 1 else whole
        groups.append((name, min(size, whole)))
        whole -= size
    return Table("部门指标", columns, rows, note=others, groups=tuple(groups), large=True)


def _spent(content: Row) -> Table:
    parts, others = _with(content, _has_spent, "用时")
    rows = [_spent_by(part) for part in (content["total"], *parts)]
    columns = (
        Column("部门", width=24), Column("用时合计(工作日)", Kind.COUNT, 10), Column("办结件数", Kind.COUNT, 9), Column("平均用时", Kind.NUMBER, 9),
        Column("P90", Kind.COUNT, 7),
        *(column for name in SEGMENTS.values() for column in (Column(f"{name}件数", Kind.COUNT, 9), Column(f"{name}平均(工作日)", Kind.NUMBER, 10))),
    )
    return Table("平均用时", columns, rows, note=f"按责任分段：研判、签收、办理、审核。{others}")


def _has_spent(part: Row) -> bool:
    spent: dict[str, Any] = part["time_spent"]
    return bool(spent["denominator"] or any(held["denominator"] for held in spent["segments"].values()))


def _spent_by(part: Row) -> list[Cell]:
    spent: dict[str, Any] = part["time_spent"]
    parts = [spent["segments"][name] for name in SEGMENTS]
    return [
        part["name"], spent["numerator"], spent["denominator"], number(spent["value"]), number(spent["percentile"]),
        *(cell for held in parts for cell in (held["denominator"], number(held["value"]))),
    ]


def _bulletins(content: Row) -> Table:
    rows = [
        [held["name"], "、".join(held["reasons"]), *(held["counts"][name] for name in ("red", "false_feedback", "accountability", "repeated")),
         "、".join(held["cases"])]
        for held in content["bulletins"]
    ]
    return Table("通报候选", (
        Column("部门", width=20), Column("达到的条件", width=30), Column("红牌", Kind.COUNT, 7), Column("虚假办结", Kind.COUNT, 9),
        Column("问责建议", Kind.COUNT, 9), Column("反复反映", Kind.COUNT, 9), Column("工单", width=40),
    ), rows, note="系统只列候选，是否通报由人工决定（方案七(三)）。")


def _interviews(content: Row) -> Table:
    months = [month["month"] for month in content["interviews"][0]["satisfied"]] if content["interviews"] else []
    rows = [
        [held["name"], "、".join(held["reasons"]), *figures(held["repeated"]), *(cell for month in held["satisfied"] for cell in figures(month))]
        for held in content["interviews"]
    ]
    columns = (
        Column("部门", width=20), Column("达到的条件", width=34), *rate_columns("反复反映率"),
        *(column for month in months for column in rate_columns(f"{month}满意率")),
    )
    return Table("约谈候选", columns, rows, note="系统只列候选，是否约谈由政务服务办领导决定（方案七(四)）。")


def _measures(content: Row) -> Table:
    rows = [
        [held["case_no"], held["name"], KINDS[held["kind"]], moment(held["proposed_at"]), "、".join(held["reasons"]), held["supervisions"],
         held["overdue"], moment(held["approved_at"]), moment(held["rectify_due_at"])]
        for held in content["measures"]
    ]
    return Table("个案约谈与问责建议", (
        Column("工单编号", Kind.WORD, 18), Column("部门", width=18), Column("事项", Kind.WORD, 10), Column("提出时间", Kind.MOMENT, 17),
        Column("达到的条件", width=30), Column("督办次数", Kind.COUNT, 9), Column("是否超期", Kind.WORD, 9), Column("决定时间", Kind.MOMENT, 17),
        Column("整改期限", Kind.MOMENT, 17),
    ), rows)


def _highlights(content: Row, names: Names) -> Table:
    rows = [
        [held["case_no"], names.site(held["site"]), held["item"], word(held["grade"]), "、".join(held["names"]), held["working_days"],
         "、".join(held["why"]), held["opinion"], "\n".join(held["lessons"])]
        for held in content["highlights"]
    ]
    return Table("亮点案例候选", (
        Column("工单编号", Kind.WORD, 18), Column("反映点位", width=18), Column("事项", width=18), Column("分级", Kind.WORD, 7),
        Column("承办单位", width=18), Column("用时", Kind.COUNT, 6), Column("推荐理由", width=16), Column("处理意见摘要", width=34),
        Column("举一反三", width=30),
    ), rows, note="已解决、非常满意、按时、无督办无重办，且属疑难、跨部门或有举一反三的件；宣传前须人工去标识（方案七(三)）。")

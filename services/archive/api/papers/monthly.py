"""月台账 as tables: the ledger in the columns of domain §7, its tail, the 更正页, who filed, the 一网通办 section (方案 七(二))."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from services.archive.api.papers.operations import operation_tables
from services.archive.api.papers.words import Names, Row, as_of, figures, moment, rate_columns, stars, word
from services.archive.domain.reports.columns import COLUMNS, LABELS
from services.archive.domain.reports.monthly import UNSAID
from services.archive.domain.reports.periods import month_named
from shared.contracts.terms import Category, Result
from shared.district.model import District
from shared.papers.tables import Cell, Column, Kind, Report, Table

OFFICE = "普陀区政务服务办公室"
MOMENTS = frozenset(name for name, _ in COLUMNS if name.endswith("_at") or name == "extended_to")
COUNTS = frozenset({"no", "working_days", "urge_count", "supervision_count"})
WIDTHS = {
    "no": 5, "case_no": 17, "site": 12, "channel": 8, "person": 8, "party_kind": 6, "phone": 13, "item": 14, "item_code": 10, "cause": 8,
    "matter": 26, "grade": 5, "category": 5, "same_day": 5, "lead": 11, "assist": 11, "extended": 5, "extended_by": 8, "working_days": 6,
    "overdue": 5, "urge_count": 5, "supervision_count": 5, "light": 5, "result": 8, "opinion": 26, "followed_up_by": 8, "resolved": 6, "stars": 8,
    "discontent": 12, "redone": 5, "repeated": 5, "in_library": 5, "upload": 7, "remark": 10,
}
KEYS = 2
GROUPS = (("受理情况", 11), ("研判与派单", 12), ("办理与督办", 9), ("答复、回访与归档", 10))
LONG = frozenset({"site", "item", "item_code", "matter", "opinion", "discontent", "remark", "assist", "lead", "cause"})


def monthly_report(content: Row, district: District) -> Report:
    """The whole report, of a site or the district."""
    names, month, edition = Names(district), month_named(content["month"]), content.get("restatement")
    again = f"（重述{edition['nth']}）" if edition else ""
    what = "“办不成事”反映窗口月台账"
    title = f"{names.site(content['site'])}{what}{again}" if content["site"] else f"{content['name']}{what}{again}"
    return Report(
        title, names.site(content["site"]) if content["site"] else OFFICE, f"{month.first.year}年{month.first.month}月", as_of(content, month),
        content["digest"], _facts(content), tuple(_tables(content, names)),
    )


def _facts(content: Row) -> tuple[tuple[str, str], ...]:
    tail, sites = content["tail"], content["sites"]
    filed = [site for site in sites if site["filed_at"]]
    said = [
        ("受理件数", f"{tail['cases']}件"), ("零报告标记", "是，本月无受理事项" if tail["nil"] else "否"),
        ("上报情况", f"应报{len(sites)}个点位，已报{len(filed)}个，其中零报告{sum(bool(site['nil']) for site in filed)}个、"
                     f"迟报{sum(bool(site['late']) for site in filed)}个"),
        ("更正", f"{len(content['corrections'])}项，见更正页"),
        ("适用规则", f"方案数据 {content['policy_version']}，日历 {content['calendar_version']}"),
    ]
    return (*said, *restated(content))


def restated(content: Row) -> tuple[tuple[str, str], ...]:
    """What a 重述 says of itself: its number, what it stands for, the columns that changed."""
    edition = content.get("restatement")
    if not edition:
        return ()
    columns = "、".join(f"{label}{count}处" for label, count in edition["columns"].items())
    return (("重述", f"第{edition['nth']}次，代替校验值为 {edition['of']} 的一版；改动：{columns}"),)


def _tables(content: Row, names: Names) -> list[Table]:
    tables = [ledger_table(content["lines"], names), *_tail(content, names), *_roots(content, names), _corrections(content["corrections"], names)]
    if len(content["sites"]) > 1:
        tables.append(_standings(content["sites"], names))
    tables += operation_tables(content["operations"], names) if "operations" in content else []
    return tables + restatement_tables(content, names)


def ledger_table(lines: Sequence[Row], names: Names) -> Table:
    """The ledger, every column of domain §7 in its order."""
    columns = tuple(Column(label, _kind(name), WIDTHS.get(name, 16)) for name, label in COLUMNS)
    rows = [[cell_of(name, line.get(name), names) for name, _ in COLUMNS] for line in lines]
    return Table("月台账", columns, rows, keys=KEYS, groups=GROUPS, large=True)


def _kind(name: str) -> Kind:
    if name in MOMENTS:
        return Kind.MOMENT
    if name in COUNTS:
        return Kind.COUNT
    return Kind.TEXT if name in LONG else Kind.WORD


def cell_of(name: str, value: Any, names: Names) -> Cell:
    """One value of the ledger as it is read; what is no identifier is not taken for one."""
    if name in MOMENTS:
        return moment(value)
    if isinstance(value, bool) or name in COUNTS:
        return value  # type: ignore[no-any-return]  # a count or a yes, as the report's own type says
    readers: dict[str, Callable[[Any], str]] = {
        "site": names.site, "lead": names.unit, "assist": names.unit, "extended_by": names.person, "cause": names.cause,
        "stars": stars,
    }
    if name in readers:
        return readers[name](value) if value is not None else ""
    return word(value) if name in IDENTIFIERS else value or ""


IDENTIFIERS = frozenset({"channel", "category", "grade", "light", "result", "followed_up_by", "upload", "party_kind"})


def _tail(content: Row, names: Names) -> list[Table]:
    tail = content["tail"]
    ranking = [
        [row["rank"] or "—", row["name"], row["cases"], *figures(row["on_time"]), row["overdue"], row["supervisions"]] for row in tail["departments"]
    ]
    causes = [[place, cause["name"], cause["cases"]] for place, cause in enumerate(tail["causes"], start=1)]
    lessons = [[held["case_no"], names.site(held["site"]), names.unit(held["unit"]), held["lesson"]] for held in tail["lessons"]]
    return [
        _crossed(tail["by_category_and_result"]),
        Table("部门排名", (
            Column("名次", Kind.COUNT, 7), Column("主办单位", width=24), Column("件数", Kind.COUNT, 8), *rate_columns("按时办结率"),
            Column("超期件数", Kind.COUNT, 9), Column("督办次数", Kind.COUNT, 9),
        ), ranking, note="按按时办结率排名；分母不足起报数的比率显示“—”，不排名。", keys=2),
        Table("原因排名", (Column("名次", Kind.COUNT, 7), Column("原因分类", width=24), Column("件数", Kind.COUNT, 9)), causes, keys=2),
        Table("举一反三清单", (
            Column("工单编号", Kind.WORD, 18), Column("反映点位", width=22), Column("单位", width=20), Column("举一反三", width=60),
        ), lessons),
    ]


def _roots(content: Row, names: Names) -> list[Table]:
    """举一反三, the district's: each cause named in the month with its one owner and date, as it was named; none on a site's own page."""
    if content["site"]:
        return []
    rows = [
        [root["number"], root["title"], names.cause(root["cause"]), names.unit(root["unit"]), names.person(root["person"]),
         date.fromisoformat(root["due_on"]), root["plan"]]
        for root in content["root_causes"]
    ]
    return [Table("举一反三根因", (
        Column("根因编号", Kind.WORD, 18), Column("根因", width=28), Column("原因分类", width=14), Column("责任单位", width=18),
        Column("责任人", Kind.WORD, 10), Column("完成期限", Kind.DAY, 12), Column("改进计划", width=48),
    ), rows, note="本月提出的根因，按提出时的责任人和期限；涉及投诉的不列。", keys=2)]


def _crossed(table: Row) -> Table:
    results = [*(result.value for result in Result), UNSAID]
    kinds = [*(category.value for category in Category), UNSAID]
    counts = [[int(table.get(kind, {}).get(result, 0)) for result in results] for kind in kinds]
    counts.append([sum(column) for column in zip(*counts, strict=True)])
    rows: list[list[Cell]] = [[name, *row, sum(row)] for name, row in zip([*(_named(kind, "未分类") for kind in kinds), "合计"], counts, strict=True)]
    return Table("分类与结果", (
        Column("类别", Kind.WORD, 10), *(Column(_named(result, "未有结果"), Kind.COUNT, 10) for result in results), Column("合计", Kind.COUNT, 9),
    ), rows)


def _named(value: str, otherwise: str) -> str:
    return otherwise if value == UNSAID else word(value)


def _corrections(changes: Sequence[Row], names: Names) -> Table:
    rows = [
        [change["month"], change["case_no"], change["label"], said_of(change, "before", names), said_of(change, "after", names)] for change in changes
    ]
    return Table("更正页", (
        Column("所更正月份", Kind.WORD, 12), Column("工单编号", Kind.WORD, 18), Column("栏目", width=16), Column("原报", width=36),
        Column("更正为", width=36),
    ), rows, note="各月上报冻结后的变化，每项只列一次。", keys=2)


def said_of(change: Row, side: str, names: Names) -> str:
    """What stood in a column before or stands there now, in words."""
    name, value = change["column"], change[side]
    held = cell_of(name, value, names) if name in LABELS else value
    if isinstance(held, bool):
        return "是" if held else "否"
    if name in MOMENTS and held is not None:
        return f"{held:%Y-%m-%d %H:%M}"
    return "（空）" if held in (None, "") else str(held)


def _standings(sites: Sequence[Row], names: Names) -> Table:
    rows: list[list[Cell]] = [
        [site["site"], site["name"], _standing(site), moment(site["filed_at"]), names.person(site["by"]), site["cases"], site["digest"] or ""]
        for site in sites
    ]
    return Table("各点位上报", (
        Column("点位码", Kind.WORD, 8), Column("反映点位", width=26), Column("上报", Kind.WORD, 12), Column("上报时间", Kind.MOMENT, 17),
        Column("上报人", Kind.WORD, 10), Column("件数", Kind.COUNT, 7), Column("校验值", width=44),
    ), rows, keys=2)


def _standing(site: Row) -> str:
    if not site["filed_at"]:
        return "未报"
    return f"{'零报告' if site['nil'] else '已报'}{'（迟报）' if site['late'] else ''}"


def restatement_tables(content: Row, names: Names) -> list[Table]:
    """重述's own page: every cell that is otherwise than in the edition before."""
    edition = content.get("restatement")
    if not edition:
        return []
    rows = [[change["where"], change["label"], said_of(change, "before", names), said_of(change, "after", names)] for change in edition["changes"]]
    note = f"与校验值为 {edition['of']} 的一版相比。"
    columns = (Column("位置", width=22), Column("栏目", width=24), Column("原为", width=36), Column("现为", width=36))
    return [Table("重述说明", columns, rows, note=note)]

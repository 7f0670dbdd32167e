"""「一网通办」运营报告's section as tables: online channels, 堵点, how the units worked together (方案 二、六(六))."""

from __future__ import annotations

from services.archive.api.papers.words import Names, Row, figures, rate_columns, word
from shared.contracts.terms import Result
from shared.papers.tables import Cell, Column, Kind, Table

BEGINS = "一网通办·"
CHANNEL_RATES, UNIT_RATES = ("same_day", "on_time", "resolved", "satisfied"), ("signed", "contacted", "answered", "returned")


def operation_tables(content: Row, names: Names) -> list[Table]:
    """The section's tables."""
    return [_channels(content), *_chokepoints(content["chokepoints"]), _units(content, names)]


def _channels(content: Row) -> Table:
    results = [result.value for result in Result]
    rows: list[list[Cell]] = [
        [
            word(held["channel"]), held["received"], held["replied"], held["open"], held["overdue"],
            *(held["results"][result] for result in results), *(cell for name in CHANNEL_RATES for cell in figures(held["rates"][name])),
        ]
        for held in content["channels"]
    ]
    columns = (
        Column("渠道", Kind.WORD, 14), Column("受理", Kind.COUNT, 7), Column("已答复", Kind.COUNT, 8), Column("在办", Kind.COUNT, 7),
        Column("超期", Kind.COUNT, 7), *(Column(word(result), Kind.COUNT, 9) for result in results),
        *(column for name in CHANNEL_RATES for column in rate_columns(content["names"][name])),
    )
    note = "按受理时间计入本月；门户中途退出只计要求答复、已成工单的件，全部退出见堵点表。"
    return Table(f"{BEGINS}线上渠道", columns, rows, note=note)


def _chokepoints(points: Row) -> list[Table]:
    note = f"本月门户中途退出{points['exits']}次，其中{points['as_cases']}次要求答复并已成工单；列最多的30项。"
    steps: list[list[Cell]] = [[place, row["step"], row["reason"], row["exits"]] for place, row in enumerate(points["by_step_and_reason"], start=1)]
    items: list[list[Cell]] = [[place, row["item"], row["exits"]] for place, row in enumerate(points["by_item"], start=1)]
    first, last = Column("序号", Kind.COUNT, 6), Column("退出次数", Kind.COUNT, 10)
    return [
        Table(f"{BEGINS}堵点（环节、原因）", (first, Column("退出环节", width=28), Column("退出原因", width=44), last), steps, note=note),
        Table(f"{BEGINS}堵点（事项）", (first, Column("事项", width=44), last), items),
    ]


def _units(content: Row, names: Names) -> Table:
    rows: list[list[Cell]] = [
        [names.unit(held["unit"]), held["orders"], *(cell for name in UNIT_RATES for cell in figures(held["rates"][name])),
         held["overdue"], held["urged"], held["supervisions"]]
        for held in content["departments"]
    ]
    columns = (
        Column("承办单位", width=20), Column("派单", Kind.COUNT, 7),
        *(column for name in UNIT_RATES for column in rate_columns(content["names"][name])),
        Column("逾期单", Kind.COUNT, 8), Column("催办", Kind.COUNT, 7), Column("督办", Kind.COUNT, 7),
    )
    return Table(f"{BEGINS}部门协同", columns, rows, note="按转办时间计入本月，含全部渠道（方案六(六)）。")

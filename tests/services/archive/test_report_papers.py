"""方案 七(二); domain §7: the reports as workbook and paper: every column in its order, Chinese words, both counts of every rate."""

from __future__ import annotations

from datetime import date
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from pypdf import PdfReader

from services.archive.api.papers import assessment_report, printed_now
from services.archive.api.papers.monthly import GROUPS, KEYS, ledger_table, monthly_report
from services.archive.api.papers.words import Names
from services.archive.api.report_pages import chart_of, without_bar
from services.archive.api.reports import Found
from services.archive.domain.patterns.root import Plan, Root
from services.archive.domain.reports.assessment import NAMES, assessment
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.columns import COLUMNS
from services.archive.domain.reports.exits import Exit, exit_in
from services.archive.domain.reports.operations import operations
from services.archive.domain.reports.periods import month_named, pair_named
from shared.contracts.event import stamp
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import ChokepointRecorded, PortalExit
from shared.contracts.terms import Channel
from shared.testing.driver import DISTRICT, at
from shared.testing.events import a_case_registered
from tests.services.archive.recount import moment
from tests.services.archive.years import Life, some_year

OCTOBER, PAIR = month_named("2026-10"), pair_named("2026-09")
ONLINE = ("YWTB", "SUISHENBAN", "PORTAL_EXIT")


@cache
def lives() -> tuple[Life, ...]:
    """A hundred and twenty cases from September on."""
    return tuple(some_year(4, 120, "2026-09-20 09:00"))


def exits() -> list[Exit]:
    """Five people who left the portal in October, one in November; two of one step and reason, one with a telephone number in it."""
    said = [("上传材料", "一直转圈"), ("上传材料", "一直转圈"), ("授权", "征信未授权"), ("", ""), ("填写", "打13800000001没人接")]
    said.append(("上传材料", "超时"))
    found = []
    for place, (step, reason) in enumerate(said, start=1):
        when = at("2026-11-01 00:00" if place == len(said) else f"2026-10-{place:02d} 10:00")
        event = ChokepointRecorded(
            case_no=CaseNo(f"DD26100190000{place:02d}"), occurred_at=when, channel=Channel.PORTAL_EXIT, site="900", source_id=str(place),
            item="食品经营许可", portal_exit=PortalExit(exit_step=step, exit_reason=reason),
        )
        left = exit_in(stamp(event, seq=1, recorded_at=when, after={}, cause=None, policy_version="test@1"))
        assert left is not None
        found.append(left)
    return found


def a_root() -> Root:
    """A cause named in October; its plan was changed since."""
    first = Plan(unit="yibao", person="yibao-dh", plan="每时对账一次。", due_on=date(2026, 12, 31))
    later = {"unit": "yibao", "person": "yibao-dl", "plan": "改为每天对账。", "due_on": date(2027, 1, 31)}
    return Root(
        number=CaseNo("GY2610090000001"), title="备案接口不对账", cause=min(DISTRICT.policy.causes), text="两边名单不同。", first=first,
        named_at=at("2026-10-09 10:00"), **later,
    )


@cache
def monthly() -> dict[str, Any]:
    """October's report of the district."""
    return Books([life.facts() for life in lives()], (), DISTRICT, [a_root()], exits()).report(OCTOBER)


@cache
def book_of_month() -> Workbook:
    """Its workbook as another program reads it."""
    return openpyxl.load_workbook(BytesIO(printed_now(monthly(), "xlsx", DISTRICT)))


@cache
def pack() -> dict[str, Any]:
    """September's and October's assessment."""
    return assessment([life.facts() for life in lives()], PAIR, DISTRICT)


def book(content: dict[str, Any]) -> Workbook:
    """The report's workbook as another program reads it."""
    return openpyxl.load_workbook(BytesIO(printed_now(content, "xlsx", DISTRICT)))


def text(content: dict[str, Any]) -> str:
    """What stands on the paper, without its breaks."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(printed_now(content, "pdf", DISTRICT))).pages).replace("\n", "")


def test_the_ledger_sheet_has_the_schemes_columns_and_chinese_words() -> None:
    """domain §7 月台账列 in order; typed moments; no identifier is left on it."""
    sheet = book_of_month()["月台账"]
    heads = [cell.value for cell in sheet[3]]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    first, labels = monthly()["lines"][0], dict(zip((name for name, _ in COLUMNS), range(len(COLUMNS)), strict=True))

    assert heads == [label for _, label in COLUMNS]
    assert len(rows) == len(monthly()["lines"]) > 30
    assert rows[0][labels["received_at"]].isoformat() == first["received_at"][:19]
    assert sheet.cell(4, labels["due_at"] + 1).number_format == "yyyy-mm-dd hh:mm"
    words = {str(cell) for row in rows for cell in row if cell is not None}
    assert {"办事", "大厅窗口", "已解决", "是", "否", "未上传", "电话回访", "医保局"} <= words
    assert not {word for word in words if word.isascii() and word.isupper() and len(word) > 2 and not word[-1].isdigit()}


def test_the_paper_splits_the_ledger_into_all_of_its_columns() -> None:
    """Every column stands in one group, beside 序号 and 工单编号."""
    table = ledger_table(monthly()["lines"], Names(DISTRICT))
    parts = table.parts()
    assert sum(count for _, count in GROUPS) + KEYS == len(COLUMNS)
    assert [column.label for part in parts for column in part.columns[KEYS:]] == [label for _, label in COLUMNS[KEYS:]]
    assert all([column.label for column in part.columns[:KEYS]] == ["序号", "工单编号"] for part in parts)


def test_tail_corrections_filings_and_the_online_section_are_sheets() -> None:
    """domain §7 尾部, 更正页, 零报告标记 on the first sheet, 一网通办."""
    assert book_of_month().sheetnames == [
        "说明", "月台账", "分类与结果", "部门排名", "原因排名", "举一反三清单", "举一反三根因", "更正页", "各点位上报", "一网通办·线上渠道",
        "一网通办·堵点（环节、原因）", "一网通办·堵点（事项）", "一网通办·部门协同",
    ]
    crossed = list(book_of_month()["分类与结果"].iter_rows(min_row=4, values_only=True))
    assert crossed[-1][0] == "合计" and crossed[-1][-1] == monthly()["tail"]["cases"]
    assert "零报告标记" in [row[0] for row in book_of_month()["说明"].iter_rows(values_only=True)]


def test_the_districts_month_lists_root_causes_with_owner_and_date_as_they_were_named() -> None:
    """方案 七(二), 举一反三: words for unit, person and cause, the day as a day; on paper too; a site's own page has no such table."""
    heads, row = book_of_month()["举一反三根因"].iter_rows(min_row=3, max_row=4, values_only=True)
    few = {**monthly(), "lines": [], "site": None}
    site = {**few, "site": "001", "root_causes": []}

    assert heads == ("根因编号", "根因", "原因分类", "责任单位", "责任人", "完成期限", "改进计划")
    names, root = Names(DISTRICT), a_root()
    assert row[:5] == (root.number, root.title, names.cause(root.cause), names.unit("yibao"), names.person("yibao-dh"))
    assert (row[5].date(), row[6]) == (date(2026, 12, 31), "每时对账一次。")
    assert "举一反三根因" in text(few) and "备案接口不对账" in text(few) and "2026-12-31" in text(few)
    assert [table.name for table in monthly_report(site, DISTRICT).tables if "根因" in table.name] == []


def test_the_assessment_gives_every_rate_with_its_formula_and_both_counts() -> None:
    """domain §7 一律给分子分母; 甄别前后并列; n<5 「—」; the units' candidates with their figures."""
    sheets = book(pack())
    rows = {row[0]: row for row in sheets["全区指标"].iter_rows(min_row=4, values_only=True)}
    assert list(rows) == list(NAMES.values())
    for name, rate in pack()["total"]["rates"].items():
        _, formula, numerator, denominator, share = rows[NAMES[name]]
        assert "÷" in formula or formula.startswith("同上")
        assert (numerator, denominator) == (rate["numerator"], rate["denominator"])
        assert share == "—" if rate["value"] == "—" else f"{share:.1%}" == rate["value"]
    units = sheets["部门指标"]
    assert units.max_column == 1 + 3 * (len(NAMES) - 1)
    assert {"部门综合分", "平均用时", "通报候选", "约谈候选", "个案约谈与问责建议", "亮点案例候选"} <= set(sheets.sheetnames)


def test_only_departments_with_something_to_show_are_drawn_and_listed_and_the_others_counted() -> None:
    """domain §7: a chart of empty rows says nothing; how many there are is said beside it, in the paper too."""
    last = pack()["departments"][-1]
    nothing = {name: {"numerator": 0, "denominator": 0, "value": "—"} for name in last["rates"]}
    segments = last["time_spent"]["segments"]
    spent = {**last["time_spent"], "denominator": 0, "segments": {key: {"denominator": 0, "value": "—"} for key in segments}}
    asked = {**last, "name": "残联", "rank": None, "rates": nothing, "time_spent": spent}
    content = {**pack(), "departments": [*pack()["departments"], asked]}
    named = {table.name: table for table in assessment_report(content, DISTRICT).tables}
    names = [part["name"] for part in pack()["departments"]]

    assert list(chart_of(Found("bimonthly", PAIR.text, content, None)).places) == names
    assert without_bar(Found("bimonthly", PAIR.text, content, None)) == "另有 1 个部门期内没有应办结的件，图中不列。"
    assert [row[0] for row in named["平均用时"].rows[1:]] == [row[0] for row in named["部门指标"].rows] == names
    assert "另有1个部门" in named["平均用时"].note and "另有1个部门" in named["部门指标"].note
    assert "残联" in [row[1] for row in named["部门综合分"].rows] and "另有" not in named["部门综合分"].note
    assert without_bar(Found("bimonthly", PAIR.text, pack(), None)) == ""


def test_both_papers_are_official_and_say_what_the_workbooks_say() -> None:
    """Title, unit, period, as-of mark, check value on each page, the date below the unit."""
    few = Books([life.facts() for life in lives()[:40]], (), DISTRICT).report(OCTOBER, "002")
    said = text(few)
    assert "区退役军人服务中心“办不成事”反映窗口月台账" in said and "2026年10月" in said and few["digest"] in said and "2026年10月" in said
    assert few["lines"] and all(line["case_no"] in said for line in few["lines"])
    packed = text(pack())
    assert "普陀区“办不成事”反映窗口双月评估" in packed and "2026年9—10月" in packed
    assert "满意率（甄别前）" in packed and "普陀区政务服务办公室" in packed


def test_candidates_have_the_figures_they_rest_on() -> None:
    """方案 七(三): counted a second way from the events of each unit's cases."""
    entries = [life.facts() for life in lives()]
    for held in pack()["bulletins"]:
        red = [
            card for facts in entries for card in facts.entry.supervisions
            if card.counts and card.level.value == "RED" and PAIR.has(card.issued_at)
            and {order.order_no: order.unit for order in facts.entry.orders}[card.order_no] == held["unit"]
        ]
        assert held["counts"]["red"] == len(red)
        assert bool(red) == any(reason.startswith("红色督办") for reason in held["reasons"])
    bright = {held["case_no"] for held in pack()["highlights"]}
    assert bright
    for facts in entries:
        if facts.entry.case_no in bright:
            entry = facts.entry
            assert (entry.stars, entry.overdue, entry.supervision_count, facts.reopened, facts.withheld) == (5, False, 0, 1, False)


def test_a_withheld_case_is_never_a_bright_one() -> None:
    """The planted defect: the same life as a complaint is left out."""
    number = next(iter(pack()["highlights"]))["case_no"]
    facts = [life.facts() for life in lives()]
    hidden = [held.model_copy(update={"clue": True}) if held.entry.case_no == number else held for held in facts]
    assert number not in {held["case_no"] for held in assessment(hidden, PAIR, DISTRICT)["highlights"]}


def test_the_online_section_equals_a_second_count_from_the_events() -> None:
    """方案 二、六(六): received and answered by channel; orders and answers by unit, from the rows alone."""
    section, rows = monthly()["operations"], [row for life in lives() for row in life.rows()]
    month = {row["case_no"]: row["data"]["channel"] for row in rows
             if row["type"].endswith("CaseRegistered.v1") and OCTOBER.has(moment(row["data"]["received_at"]))}
    for held in section["channels"][:-1]:
        assert held["received"] == sum(channel == held["channel"] for channel in month.values())
    assert section["channels"][-1]["received"] == sum(channel in ONLINE for channel in month.values()) == sum(
        held["received"] for held in section["channels"][:-1])
    issued: dict[str, set[str]] = {}
    for row in rows:
        if row["type"].endswith("OrderIssued.v1") and OCTOBER.has(moment(row["occurred_at"])):
            issued.setdefault(row["data"]["unit"], set()).add(row["data"]["order_no"])
    assert {held["unit"]: held["orders"] for held in section["departments"]} == {unit: len(orders) for unit, orders in issued.items()}


def test_chokepoints_are_counted_by_step_and_reason_and_tell_nobodys_number() -> None:
    """方案 二: a 堵点 counts in the month it happened; what a person wrote is masked."""
    points = monthly()["operations"]["chokepoints"]
    assert (points["exits"], points["as_cases"]) == (5, 0)
    assert points["by_step_and_reason"][0] == {"step": "上传材料", "reason": "一直转圈", "exits": 2}
    assert {"step": "未说明", "reason": "未说明", "exits": 1} in points["by_step_and_reason"]
    assert "13800000001" not in str(points)


def test_an_exit_that_wants_an_answer_is_a_case_and_an_exit() -> None:
    wanted = a_case_registered("2026-10-09 10:00", channel=Channel.PORTAL_EXIT, portal_exit=PortalExit(exit_step="上传材料", exit_reason="超时"))
    left = exit_in(stamp(wanted, seq=1, recorded_at=at("2026-10-09 10:00"), after={}, cause=None, policy_version="test@1"))
    assert left is not None and left.answered_as_case
    assert operations([], [left], OCTOBER, DISTRICT)["chokepoints"]["as_cases"] == 1
    plain = a_case_registered("2026-10-09 10:00")
    assert exit_in(stamp(plain, seq=1, recorded_at=at("2026-10-09 10:00"), after={}, cause=None, policy_version="test@1")) is None

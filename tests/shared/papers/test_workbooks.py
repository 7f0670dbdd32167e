"""A report as a workbook: typed cells, frozen head, filter, print set-up, text that stays text, the same bytes (方案 七(二))."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader

from deploy.local.screens.office import PROGRAM, printed_workbook
from shared.papers.figures import pdf_now
from shared.papers.tables import Column, Kind, Report, Table
from shared.papers.workbooks import workbook

FORMULAS = ("=1+1", "+86138", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\t=1")
NAUGHTY = ("<b>&amp;", "http://a.example/b", "00123", "1e5", "第一行\n第二行", "𠮷😀", "", "x" * 40_000)
COLUMNS = (
    Column("序号", Kind.COUNT, 6), Column("文字", Kind.TEXT, 20), Column("比率分子", Kind.COUNT, 8), Column("比率", Kind.SHARE, 9),
    Column("受理时间", Kind.MOMENT, 17), Column("日期", Kind.DAY, 12), Column("平均", Kind.NUMBER, 9), Column("是否", Kind.WORD, 6),
)


def at(text: str) -> datetime:
    """`2026-11-23 10:00` in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


ROWS = [
    [place, text, 3, Decimal("0.375") if place % 2 else "—", at("2026-11-23 10:05"), date(2026, 11, 23), Decimal("2.50"), place % 2 == 0]
    for place, text in enumerate((*FORMULAS, *NAUGHTY), start=1)
]
TABLE = Table("甲/乙[1]", COLUMNS, ROWS, note="说明", keys=2, groups=(("一", 3), ("二", 3)), large=True)
REPORT = Report(
    "某区月台账", "某办公室 & 某局", "2026年11月", at("2026-12-03 17:30"), "sha256:" + "ab" * 32, (("受理件数", "14件"), ("说明", "=1+1")),
    (TABLE, replace(TABLE, large=False), Table("空表", COLUMNS[:2], [])),
)


@pytest.fixture(scope="module")
def sheet() -> Worksheet:
    """The first table's sheet as another program reads it."""
    return openpyxl.load_workbook(BytesIO(workbook(REPORT))).worksheets[1]


def test_cells_are_what_they_hold_and_nothing_is_a_formula(sheet: Worksheet) -> None:
    """A text that begins with = + - @ stays text and is marked so; a code keeps its noughts (CWE-1236)."""
    for place, row in enumerate(ROWS, start=4):
        cells = [sheet.cell(place, column) for column in range(1, len(COLUMNS) + 1)]
        text = str(row[1])
        assert [cell.data_type for cell in cells[1:2]] == (["s"] if text else ["n"])
        assert (cells[1].value or "") == (text if len(text) <= 32_000 else f"{text[:32_000]}…")
        assert bool(cells[1].quotePrefix) == text.startswith(("=", "+", "-", "@", "\t"))
        assert (cells[0].value, cells[2].value, cells[6].value) == (row[0], 3, 2.5)
        assert cells[3].value == (0.375 if place % 2 == 0 else "—")
        assert (cells[4].value, cells[5].value.date()) == (datetime(2026, 11, 23, 10, 5), date(2026, 11, 23))  # noqa: DTZ001 - as Excel keeps it
        assert cells[7].value == ("是" if row[7] else "否")


def test_number_formats_are_those_of_their_kind(sheet: Worksheet) -> None:
    """Moments to the minute, shares in percent, counts whole, text as text."""
    found = [sheet.cell(5, column).number_format for column in range(1, 9)]
    assert found[:3] == ["0", "@", "0"]
    assert [sheet.cell(4, 4).number_format, *found[4:]] == ["0.0%", "yyyy-mm-dd hh:mm", "yyyy-mm-dd", "0.00", "@"]


def test_the_sheet_is_ready_to_print(sheet: Worksheet) -> None:
    """Head frozen and repeated, filter, area, lying, one page wide, page n of m, as-of mark and check value on each page."""
    last = 3 + len(ROWS)
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("C4", f"A3:H{last}", "$3:$3")
    assert sheet.print_area == f"'甲／乙／1／'!$A$1:$H${last}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (True, 1, 0)
    assert sheet.oddFooter.right.text == "第 &P 页，共 &N 页"
    assert REPORT.digest in sheet.oddFooter.left.text and "数据截至 2026-12-03 17:30" in sheet.oddHeader.right.text
    assert [sheet.column_dimensions[name].width > 5 for name in "ABCDEFGH"] == [True] * 8


def test_sheets_have_names_excel_takes_and_an_empty_table_says_so() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(REPORT)))
    assert book.sheetnames == ["说明", "甲／乙／1／", "甲／乙／1／1", "空表"]
    assert book.worksheets[3]["A4"].value == "（无）"
    assert book.worksheets[2].page_setup.paperSize == 9
    assert book.worksheets[0]["B7"].value == "=1+1" and book.worksheets[0]["B7"].data_type == "s"


def test_the_same_report_has_the_same_bytes_and_another_moment_others() -> None:
    """No clock, no random id, no order of a dictionary gets into the file."""
    later = replace(REPORT, as_of=at("2026-12-03 17:31"))
    assert workbook(REPORT) == workbook(REPORT)
    assert workbook(REPORT) != workbook(later)
    assert pdf_now(REPORT) == pdf_now(REPORT)
    assert pdf_now(REPORT) != pdf_now(later)


def test_on_paper_a_wide_table_stands_in_parts_that_each_name_their_rows() -> None:
    """A4 on its side; every part begins with the keys; 「— 1 —」; nothing is lost."""
    reader = PdfReader(BytesIO(pdf_now(REPORT)))
    said = "\n".join(page.extract_text() for page in reader.pages)
    sheet = reader.pages[0].mediabox

    assert (round(float(sheet.width) / 72 * 25.4), round(float(sheet.height) / 72 * 25.4)) == (297, 210)
    assert "（一）" in said and "（二）" in said and said.count("序号") >= 5
    assert all(f"— {number} —" in said for number in range(1, len(reader.pages) + 1))
    assert "37.5%" in said and "=1+1" in said and "2026年12月3日" in said and "某办公室 & 某局" in said


def test_a_draft_says_so_with_its_as_of_mark_on_every_page_and_is_signed_by_nobody() -> None:
    """方案 七(二): whoever holds one page of it knows; a finished report has not a word of it; without any data no moment is made up."""
    draft = replace(REPORT, draft=True)
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf_now(draft))).pages]
    sheets = openpyxl.load_workbook(BytesIO(workbook(draft))).worksheets
    cover = [[cell.value for cell in row] for row in sheets[0]["A1:B2"]]
    assert len(pages) > 2 and all("未定稿，数据截至 2026-12-03 17:30" in page and "2026年12月3日" not in page for page in pages)
    assert cover[0][0] == "某区月台账（未定稿）" and cover[1] == ["版本", draft.warning]
    assert all("（未定稿）" in sheet["A1"].value and "未定稿　数据截至 2026-12-03 17:30" in sheet.oddHeader.right.text for sheet in sheets)
    assert "未定稿" not in "".join(page.extract_text() for page in PdfReader(BytesIO(pdf_now(REPORT))).pages)
    assert replace(draft, silent=True).as_of_text == "未定稿　尚无数据"


WIDE = Table(
    "宽表", (Column("序号", Kind.COUNT, 6), Column("工单编号", width=18), *(Column(f"栏{place}", width=20) for place in range(1, 31))),
    [[row, f"PT{row:013}", *(f"{row}-{place}" for place in range(1, 31))] for row in range(1, 21)],
    keys=2, groups=(("受理", 12), ("办理", 10), ("结果", 8)), large=True,
)


def test_a_table_too_wide_for_a_page_takes_several_beside_each_other_that_each_begin_with_the_keys() -> None:
    """Thirty columns on one page would be three points high: as many pages wide as it has parts, the keys and the head repeated."""
    sheet = openpyxl.load_workbook(BytesIO(workbook(replace(REPORT, tables=(WIDE,))))).worksheets[1]
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (True, 3, 0)
    assert (sheet.print_title_cols, sheet.print_title_rows) == ("$A:$B", "$3:$3")
    assert "A1:N1" in {str(held) for held in sheet.merged_cells.ranges}


in_libreoffice = pytest.mark.skipif(
    shutil.which(PROGRAM) is None, reason="LibreOffice is not here: apt-get install --no-install-recommends libreoffice-calc"
)


async def _printed(report: Report) -> list[str]:
    """What stands on each page as the real program prints it."""
    paper = await printed_workbook(workbook(report))
    assert paper is not None
    return [page.extract_text() for page in PdfReader(BytesIO(paper)).pages]


@in_libreoffice
@pytest.mark.timeout(120)
async def test_libreoffice_opens_it_and_prints_one_page_wide() -> None:
    """The real program: as many pages as sheets, the page's number and the formats on them."""
    pages = await _printed(replace(REPORT, tables=(replace(TABLE, rows=ROWS[:-1]), *REPORT.tables[2:])))

    assert len(pages) == 3
    assert "第 2 页，共 3 页" in pages[1] and "2026-11-23 10:05" in pages[1] and "37.5%" in pages[1] and "=1+1" in pages[1]


@in_libreoffice
@pytest.mark.timeout(120)
async def test_libreoffice_prints_a_wide_table_in_its_parts() -> None:
    """The real program: each part's pages begin with the keys, each column stands on one part only, each number is on its page."""
    pages = (await _printed(replace(REPORT, tables=(WIDE,))))[1:]

    assert len(pages) == 3
    assert all("工单编号" in said and "PT0000000000020" in said for said in pages)
    heads = [word for said in pages for word in said.split() if word.startswith("栏")]
    assert sorted(heads, key=lambda head: int(head[1:])) == [f"栏{place}" for place in range(1, 31)]

"""The one door to xlsxwriter: a report as a workbook, typed and ready to print, the same bytes for the same report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from shared.papers.tables import NOTHING, Cell, Column, Kind, Report, Table

FONT, SIZE = "宋体", 10
A3, A4 = 8, 9
PAGE_MM = {True: 420 - 18, False: 297 - 18}  # what a page on its side takes beside its margins, A3 and A4
LEGIBLE = 60  # percent: ten points are six then
HEAD = 2  # the row of the column heads: the title and the as-of line stand above
LONGEST = 32_000  # Excel ends a cell at 32,767 characters
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHEET_NAME = 31
BORDER: dict[str, Any] = {"border": 1, "font_name": FONT, "font_size": SIZE, "valign": "vcenter", "text_wrap": True}
AS_WRITTEN = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
LINE, NARROWER = 13, 0.85  # points a line; where 宋体 is missing another is wider, and a row must still be high enough
LOOKS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"align": "left", "num_format": "@"},
    Kind.WORD: {"align": "center", "num_format": "@"},
    Kind.COUNT: {"align": "right", "num_format": "0"},
    Kind.NUMBER: {"align": "right", "num_format": "0.00"},
    Kind.SHARE: {"align": "right", "num_format": "0.0%"},
    Kind.DAY: {"align": "center", "num_format": "yyyy-mm-dd"},
    Kind.MOMENT: {"align": "center", "num_format": "yyyy-mm-dd hh:mm"},
}


def workbook(report: Report) -> bytes:
    """The report as XLSX: a first sheet that says what it is, then a sheet a table."""
    held = BytesIO()
    with xlsxwriter.Workbook(held, AS_WRITTEN) as book:
        made = {"title": report.shown_title, "company": report.office, "comments": report.digest, "created": report.as_of.replace(tzinfo=None)}
        book.set_properties(made)
        book.set_calc_mode("manual")
        looks = _Looks(book)
        _cover(book.add_worksheet("说明"), report, looks)
        for name, table in zip(_names(report.tables), report.tables, strict=True):
            _sheet(book.add_worksheet(name), table, report, looks)
    return held.getvalue()


def _names(tables: tuple[Table, ...]) -> list[str]:
    """Names of sheets: without what Excel refuses in them, each once."""
    names = list[str]()
    for table in tables:
        plain = "".join("／" if letter in "[]:*?/\\" else letter for letter in table.name)[: SHEET_NAME - 3]
        names.append(plain if plain not in names else f"{plain}{len(names)}")
    return names


class _Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self.title = book.add_format({"font_name": FONT, "font_size": 16, "bold": True, "align": "center", "valign": "vcenter"})
        self.under = book.add_format({"font_name": FONT, "font_size": SIZE, "align": "left", "valign": "vcenter"})
        self.head = book.add_format({**BORDER, "bold": True, "align": "center", "bg_color": "#D9D9D9"})
        self.kinds: dict[Kind, Format] = {kind: book.add_format({**BORDER, **look}) for kind, look in LOOKS.items()}
        self.quoted = book.add_format({**BORDER, **LOOKS[Kind.TEXT], "quote_prefix": True})
        self.hidden = book.add_format({**BORDER, "align": "right", "num_format": "@"})


def _cover(sheet: Worksheet, report: Report, looks: _Looks) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 78)
    sheet.merge_range(0, 0, 0, 1, report.shown_title, looks.title)
    sheet.set_row(0, 36)
    lines = [
        *((("版本", report.warning),) if report.draft else ()), ("填报单位", report.office), ("统计期间", report.period),
        ("数据截至", report.upto), ("校验值", report.digest), *report.facts,
    ]
    for row, (label, said) in enumerate(lines, start=1):
        sheet.write_string(row, 0, label, looks.head)
        _text(sheet, row, 1, said, looks)
    _printed(sheet, report, last=(len(lines), 1), paper=A4)


def _sheet(sheet: Worksheet, table: Table, report: Report, looks: _Looks) -> None:
    last_row, last_column = HEAD + max(len(table.rows), 1), len(table.columns) - 1
    parted = table.groups and _scale(table) < LEGIBLE
    across = max(table.keys + table.groups[0][1] - 1 if parted else last_column, 1)  # what stands on one page
    sheet.merge_range(0, 0, 0, across, f"{report.shown_title}　{table.name}", looks.title)
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, across, "　　".join(filter(None, (report.period, report.as_of_text, table.note))), looks.under)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(HEAD, place, column.label, looks.head)
    sheet.set_row(HEAD, 42)
    for nth, row in enumerate(table.rows, start=HEAD + 1):
        sheet.set_row(nth, LINE * _lines(table, row) + 2)
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _cell(sheet, nth, place, column, cell, looks)
    if not table.rows:
        sheet.write_string(HEAD + 1, 0, "（无）", looks.kinds[Kind.WORD])
    sheet.freeze_panes(HEAD + 1, table.keys)
    sheet.autofilter(HEAD, 0, last_row, last_column)
    sheet.repeat_rows(HEAD)
    _printed(sheet, report, last=(last_row, max(last_column, 1)), paper=A3 if table.large else A4)
    if parted:
        _in_parts(sheet, table)


def _in_parts(sheet: Worksheet, table: Table) -> None:
    """A table too wide to be read on one page takes as many beside each other as the paper has parts, each beginning with the keys.

    Which columns a page ends with is the program's to say: it knows its fonts, and Excel takes no notice of breaks where it fits.
    """
    sheet.fit_to_pages(len(table.groups), 0)
    sheet.repeat_columns(0, table.keys - 1)


def _scale(table: Table) -> int:
    """The percentage at which all its columns stand beside each other on a page."""
    return max(10, min(100, int(100 * PAGE_MM[table.large] / _millimetres(table.columns))))


def _millimetres(columns: Sequence[Column]) -> float:
    """How wide these are on paper at full size: seven dots a letter and five beside them, 96 an inch."""
    return sum(7 * column.width + 5 for column in columns) / 96 * 25.4


def _lines(table: Table, row: Sequence[Cell]) -> int:
    """How many lines the longest text of a row takes in its column: not every program makes a row as high as its text."""
    return max((
        sum(max(1, ceil(_letters(part) / (column.width * NARROWER))) for part in cell.split("\n"))
        for column, cell in zip(table.columns, row, strict=True) if isinstance(cell, str)
    ), default=1)


def _letters(text: str) -> int:
    """A text's width in Latin letters: a Chinese one is two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _printed(sheet: Worksheet, report: Report, *, last: tuple[int, int], paper: int) -> None:
    """方案 七(二): on paper one page wide, with page n of m, the as-of mark and the check value on every page."""
    sheet.set_landscape()
    sheet.set_paper(paper)
    sheet.set_margins(left=0.3, right=0.3, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, *last)
    office, as_of = report.office.replace("&", "&&"), report.as_of_text
    sheet.set_header(f"&L&9{office}&R&9{as_of}")
    sheet.set_footer(f"&L&8校验值 {report.digest}&R&9第 &P 页，共 &N 页")


def _cell(sheet: Worksheet, row: int, place: int, column: Column, cell: Cell, looks: _Looks) -> None:
    """One cell as what it is: a moment, a number, or text that stays text."""
    look = looks.kinds[column.kind]
    if isinstance(cell, bool):
        sheet.write_string(row, place, "是" if cell else "否", look)
    elif isinstance(cell, datetime | date):
        sheet.write_datetime(row, place, _naive(cell), look)
    elif isinstance(cell, int | Decimal):
        sheet.write_number(row, place, float(cell) if isinstance(cell, Decimal) else cell, look)
    elif column.kind in (Kind.TEXT, Kind.WORD):
        _text(sheet, row, place, cell or "", looks, look)
    else:
        sheet.write_string(row, place, cell if cell is not None else "", looks.hidden if cell == NOTHING else look)


def _naive(moment: date) -> datetime:
    """Excel knows no zones: the moment is Shanghai's already."""
    return moment.replace(tzinfo=None) if isinstance(moment, datetime) else datetime.combine(moment, time())


def _text(sheet: Worksheet, row: int, place: int, said: str, looks: _Looks, look: Format | None = None) -> None:
    """Text that a spreadsheet would take for a formula is marked as text (CWE-1236)."""
    text = said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
    plain = look or looks.kinds[Kind.TEXT]
    if text:
        sheet.write_string(row, place, text, looks.quoted if text.startswith(FORMULA) else plain)
    else:
        sheet.write_blank(row, place, None, plain)

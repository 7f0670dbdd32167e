"""A report on paper, in the spirit of GB/T 9704: title, period, tables on A4 lying on its side, the date, 「— 1 —」 on every page."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import orjson

from shared.papers.annexes import day
from shared.papers.tables import Cell, Column, Kind, Report, Table
from shared.papers.typesetting import set_now

TEMPLATE = "report.typ"
UNBROKEN, BREAK, ROOM = re.compile("[!-~]{8,}"), "\u200b", 0.9
HALF = re.compile("(?<=.)(分子|分母|[(（][^)）]*[)）])")  # a head breaks here first
LONGEST = 1_200
LEAST = 6  # three letters of a head beside each other
SPARED = {Kind.MOMENT: 5}  # on two lines it needs no more
LEFT, CENTER, RIGHT = "left", "center", "right"
SIDES = {Kind.TEXT: LEFT, Kind.WORD: CENTER, Kind.DAY: CENTER, Kind.MOMENT: CENTER, Kind.COUNT: RIGHT, Kind.NUMBER: RIGHT, Kind.SHARE: RIGHT}


def fields_of(report: Report) -> dict[str, str]:
    """The texts of the template; tables and facts as JSON in one field each."""
    facts = [[label, said] for label, said in report.facts]
    parts = [_shown(part) for table in report.tables for part in table.parts()]
    return {
        "title": report.shown_title, "draft": report.warning,
        "office": report.office, "period": report.period, "as_of": report.as_of_text, "digest": report.digest,
        "dated": day(report.as_of), "facts": orjson.dumps(facts).decode(), "tables": orjson.dumps(parts).decode(),
    }


def _shown(table: Table) -> dict[str, object]:
    return {
        "name": table.name, "note": table.note, "heads": [HALF.sub(r"\n\1", column.label) for column in table.columns],
        "widths": [max(column.width - SPARED.get(column.kind, 0), LEAST) for column in table.columns],
        "sides": [SIDES[column.kind] for column in table.columns],
        "rows": [[_said(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows],
    }


def _said(cell: Cell, column: Column) -> str:
    """One cell as it is read; a moment stands on two lines, its day above its time."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d\n%H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal) and column.kind is Kind.SHARE:
        return f"{cell * 100:.1f}%"
    text = str(cell)
    return _breakable(text if len(text) <= LONGEST else f"{text[:LONGEST]}……（全文见工作簿）", column.width)


def _breakable(text: str, width: int) -> str:
    """What has no place to break (an address, a check value) breaks anywhere instead of leaving its cell."""
    return UNBROKEN.sub(lambda found: BREAK.join(found[0]) if len(found[0]) > width * ROOM else found[0], text)


def pdf_now(report: Report) -> bytes:
    """The paper, set in this thread; it bears the as-of moment, never the moment it was printed."""
    return set_now(TEMPLATE, fields_of(report), dated=report.as_of, long=True)

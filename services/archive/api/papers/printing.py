"""One report in the form that was asked for: XLSX, PDF or JSON, the same bytes for the same content."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Literal, get_args

import orjson

from services.archive.api.papers.assessment import assessment_report
from services.archive.api.papers.monthly import monthly_report
from services.archive.api.papers.words import Row
from shared.district.model import District
from shared.papers.figures import pdf_now
from shared.papers.tables import Report
from shared.papers.workbooks import workbook

Form = Literal["json", "xlsx", "pdf"]
FORMS: tuple[Form, ...] = get_args(Form)


def report_of(content: Row, district: District, *, draft: bool = False) -> Report:
    """The report's tables, whichever it is; a `draft` is what nobody gave out yet."""
    made = monthly_report if content["report"] == "monthly" else assessment_report
    return replace(made(content, district), draft=draft, silent=content["as_of"] is None)


def printed_now(content: Row, form: Form, district: District, *, draft: bool = False) -> bytes:
    """The bytes of one report; JSON is the content alone, whose check value stays that of what it says."""
    if form == "json":
        return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    report = report_of(content, district, draft=draft)
    return workbook(report) if form == "xlsx" else pdf_now(report)


async def printed(content: Row, form: Form, district: District, *, draft: bool = False) -> bytes:
    """As `printed_now`, without holding up anybody else."""
    return await asyncio.to_thread(printed_now, content, form, district, draft=draft)

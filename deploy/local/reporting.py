"""`./bancheng report`: the month's ledger and the two months' assessment, written as files."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

PUTUO = Path(__file__).resolve().parents[1] / "district" / "putuo"
District = Annotated[Path, typer.Option("--district", help="方案数据所在目录")]
Data = Annotated[Path, typer.Option("--data", help="数据目录")]
report = typer.Typer(no_args_is_help=True, help="月台账与双月评估，写成 XLSX、PDF 或 JSON。")
Out = Annotated[Path, typer.Option("--out", help="结果目录")]


class Form(StrEnum):
    """The form of a report."""

    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"


Chosen = Annotated[Form, typer.Option("--format", help="写成什么：xlsx、pdf 或 json")]


@report.command("monthly")
def report_monthly(
    month: Annotated[str, typer.Option(help="月份，如 2026-11")], out: Out,
    site: Annotated[str | None, typer.Option(help="点位码，如 001；不给则为全区")] = None,
    data: Data = Path(".bancheng/data"), district: District = PUTUO, form: Chosen = Form.JSON,
) -> None:
    """月台账：各列、尾部与更正页，已上报的按冻结的写出；运行中或已停止的系统都可以；同样的数据每次写出的字节相同。"""
    from deploy.local.reports import write_monthly

    raise typer.Exit(asyncio.run(write_monthly(month, site, out, data, district, typer.echo, form.value)))


@report.command("bimonthly")
def report_bimonthly(
    period: Annotated[str, typer.Option(help="双月的第一个月，如 2026-11")], out: Out,
    data: Data = Path(".bancheng/data"), district: District = PUTUO, form: Chosen = Form.JSON,
) -> None:
    """双月评估：每个比率的分子与分母、甄别前后、综合分，通报、约谈、亮点候选与校验值；同样的数据每次写出的字节相同。"""
    from deploy.local.reports import write_bimonthly

    raise typer.Exit(asyncio.run(write_bimonthly(period, out, data, district, typer.echo, form.value)))

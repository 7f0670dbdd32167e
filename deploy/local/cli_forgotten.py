"""The command about who was forgotten: `forgotten`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

PUTUO = Path(__file__).resolve().parents[1] / "district" / "putuo"


def forgotten(
    case_no: Annotated[str | None, typer.Argument(metavar="CASE", help="工单编号或评价编号，不给则全部已匿名的")] = None,
    data: Annotated[Path, typer.Option("--data", help="数据目录")] = Path(".bancheng/data"),
    needle: Annotated[list[str] | None, typer.Option("--needle", help="另查的明文（如原来的电话），可重复；不会写入任何地方")] = None,
    backup: Annotated[Path | None, typer.Option("--backup", help="一并查这个备份", exists=True, dir_okay=False, readable=True)] = None,
    register: Annotated[Path | None, typer.Option("--register", help="把匿名登记册写到这个文件，恢复备份时用")] = None,
    district: Annotated[Path, typer.Option("--district", help="方案数据所在目录")] = PUTUO,
) -> None:
    """查已匿名的工单和评价的密封内容、密钥、索引、附件是否还有遗留：各服务的文档、全部主题、可选的备份；有遗留则列出并失败。"""
    from deploy.local.forgotten.searching import Wish, search_data

    raise typer.Exit(asyncio.run(search_data(data, district, Wish(case_no, tuple(needle or ()), backup, register), typer.echo)))

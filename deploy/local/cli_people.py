"""The commands about who gets in and who looked at what: `staff`, `audit-log`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

PUTUO = Path(__file__).resolve().parents[1] / "district" / "putuo"
Data = Annotated[Path, typer.Option("--data", help="数据目录")]
audit_log = typer.Typer(no_args_is_help=True, help="访问记录：谁登录、被拒、看过明文、改过账号。")


@audit_log.callback()
def _group() -> None:
    """访问记录。"""


@audit_log.command("verify")
def verify(
    data: Data = Path(".bancheng/data"),
    log: Annotated[Path | None, typer.Option("--log", help="程序日志（JSON 行），不给则用数据目录里的", exists=True, dir_okay=False)] = None,
    noted: Annotated[str, typer.Option("--noted", help="另处记下的一条，如 120:9f2c…；该条必须仍是这个摘要")] = "",
) -> None:
    """核对访问记录有没有被改、被删、被调换；与程序日志里记下的摘要逐条相比。"""
    from deploy.local.people import verify_looks

    raise typer.Exit(asyncio.run(verify_looks(data, log, noted, typer.echo)))


staff = typer.Typer(no_args_is_help=True, help="工作人员的账号。")


@staff.callback()
def _people() -> None:
    """工作人员的账号。"""


@staff.command("link")
def link(
    staff_id: Annotated[str, typer.Argument(help="工号，如 s001-tr1")], data: Data = Path(".bancheng/data"),
    url: Annotated[str, typer.Option("--url", help="工作人员打开的网址")] = "http://127.0.0.1:8000",
    district: Annotated[Path, typer.Option("--district", help="方案数据所在目录")] = PUTUO,
) -> None:
    """发一个设置密码的链接：首次登录或忘记密码时用，30 分钟内有效，只能用一次；运行中或已停止的系统都可以。"""
    from deploy.local.people import make_link

    raise typer.Exit(asyncio.run(make_link(staff_id, data, district, url, typer.echo)))

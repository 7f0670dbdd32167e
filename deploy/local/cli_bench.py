"""`./bancheng bench`: what is measured, and how to ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

PUTUO = Path(__file__).resolve().parents[1] / "district" / "putuo"
District = Annotated[Path, typer.Option("--district", help="方案数据所在目录")]


def _run(work: Coroutine[Any, Any, int]) -> None:
    raise typer.Exit(asyncio.run(work))


bench = typer.Typer(no_args_is_help=True, help="测量。")


@bench.command("pipeline")
def bench_the_pipeline(events: Annotated[int, typer.Option(help="事件数")] = 5000) -> None:
    """流水线：消费—判定—存储—发布，与同一次运行中的裸循环相比。"""
    from deploy.local.bench import bench_pipeline

    _run(bench_pipeline(events))


@bench.command("deidentify")
def bench_the_deidentification(
    count: Annotated[int, typer.Option(help="每组多少段文字")] = 1000, seed: Annotated[int, typer.Option(help="随机种子")] = 20261130,
) -> None:
    """去标识：在已知个人信息的文字里找回多少、误动多少，漏的逐条打印。"""
    from deploy.local.deidentifying.measuring import bench_deidentify

    raise typer.Exit(bench_deidentify(count, seed))


@bench.command("pages")
def bench_the_pages(
    open_cases: Annotated[int, typer.Option("--open", help="在办多少件")] = 10_000, closed: Annotated[int, typer.Option(help="办结多少件")] = 100_000,
    rounds: Annotated[int, typer.Option(help="每页问几次")] = 20, as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
    data: Annotated[Path | None, typer.Option(help="把填满的库留在这个目录，下次直接再量")] = None,
    pages: Annotated[str, typer.Option(help="只量地址以此开头的页面")] = "/", district: District = PUTUO,
) -> None:
    """每个角色的每个页面：库里有这么多件时，服务器用多少毫秒；最慢的在前。"""
    from deploy.local.pagebench.running import Wanted, bench_pages

    _run(bench_pages(district, Wanted((open_cases, closed), rounds, data, pages, as_json)))


@bench.command("library")
def bench_the_library(
    cases: Annotated[int, typer.Option(help="案例库里多少个案例", min=200, max=500_000)] = 100_000,
    rounds: Annotated[int, typer.Option(help="二百个问题各问几遍", min=1, max=50)] = 5, district: District = PUTUO,
) -> None:
    """案例检索：二百个问题在这么多案例里，对的是否在前三条，一次多少毫秒，索引多大；没找到的逐个列出。"""
    from deploy.local.librarybench.running import bench_library

    _run(bench_library(district, cases=cases, rounds=rounds))

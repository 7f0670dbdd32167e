"""`./bancheng`: every command there is. Each ends with status 0 only when it did what it says."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local.cli_bench import bench
from deploy.local.cli_forgotten import forgotten as search_forgotten
from deploy.local.cli_people import audit_log, staff
from deploy.local.faults import StackError
from deploy.local.ledger.commanding import ledger
from deploy.local.rehearsal.reading import ScenarioFault
from deploy.local.reporting import report
from shared.contracts.topics import SERVICES, all_topics
from shared.district.faults import DistrictFault

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="办不成事反映窗口：一台机器上的全套系统。")
REPO = Path(__file__).resolve().parents[2]
PUTUO = REPO / "deploy" / "district" / "putuo"
SAMPLE = PUTUO / "sample-day.yaml"
District = Annotated[Path, typer.Option("--district", help="方案数据所在目录")]
Data = Annotated[Path, typer.Option("--data", help="数据目录")]


def main() -> None:
    """Runs one command; what went wrong is a sentence on standard error and a status other than 0."""
    try:
        app(standalone_mode=True, prog_name="./bancheng")
    except (StackError, ScenarioFault, DistrictFault) as fault:
        sys.stderr.write(f"{fault}\n")
        raise SystemExit(1) from None


def _run(work: Coroutine[Any, Any, int]) -> None:
    raise typer.Exit(asyncio.run(work))


@app.command()
def up(
    port: Annotated[int, typer.Option(min=0, max=65535, help="网页端口")] = 8000, data: Data = Path(".bancheng/data"),
    fresh: Annotated[bool, typer.Option("--fresh", help="从空数据开始（原数据改名保留）")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="实时播放示例日的三十件事")] = False, district: District = PUTUO,
) -> None:
    """启动全套系统：真实 Kafka、文档库、五个服务、一个端口上的网页；Ctrl-C 全部停止，数据保留。"""
    from deploy.local.running import bring_up

    _run(bring_up(port=port, data=data, fresh=fresh, sample=SAMPLE if sample else None, district=district))


@app.command()
def rehearse(
    file: Annotated[Path, typer.Argument(help="剧本（YAML）；试行规则时也可用 events.jsonl", exists=True, dir_okay=False, readable=True)],
    out: Annotated[Path, typer.Option("--out", help="结果目录")], as_json: Annotated[bool, typer.Option("--json", help="摘要以 JSON 输出")] = False,
    district: District = PUTUO,
    against: Annotated[Path | None, typer.Option("--against", help="另一套方案数据：各演一遍，列出差异", exists=True, file_okay=False)] = None,
) -> None:
    """在真实的 Kafka 和文档库上演练一个剧本，时钟可跳动，几周只需几秒；--against 在生效前试行另一套规则。"""
    from deploy.local.rehearsal.running import rehearse_file
    from deploy.local.rehearsal.trial import try_rules

    if against is not None:
        _run(try_rules(file, out, district, against, as_json=as_json))
    _run(rehearse_file(file, out, district, as_json=as_json))


app.add_typer(report, name="report")
app.add_typer(ledger, name="ledger")
app.add_typer(audit_log, name="audit-log")
app.add_typer(staff, name="staff")
calendar = typer.Typer(no_args_is_help=True, help="工作日历。")
app.add_typer(calendar, name="calendar")


@calendar.command("import")
def calendar_import(
    file: Annotated[Path, typer.Argument(help="一年的日历文件（YAML）", exists=True, dir_okay=False, readable=True)],
    district: District = PUTUO, yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """导入国务院办公厅的放假通知：先检查，列出有变的日子，再写入方案数据；运行中的系统随即改用。"""
    from deploy.local.calendars import import_year

    raise typer.Exit(import_year(file, district, typer.echo, lambda question: yes or typer.confirm(question)))


@app.command()
def serve(
    service: Annotated[str, typer.Argument(help="、".join(SERVICES))],
    port: Annotated[int, typer.Option(min=0, max=65535, help="该服务的网页端口")] = 0,
) -> None:
    """单独运行一个服务（生产环境）；地址和密钥取自环境变量。"""
    from deploy.local.running import serve_one

    if service not in SERVICES:
        raise StackError(f"没有名为“{service}”的服务，可选：{'、'.join(SERVICES)}。")
    _run(serve_one(service, port))


@app.command()
def topics(district: District = PUTUO) -> None:
    """列出全部主题：谁写、谁读、几个分区、保留几天。"""
    from shared.district.loading import load_district

    for topic in all_topics(load_district(district).departments):
        typer.echo(f"{topic.name:32} {topic.owner:18} → {','.join(topic.consumed_by):40} {topic.partitions:3} 分区 {topic.retention_days} 天")


@app.command("check-scheme")
def check_scheme(folder: Annotated[Path, typer.Argument(help="方案数据目录", exists=True, file_okay=False)]) -> None:
    """检查一个区的方案数据：每个问题一行，给出文件、行号和改法。"""
    from shared.district.check import check_district

    problems = check_district(folder)
    for problem in problems:
        typer.echo(f"{problem.file}:{problem.line} {problem.message} {problem.fix}")
    typer.echo("方案数据没有问题。" if not problems else f"共 {len(problems)} 个问题。")
    raise typer.Exit(1 if problems else 0)


@app.command()
def rights(district: District = PUTUO) -> None:
    """谁能做什么：在内存里搭起整个系统，每个操作以每个角色和未登录者各试一次，按权限表打印；与所写的不符则失败。"""
    from deploy.local.rights.printing import print_rights

    _run(print_rights(district, typer.echo))


@app.command()
def audit(
    data: Data = Path(".bancheng/data"), out: Annotated[Path | None, typer.Option("--out", help="保留导出的目录")] = None,
    acks: Annotated[Path | None, typer.Option("--acks", help="已确认的提交（JSON 行）", exists=True, dir_okay=False)] = None,
    poison: Annotated[Path | None, typer.Option("--poison", help="埋下的坏消息（JSON 行）", exists=True, dir_okay=False)] = None,
    wait: Annotated[float, typer.Option("--wait", help="等系统静下来至多多少秒", min=0)] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False, district: District = PUTUO,
) -> None:
    """审计运行中或已停止的系统：导出 Kafka 与文档库，由不用本系统任何代码的检查程序证明没有丢失、没有重复，或指出何处违反。"""
    from deploy.local.audit import Ways, audit_data

    _run(audit_data(Ways(data.resolve(), out, acks, poison, wait, as_json=as_json), district))


@app.command()
def parked(
    data: Data = Path(".bancheng/data"), service: Annotated[str | None, typer.Option("--service", help="、".join(SERVICES))] = None,
) -> None:
    """列出搁置的工单（原因、自何时、几条消息在等）和死信；运行中或已停止的系统都可以。"""
    from deploy.local.replaying import list_parked

    _run(list_parked(data, service, typer.echo))


@app.command()
def replay(
    service: Annotated[str, typer.Argument(help="、".join(SERVICES))],
    case_no: Annotated[str | None, typer.Option("--case", help="只这一件")] = None,
    fault: Annotated[str | None, typer.Option("--fault", help="只原因里有这些字的")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="放回死信，而不是重试搁置的工单")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会做什么")] = False, data: Data = Path(".bancheng/data"),
) -> None:
    """让搁置的工单按序重试，或把死信放回原主题（同一事件号，重复的不会再生效）。"""
    from deploy.local.replaying import Wanted
    from deploy.local.replaying import replay as bring_back

    _run(bring_back(data, Wanted(service, case_no, fault, dead, dry_run), typer.echo))


@app.command()
def soak(
    minutes: Annotated[float, typer.Option(help="最多几分钟")] = 10.0, submissions: Annotated[int, typer.Option(help="最多几件提交")] = 10_000,
    faults: Annotated[str, typer.Option(help="故障，逗号隔开；kills 为随机 kill -9，all 为全部")] = "kills",
    brokers: Annotated[int, typer.Option(help="1 或 3 个 broker")] = 1, seed: Annotated[int, typer.Option(help="随机种子")] = 1,
    data: Annotated[Path | None, typer.Option("--data", help="空的数据目录；不给则为临时目录")] = None, district: District = PUTUO,
) -> None:
    """浸泡测试：四个渠道同时提交，各服务为独立进程，随机故障；静止后审计，写出故障表。"""
    from deploy.local.soak.running import Wish, soak
    from deploy.local.soak.strikes import FAULTS, KILLS

    named = {"kills": KILLS, "all": tuple(name for name, fault in FAULTS.items() if fault.weight)}
    wished = named.get(faults) or tuple(faults.split(","))
    _run(soak(Wish(minutes, submissions, wished, brokers, seed, data), district))


@app.command()
def rebuild(
    service: Annotated[str, typer.Argument(help="sla、notifier、archive")], data: Data = Path(".bancheng/data"),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只重放并比较")] = False, district: District = PUTUO,
) -> None:
    """由主题从头重放，重建一个服务的文档，与已发布的和原有的逐件比较；不再发布，不再发送。该服务须已停止。"""
    from deploy.local.rebuild.running import rebuild_data

    _run(rebuild_data(data, service, district, dry_run=dry_run, say=typer.echo))


@app.command()
def simulate(
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="种子个数")] = 500,
    first: Annotated[int, typer.Option("--first", help="第一个种子")] = 0,
    seed: Annotated[int | None, typer.Option("--seed", help="只重演这一个种子")] = None,
    ablation: Annotated[str | None, typer.Option("--ablation", help="去掉一道保险（名称，或 all），看 200 个种子能否发现")] = None,
    exhaustive: Annotated[bool, typer.Option("--exhaustive", help="几段旅程中每次调用逐一失败")] = False,
    small: Annotated[bool, typer.Option("--small", help="每个种子只有几件事，如测试所用")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False,
) -> None:
    """模拟：真实的五个服务在一个线程里，日志、存储、时钟按种子出错；失败的种子可原样重演。"""
    from deploy.simulation.ablations import BY_NAME
    from deploy.simulation.command import Ways
    from deploy.simulation.command import simulate as played

    if ablation is not None and ablation != "all" and ablation not in BY_NAME:
        raise StackError(f"没有名为“{ablation}”的保险，可选：all、{'、'.join(BY_NAME)}。")
    ways = Ways(seeds, first, seed, ablation, exhaustive=exhaustive, small=small, as_json=as_json)
    raise typer.Exit(played(ways, typer.echo))


@app.command()
def backup(
    out: Annotated[Path, typer.Option("--out", help="备份文件（.tar）")], data: Data = Path(".bancheng/data"), district: District = PUTUO,
) -> None:
    """备份运行中或已停止的系统：各服务的文档、主题里的消息、读到哪里；不含密钥。"""
    from deploy.local.backup.taking import backup_data

    _run(backup_data(data, out, district, typer.echo))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="备份文件", exists=True, dir_okay=False, readable=True)],
    data: Annotated[Path, typer.Option("--data", help="空的数据目录")], district: District = PUTUO,
    forgotten: Annotated[Path | None, typer.Option("--forgotten", help="匿名登记册", exists=True, dir_okay=False, readable=True)] = None,
) -> None:
    """把备份恢复到一个空的数据目录；随后 ./bancheng audit 可证明其完整。"""
    from deploy.local.backup.restoring import restore_data

    _run(restore_data(file, data, district, typer.echo, forgotten))


app.add_typer(bench, name="bench")
app.command("forgotten")(search_forgotten)


@app.command()
def screenshots(
    out: Annotated[Path, typer.Option("--out", help="图片目录")] = REPO / "docs" / "pages",
    scene: Annotated[list[str] | None, typer.Option("--scene", help="light、dense、empty、papers；可重复，不给则全部")] = None,
    district: District = PUTUO,
) -> None:
    """给每个角色的每个页面和每种纸质件拍照（自起一套系统，用 Chromium），写出 docs/pages 和目录。"""
    from deploy.local.screens.command import take_screenshots
    from deploy.local.screens.scenes import SCENES

    if unknown := [name for name in scene or () if name not in SCENES]:
        raise StackError(f"没有名为“{unknown[0]}”的场景，可选：{'、'.join(SCENES)}。")
    _run(take_screenshots(out, scene or list(SCENES), district, typer.echo))


@app.command()
def docs(check: Annotated[bool, typer.Option("--check", help="只检查是否最新")] = False) -> None:
    """重新生成 docs/map.md 等由代码得出的文档。"""
    from deploy.local.mapping import write_map

    raise typer.Exit(0 if write_map(REPO, check=check) else 1)


def _developer(name: str, summary: str, *commands: str) -> None:
    def command() -> None:
        from deploy.local.checks import run_checks

        raise typer.Exit(run_checks(REPO, commands))

    command.__doc__ = summary
    app.command(name)(command)


@app.command()
def year(cases: Annotated[int, typer.Option(help="案件数", min=400)] = 20_000) -> None:
    """一年的案件（默认两万件、三十个点位）：每份报告的每个数字都由 events.jsonl 另算一遍并逐格比对，再植入错误看是否查得出。"""
    from deploy.local.checks import YEAR_CASES, run_checks

    os.environ[YEAR_CASES] = str(cases)
    raise typer.Exit(run_checks(REPO, ["year"]))


_developer("test", "全部检查：格式、静态检查、类型、围墙、文档，以及真实 Kafka 与文档库上的测试。", "lint", "types", "walls", "docs", "tests")
_developer("lint", "静态检查。", "lint")
_developer("fmt", "自动修正静态检查能修正的。", "fmt")
_developer("types", "类型检查。", "types")
_developer("walls", "围墙检查（import-linter）。", "walls")
_developer("unit", "只用内存的快速测试。", "unit")
_developer("real", "真实 Kafka 与文档库上的测试。", "real")
_developer("journeys", "按方案条文命名的全程测试。", "journeys")

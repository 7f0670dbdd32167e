"""`./bancheng up` and `serve`: the system in the foreground until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import uvicorn

from deploy.local.faults import StackError
from deploy.local.keys import Keys, for_data, from_environment
from deploy.local.longlived import out_of_the_rounds
from deploy.local.people import welcome
from deploy.local.platforms import on_one_machine, platforms_given
from deploy.local.rehearsal.acting import Actors
from deploy.local.rehearsal.playing import Player
from deploy.local.rehearsal.scenario import Scenario, load_scenario
from deploy.local.stack import Stack
from deploy.local.stepping import own_clock
from deploy.local.system import Places, Secrets, System
from deploy.local.watching import FolderWatch
from deploy.local.website import prepared_site
from shared.clock import Clock, MovableClock, SystemClock
from shared.district.loading import load_district
from shared.errors import TryAgain
from shared.messaging.admin import answers as broker_answers
from shared.messaging.kafka import SESSION_MS
from shared.observability.logs import configure
from shared.storage.mongo import answers as store_answers

PAUSE_S = 0.35
LISTENING = "0A"
REACHED_WITHIN_S, REACH_AGAIN_S = 30.0, 0.5
SAMPLE_MARK = "sample"


def say(line: str) -> None:
    """One line to the person at the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def bring_up(*, port: int, data: Path, fresh: bool, sample: Path | None, district: Path) -> int:
    """The whole system until Ctrl-C; 0 after an orderly end."""
    begun = monotonic()
    data = data.resolve()
    _check_port(port)
    if fresh:
        _set_aside(data)
    scenario = _sample_of(data, sample)
    rules = load_district(district)
    configure("INFO", stream=_log_file(data))
    stack, stopping = Stack(data), _stop_signal()
    say(f"数据目录：{data}")
    if not await _started(stack, stopping):
        return 0
    try:
        keys = for_data(data)
        clock: Clock = MovableClock(scenario.start) if scenario else SystemClock()
        system = System(Places(stack.kafka, stack.mongo_uri), rules, clock, _secrets(keys, on_one_machine(rules, sample=bool(scenario))))
        watch = FolderWatch(district, system, say)
        await _serve(system, keys, port, stopping, begun, scenario, watch)
    finally:
        say("正在停止……")
        await stack.stop()
        say("已停止；数据保留，再次运行 ./bancheng up 可继续。")
    return 0


def _secrets(keys: Keys, platforms: str) -> Secrets:
    return Secrets(keys.seal_keys, keys.channel_keys, keys.clue_keys, platforms)


async def _started(stack: Stack, stopping: asyncio.Event) -> bool:
    """Starts the broker and the store; False when it was told to stop meanwhile, and then both are gone again."""
    starting, told = asyncio.create_task(stack.start(say)), asyncio.create_task(stopping.wait())
    await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if starting.done():
        await starting
        return True
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    say("启动中被停止，已全部退出。")
    return False


async def _serve(
    system: System, keys: Keys, port: int, stopping: asyncio.Event, begun: float, scenario: Scenario | None, watch: FolderWatch
) -> None:
    site = await prepared_site(system, keys, sample=scenario is not None)
    server = uvicorn.Server(uvicorn.Config(site, host="127.0.0.1", port=port, log_config=None, access_log=False, timeout_graceful_shutdown=5))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # we stop it ourselves
    serving = asyncio.create_task(server.serve())
    beside = [asyncio.create_task(watch.keep_looking())]
    try:
        port = await _listening(server, serving)
        await system.start(ticking=scenario is None)  # a service that waits for its partitions already takes what people bring
        out_of_the_rounds()
        say(f"就绪，用时 {monotonic() - begun:.1f} 秒：http://127.0.0.1:{port}/")
        for line in await welcome(system.scheme.district, site.state.signin, keys, port, sample=scenario is not None):
            say(line)
        if scenario:
            beside.append(asyncio.create_task(_play(system, keys, scenario, site)))
        await _until(stopping, serving, beside)
    finally:
        for task in beside:
            task.cancel()
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        await system.stop()


async def _until(stopping: asyncio.Event, serving: asyncio.Task[None], beside: Sequence[asyncio.Task[None]]) -> None:
    waiting: asyncio.Task[object] = asyncio.create_task(stopping.wait())
    watched: set[asyncio.Task[Any]] = {waiting, serving, *beside}
    while not stopping.is_set():
        done, watched = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if task is serving:
                stopping.set()
            if (fault := task.exception()) is not None:
                waiting.cancel()
                raise fault
    waiting.cancel()


async def _listening(server: uvicorn.Server, serving: asyncio.Task[None]) -> int:
    """The port it listens on: the one wanted, for 0 one that was free."""
    while not server.started:
        if serving.done():
            raise StackError("网页服务没有启动，请查看数据目录下 logs/bancheng.jsonl。")
        await asyncio.sleep(0.02)
    return int(server.servers[0].sockets[0].getsockname()[1])


async def _play(system: System, keys: Keys, scenario: Scenario, site: object) -> None:
    """Plays the sample live; what was done before a stop answers the same again, so it goes on where it stood."""
    transport = httpx.ASGITransport(site)  # type: ignore[arg-type]  # the site is an ASGI app
    clock = system.clock
    if not isinstance(clock, MovableClock):
        raise TypeError("a sample needs a movable clock")
    await system.settle()
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=120) as client:
        actors = Actors(client, system.scheme.district, clock, access_code=keys.access_code, channel_keys=keys.channel_keys, name=scenario.name)

        async def breathe(_gap: timedelta) -> None:
            await asyncio.sleep(float(os.environ.get("BANCHENG_SAMPLE_PAUSE", PAUSE_S)))

        player = Player(system, clock, actors, scenario, breathe)
        played = await player.play()
    for failure in played.failures:
        say(f"✗ {failure}")
    say(f"示例日播放完毕：{len(played.numbers)} 件，演示时钟停在 {clock.now():%Y-%m-%d %H:%M}。页面仍可查看；Ctrl-C 停止。")


def _sample_of(data: Path, sample: Path | None) -> Scenario | None:
    # The mark in the data folder makes a second `up` go on with the sample instead of mixing it with real time.
    mark = data / SAMPLE_MARK
    if sample is None and not mark.exists():
        return None
    if sample is not None and not mark.exists() and (data / "kafka").exists():
        raise StackError(f"数据目录 {data} 里已有真实数据，不能混入示例。请加 --fresh，或用 --data 指定另一个目录。")
    path = sample or Path(mark.read_text(encoding="utf-8"))
    data.mkdir(parents=True, exist_ok=True)
    mark.write_text(str(path), encoding="utf-8")
    return load_scenario(path)


def _set_aside(data: Path) -> None:
    if data.exists():
        number = 1
        while (kept := data.with_name(f"{data.name}.old{number}")).exists():
            number += 1
        data.rename(kept)
        say(f"原数据保留在 {kept}")


def _log_file(data: Path) -> Path:
    folder = data / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "bancheng.jsonl"


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise StackError(f"端口 {port} 已被占用{_holder(port)}。请停止占用它的程序，或用 --port 换一个端口。") from None


def _holder(port: int) -> str:
    wanted = f"{port:04X}"
    try:
        rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return ""
    inodes = {row.split()[9] for row in rows if row.split()[1].endswith(f":{wanted}") and row.split()[3] == LISTENING}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end, or be somebody else's, while we look
            if any(_socket(handle) in inodes for handle in (process / "fd").iterdir()):
                return f"（进程号 {process.name}，{(process / 'comm').read_text(encoding='utf-8').strip()}）"
    return ""


def _socket(handle: Path) -> str:
    try:
        return str(handle.readlink()).removeprefix("socket:[").removesuffix("]")
    except OSError:
        return ""


def _stop_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


async def serve_one(service: str, port: int) -> int:
    """One service as its own process: broker, store and keys from the environment; 0 after an orderly end."""
    return await serve_these((service,), port, from_environment(service))


async def serve_these(services: Sequence[str], port: int, keys: Keys) -> int:
    """These services as one process; raises StackError when the broker or the store is not there at the start."""
    kafka, mongo = os.environ.get("BANCHENG_KAFKA"), os.environ.get("BANCHENG_MONGO_URI")
    if not kafka or not mongo:
        raise StackError("serve 需要环境变量 BANCHENG_KAFKA（如 kafka1:9092）和 BANCHENG_MONGO_URI（如 mongodb://…）。")
    configure("INFO", stream="stdout")
    stopping = _stop_signal()
    folder = Path(os.environ.get("BANCHENG_DISTRICT", str(Path(__file__).parents[1] / "district" / "putuo")))
    system = System(_places_given(kafka, mongo), load_district(folder), own_clock(), _secrets(keys, platforms_given()), only=services)
    try:
        await _reached(kafka, mongo)
        await _serve(system, keys, port or 8000, stopping, monotonic(), None, FolderWatch(folder, system, say))
    except TryAgain as fault:
        raise StackError(f"{'、'.join(services)} 没有启动：{fault}。请确认 Kafka 与文档库可达。") from fault
    return 0


def _places_given(kafka: str, mongo: str) -> Places:
    given = os.environ
    session_ms = int(1000 * float(given.get("BANCHENG_SESSION_S", SESSION_MS / 1000)))
    return Places(kafka, mongo, given.get("BANCHENG_PREFIX", ""), int(given.get("BANCHENG_REPLICATION", "1")), session_ms)


async def _reached(kafka: str, mongo: str) -> None:
    """Waits for a broker and a store that are just being restarted: starting anew meanwhile would only take their processor."""
    until = monotonic() + REACHED_WITHIN_S
    while True:
        try:
            await broker_answers(kafka)
            await store_answers(mongo)
            return
        except TryAgain:
            if monotonic() > until:
                raise
        await asyncio.sleep(REACH_AGAIN_S)

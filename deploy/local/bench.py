"""`./bancheng bench pipeline`: events a second through consume, decide, store, publish, beside the bare loop in the same run."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from time import perf_counter

from deploy.local.keys import Keys, for_data
from deploy.local.stack import Stack
from deploy.local.system import Places, Secrets, System
from shared.clock import MovableClock, SystemClock
from shared.contracts.event import Event, stamp
from shared.contracts.ids import case_number
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Category, Channel
from shared.contracts.topics import TOPIC_OF
from shared.contracts.wire import to_wire
from shared.district.loading import load_district
from shared.messaging.publishing import Outgoing
from shared.messaging.rawloop import raw_loop
from shared.messaging.reading import read_all
from shared.messaging.records import KeptRecord
from shared.observability.logs import configure
from shared.privacy.sealing import Sealer
from shared.storage.raw import RawCollection

PUTUO = Path(__file__).resolve().parents[1] / "district" / "putuo"
SERVICE = "sla"


async def bench_pipeline(events: int) -> int:
    """Prints both rates and their ratio with the machine; 0 when every event came out."""
    with tempfile.TemporaryDirectory(prefix="bancheng-bench-") as folder:
        data = Path(folder)
        configure("WARNING", stream=data / "log.jsonl")
        stack = Stack(data)
        await stack.start(_say)
        try:
            return await _measure(stack, for_data(data), events)
        finally:
            await stack.stop()


async def _measure(stack: Stack, keys: Keys, events: int) -> int:
    clock = MovableClock(SystemClock().now())
    places = Places(stack.kafka, stack.mongo_uri, prefix=f"b{token_hex(3)}-")
    system = System(places, load_district(PUTUO), clock, Secrets(keys.seal_keys), only=(SERVICE,))
    await system.prepare()
    await system.join()
    topic = TOPIC_OF["intake"]
    registered = [_registered(number, clock, Sealer.from_environment(keys.seal_keys)) for number in range(1, events + 1)]
    wires = [to_wire(event) for event in registered]
    await system.publisher.publish([Outgoing(topic, wire.case_no, wire.headers, wire.body) for wire in wires])
    begun = perf_counter()
    await system.start(ticking=False)
    await system.caught_up()
    pipeline = perf_counter() - begun
    said = await read_all(places.kafka, [places.prefix + TOPIC_OF[SERVICE]])
    await system.stop()
    raw = await _raw(places, events, [_again(f"{places.prefix}{TOPIC_OF['archive']}", record) for record in said])
    _report(events, len(said), pipeline, raw)
    return 0 if len(said) == 2 * events else 1


async def _raw(places: Places, events: int, write: list[tuple[str, bytes, bytes, list[tuple[str, bytes]]]]) -> float:
    source = RawCollection(places.mongo_uri, f"{places.prefix}bancheng_{SERVICE}", "clocks")
    documents = await source.everything()
    target = RawCollection(places.mongo_uri, f"{places.prefix}raw", "raw")
    place = 0

    async def store(count: int) -> None:
        nonlocal place
        await target.insert(documents[place : place + count])
        place += count

    begun = perf_counter()
    await raw_loop(places.kafka, f"{places.prefix}{TOPIC_OF['intake']}", f"{places.prefix}raw", write, events, store)
    return perf_counter() - begun


def _again(topic: str, record: KeptRecord) -> tuple[str, bytes, bytes, list[tuple[str, bytes]]]:
    return topic, record.key or b"", record.value or b"", [(name, value or b"") for name, value in record.headers]


def _registered(number: int, clock: MovableClock, sealer: Sealer) -> Event:
    now = clock.now()
    case_no = case_number(now.date(), f"{number % 29 + 1:03d}", number // 29 + 1)
    matter = sealer.seal("备案点了三次都报错，窗口让我回单位问，单位说不归他们。", case_no=case_no, label="matter", masked="备案点了三次都报错。")
    contact = SealedContact(phone=sealer.seal("13800000001", case_no=case_no, label="phone", masked="138****0001"))
    event = CaseRegistered(
        case_no=case_no, occurred_at=now, channel=Channel.HALL, site="001", received_at=now - timedelta(seconds=1),
        category=Category.SERVICE, item="异地就医备案", matter=matter, contact=contact,
    )
    return stamp(event, seq=1, recorded_at=now, after={}, cause=None, policy_version="bench")


def _report(events: int, said: int, pipeline: float, raw: float) -> None:
    processor = next((line.partition(": ")[2] for line in _cpuinfo() if line.startswith("model name")), platform.machine())
    _say(f"机器：{os.cpu_count()} 核，{processor}，Python {platform.python_version()}，{platform.system()}")
    _say(f"输入 {events} 个事件，输出 {said} 个事件，{events} 份文档（服务 {SERVICE}，一个进程）")
    _say(f"流水线（消费—判定—存储—发布）：{events / pipeline:8.0f} 事件/秒，{pipeline:.2f} 秒")
    _say(f"裸循环（aiokafka 消费与发布 + bulk_write，同样的字节）：{events / raw:8.0f} 事件/秒，{raw:.2f} 秒")
    _say(f"比值：{raw / pipeline:.2f}")


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

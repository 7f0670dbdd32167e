"""Makes one service's documents anew beside the old ones, compares, and puts them in their place (docs/decisions/0028)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path

from deploy.local.faults import StackError
from deploy.local.keys import for_data
from deploy.local.ledger.gathering import NAME, look
from deploy.local.reaching import Reached, Say, reached
from deploy.local.rebuild.checking import CheckingCourier
from deploy.local.rebuild.comparing import KEPT, differences
from deploy.local.rebuild.redoing import Redo, redo_of
from deploy.local.rebuild.timeline import Step, merged, orders_told, plan
from services.archive.store.retelling import told_ahead
from shared.assembly import Ground, Scheme, Service
from shared.clock import SystemClock
from shared.contracts.event import Event
from shared.contracts.topics import TOPIC_OF
from shared.district.loading import load_district
from shared.district.model import District
from shared.errors import RuleBroken, TryAgain, Unprocessable
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.messaging.reading import read_all
from shared.messaging.records import Item, KeptRecord, decode
from shared.messaging.runner import CaseRunner
from shared.privacy.sealing import Sealer
from shared.storage.mongo import MongoStore, connect
from shared.storage.whole import DatabaseReader, DatabaseWriter

REBUILT = ("sla", "notifier", "archive")
MOST_SHOWN = 20


class ReplayClock:
    """Stands at the moment that is done again; unlike a real one it may be set back."""

    def __init__(self) -> None:
        self.at = SystemClock().now()

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at


@dataclass
class Rebuilt:
    """What came of it: how much was done again, what is not as it was, what the service will still say when it starts."""

    records: int = 0
    cases: int = 0
    differ: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)


async def rebuild_data(data: Path, service: str, district_folder: Path, *, dry_run: bool, say: Say) -> int:
    """`./bancheng rebuild`: 0 when the documents made anew say what was said the first time, and stand in place of the old."""
    if service not in REBUILT:
        raise StackError(f"只能重建 {'、'.join(REBUILT)}：它们的内容全部来自消息；intake 与 router 记着人在网页上办的事，用备份恢复。")
    district = load_district(district_folder)
    keys = for_data(data.resolve())
    try:
        async with reached(data, lambda _line: None) as places:
            if places.running and not dry_run and places.prefix == "":
                say("请确认该服务已停止：重建时不得有它的进程在运行。")
            done = await rebuild(places, district, service, Sealer.from_environment(keys.seal_keys), replace=not dry_run)
    except TryAgain as fault:
        raise StackError(f"没有重建成：{fault}。原有文档没有改动，请确认 Kafka 与文档库正常后再试。") from fault
    return _told(done, service, dry_run=dry_run, say=say)


def _told(done: Rebuilt, service: str, *, dry_run: bool, say: Say) -> int:
    for words, lines in (("与已发布的不同", done.differ), ("搁置", done.parked), ("与原有文档不同", done.documents), ("启动后补发", done.new)):
        for line in lines[:MOST_SHOWN]:
            say(f"{words}：{line}")
        if len(lines) > MOST_SHOWN:
            say(f"{words}：……共 {len(lines)}")
    verb = "试运行，没有改动" if dry_run else ("没有替换原有文档" if done.differ else "已替换")
    say(f"{service}：重放 {done.records} 条消息、{done.cases} 件；与已发布的不同 {len(done.differ)}，与原有文档不同 {len(done.documents)}；{verb}。")
    return 1 if done.differ else 0


async def rebuild(places: Reached, district: District, service: str, sealer: Sealer, *, replace: bool) -> Rebuilt:
    """Replays the topics into a database beside the service's own; with `replace` it takes its place if nothing published differs."""
    own, beside = places.database(service), f"{places.database(service)}_rebuilt"
    client = connect(places.mongo_uri)
    await client.drop_database(beside)
    try:
        done = await _Rebuilding(places, district, service, sealer, MongoStore(client[beside])).run()
        if service == NAME:
            done.differ += [str(finding) for finding in (await look(places, beside)).found]
        before, after = DatabaseReader(places.mongo_uri, own), DatabaseReader(places.mongo_uri, beside)
        done.documents = await differences(before, after)
        if replace and not done.differ:
            await DatabaseWriter(client[own]).take_over(after, keep=KEPT - {"parked"})
        before.close()
        after.close()
    finally:
        await client.drop_database(beside)
        client.close()
    return done


class _Rebuilding:
    """One service on a store of its own, a clock that is set, and a courier that only compares."""

    def __init__(self, places: Reached, district: District, service: str, sealer: Sealer, store: MongoStore) -> None:
        self._places = places
        self._name = service
        self._store = store
        self._clock = ReplayClock()
        self._district = district
        self._sealer = sealer

    async def run(self) -> Rebuilt:
        """Everything, case by case in its order, all cases by time."""
        own = [item.event for item in await self._read([TOPIC_OF[self._name]]) if item.event is not None]
        courier = CheckingCourier(own)
        ground = Ground(clock=self._clock, store=self._store, courier=courier, scheme=Scheme(self._district), sealer=self._sealer)
        service: Service = import_module(f"services.{self._name}.app").build(ground)
        await self._store.prepare()
        consumed = await self._read(service.inbox.topics())
        once = {event.meta.event_id: event for event in own}.values()
        ahead = sorted((event for event in once if told_ahead(event)), key=lambda event: event.meta.seq)
        plans = _plans(consumed, [event for event in own if not told_ahead(event)])
        runner = CaseRunner(service.inbox, self._store.parking(), MemoryPublisher(), self._clock, Progress(), self._places.prefix)
        redo = redo_of(self._name, ground)
        for event in ahead:
            self._clock.at = event.meta.recorded_at
            await _again((event,), redo, courier)
        await self._replay(plans, runner, redo, courier)
        await courier.sweep()
        differ = [*courier.differ, *(f"没有再说 {line}" for line in courier.unsaid)]
        return Rebuilt(len(consumed), len(plans), differ, await runner.parked(), sorted(courier.new))

    async def _read(self, topics: tuple[str, ...] | list[str]) -> list[Item]:
        items: list[Item] = []
        for record in await read_all(self._places.kafka, [self._places.prefix + topic for topic in topics]):
            try:
                items.append(decode(record, self._places.prefix))
            except Unprocessable:
                continue  # it stands in the dead letters
        return items

    async def _replay(self, plans: list[list[Step]], runner: CaseRunner, redo: Redo, courier: CheckingCourier) -> None:
        for step in merged(plans):
            self._clock.at = step.at
            if step.consumed is not None:
                record = step.consumed.record
                await runner.run([record if isinstance(record, KeptRecord) else KeptRecord(**vars(record))])
            else:
                await _again(step.said, redo, courier)


def _plans(consumed: list[Item], own: list[Event]) -> list[list[Step]]:
    first: dict[tuple[str, int], Item] = {}
    for item in consumed:
        first.setdefault((item.stream, item.seq), item)  # a record that was given twice is one
    by_case: dict[str, tuple[list[Item], list[Event]]] = defaultdict(lambda: ([], []))
    for item in first.values():
        by_case[item.case_no][0].append(item)
    for event in {event.meta.event_id: event for event in own}.values():
        by_case[event.case_no][1].append(event)
    orders = orders_told(own)
    return [plan(items, events, orders.get(case_no, "")) for case_no, (items, events) in by_case.items()]


async def _again(said: tuple[Event, ...], redo: Redo, courier: CheckingCourier) -> None:
    """Until all of it is said again; two sweeps of one moment look like one write."""
    left = tuple(event for event in said if str(event.meta.event_id) not in courier.seen)  # a handler may have said it again already
    while left:
        try:
            await redo(left)
        except RuleBroken as broken:
            courier.differ.append(f"{left[0].meta.stream}#{left[0].meta.seq}: {broken.rule}")
            return
        still = tuple(event for event in left if str(event.meta.event_id) not in courier.seen)
        if len(still) == len(left):
            return
        left = still

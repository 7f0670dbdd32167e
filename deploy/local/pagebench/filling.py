"""Plays the sample once through the whole system and fills its store with copies of what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

import httpx

from deploy.local.keys import Keys
from deploy.local.longlived import out_of_the_rounds
from deploy.local.pagebench.multiplying import Document, Kept, by_case, copied_number, shifts
from deploy.local.rehearsal.acting import Actors
from deploy.local.rehearsal.playing import Player
from deploy.local.rehearsal.scenario import Scenario, load_scenario
from deploy.local.system import Places, Secrets, System
from deploy.local.website import make_site
from shared.clock import MovableClock
from shared.contracts.topics import SERVICES
from shared.district.model import District
from shared.storage.mongo import connect
from shared.storage.raw import RawCollection

SCENARIO = Path(__file__).resolve().parents[2] / "district" / "putuo" / "sample-day.yaml"
MIDDAY = timedelta(hours=27)  # from the sample's start: most of its thirty matters are in work
OPEN = ("REGISTERED", "TRIAGING", "HANDLING", "FEEDBACK_REVIEW", "FED_BACK", "REJECT_REVIEW", "CONSULTATION")
BATCH = 500
PER_DAY_OPEN = 2_000
Say = Callable[[str], None]
Found = dict[tuple[str, str], list[Document]]


@asynccontextmanager
async def filled(places: Places, district: District, keys: Keys, mark: Path, *, wanted: tuple[int, int], say: Say) -> AsyncIterator[System]:
    """A running system with about so many open and so many closed cases; `mark` tells until when an earlier run played and filled."""
    scenario = load_scenario(SCENARIO)
    clock = MovableClock(datetime.fromisoformat(mark.read_text()) if mark.exists() else scenario.start)
    system = System(places, district, clock, Secrets(keys.seal_keys, keys.channel_keys, keys.clue_keys))
    await system.prepare()
    await system.site.prepare()
    await system.start(ticking=False)
    try:
        if not mark.exists():
            await _fill(system, clock, keys, scenario, wanted, say)
            mark.write_text(clock.now().isoformat())
        out_of_the_rounds()  # as a process does when it is ready
        yield system
    finally:
        await system.stop()


async def _fill(system: System, clock: MovableClock, keys: Keys, scenario: Scenario, wanted: tuple[int, int], say: Say) -> None:
    cut = scenario.start + MIDDAY
    halves = await _played(system, clock, keys, scenario, cut)
    say(f"示例已演完：{len(_numbers(halves[0]))} 件，时钟停在 {clock.now():%m-%d %H:%M}")
    await _multiplied(system.places, halves, wanted, clock.now() - cut, say)


async def _played(system: System, clock: MovableClock, keys: Keys, scenario: Scenario, cut: datetime) -> tuple[Found, Found]:
    """The documents in the middle of the play and at its end."""
    transport = httpx.ASGITransport(make_site(system, keys))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=120) as client:
        actors = Actors(
            client, system.scheme.district, clock, access_code=keys.access_code, channel_keys=keys.channel_keys, name=scenario.name
        )
        early = tuple(step for step in scenario.steps if step.at <= cut)
        first = Player(system, clock, actors, replace(scenario, steps=early, until=cut))
        played = await first.play()
        middle = await _documents(system.places)
        late = tuple(step for step in scenario.steps if step.at > cut)
        second = Player(system, clock, actors, replace(scenario, steps=late))
        second.played = played
        await second.play()
    return middle, await _documents(system.places)


async def _documents(places: Places) -> Found:
    client = connect(places.mongo_uri)
    found: Found = {}
    try:
        for service in SERVICES:
            database = f"{places.prefix}bancheng_{service}"
            for name in await client[database].list_collection_names():
                found[(database, name)] = [held async for held in client[database][name].find({"_id": {"$regex": "^PT"}})]
    finally:
        client.close()
    return found


def _numbers(found: Found) -> dict[str, str]:
    """Every case at router and where it stands."""
    cases = next(held for (database, name), held in found.items() if database.endswith("_router") and name == "cases")
    return {str(document["_id"]): str(document["index"]["state"]) for document in cases if document["_id"].startswith("PT")}


async def _multiplied(places: Places, halves: tuple[Found, Found], wanted: tuple[int, int], later: timedelta, say: Say) -> None:
    middle, end = halves
    going = frozenset(number for number, state in _numbers(middle).items() if state in OPEN)
    done = frozenset(number for number, state in _numbers(end).items() if state not in OPEN)
    whole_days = timedelta(days=later.days)
    await _copied(places, by_case(middle, going), shifts(wanted[0], back=False, per_day=PER_DAY_OPEN), whole_days, say)
    await _copied(places, by_case(end, done), shifts(wanted[1], back=True), timedelta(0), say)


async def _copied(
    places: Places, cases: Mapping[str, list[Kept]], places_in_time: object, more: timedelta, say: Say
) -> None:
    waiting: dict[tuple[str, str], list[Document]] = defaultdict(list)
    targets: dict[tuple[str, str], RawCollection] = {}
    made = 0
    for (serial, by), number in zip(places_in_time, cycle(cases), strict=False):  # type: ignore[call-overload]  # an iterator of pairs
        day = datetime.strptime(number[2:8], "%y%m%d") + by + more  # noqa: DTZ007 - a day, not a moment
        for kept in cases[number]:
            waiting[kept.place].append(kept.copy(copied_number(number, day, serial), by + more))
        made += 1
        for place, held in waiting.items():
            if len(held) >= BATCH:
                await _target(targets, places, place).insert(held)
                waiting[place] = []
    for place, held in waiting.items():
        if held:
            await _target(targets, places, place).insert(held)
    say(f"已复制 {made} 件（由 {len(cases)} 件）")


def _target(targets: dict[tuple[str, str], RawCollection], places: Places, place: tuple[str, str]) -> RawCollection:
    return targets.setdefault(place, RawCollection(places.mongo_uri, *place))

"""`./bancheng rehearse`: a fresh system for one scenario, played, exported, and taken down again."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import orjson

from deploy.local.keys import Keys, for_data
from deploy.local.platforms import tried_out
from deploy.local.rehearsal.acting import Actors
from deploy.local.rehearsal.checking import check_scenario
from deploy.local.rehearsal.outputs import write_outputs
from deploy.local.rehearsal.playing import Played, Player
from deploy.local.rehearsal.scenario import Scenario, load_scenario
from deploy.local.rehearsal.upkeep import Upkeep
from deploy.local.stack import Stack
from deploy.local.system import Places, Secrets, System
from deploy.local.website import make_site
from shared.clock import MovableClock
from shared.district.loading import load_district
from shared.district.model import District
from shared.observability.logs import configure


async def rehearse_file(file: Path, out: Path, district_folder: Path, *, as_json: bool) -> int:
    """Plays one scenario file and writes what came of it to `out`; 0 when every step went as the file says."""
    scenario = load_scenario(file)
    district = load_district(district_folder)
    check_scenario(scenario, district)
    async with own_stack(out, quiet=as_json) as (stack, keys):
        summary = await rehearse(scenario, out, district, stack, keys)
    _report(summary, as_json=as_json)
    return 0 if summary["passed"] else 1


@asynccontextmanager
async def own_stack(out: Path, *, quiet: bool) -> AsyncIterator[tuple[Stack, Keys]]:
    """A broker and a store on data of their own, gone afterwards; what is logged meanwhile lies in `out`."""
    with tempfile.TemporaryDirectory(prefix="bancheng-") as folder:
        data = Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        configure("INFO", stream=out / "log.jsonl")
        stack = Stack(data)
        await stack.start(lambda line: say(line, quiet=quiet))
        try:
            yield stack, for_data(data)
        finally:
            await stack.stop()


async def rehearse(scenario: Scenario, out: Path, district: District, stack: Stack, keys: Keys) -> dict[str, Any]:
    """Plays one scenario under one district's rules, writes its files, and returns the summary."""
    places = Places(stack.kafka, stack.mongo_uri, prefix=f"r{token_hex(4)}-")
    async with rehearsing(places, district, keys, scenario) as (system, player):
        played: Played = await player.play()
        return await write_outputs(system, scenario, played, out)


@asynccontextmanager
async def rehearsing(
    places: Places, district: District, keys: Keys, scenario: Scenario, *, platforms: str | None = None
) -> AsyncIterator[tuple[System, Player]]:
    """A started system with its clock at the scenario's start, and the player that drives it; `platforms` where others are uploaded to."""
    clock = MovableClock(scenario.start)
    reached = tried_out(district) if platforms is None else platforms
    system = System(places, district, clock, Secrets(keys.seal_keys, keys.channel_keys, keys.clue_keys, reached))
    system.progress.keep_journal()
    await system.prepare()
    site = _Site(system, keys)
    await system.start(ticking=False)
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://127.0.0.1", timeout=120) as client:
            actors = Actors(
                client, district, clock, access_code=keys.access_code, channel_keys=keys.channel_keys, name=scenario.name
            )
            yield system, Player(system, clock, actors, scenario, upkeep=Upkeep(system, scenario.folder, site.renew))
    finally:
        await system.stop()


class _Site:
    """The site of the services that run now."""

    def __init__(self, system: System, keys: Keys) -> None:
        self._system = system
        self._keys = keys
        self.renew()

    def renew(self) -> None:
        """A restarted service has new endpoints."""
        self._app = make_site(self._system, self._keys)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)


def say(line: str, *, quiet: bool) -> None:
    """One line to the person at the terminal."""
    if not quiet:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _report(summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    states = "，".join(f"{state} {count}" for state, count in summary["states"].items())
    sys.stdout.write(f"{summary['name']}：{summary['steps']} 步，{'全部如剧本所述' if summary['passed'] else '与剧本不符'}；{states}\n")
    for failure in summary["failures"]:
        sys.stdout.write(f"  ✗ {failure}\n")

"""Plays a scenario on the real broker and store and hands over what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from deploy.local.keys import for_data
from deploy.local.rehearsal.outputs import write_outputs
from deploy.local.rehearsal.playing import Played
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import Scenario, load_scenario, parse_scenario
from deploy.local.system import Places
from shared.testing.driver import DISTRICT, PUTUO

SAMPLE = PUTUO / "sample-day.yaml"
Row = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """The files of a rehearsal, read back."""

    played: Played
    folder: Path
    ledger: dict[str, Row]
    events: list[Row]
    notices: list[Row]
    supervisions: list[Row]
    refusals: list[Row]
    summary: Row

    def events_of(self, label: str, name: str) -> list[Row]:
        """One case's events of one kind."""
        number = self.played.numbers[label]
        return [event for event in self.events if event["case_no"] == number and event["type"].split(".")[-2] == name]

    def names_of(self, label: str) -> list[str]:
        """The names of one case's events, in the order they were published."""
        number = self.played.numbers[label]
        return [event["type"].split(".")[-2] for event in self.events if event["case_no"] == number]

    def notices_of(self, label: str, template: str) -> list[Row]:
        """One case's messages of one template."""
        number = self.played.numbers[label]
        return [notice for notice in self.notices if notice["case_no"] == number and notice["template"] == template]


async def play(text: str, places: tuple[str, str], prefix: str, folder: Path) -> Outcome:
    """Plays the text of a scenario."""
    return await play_scenario(parse_scenario(text), places, prefix, folder)


def play_once(text: str, places: tuple[str, str], folder: Path) -> Outcome:
    """Plays the text of a scenario under a prefix of its own, for all tests of a file."""
    return asyncio.run(play(text, places, f"t{uuid4().hex[:12]}-", folder))


async def play_sample(places: tuple[str, str], prefix: str, folder: Path) -> Outcome:
    """Plays the district's sample day."""
    return await play_scenario(load_scenario(SAMPLE), places, prefix, folder)


async def play_scenario(scenario: Scenario, places: tuple[str, str], prefix: str, folder: Path) -> Outcome:
    """Plays a scenario under a prefix of its own and reads its files back."""
    where = Places(places[0], places[1], prefix=prefix)
    async with rehearsing(where, DISTRICT, for_data(folder / "keys"), scenario) as (system, player):
        played = await player.play()
        await write_outputs(system, scenario, played, folder)
    rows = {name: _rows(folder / f"{name}.jsonl") for name in ("ledger", "events", "notices", "supervisions", "refusals")}
    ledger = {row["label"]: row for row in rows.pop("ledger")}
    return Outcome(played=played, folder=folder, ledger=ledger, summary=orjson.loads((folder / "summary.json").read_bytes()), **rows)


def _rows(path: Path) -> list[Row]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def moment(text: str) -> datetime:
    """A time of an output file."""
    return datetime.fromisoformat(text)


def at(text: str) -> datetime:
    """`2026-10-10 17:30` in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")

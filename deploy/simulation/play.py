"""Carries moves out in a world: step by step with rest between them, or as a storm of things happening at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from deploy.simulation.asking import UNKNOWN, Answer, ask
from deploy.simulation.grammar import Grammar
from deploy.simulation.moves import Act, Move, Register, Reply, Wait
from deploy.simulation.world import World
from shared.contracts.topics import SERVICES, replies_topic

REST_S = 0.02
LONGEST_REST_S = 300.0
MOST_TRIES = 200
A_MOMENT = timedelta(seconds=1)
NUMBER_TAKEN = "case.number_taken"  # only where counters are set back may a first try that came late have the number of the second


class Unrest(Exception):
    """The town does not come to rest although nothing fails any more."""


@dataclass
class Notebook:
    """What the people outside wrote down: every request before it was made, and every answer."""

    numbers: dict[str, str] = field(default_factory=dict)
    asked: dict[str, Move] = field(default_factory=dict)
    done: dict[str, Answer] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    poison: list[tuple[str, int, int]] = field(default_factory=list)
    spoken: Counter[str] = field(default_factory=Counter)


class Play:
    """The outside: people, channels, departments' systems, time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.notebook = Notebook()

    def peek(self, label: str) -> Mapping[str, Any] | None:
        """Where a case stands at the router."""
        number = self.notebook.numbers.get(label)
        document = self.world.shelf("router", "cases").get(number) if number else None
        return document["state"] if document else None

    async def rest(self, within_s: float = LONGEST_REST_S) -> bool:
        """Waits until nothing is left to do; False when that took too long."""
        wait, until = REST_S, self.world.loop.time() + within_s
        while self.world.restless():
            if self.world.loop.time() > until:
                return False
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, 1.0)
        return True

    async def must_rest(self) -> None:
        """Rests; when faults keep the town from it, they stop until it does. Raises Unrest."""
        if await self.rest():
            return
        calm, self.world.plan.calm = self.world.plan.calm, True
        rested = await self.rest()
        self.world.plan.calm = calm
        if not rested:
            raise Unrest(self.world.restless())

    async def begin(self) -> None:
        """Every service starts."""
        for service in SERVICES:
            self.world.start(service)

    async def carry_out(self, move: Move, *, tries: int) -> Answer | None:
        """One move; what nobody answers is asked again under the same key, `tries` times in all."""
        match move:
            case Wait():
                await self._wait(move.until)
                return None
            case Reply():
                self._reply(move)
                return None
            case _:
                return await self._ask(move, tries)

    async def _wait(self, until: datetime) -> None:
        world = self.world
        while (due := world.next_due()) is not None and due <= until:
            if due > world.clock.now():
                world.clock.step(due - world.clock.now())
            world.poke()
            await self.must_rest()
        if until > world.clock.now():
            world.clock.step(until - world.clock.now())
        world.poke()
        await self.must_rest()

    def _reply(self, move: Reply) -> None:
        number = self.notebook.numbers.get(move.label)
        if number is None:
            return
        self.notebook.spoken["reply"] += 1
        self.notebook.replies[move.name] = move
        for _ in range(move.copies):
            self.world.log.append(replies_topic(move.unit), None, move.value(number), ())

    async def _ask(self, move: Register | Act, tries: int) -> Answer:
        request = self._request(move)
        if request is None:
            return UNKNOWN
        name = move.label if isinstance(move, Register) else move.key
        self.notebook.asked[name] = move
        self.notebook.spoken["register" if isinstance(move, Register) else move.path] += 1
        answer, counters = UNKNOWN, self.world.parts.disks["intake"].counters
        before = dict(counters.all)
        for _ in range(tries):
            if not self.world.clock.runs:
                counters.set_back(before)
            answer = await ask(self.world, request["service"], request)
            if answer.known and answer.said != NUMBER_TAKEN:
                break
        if answer.known:
            self._note(move, name, answer)
        return answer

    def _note(self, move: Register | Act, name: str, answer: Answer) -> None:
        self.notebook.done.setdefault(name, answer)
        if isinstance(move, Register) and answer.kind == "done":
            self.notebook.numbers.setdefault(move.label, answer.said.case_no)
            self.world.parts.disks["intake"].counters.give(answer.said.case_no)
            if self.notebook.numbers[move.label] != answer.said.case_no:
                self.world.breach(f"{move.label} got two numbers: {self.notebook.numbers[move.label]} and {answer.said.case_no}")

    def _request(self, move: Register | Act) -> dict[str, Any] | None:
        if isinstance(move, Register):
            return {"service": "intake", "path": move.channel, "key": f"key-{move.label}", "body": move.body}
        number = self.notebook.numbers.get(move.label)
        if number is None:
            return None
        body = dict(move.body)
        if move.into is not None:
            body["into"] = self.notebook.numbers.get(move.into, number)
        return {
            "service": move.service, "path": move.path, "key": move.key, "body": body, "case_no": number, "role": move.role, "unit": move.unit,
        }


async def step_by_step(play: Play, grammar: Grammar | Sequence[Move], moves: int) -> list[Move]:
    """Each move after the town came to rest from the one before; what was spoken, so that it can be played again."""
    spoken: list[Move] = []
    script = None if isinstance(grammar, Grammar) else iter(grammar)
    await play.begin()
    await play.must_rest()
    for _ in range(moves):
        move = next(script, None) if script is not None else grammar.next(play.world.clock.now(), play.world.next_due())  # type: ignore[union-attr]
        if move is None:
            break
        spoken.append(move)
        if not isinstance(move, Wait):  # no two things people do fall on the same moment, nor does an act on what fires by itself
            await play.carry_out(Wait(play.world.clock.now() + A_MOMENT), tries=1)
        await play.carry_out(move, tries=MOST_TRIES)
        await play.must_rest()
    play.world.plan.calm = True
    play.world.restart_all()
    await play.must_rest()
    return spoken

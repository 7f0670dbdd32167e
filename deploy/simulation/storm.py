"""The safety phase: everything at once, while processes, log, store and clock misbehave; then the liveness phase, in which nothing fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from deploy.simulation.grammar import Grammar
from deploy.simulation.instance import Instance
from deploy.simulation.moves import Act, Move, Register, Reply, Wait
from deploy.simulation.play import Play, Unrest
from deploy.simulation.poison import plant
from deploy.simulation.world import World
from shared.contracts.topics import SERVICES

PAUSE_S = 40.0
CLOSED_S = 25.0  # longer than a batch is tried again within one delivery
GAP_S = 0.6
TRIES = 4
DOUBLE_CLICK = 0.15


async def storm(play: Play, grammar: Grammar, moves: int) -> list[Move]:
    """Faults and moves at once, then rest; raises Unrest when the town never comes to it."""
    await play.begin()
    running: list[asyncio.Task[object]] = []
    spoken: list[Move] = []
    for _ in range(moves):
        _trouble(play)
        spoken.append(grammar.next(play.world.clock.now(), play.world.next_due()))
        running += await _moved(play, spoken[-1])
        await asyncio.sleep(play.world.plan.chance.random() * GAP_S)
    await calm_down(play, running)
    return spoken


async def calm_down(play: Play, running: Sequence[asyncio.Task[object]]) -> None:
    """All faults end, a mended version is rolled out, and what was begun is finished."""
    world = play.world
    world.plan.calm = True
    for instance in list(world.every()):
        go_on(world, instance)
    for disk in world.parts.disks.values():
        disk.closed_until = 0.0
    await asyncio.gather(*running)
    while world.doors.late:  # a case parked by a write that came after it was freed stays parked until the next start
        await asyncio.sleep(1.0)
    world.restart_all()
    for later in (timedelta(), timedelta(minutes=1)):  # by then the slowest of the clocks has come to where the fastest was
        world.clock.step(later)
        world.poke()
        if not await play.rest():
            raise Unrest(world.restless())


async def _moved(play: Play, move: Move) -> list[asyncio.Task[object]]:
    world, chance = play.world, play.world.plan.chance
    match move:
        case Wait():
            world.clock.step(max(move.until - world.clock.now(), timedelta()))
            world.poke()
            return []
        case Reply():
            if play.peek(move.label) is not None:
                await play.carry_out(move, tries=1)
            return []
    clicks = 2 if chance.random() < DOUBLE_CLICK else 1
    tasks = [asyncio.create_task(_asked(play, move, 1 + int(chance.random() * TRIES))) for _ in range(clicks)]
    if isinstance(move, Register) or chance.random() < 0.5:  # noqa: PLR2004 - half the people wait for their answer
        await asyncio.gather(*tasks)
    return tasks


async def _asked(play: Play, move: Register | Act, tries: int) -> object:
    return await play.carry_out(move, tries=tries)


def _trouble(play: Play) -> None:
    world, plan = play.world, play.world.plan
    service = plan.chance.choice(SERVICES)
    living = world.instances[service]
    if plan.happens("rebalance") and living:
        world.log.groups[service].rebalance()
    if plan.happens("zombie"):
        _second(world, service)
    if plan.happens("pause") and living:
        _pause(world, plan.chance.choice(living))
    if plan.happens("not_writable"):
        world.parts.disks[service].closed_until = world.loop.time() + plan.chance.random() * CLOSED_S
    if plan.happens("clock"):
        world.clock.step(timedelta(seconds=plan.chance.choice((-1.0, 1.0, 60.0, 3600.0))))
        world.poke()
    if plan.happens("poison"):
        plant(world, play.notebook)
    if plan.happens("defect") and play.notebook.numbers:
        world.parts.defects[service] = plan.chance.choice(sorted(play.notebook.numbers.values()))


def _second(world: World, service: str) -> None:
    """Two processes of one service at once; after a while one of them is killed."""
    if len(world.instances[service]) > 1:
        return
    world.start(service)
    wait = world.plan.chance.random() * PAUSE_S
    world.doors.soon(wait, lambda: _one_fewer(world, world.instances[service]))


def _one_fewer(world: World, living: Sequence[Instance]) -> None:
    if len(living) > 1:
        world.crash(world.plan.chance.choice(living))


def _pause(world: World, instance: Instance) -> None:
    """The process stands still; its group may give its partitions away, and it goes on without knowing."""
    if instance.paused or not instance.ready:
        return
    instance.paused = True
    group = world.log.groups[instance.service]
    if world.plan.chance.random() < 0.5:  # noqa: PLR2004 - longer than its session or not
        group.leave(instance.member)
        if len(world.instances[instance.service]) == 1:
            world.start(instance.service)
    world.doors.soon(world.plan.chance.random() * PAUSE_S, lambda: go_on(world, instance))


def go_on(world: World, instance: Instance) -> None:
    """A process that stood still goes on, and joins its group again."""
    if not instance.paused or instance.dead:
        return
    group = world.log.groups[instance.service]
    if instance.member not in group.members:
        group.join(instance.member)
    world.loop.resume(instance)

"""What is done to a town: each fault by its name, from its first blow until all is whole again."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from deploy.local.soak.links import Mode
from deploy.local.soak.town import Town
from shared.contracts.topics import SERVICES
from shared.points import POINTS

HOUR = 3600.0
STEPS_S = (HOUR, -HOUR, 26 * HOUR, -26 * HOUR)
HELD_S = (3.0, 7.0)
DOWN_S = (0.5, 3.0)
GATEWAY = "gateway_answered"
MOST_PASSES = 6
EXTRA = 2
POINTS_WITHIN_S = 600.0
LOOK_AGAIN_S = 0.5
Strike = Callable[[Town, Random], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """One kind of fault: what it is in words, how it strikes, and whether a random mix draws it more often."""

    title: str
    strike: Strike
    weight: int = 1


async def kill_service(town: Town, random: Random) -> None:
    """kill -9 of one service process, whichever it is."""
    await town.servers[random.choice(sorted(town.servers))].program.kill()


def kill_of(service: str) -> Strike:
    """kill -9 of this service."""

    async def strike(town: Town, _random: Random) -> None:
        await town.servers[service].program.kill()

    return strike


async def kill_broker(town: Town, random: Random) -> None:
    """kill -9 of one broker, and its restart."""
    if town.cluster is not None:
        place = random.randrange(len(town.cluster.brokers))
        await town.cluster.brokers[place].program.kill()
        await asyncio.sleep(random.uniform(*DOWN_S))
        await town.cluster.restart(place, town.say)


async def kill_brokers_in_turn(town: Town, random: Random) -> None:
    """One of three brokers, then another after the first returned."""
    if town.cluster is not None:
        for place in random.sample(range(len(town.cluster.brokers)), min(EXTRA, len(town.cluster.brokers))):
            await town.cluster.brokers[place].program.kill()
            await asyncio.sleep(random.uniform(*HELD_S))
            await town.cluster.restart(place, town.say)
            await asyncio.sleep(random.uniform(*HELD_S))


async def kill_store(town: Town, random: Random) -> None:
    """kill -9 of the store, and its restart."""
    if town.store is not None:
        await town.store.program.kill()
        await asyncio.sleep(random.uniform(*DOWN_S))
        await town.restart_store()


async def fill_store(town: Town, random: Random) -> None:
    """The store may write not one byte more (a limit of the operating system on its files); then there is room, and it is restarted."""
    if town.store is not None and (pid := town.store.program.pid) is not None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        await asyncio.sleep(random.uniform(*HELD_S))
        await kill_store(town, random)


def links_to(part: str, mode: Mode) -> Strike:
    """The links of one service to the brokers, or to the store, behave so for a while."""

    async def strike(town: Town, random: Random) -> None:
        links = [link for link in town.links(random.choice(SERVICES)) if part in link.name]
        for link in links:
            link.set(mode)
        await asyncio.sleep(random.uniform(*HELD_S))
        for link in links:
            link.set(Mode.PASS)

    return strike


async def scale(town: Town, random: Random) -> None:
    """A service runs three times for a while, then once again: one goes orderly, one by kill -9."""
    service = random.choice(SERVICES)
    for number in range(EXTRA):
        town.add(f"{service}-{number + 2}", service)
    await asyncio.sleep(2 * random.uniform(*HELD_S))
    for number in range(EXTRA):
        await town.dismiss(f"{service}-{number + 2}", kill=bool(number))


async def step_clock(town: Town, random: Random) -> None:
    """One service's clock is stepped an hour or a day forward or back, and set right again."""
    clock = town.clocks[random.choice(SERVICES)]
    clock.step(random.choice(STEPS_S))
    await asyncio.sleep(random.uniform(*HELD_S))
    clock.step(0)


async def crash_points(town: Town, random: Random) -> None:
    """Every service is ended at every named point, one after the other, all services at the same time."""
    wanted = {(service, name) for service in SERVICES for name in POINTS if name != GATEWAY or service == "notifier"}
    before = len(town.struck())
    for service in SERVICES:
        names = [name for owner, name in sorted(wanted) if owner == service]
        town.servers[service].crash_at.extend(f"{name}:{random.randint(1, MOST_PASSES)}" for name in names)
        await town.servers[service].program.kill()
    async with asyncio.timeout(POINTS_WITHIN_S):
        while len(town.struck()) - before < len(wanted):
            await asyncio.sleep(LOOK_AGAIN_S)


FAULTS = {
    "kill": Fault("kill -9 of any service", kill_service, 8),
    **{f"kill-{name}": Fault(f"kill -9 of {name}", kill_of(name)) for name in SERVICES},
    "broker": Fault("kill -9 and restart of a broker", kill_broker),
    "brokers": Fault("one of the brokers killed, then another after it returned", kill_brokers_in_turn),
    "store": Fault("kill -9 and restart of the store", kill_store),
    "full": Fault("store full, then room and a restart", fill_store),
    **{
        f"{part}-{mode.value}": Fault(f"{part} link of a service {words}", links_to(part, mode))
        for part in ("kafka", "store")
        for mode, words in ((Mode.CUT, "cut"), (Mode.STALLED, "half-open"), (Mode.DEAF, "without answers"), (Mode.SLOW, "slow"))
    },
    "scale": Fault("a service scaled 1→3→1", scale),
    "clock": Fault("a service's clock stepped ±1 h, ±26 h", step_clock),
    "points": Fault("every crash point of every service", crash_points, 0),
}
KILLS = ("kill", "broker", "store")

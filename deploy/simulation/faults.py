"""Which faults a seed draws, and which of them meets a given call to a door."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import Enum


class Fault(Enum):
    """What may become of one call to a door."""

    REFUSED = "refused"
    UNANSWERED = "done but unanswered"
    LATE = "told it failed, done later"
    PARTLY = "done in part"
    CRASH_BEFORE = "crashed before"
    CRASH_AFTER = "crashed after"


READS = (Fault.REFUSED, Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
CRASHES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
ONE_BY_ONE = (Fault.REFUSED, Fault.UNANSWERED, Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
EVENTS = ("rebalance", "zombie", "pause", "not_writable", "clock", "poison", "defect", "hole", "again", "slow", "late_start")
READING = frozenset({
    *(f"{door}.{call}" for door in ("store", "gateway") for call in ("fetch", "unique", "unsent", "find", "count")),
    "park.parked", "park.waiting", "log.fetch",
})


@dataclass(frozen=True)
class Profile:
    """What a seed may do: how often each fault meets a call, how often each event of the world comes (per step of the driver)."""

    calls: dict[Fault, float] = field(default_factory=dict)
    events: dict[str, float] = field(default_factory=dict)

    def has(self, event: str) -> bool:
        """Whether this ever happens in the seed."""
        return self.events.get(event, 0.0) > 0.0


CALM = Profile()


def drawn(chance: random.Random) -> Profile:
    """Swarm testing: most seeds leave most faults off, so that what is on meets undisturbed neighbours."""
    share = chance.choice((0.25, 0.5, 0.5, 0.9))
    calls = {fault: 10 ** chance.uniform(-3.3, -1.9) for fault in Fault if chance.random() < share}
    events = {name: 10 ** chance.uniform(-1.7, -0.8) for name in EVENTS if chance.random() < share}
    return Profile(calls, events)


class Plan:
    """Decides at every call; `calm` ends all faults for the time in which the system must come to rest."""

    def __init__(self, profile: Profile, chance: random.Random) -> None:
        self.profile = profile
        self.chance = chance
        self.calm = False
        self.spares: tuple[str, ...] = ()
        self.met: dict[str, int] = {}
        self._total = sum(profile.calls.values())

    def at(self, call: str, _who: str) -> Fault | None:
        """The fault that meets this call of this process; None for most."""
        if self.calm or self.chance.random() >= self._total:
            return None
        fault = self.chance.choices(list(self.profile.calls), list(self.profile.calls.values()))[0]
        if (call in READING and fault not in READS) or (self.spares and call.startswith(self.spares) and fault not in CRASHES):
            return None
        self.note(f"{call} {fault.value}")
        return fault

    def delay(self) -> float:
        """How long the call is on its way; mostly no time at all, which leaves the order to the loop."""
        if self.calm or not self.profile.has("slow") or self.chance.random() >= self.profile.events["slow"]:
            return 0.0
        return self.chance.choice((0.01, 0.1, 1.0, 5.0)) * self.chance.random()

    def happens(self, event: str) -> bool:
        """Whether this event of the world comes now."""
        rate = 0.0 if self.calm else self.profile.events.get(event, 0.0)
        if not rate or self.chance.random() >= rate:
            return False
        self.note(event)
        return True

    def note(self, what: str) -> None:
        """This situation came about."""
        self.met[what] = self.met.get(what, 0) + 1


class Script(Plan):
    """One single fault, at the `place`-th call of the run; without a place it only counts the calls."""

    def __init__(self, chance: random.Random, place: int | None = None, fault: Fault | None = None) -> None:
        super().__init__(CALM, chance)
        self._place = place
        self._fault = fault
        self.calls: list[str] = []
        self.hit = ""

    def at(self, call: str, who: str) -> Fault | None:
        """The one fault at its one place."""
        self.calls.append(call)
        if self._place is None or len(self.calls) - 1 != self._place:
            return None
        self.hit = f"{call} of {who}"
        return self._fault

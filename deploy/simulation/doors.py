"""Every call that leaves a process goes through here: it is done, refused, done and not answered, or the process dies of it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Any, TypeVar

from deploy.simulation.faults import Fault, Plan
from deploy.simulation.loop import PROCESS, Process, SeededLoop
from shared.errors import TryAgain

T = TypeVar("T")
LATEST_S = 20.0
OUTSIDE = Context()  # what happens on the wire and in the servers belongs to no process and outlives it


class Doors:
    """The wire between the processes and the world."""

    def __init__(self, loop: SeededLoop, plan: Plan, crash: Callable[[Process], None]) -> None:
        self.loop = loop
        self.plan = plan
        self.crash = crash
        self.late = 0

    async def through(self, call: str, work: Callable[[], T], *, partly: Callable[[], object] | None = None) -> T:
        """Asks for `work` to be done at the other side; raises TryAgain when the answer is none."""
        process = PROCESS.get()
        if process is None:
            return work()
        fault = self.plan.at(call, process.name)
        self.loop.note(f"{process.name} {call} {fault}")
        if fault is Fault.CRASH_BEFORE:
            await self.die(process)
        answer = self.loop.create_future()
        self.soon(self.plan.delay(), partial(self._serve, process, answer, work, fault, partly))
        return await answer  # type: ignore[no-any-return]  # a future of what the work gives

    def soon(self, delay: float, work: Callable[[], object]) -> None:
        """Does something at the other side of the wire, after `delay`."""
        if delay:
            self.loop.call_later(delay, work, context=OUTSIDE)
        else:
            self.loop.call_soon(work, context=OUTSIDE)

    async def die(self, process: Process) -> None:
        """The process ends here; nothing after this line ever runs."""
        self.crash(process)
        await self.loop.create_future()

    def later(self, work: Callable[[], object]) -> None:
        """Does something long after its sender gave up."""
        self.late += 1

        def done() -> None:
            self.late -= 1
            attempt(work)

        self.soon(self.plan.chance.random() * LATEST_S, done)

    def _serve(self, process: Process, answer: Any, work: Callable[[], T], fault: Fault | None, partly: Callable[[], object] | None) -> None:
        match fault:
            case Fault.REFUSED:
                said: object = TryAgain("simulated: refused")
            case Fault.PARTLY:
                attempt(partly or work)
                said = TryAgain("simulated: done in part")
            case Fault.LATE:
                self.later(work)
                said = TryAgain("simulated: no answer in time")
            case _:
                said = attempt(work)
        if fault is Fault.CRASH_AFTER:
            self.crash(process)
            return
        if fault is Fault.UNANSWERED:
            said = TryAgain("simulated: done, and the answer was lost")
        self.soon(self.plan.delay(), partial(told, answer, said))


def attempt(work: Callable[[], object]) -> object:
    """What the work gives, or the fault it raises, as a value."""
    try:
        return work()
    except Exception as fault:  # noqa: BLE001 - carried to the one who asked
        return fault


def told(answer: Any, said: object) -> None:
    """Gives an answer to whoever still waits for it."""
    if answer.done():
        return
    if isinstance(said, Exception):
        answer.set_exception(said)
    else:
        answer.set_result(said)

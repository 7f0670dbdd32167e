"""An event loop whose order of work is drawn from a seed and whose time only passes when nothing is ready."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

FLUSH = 4096
Callback = Callable[..., object]


class Stalled(Exception):
    """Nothing is ready and nothing is planned, yet the run is not at its end."""


@dataclass(eq=False)
class Process:
    """What is killed as a whole: every callback that was started inside it is dropped when it is dead, kept back when it is paused."""

    name: str
    dead: bool = False
    paused: bool = False
    held: list[asyncio.Handle] = field(default_factory=list)


PROCESS: ContextVar[Process | None] = ContextVar("simulated_process", default=None)


class SeededLoop(asyncio.BaseEventLoop):
    """Runs one ready callback at a time, whichever the seed picks; jumps to the next planned moment when none is ready."""

    _ready: list[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance
        self._moment = 0.0
        self._ready = []
        self._tasks: list[asyncio.Task[Any]] = []
        self._picks = bytearray()
        self._digest = sha256()
        self._ended = False
        self.steps = 0
        self.set_exception_handler(lambda _loop, _context: None)
        self.set_task_factory(self._made)  # type: ignore[arg-type]  # the protocol is not exported

    def time(self) -> float:
        """Seconds since the run began, of a time that passes by itself only."""
        return self._moment

    def note(self, what: str) -> None:
        """Something happened that a replay must do again."""
        self._digest.update(what.encode())

    @property
    def trace(self) -> str:
        """A digest of every choice and every noted happening so far."""
        self._digest.update(self._picks)
        self._picks.clear()
        return self._digest.hexdigest()

    def _made(self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
        # Every task is held until the end: what a dead process left must not be collected in the middle of a run.
        task = asyncio.Task(work, loop=loop, **more)
        if len(self._tasks) > FLUSH:
            self._tasks = [held for held in self._tasks if not held.done()]
        self._tasks.append(task)
        return task

    def _run_once(self) -> None:
        self._wake()
        if not self._ready:
            if not self._scheduled:
                raise Stalled
            self._moment = max(self._moment, self._scheduled[0].when())
            return
        handle = self._picked()
        if handle.cancelled():
            return
        process = handle._context.get(PROCESS)  # type: ignore[attr-defined]  # noqa: SLF001 - whose callback it is
        if process is not None and (process.dead or process.paused):
            if process.paused and not process.dead:
                process.held.append(handle)
            return
        self.steps += 1
        handle._run()  # noqa: SLF001 - what every event loop does

    def _wake(self) -> None:
        planned = self._scheduled
        while planned and (planned[0].cancelled() or planned[0].when() <= self._moment):
            handle = heapq.heappop(planned)
            if not handle.cancelled():
                self._ready.append(handle)

    def _picked(self) -> asyncio.Handle:
        ready = self._ready
        if (count := len(ready)) == 1:
            return ready.pop()
        place = int(self._chance.random() * count)
        self._picks.append(place & 255)
        if len(self._picks) > FLUSH:
            self._digest.update(self._picks)
            self._picks.clear()
        ready[place], ready[-1] = ready[-1], ready[place]
        return ready.pop()

    def resume(self, process: Process) -> None:
        """A paused process goes on where it stood."""
        process.paused = False
        self._ready.extend(process.held)
        process.held.clear()

    def call_soon(self, callback: Callback, *args: Any, context: Context | None = None) -> asyncio.Handle:  # type: ignore[override]  # as typeshed, without its TypeVarTuple
        """As every loop does; after the end nothing is planned any more."""
        handle = asyncio.Handle(callback, args, self, context)
        if not self._ended:
            self._ready.append(handle)
        return handle

    def call_soon_threadsafe(self, callback: Callback, *args: Any, context: Context | None = None) -> asyncio.Handle:  # type: ignore[override]  # as above
        """There is one thread."""
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(  # type: ignore[override]  # as above
        self, _executor: object, func: Callable[..., Any], *args: Any,
    ) -> asyncio.Future[Any]:
        """What would go on in a thread is done here, in one piece and at a drawn moment; a real thread ends when the machine pleases."""
        future = self.create_future()
        self.call_soon(_done, future, func, args)
        return future

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled moments are dropped when they come."""

    def _process_events(self, event_list: object) -> None:
        """There is no outside."""

    def _write_to_self(self) -> None:
        """Nobody sleeps."""

    def _asyncgen_finalizer_hook(self, agen: Any) -> None:
        """What a dead process left open stays open."""

    def end(self) -> None:
        """Closes whatever is still open, without letting any of it go on."""
        self._ended = True
        for task in self._tasks:
            if not task.done():
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001 - it was killed on purpose
                _closed(task.get_coro())
        self._ready.clear()
        self._scheduled.clear()
        self._tasks.clear()
        self.close()


def _done(future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if future.cancelled():
        return
    try:
        future.set_result(func(*args))
    except Exception as error:  # noqa: BLE001 - whatever it raised is raised where it is awaited
        future.set_exception(error)


def _closed(work: Any) -> None:
    try:
        work.close()
    except (RuntimeError, ValueError):  # it waits in its own finally: a killed process would not either
        return

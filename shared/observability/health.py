"""Whether a process lives and whether it may be given work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Probe = Callable[[], Awaitable[object]]
OK = "ok"
STOPPING = "stopping"


@dataclass(frozen=True)
class HealthReport:
    """The answer to one question; `checks` gives each check "ok" or the kind of its failure, never its text."""

    ok: bool
    checks: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """For a JSON answer: 200 when `ok`, else 503."""
        return {"status": OK if self.ok else "failing", "checks": self.checks}


class Health:
    """Named checks of one process; a probe is well unless it raises, answers False or takes too long."""

    def __init__(self, timeout_seconds: float = 2.0) -> None:
        self._timeout = timeout_seconds
        self._probes: dict[str, Probe] = {}
        self._vital: set[str] = set()
        self._stopping = False

    def add(self, name: str, probe: Probe, *, vital: bool = False) -> None:
        """Asks `probe` for readiness, and for liveness too when `vital`: only what a restart would cure."""
        if name in self._probes:
            raise ValueError(f"a check named {name} is there already")
        self._probes[name] = probe
        if vital:
            self._vital.add(name)

    def begin_stop(self) -> None:
        """From now on not ready, so that no more work is sent here; still alive."""
        self._stopping = True

    async def alive(self) -> HealthReport:
        """Whether the process should be left running."""
        return await self._asked(self._vital)

    async def ready(self) -> HealthReport:
        """Whether the process may be given work."""
        if self._stopping:
            return HealthReport(ok=False, checks={"process": STOPPING})
        return await self._asked(set(self._probes))

    async def _asked(self, names: set[str]) -> HealthReport:
        ordered = sorted(names)
        answers = await asyncio.gather(*(self._ask(self._probes[name]) for name in ordered))
        return HealthReport(ok=all(answer == OK for answer in answers), checks=dict(zip(ordered, answers, strict=True)))

    async def _ask(self, probe: Probe) -> str:
        try:
            async with asyncio.timeout(self._timeout):
                answer = await probe()
        except TimeoutError:
            return "timeout"
        except Exception as fault:  # noqa: BLE001 - whatever a probe raises is its answer
            return type(fault).__name__
        return "failing" if answer is False else OK

"""What the real services are built on here: patched in this process only where they would reach for chance, noise or the outside."""

from __future__ import annotations

import random
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog
from fastapi import APIRouter

from deploy.simulation.loop import SeededLoop
from services.intake.api import endpoints
from shared.clock import SHANGHAI, cut
from shared.district.loading import load_district
from shared.district.model import District
from shared.privacy import sealing
from shared.privacy.sealing import Sealer
from shared.storage import documents, memory

PUTUO = Path(__file__).resolve().parents[1] / "district" / "putuo"
SITES = ("001", "900")
CHANNELS = ("SUISHENBAN", "YWTB", "PORTAL_EXIT")


def _key(name: str) -> bytes:
    return random.Random(name).randbytes(32)  # noqa: S311 - a key nobody's data is under


SEAL_KEYS = f"sim:{b64encode(_key('seal')).decode()}"
CLUE_KEYS = f"clue:{b64encode(_key('clue')).decode()}"
CHANNEL_SECRETS = {channel: _key(channel) for channel in CHANNELS}
CHANNEL_KEYS = ",".join(f"{channel}:{b64encode(secret).decode()}" for channel, secret in CHANNEL_SECRETS.items())


@lru_cache(maxsize=1)
def district() -> District:
    """Putuo's rules with one counter and the site on line: every further site owes a month of its own and shows nothing new."""
    whole = load_district(PUTUO)
    return whole.model_copy(update={"sites": {code: whole.sites[code] for code in SITES}})


@dataclass
class SimClock:
    """The town's time: it follows the loop's or stands still, and is moved by whoever plays."""

    start: datetime
    loop: SeededLoop
    runs: bool
    moved: timedelta = timedelta()

    def now(self) -> datetime:
        """The present moment."""
        passed = timedelta(seconds=self.loop.time()) if self.runs else timedelta()
        return cut((self.start + self.moved + passed).astimezone(SHANGHAI))

    def step(self, by: timedelta) -> None:
        """Jumps; back too."""
        self.moved += by


@dataclass(frozen=True)
class Skewed:
    """One machine's clock, a little off."""

    clock: SimClock
    off: timedelta

    def now(self) -> datetime:
        """The present moment as this machine sees it."""
        return cut(self.clock.now() + self.off)


@dataclass(frozen=True)
class LightRoute:
    """A route without the web around it: its path, its name and the service's own function."""

    path: str
    endpoint: Callable[..., Any]
    name: str


def _light(self: APIRouter, path: str, endpoint: Callable[..., Any], *, name: str | None = None, **_more: Any) -> None:
    self.routes.append(LightRoute(path, endpoint, name or endpoint.__name__))  # type: ignore[arg-type]  # never served


def sealer(keys: str, name: str = "BANCHENG_SEAL_KEYS") -> Sealer:
    """A real sealer under a key everybody knows."""
    return Sealer.from_environment(keys, name=name)


class _Seeded:
    """Stands for the module `secrets` where boxes are sealed and cases are parked."""

    def __init__(self, chance: random.Random) -> None:
        self.token_bytes = chance.randbytes
        self.randbits = chance.getrandbits


def _copied(value: Any) -> Any:
    """A copy nobody shares, but for `state`, which is made anew for every write and read by validation only."""
    if isinstance(value, dict):
        return {name: held if name == "state" else _copied(held) for name, held in value.items()}
    return [_copied(held) for held in value] if isinstance(value, list) else value


class _Silent:
    """A logger without a voice."""

    def __init__(self, *_given: object, **_more: object) -> None: ...

    def bind(self, **_words: object) -> _Silent:
        return self

    def info(self, *_said: object, **_words: object) -> None: ...

    debug = warning = error = exception = critical = info


@contextmanager
def patched(chance: random.Random) -> Iterator[None]:
    """Nonces from the seed, routes without FastAPI's analysis of them, not a line of log."""
    before, seeded = structlog.get_config(), _Seeded(chance)
    structlog.configure(wrapper_class=_Silent,  # type: ignore[arg-type]  # all that is used of a logger
                         cache_logger_on_first_use=False)
    try:
        with ExitStack() as patches:
            patches.enter_context(patch.object(sealing, "secrets", seeded))
            patches.enter_context(patch.object(documents, "secrets", seeded))
            patches.enter_context(patch.object(endpoints, "described", lambda *_given, **_more: {}))
            patches.enter_context(patch.object(memory, "deepcopy", _copied))
            patches.enter_context(patch.object(APIRouter, "add_api_route", _light))
            yield
    finally:
        structlog.configure(**before)

"""Where an operator's command finds the broker and the store: given from outside, running here, or started for the time."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.faults import StackError
from deploy.local.stack import Stack, running_at

Say = Callable[[str], None]


@dataclass(frozen=True)
class Reached:
    """The addresses, and whether services may be running on them; `prefix` as in deploy/local/system.py."""

    kafka: str
    mongo_uri: str
    running: bool
    prefix: str = ""

    def database(self, service: str) -> str:
        """The name of one service's database."""
        return f"{self.prefix}bancheng_{service}"


@asynccontextmanager
async def reached(data: Path, say: Say) -> AsyncIterator[Reached]:
    """BANCHENG_KAFKA with BANCHENG_MONGO_URI, else the system running on this folder, else one started and stopped again."""
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # what it mutters while a broker wakes is not the operator's
    data, prefix = data.resolve(), os.environ.get("BANCHENG_PREFIX", "")
    given = os.environ.get("BANCHENG_KAFKA", ""), os.environ.get("BANCHENG_MONGO_URI", "")
    if all(given):
        yield Reached(*given, running=True, prefix=prefix)
        return
    if found := running_at(data):
        yield Reached(*found, running=True)
        return
    if not (data / "kafka").exists():
        raise StackError(f"数据目录 {data} 里没有数据。请用 --data 指定 ./bancheng up 用过的目录。")
    stack = Stack(data)
    await stack.start(say)
    try:
        yield Reached(stack.kafka, stack.mongo_uri, running=False)
    finally:
        await stack.stop()


@asynccontextmanager
async def store_reached(data: Path, say: Say) -> AsyncIterator[str]:
    """The store given from outside, that of the running system on this data, or started for the time of reading."""
    data = data.resolve()
    running = running_at(data)
    if found := os.environ.get("BANCHENG_MONGO_URI") or (running[1] if running else ""):
        yield found
        return
    if not (data / "store").exists():
        raise StackError(f"数据目录 {data} 里没有数据。请用 --data 指定，或用 BANCHENG_MONGO_URI 指定文档库。")
    stack = Stack(data)
    await stack.start(say, store_only=True)
    try:
        yield stack.mongo_uri
    finally:
        await stack.stop()

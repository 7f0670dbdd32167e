"""A TCP link that can fail: what lies between one process and the broker or the store in a fault test."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import Enum

from deploy.local.processes import free_port

CHUNK = 65_536
SLOW_S = 0.05


class Mode(Enum):
    """How a link treats what is sent over it."""

    PASS = "pass"  # noqa: S105 - no password
    CUT = "cut"  # connections are reset, new ones are refused
    STALLED = "stalled"  # half-open: connections stand, nothing arrives either way until it heals
    DEAF = "deaf"  # requests arrive, answers do not: the outcome stays unknown to who asked
    SLOW = "slow"  # every piece comes late


class Link:
    """One listening port in front of one other; `mode` may be set at any moment."""

    def __init__(self, name: str, target: int) -> None:
        self.name = name
        self.port = free_port()
        self._target = target
        self._mode = Mode.PASS
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begins to listen."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Ends every connection and listens no more."""
        self.set(Mode.CUT)
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def set(self, mode: Mode) -> None:
        """From now on it behaves so; a half-open link that heals delivers what it held, as TCP does."""
        self._mode = mode
        if mode in (Mode.STALLED, Mode.DEAF):
            self._open.clear()
        else:
            self._open.set()
        if mode is Mode.CUT:
            for writer in tuple(self._writers):
                writer.transport.abort()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._joined(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode is Mode.CUT:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(self._pump(reader, far_writer, asked=True), self._pump(far_reader, writer, asked=False))
        finally:
            for one in (writer, far_writer):
                one.transport.abort()
                self._writers.discard(one)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, asked: bool) -> None:
        with suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self._mode is Mode.SLOW:
                    await asyncio.sleep(SLOW_S)
                if not (asked and self._mode is Mode.DEAF):
                    await self._open.wait()
                writer.write(piece)
                await writer.drain()
        writer.transport.abort() if not asked else writer.close()

"""The link between a service and a broker or store, in each of its modes, on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from deploy.local.soak.links import Link, Mode

SOON_S = 0.3


class Line:
    """A client's connection to a server that says back what it hears, over a link."""

    def __init__(self, link: Link, heard: list[bytes]) -> None:
        self.link = link
        self.heard = heard

    async def asks(self, word: bytes) -> bytes:
        """What comes back within a moment; nothing when the line stays silent or is cut."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(SOON_S):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.link.port)
                writer.write(word)
                try:
                    return await reader.read(100)
                finally:
                    writer.transport.abort()
        return b""


@asynccontextmanager
async def line() -> AsyncIterator[Line]:
    """An echo server behind a link."""
    heard: list[bytes] = []

    ended: list[asyncio.Event] = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(end := asyncio.Event())
        with suppress(OSError):
            while word := await reader.read(100):
                heard.append(word)
                writer.write(word)
        writer.transport.abort()
        end.set()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    link = Link("test", server.sockets[0].getsockname()[1])
    await link.start()
    try:
        yield Line(link, heard)
    finally:
        await link.stop()
        server.close()
        await asyncio.gather(*(end.wait() for end in ended))
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("mode", "answer", "heard"),
    [(Mode.PASS, b"x", [b"x"]), (Mode.SLOW, b"x", [b"x"]), (Mode.CUT, b"", []), (Mode.STALLED, b"", []), (Mode.DEAF, b"", [b"x"])],
)
async def test_each_mode_does_what_it_says(mode: Mode, answer: bytes, heard: list[bytes]) -> None:
    """Deaf is the unknown outcome: the request arrived, its answer did not."""
    async with line() as it:
        it.link.set(mode)

        assert await it.asks(b"x") == answer
        assert it.heard == heard

        it.link.set(Mode.PASS)
        assert await it.asks(b"y") == b"y"


async def test_a_half_open_link_that_heals_delivers_what_it_held() -> None:
    """As TCP does: what was sent during a short partition comes late, in order."""
    async with line() as it:
        it.link.set(Mode.STALLED)
        reader, writer = await asyncio.open_connection("127.0.0.1", it.link.port)
        writer.write(b"held")
        assert await it.asks(b"") == b""
        it.link.set(Mode.PASS)

        assert await reader.read(100) == b"held"
        writer.close()


async def test_cutting_ends_open_connections() -> None:
    """A client in the middle of a call is told at once."""
    async with line() as it:
        reader, writer = await asyncio.open_connection("127.0.0.1", it.link.port)
        writer.write(b"a")
        assert await reader.read(100) == b"a"
        it.link.set(Mode.CUT)

        with suppress(ConnectionError):
            assert await reader.read(100) == b""
        writer.close()

"""A server to be overloaded: intake behind the real site and a real socket, its store slow. Says its port, serves until killed."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Sequence

import uvicorn

from shared.storage.documents import Write
from shared.storage.memory import MemoryDocuments
from tests.services.intake.conftest import House

quick = MemoryDocuments.write


async def slow(documents: MemoryDocuments, writes: Sequence[Write]) -> list[bool]:
    """A store that takes its time."""
    await asyncio.sleep(float(sys.argv[1]))
    return await quick(documents, writes)


async def serve() -> None:
    """Serves on a free port."""
    MemoryDocuments.write = slow  # type: ignore[method-assign]
    app = House().site
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    await uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).serve([listening])


if __name__ == "__main__":
    asyncio.run(serve())

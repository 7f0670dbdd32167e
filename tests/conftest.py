"""What every suite shares: the real broker and the real store, given from outside or started once."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Coroutine, Iterator
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import structlog
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.stack import Stack
from shared.storage.mongo import connect

T = TypeVar("T")
STACK_WITHIN_S = 180.0
PLACES = pytest.StashKey[tuple[str, str]]()
OF_A_TEST = re.compile(r"^[tr][0-9a-f]{8,12}-")


def pytest_configure(config: pytest.Config) -> None:
    """Names the one marker these suites use."""
    config.addinivalue_line("markers", "real: runs on the real Kafka and the real document store")


class LoopThread:
    """An event loop of its own in a thread of its own, so that what is bound to it outlives every test's loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="stack", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, done on the loop of the thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(STACK_WITHIN_S)

    def close(self) -> None:
        """Ends the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A command run inside a test sets up its logs; no later test hears less for it."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**before)
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Kafka's address and the store's URI: from `BANCHENG_KAFKA` and `BANCHENG_MONGO_URI`, else started here."""
    given = os.environ.get("BANCHENG_KAFKA", ""), os.environ.get("BANCHENG_MONGO_URI", "")
    if all(given):
        request.session.stash[PLACES] = given
        yield given
        return
    thread = LoopThread()
    stack = Stack(Path(tmp_path_factory.mktemp("stack")))
    try:
        thread.run(stack.start(lambda line: None))
        request.session.stash[PLACES] = stack.kafka, stack.mongo_uri
        yield stack.kafka, stack.mongo_uri
    finally:
        thread.run(stack.stop())
        thread.close()


@pytest.fixture(scope="module", autouse=True)
def swept(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the plays of one file made on the broker and in the store goes with the file: each play makes over a hundred topics."""
    yield
    held = request.session.stash.get(PLACES, None)
    if held is not None and any("places" in item.fixturenames for item in request.session.items if item.path == request.path):
        asyncio.run(_sweep(*held))


async def _sweep(kafka: str, mongo_uri: str, of: re.Pattern[str] = OF_A_TEST) -> None:
    admin, store = AIOKafkaAdminClient(bootstrap_servers=kafka), connect(mongo_uri)
    await admin.start()
    try:
        topics = [name for name in await admin.list_topics() if of.match(name)]
        if topics:
            await admin.delete_topics(topics)
        for name in await store.list_database_names():
            if of.match(name):
                await store.drop_database(name)
    finally:
        await admin.close()
        store.close()


@pytest.fixture(scope="session")
def kafka_bootstrap(places: tuple[str, str]) -> str:
    """Where the real broker answers."""
    return places[0]


@pytest.fixture(scope="session")
def mongo_uri(places: tuple[str, str]) -> str:
    """Where the real store answers."""
    return places[1]


@pytest.fixture
def prefix() -> str:
    """Keeps what one test makes on the broker and in the store apart from every other test's."""
    return f"t{uuid4().hex[:12]}-"

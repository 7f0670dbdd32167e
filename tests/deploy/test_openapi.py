"""Schemathesis over the whole OpenAPI of a running site on the real broker and store: no 5xx, no answer outside its schema, odd input refused."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel

from deploy.local.keys import made_keys
from deploy.local.rights.table import SIGNED_IN, read_table
from deploy.local.rights.town import Town, peopled
from deploy.local.system import Places, Secrets, System
from shared.clock import MovableClock
from shared.testing.driver import DISTRICT, at
from shared.web.frame import make_web
from shared.web.signin import SignIn, Staff
from tests.deploy.fuzzing import findings

# The server's own threads draw random numbers while Hypothesis draws its own; the cases stay the same (derandomize).
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
EXAMPLES = 6  # of each operation, mode and kind of number: about 1,500 requests
WITHIN_S = 120.0
ALWAYS = {"503"}


class Beside:
    """A loop in a thread of its own: what is served lives there."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of `work`."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WITHIN_S)

    @contextmanager
    def serving(self, app: FastAPI) -> Iterator[str]:
        """The address under which the app answers meanwhile."""
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2))
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            served = asyncio.run_coroutine_threadsafe(server.serve([listening]), self._loop)
            try:
                yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            finally:
                server.should_exit = True
                served.result(WITHIN_S)

    def close(self) -> None:
        """Ends the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@pytest.fixture
def beside() -> Iterator[Beside]:
    """A loop of its own for this test."""
    held = Beside()
    yield held
    held.close()


async def real_town(places: tuple[str, str]) -> Town:
    """The town of the rights table on the real parts."""
    keys, clock = made_keys(), MovableClock(at("2026-11-30 10:00"))
    secrets = Secrets(keys.seal_keys, keys.channel_keys, keys.clue_keys)
    system = System(Places(*places, prefix=f"t{uuid4().hex[:8]}-"), DISTRICT, clock, secrets)
    await system.prepare()
    await system.site.prepare()
    await system.start(ticking=False)
    return await peopled(system, clock, keys)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_every_answer_of_every_operation_is_as_the_document_says(places: tuple[str, str], beside: Beside) -> None:
    """Good and bad input, numbers nobody has and those of the town, each operation as somebody who may use it."""
    town: Town = beside.run(real_town(places))
    table = read_table()

    def headers(operation: str) -> dict[str, str]:
        said = table.operations[operation]
        roles = ["CL"] if said.door == SIGNED_IN else sorted(said.roles)
        return town.headers(town.person(roles[0]).id) if roles else {}

    with beside.serving(town.site) as address:
        found = findings(town.site.openapi(), address, headers=headers, numbers=town.numbers, examples=EXAMPLES)
    beside.run(town.system.stop())

    assert found == {}


def test_the_document_names_every_refusal_of_every_operation() -> None:
    """By what an operation has: a door, a body, parameters, a name in its path; each a problem document, none by `default`."""
    answers = {
        (method, path): said["responses"] for path, methods in planted().openapi()["paths"].items() for method, said in methods.items()
    }

    assert set(answers["get", "/api/good"]) == {"200", "401", "403", "429"} | ALWAYS
    assert set(answers["post", "/api/good/{number}"]) == {"200", "400", "401", "403", "404", "409", "413", "415", "422", "429"} | ALWAYS
    assert set(answers["get", "/health"]) == {"200"} | ALWAYS
    refusals = [held for responses in answers.values() for status, held in responses.items() if status != "200"]
    assert all("application/problem+json" in held["content"] and held["description"] for held in refusals)


class Number(BaseModel):
    """What a good answer of the planted app says."""

    number: int


class Nobody:
    """No staff at all."""

    def find(self, staff_id: str) -> Staff | None:
        return None

    def listing(self) -> list[Staff]:
        return []


def planted() -> FastAPI:
    """A small site with one good operation of each shape and one fault of each kind."""
    clock = MovableClock(at("2026-11-30 10:00"))
    app = make_web("planted", clock=clock, signin=SignIn(Nobody(), clock, access_code="c" * 20, session_key="s" * 20))

    @app.get("/api/good")
    async def good() -> Number:
        return Number(number=1)

    @app.post("/api/good/{number}")
    async def good_write(number: int, said: Number) -> Number:
        return said

    @app.get("/health")
    async def health() -> Number:
        return Number(number=1)

    @app.get("/api/falls-over")
    async def falls_over() -> Number:
        raise RuntimeError("nobody foresaw it")

    @app.get("/api/wrong-schema")
    async def wrong_schema() -> Number:
        return Response('{"number": "one"}', media_type="application/json")  # type: ignore[return-value]  # the fault that is planted

    @app.get("/api/other-media")
    async def other_media() -> Number:
        return Response("number: 1", media_type="text/plain")  # type: ignore[return-value]  # as above

    @app.get("/api/unheard-of")
    async def unheard_of() -> Number:
        return Response('{"number": 1}', 418, media_type="application/json")  # type: ignore[return-value]  # as above

    _add_takes_anything(app)
    return app


def _add_takes_anything(app: FastAPI) -> None:
    wants = {"requestBody": {"required": True, "content": {"application/json": {"schema": Number.model_json_schema()}}}}

    @app.post("/api/takes-anything", openapi_extra=wants)
    async def takes_anything() -> Number:
        return Number(number=1)


def test_a_fault_of_each_kind_is_found_and_nothing_else(beside: Beside) -> None:
    """A 5xx, an answer outside its schema, another media type, a code nobody wrote down, bad input taken: each caught by the same run."""
    app = planted()
    with beside.serving(app) as address:
        found = findings(app.openapi(), address, headers=lambda operation: {}, numbers={"number": "7"}, examples=4)
    kinds = {re.split(" (?:positive|negative)", name)[0]: fault for name, fault in found.items()}
    planted_faults = {
        "GET /api/falls-over": "Server error", "GET /api/wrong-schema": "Response violates schema",
        "GET /api/other-media": "Undocumented Content-Type", "GET /api/unheard-of": "Undocumented status code",
        "POST /api/takes-anything": "Schema-violating request accepted",
    }

    assert set(kinds) == set(planted_faults)
    assert [name for name, words in planted_faults.items() if words not in kinds[name]] == []

"""A small site of its own: one endpoint of each kind, three members of staff, a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import httpx
import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from structlog.testing import capture_logs
from structlog.typing import EventDict

from shared.clock import MovableClock
from shared.contracts.terms import Grade
from shared.errors import FieldFault, InputRefused, RuleBroken, TryAgain
from shared.text import PlainText
from shared.web.frame import make_web
from shared.web.pages import page
from shared.web.signin import SignIn, Staff, acting

CODE, KEY = "correct-horse-battery", "k" * 32
ORIGIN = "http://localhost"
PEOPLE = (
    Staff("s001-cl1", "李窗口", frozenset({"CL"}), site="001"),
    Staff("s001-tr1", "王研判", frozenset({"TR"}), site="001"),
    Staff("yibao-dh", "<b>赵</b>", frozenset({"DH"}), unit="yibao"),
)
Analyst = Annotated[Staff, acting("TR", "WS")]
Anybody = Annotated[Staff, acting()]


class Directory:
    """Three people."""

    def find(self, staff_id: str) -> Staff | None:
        """The one with this number."""
        return next((person for person in PEOPLE if person.id == staff_id), None)

    def listing(self) -> Sequence[Staff]:
        """All of them."""
        return PEOPLE


class Person(BaseModel):
    """A part of a form."""

    model_config = ConfigDict(extra="forbid")

    phone: str = Field(default="13800000000", pattern=r"^1\d{10}$")


class Form(BaseModel):
    """One field of each kind; all but the first have a good default."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, PlainText(10)] = Field(min_length=1)
    reason: str = Field(default="理由充分", min_length=4)
    grade: Grade = Grade.SIMPLE
    level: Literal["YELLOW", "RED"] = "RED"
    at: AwareDatetime | None = None
    day: date = date(2026, 1, 1)
    stars: int = Field(default=5, ge=1, le=5)
    size: float = Field(default=1.0, gt=0, lt=10)
    reached: bool = True
    units: list[str] = Field(default=["a"], min_length=1, max_length=2)
    person: Person = Person()


def _endpoints(api: APIRouter) -> None:
    @api.post("/form")
    async def form(form: Form) -> dict[str, str]:
        return {"text": form.text}

    @api.get("/listing")
    async def listing(limit: Annotated[int, Query(le=200)] = 10) -> int:
        return limit

    @api.get("/fault/{kind}")
    async def fault(kind: str) -> None:
        raise _FAULTS[kind]

    @api.post("/act")
    async def act(staff: Analyst) -> str:
        return staff.id

    @api.get("/me")
    async def me(staff: Anybody) -> str:
        return staff.id


_FAULTS: dict[str, Exception] = {
    "input": InputRefused(
        [FieldFault("person.phone", "请填写联系电话。", "needed"), FieldFault("a/b", "不对。")]
    ),
    "rule": RuleBroken("state.closed", "此件已办结，不能再签收。"),
    "rule-field": RuleBroken("unit.unknown", "没有这个单位。", field="unit"),
    "unknown": RuleBroken("case.unknown", "查无此件。", field="case_no"),
    "later": TryAgain("mongodb at 10.0.0.9 is away"),
    "chinese": HTTPException(404, "没有这张承办单。"),
    "english": HTTPException(404, "no such thing"),
    "bug": RuntimeError("password=hunter2"),
}


def _pages(pages: APIRouter) -> None:
    @pages.get("/echo")
    async def echo(request: Request, staff: Anybody) -> Response:
        return page(request, "sample/echo.html", text="<script>alert(1)</script>", entries=[])

    @pages.post("/act")
    async def act(staff: Analyst) -> str:
        return staff.id

    @pages.get("/fault/{kind}")
    async def fault(kind: str) -> None:
        raise _FAULTS[kind]


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[EventDict]]:
    """What was logged; without it a bug's trace would be painted on the screen, slowly."""
    with capture_logs() as captured:
        yield captured


@pytest.fixture
def clock() -> MovableClock:
    """Tuesday morning."""
    return MovableClock(datetime.fromisoformat("2026-11-24T09:00:00+08:00"))


@pytest.fixture
def door(clock: MovableClock) -> SignIn:
    """The sign-in of the small site."""
    return SignIn(Directory(), clock, access_code=CODE, session_key=KEY)


@pytest.fixture
def measured() -> list[tuple[str, str, int, float]]:
    """What the request metrics were told."""
    return []


@pytest.fixture
def site(clock: MovableClock, door: SignIn, measured: list[Any], tmp_path: Path) -> FastAPI:
    """The small site."""
    words = (
        '{% extends "base.html" %}{% from "macros.html" import timeline, empty %}'
        "{% block main %}<p>{{ text }}</p>{{ timeline(entries) }}{{ empty('今天没有事项。') }}{% endblock %}"
    )
    (tmp_path / "echo.html").write_text(words, encoding="utf-8")
    app = make_web("试验", clock=clock, signin=door, measured=lambda *told: measured.append(told))
    app.state.pages.add("sample", tmp_path)
    api, pages = APIRouter(prefix="/api/sample"), APIRouter(prefix="/sample")
    _endpoints(api)
    _pages(pages)
    app.include_router(api)
    app.include_router(pages, include_in_schema=False)
    return app


@pytest.fixture
async def client(site: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client on this machine that names no HTML."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url=ORIGIN) as asking:
        yield asking


@pytest.fixture
async def browser(client: httpx.AsyncClient, door: SignIn) -> httpx.AsyncClient:
    """A client that asks for pages and is signed in as the analyst."""
    client.headers["accept"] = "text/html"
    answer = await client.get(door.mint_once("s001-tr1"))
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    return client

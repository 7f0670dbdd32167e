"""Intake on memory parts behind its real HTTP: a counter, channels with keys, a clock moved by hand."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest

from services.intake import app as intake
from services.intake.domain.matter import Filed
from services.intake.domain.submission import ChannelSubmission, ExitSubmission, HallSubmission
from shared.assembly import Ground, Service
from shared.contracts.terms import Channel
from shared.privacy.signing import sign
from shared.storage.documents import Layout
from shared.testing.driver import DISTRICT, ServiceDriver, at
from shared.web.frame import make_web
from shared.web.signin import SignIn, Staff

CODE, SESSION = "correct-horse-battery", "k" * 32
SECRETS = {
    channel: bytes(range(place, place + 32)) for place, channel in enumerate(("SUISHENBAN", "YWTB", "PORTAL_EXIT"))
}
START = "2026-11-23 10:00"
NOW = at(START)
TEXT = "异地就医备案点了三次都报错，打 13912345678 找李小明也没用，我是王大力。"
PEOPLE = (
    Staff("s001-cl1", "平望舒", frozenset({"CL"}), site="001"),
    Staff("s001-ws1", "杨知行", frozenset({"WS"}), site="001"),
    Staff("zhengwu-go", "孟督办", frozenset({"GO"}), unit="zhengwu"),
    Staff("yibao-dh", "赵经办", frozenset({"DH"}), unit="yibao"),
    Staff("s001-tr1", "冯星野", frozenset({"TR"}), site="001"),
    Staff("zhengwu-fu1", "回访员", frozenset({"FU"}), unit="zhengwu"),
    Staff("zhengwu-gl1", "办领导", frozenset({"GL"}), unit="zhengwu"),
    Staff("jiwei-jw1", "联络员", frozenset({"JW"}), unit="jiwei"),
    Staff("jiwei-sh", "卜疏桐", frozenset({"SH"}), unit="jiwei"),
)


def a_matter(**changed: Any) -> dict[str, Any]:
    """What a person says at a counter; a field changed to None is left out."""
    said: dict[str, Any] = {
        "site": "001", "name": "王大力", "phone": "13800000001", "item": "异地就医备案", "text": TEXT, "category": "SERVICE",
    }
    return {name: value for name, value in (said | changed).items() if value is not None}


def a_channel_matter(source_id: str | None = "ssb-0001", **changed: Any) -> dict[str, Any]:
    """The same from a channel, under its own id and without a site."""
    return a_matter(**{"site": None, "source_id": source_id, **changed})


def an_exit(source_id: str | None = "exit-0001", **changed: Any) -> dict[str, Any]:
    """Somebody left the portal and wants to be called."""
    said: dict[str, Any] = {
        "item_code": "PT-SHICHANG-001", "item": None, "text": None, "exit_step": "上传平面图",
        "exit_reason": "一直转圈", "error_code": "UP-504", "wants_contact": True,
    }
    return a_channel_matter(source_id, **{**said, **changed})


def filed(body: dict[str, Any], channel: Channel = Channel.HALL, source_id: str | None = "form-0001") -> Filed:
    """A body on the counter at ten o'clock on Monday 23 November 2026."""
    models = {Channel.HALL: HallSubmission, Channel.PORTAL_EXIT: ExitSubmission}
    sent = models.get(channel, ChannelSubmission).model_validate(body)
    return Filed(sent, channel, getattr(sent, "source_id", source_id), DISTRICT, NOW)


class Directory:
    """Some of the staff."""

    def find(self, staff_id: str) -> Staff | None:
        return next((person for person in PEOPLE if person.id == staff_id), None)

    def listing(self) -> Sequence[Staff]:
        return PEOPLE


class Keyed:
    """Intake with the secrets of its channels."""

    @staticmethod
    def build(ground: Ground) -> Service:
        keys = ",".join(f"{channel}:{b64encode(secret).decode()}" for channel, secret in SECRETS.items())
        return intake.build(replace(ground, channel_keys=keys))


class House(ServiceDriver):
    """The service behind its site."""

    def __init__(self) -> None:
        super().__init__(Keyed, START)
        self.door = SignIn(Directory(), self.clock, access_code=CODE, session_key=SESSION)
        site = make_web("受理", clock=self.clock, signin=self.door, measured=lambda *_: None)
        site.include_router(self.service.api)
        site.include_router(self.service.pages, include_in_schema=False)
        site.state.pages.add("intake", self.service.page_folder)
        self.site = site
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://localhost")

    async def at_the_counter(self, body: Any, *, key: str | None = "form-0001", staff: str = "s001-cl1") -> httpx.Response:
        """A clerk registers."""
        headers = {"authorization": f"Bearer {CODE}", "x-staff": staff}
        if key is not None:
            headers["idempotency-key"] = key
        return await self.client.post("/api/intake/hall", json=body, headers=headers)

    async def from_channel(
        self, body: Any, channel: str = "SUISHENBAN", *, message: str = "msg-1", **wrong: Any
    ) -> httpx.Response:
        """A channel sends, signed now; `wrong` replaces what is really sent: `content`, `secret` or `now`."""
        path = f"/api/intake/{channel.lower().replace('_', '-')}"
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = sign(
            [wrong.get("secret", SECRETS[channel])], message_id=message, now=wrong.get("now", self.clock.now()), method="POST",
            path=path, body=content,
        )
        sent = wrong.get("content", content)
        return await self.client.post(path, content=sent, headers={**headers, "content-type": "application/json"})

    async def batch(self, *events: Any, message: str = "msg-1") -> list[dict[str, Any]]:
        """The portal's batch and its results."""
        answer = await self.from_channel({"events": list(events)}, "PORTAL_EXIT", message=message)
        assert answer.status_code == 207, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def signed_in(self, staff: str = "s001-cl1") -> None:
        """The client's cookie is this person's from now on."""
        person = self.door.directory.find(staff)
        assert person is not None
        self.client.cookies.set("bancheng_session", await self.door.open_session(person), domain="localhost.local")

    def documents(self) -> dict[str, Any]:
        """Everything that is stored."""
        return self.store.documents("registrations", Layout())._held

    async def asks(self, method: str, path: str, staff: str, **more: Any) -> httpx.Response:
        """Somebody asks the JSON endpoints; `key` is an Idempotency-Key."""
        headers = {"authorization": f"Bearer {CODE}", "x-staff": staff}
        if key := more.pop("key", None):
            headers["idempotency-key"] = key
        return await self.client.request(method, f"/api/intake{path}", headers=headers, **more)

    async def outside_the_box(self) -> str:
        """All that lies in the store but for the clue collection, and all that went to Kafka."""
        await self.courier.finish()
        held = {name: documents._held for name, documents in self.store._documents.items() if name != "clues"}
        return repr(held) + repr(self._publisher.records)

    async def everything(self) -> str:
        """All that lies in the store or went to Kafka, as one text."""
        await self.courier.finish()
        return repr(self.documents()) + repr(self._publisher.records)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A fresh one."""
    made = House()
    yield made
    await made.client.aclose()

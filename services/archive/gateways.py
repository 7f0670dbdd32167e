"""The way up to 啄木鸟 and the city's system, and its sandbox twin, which refuses what the mapping forbids and keeps what it took.

Neither platform has published its interface: what is spoken here is our own proposal, signed JSON over HTTPS, and stands in this
file and the mappings alone. `POST {address}/messages` with an Idempotency-Key answers 200 with a receipt, or 202 and the receipt
is asked for at `GET {address}/messages/{id}`; 400, 409, 413 and 422 refuse with code and message; anything else is no answer.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson

from services.archive.domain.uploading.filling import lacking
from services.archive.domain.uploading.sending import Answer, Received, Refused, Taken, Unanswered, Unknown
from shared.assembly import Ground, Link
from shared.clock import Clock
from shared.messaging.shards import shard_of
from shared.privacy.masking import scrub
from shared.privacy.sealing import BadKeys, decoded_key
from shared.privacy.signing import sign
from shared.storage.documents import Layout, Write

SANDBOX = "sandbox"
KEPT_IN = "sandbox_uploads"
TIMEOUT_S = 10.0
MOST_BYTES = 65_536
LONGEST_REASON = 200
OK, ACCEPTED, NOT_FOUND = 200, 202, 404
REFUSING = frozenset({400, 409, 413, 422})


@dataclass(frozen=True)
class Outgoing:
    """One message as a platform is to have it; `message_id` is the same at every try."""

    message_id: UUID
    platform: str
    case_no: str
    number: int
    fields: Mapping[str, str] = field(repr=False)


class UploadGateway(Protocol):
    """Brings messages to one platform; asked again with the same id it brings nothing more."""

    async def send(self, message: Outgoing) -> Answer:
        """What the platform said; Unanswered when it is not known whether it was taken."""
        ...

    async def ask(self, message: Outgoing) -> Answer:
        """What became of a message that was taken in earlier."""
        ...


class HttpGateway:
    """One platform over HTTP: bounded in time and size, every request signed, no redirect followed, no proxy of the machine used."""

    def __init__(self, address: str, secret: bytes, clock: Clock, *, within_s: float = TIMEOUT_S) -> None:
        self._address = address.rstrip("/")
        self._secret = secret
        self._clock = clock
        self._within_s = within_s
        self._trust = httpx.create_ssl_context() if address.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # read once

    async def send(self, message: Outgoing) -> Answer:
        """Brings the message."""
        body = {"messageId": str(message.message_id), "fields": dict(message.fields)}
        return await self._asked("POST", "/messages", message, orjson.dumps(body))

    async def ask(self, message: Outgoing) -> Answer:
        """Asks for its receipt."""
        return await self._asked("GET", f"/messages/{message.message_id}", message, b"")

    async def _asked(self, method: str, place: str, message: Outgoing, body: bytes) -> Answer:
        url = f"{self._address}{place}"
        named = str(message.message_id)
        path = urlsplit(url).path
        headers = sign([self._secret], message_id=named, now=self._clock.now(), method=method, path=path, body=body)
        headers |= {"idempotency-key": named, "content-type": "application/json"}
        try:
            async with (
                asyncio.timeout(2 * self._within_s),  # a platform may send its answer a byte at a time
                httpx.AsyncClient(timeout=self._within_s, verify=self._trust, trust_env=False) as client,
                client.stream(method, url, headers=headers, content=body) as response,
            ):
                return _answer(response.status_code, await _bounded(response), message, asked=method == "GET")
        except (httpx.HTTPError, TimeoutError) as fault:
            return Unanswered(f"平台没有应答（{type(fault).__name__}）")


async def _bounded(response: httpx.Response) -> bytes:
    found = b""
    async for piece in response.aiter_bytes():
        found += piece
        if len(found) > MOST_BYTES:
            break
    return found[: MOST_BYTES + 1]


def _answer(status: int, body: bytes, message: Outgoing, *, asked: bool) -> Answer:
    if asked and status == NOT_FOUND:
        return Unknown()
    said = _said(body)
    if status == ACCEPTED:
        return Taken()
    if status in REFUSING:
        code, reason = str(said.get("code") or status), str(said.get("message") or "平台没有说明原因")
        return Refused(code[:64], scrub(reason)[:LONGEST_REASON])
    receipt = str(said.get("receipt") or "")[:64]
    if status != OK or not receipt:
        return Unanswered(f"平台应答 {status}，没有回执")
    if said.get("messageId") != str(message.message_id):
        return Unanswered("平台的回执不是这条消息的")
    return Received(receipt)


def _said(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


class SandboxGateway:
    """Takes each message once into the service's own store; refuses a field the mapping does not know or does not allow."""

    def __init__(self, ground: Ground, platform: str) -> None:
        self._ground = ground
        self._platform = platform
        self._documents = ground.store.documents(KEPT_IN, Layout())

    async def send(self, message: Outgoing) -> Answer:
        """Takes the message once; a second time it only says so."""
        taken = Received(f"SB{message.message_id.hex[:16].upper()}")
        key = str(message.message_id)
        if await self._documents.fetch([key]):
            return taken
        if refusal := self._refusal(message):
            return refusal
        await self._documents.write([self._kept(message)])
        return taken

    async def ask(self, message: Outgoing) -> Answer:
        """It answers at once, so what it is asked for later was never sent."""
        return await self.send(message)

    def _refusal(self, message: Outgoing) -> Refused | None:
        mapping = self._ground.scheme.district.uploads.get(self._platform)
        if mapping is None or not message.fields.keys() <= mapping.fields.keys():
            return Refused("field.unknown", "有平台不认识的字段，请核对字段对照表")
        wrong = lacking(mapping, dict(message.fields))
        return Refused("field.wrong", wrong) if wrong else None

    def _kept(self, message: Outgoing) -> Write:
        state = {"case_no": message.case_no, "platform": message.platform, "number": message.number, "fields": dict(message.fields)}
        fields = {"seq": 0, "shard": shard_of(message.case_no), "index": {}, "unique": {}, "state": state}
        return Write(str(message.message_id), 0, fields)


def link_of(gateway: UploadGateway | None) -> Link:
    """How a platform is reached by this gateway; None, and it is not."""
    if gateway is None:
        return Link.NOT_CONNECTED
    return Link.SANDBOX if isinstance(gateway, SandboxGateway) else Link.CONNECTED


def gateways_of(ground: Ground) -> dict[str, UploadGateway]:
    """The gateway of each platform that is connected; raises BadKeys for an address or secret that can't be read.

    The environment says `platform=sandbox` or `platform=https://address|base64-secret`, several with commas between.
    """
    platforms = ground.scheme.district.policy.sync.platforms
    found: dict[str, UploadGateway] = {}
    for part in filter(None, (piece.strip() for piece in ground.platforms.split(","))):
        platform, _, where = part.partition("=")
        if platform not in platforms:
            raise BadKeys(f"上传平台 {platform[:32]} 不在方案的 sync.platforms 里，请核对 BANCHENG_UPLOADS。")
        found[platform] = SandboxGateway(ground, platform) if where == SANDBOX else _http(platform, where, ground)
    return found


def _http(platform: str, where: str, ground: Ground) -> HttpGateway:
    address, _, secret = where.partition("|")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or not secret:
        raise BadKeys(f"上传平台 {platform} 的地址须写成 https://地址|base64密钥，请核对 BANCHENG_UPLOADS。")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise BadKeys(f"上传平台 {platform} 的地址须用 https，请核对 BANCHENG_UPLOADS。")
    return HttpGateway(address, decoded_key(secret), ground.clock)

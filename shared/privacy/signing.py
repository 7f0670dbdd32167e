"""Signed requests of the channels, in the manner of Standard Webhooks 1.0; pure, the caller gives the time.

`verify` proves who sent a request and when; that it comes only once is for the store, by the id it returns.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from shared.privacy.sealing import BadKeys, check_keys, decoded_key

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
WINDOW_SECONDS = 300
MAX_BODY_BYTES = 1_048_576
MAX_SIGNATURES = 8

Headers = Mapping[str, str] | Iterable[tuple[bytes, bytes]]

_CHANNEL = re.compile(r"[A-Z][A-Z0-9_]{0,31}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECONDS = re.compile(r"[1-9][0-9]{0,11}")
_METHOD = re.compile(r"[A-Z]{1,10}")
_PATH = re.compile(r"/[!#-\-/-~]*")  # visible ASCII without the dot and the double quote


class BadSignature(Exception):
    """A request is not what its channel signed; `reason` is the Chinese sentence, `code` a stable name for metrics."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class ChannelKeys:
    """The secrets of each channel, several while they rotate."""

    def __init__(self, secrets: Mapping[str, Sequence[bytes]]) -> None:
        check_keys({f"{channel}-{place}": secret for channel, own in secrets.items() for place, secret in enumerate(own)})
        self._secrets = {channel: tuple(own) for channel, own in secrets.items()}

    @classmethod
    def from_environment(cls, value: str) -> ChannelKeys:
        """Reads `CHANNEL:base64[|base64],CHANNEL:…`; raises BadKeys for a short, shared or unreadable one."""
        found: dict[str, list[bytes]] = {}
        for part in filter(None, (piece.strip() for piece in value.split(","))):
            channel, _, encoded = part.partition(":")
            if not _CHANNEL.fullmatch(channel):
                raise BadKeys("渠道密钥须写成 渠道:base64密钥，渠道用大写字母。")
            if channel in found:
                raise BadKeys(f"渠道 {channel} 出现了两次；轮换时的两个密钥用 | 隔开。")
            found[channel] = [decoded_key(secret) for secret in encoded.split("|")]
        return cls(found)

    def __repr__(self) -> str:
        return f"ChannelKeys({', '.join(sorted(self._secrets))})"

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that may sign, in order of their names."""
        return tuple(sorted(self._secrets))

    def of(self, channel: str) -> tuple[bytes, ...]:
        """The channel's secrets, the newest first; raises BadSignature for a channel without any."""
        if channel not in self._secrets:
            raise BadSignature("这个渠道没有登记签名密钥。", "unknown_channel")
        return self._secrets[channel]


def sign(secrets: Sequence[bytes], *, message_id: str, now: datetime, method: str, path: str, body: bytes) -> dict[str, str]:
    """The three headers of a request at `now`; one signature a secret. Raises BadSignature for what `verify` would refuse."""
    seconds = str(int(now.timestamp()))
    _refuse_misshapen(message_id, seconds, method, path)
    content = _content(message_id, seconds, method, path, body)
    return {ID: message_id, TIMESTAMP: seconds, SIGNATURE: " ".join(_signature(secret, content) for secret in secrets)}


def verify(secrets: Sequence[bytes], headers: Headers, *, now: datetime, method: str, path: str, body: bytes) -> str:
    """The id of a request signed with one of `secrets` within ±300 s of `now`; raises BadSignature.

    `path` is as it was sent, query included; `headers` are best given raw, so that a doubled one is seen.
    """
    if len(body) > MAX_BODY_BYTES:
        raise BadSignature(f"请求正文超过 {MAX_BODY_BYTES} 字节。", "too_large")
    pairs = _pairs(headers)
    message_id, seconds, signatures = (_only(pairs, name) for name in (ID, TIMESTAMP, SIGNATURE))
    _refuse_misshapen(message_id, seconds, method, path)
    _refuse_untimely(int(seconds), now)
    content = _content(message_id, seconds, method, path, body)
    expected = [_signature(secret, content).encode() for secret in secrets]
    given = [signature.encode() for signature in _known(signatures)]
    same = [hmac.compare_digest(own, other) for own in expected for other in given]
    if not any(same):
        raise BadSignature("签名不符：请核对密钥、请求方法、路径和正文。", "mismatch")
    return message_id


def _content(message_id: str, seconds: str, method: str, path: str, body: bytes) -> bytes:
    return f"{message_id}.{seconds}.{method}.{path}.".encode() + body


def _signature(secret: bytes, content: bytes) -> str:
    return f"v1,{base64.b64encode(hmac.digest(secret, content, 'sha256')).decode()}"


def _pairs(headers: Headers) -> list[tuple[bytes, bytes]]:
    if isinstance(headers, Mapping):
        return [(name.lower().encode(), value.encode("utf-8", "surrogatepass")) for name, value in headers.items()]
    return [(name.lower(), value) for name, value in headers]


def _only(pairs: list[tuple[bytes, bytes]], name: str) -> str:
    values = [value for own, value in pairs if own == name.encode()]
    if not values or not values[0]:
        raise BadSignature(f"缺少请求头 {name}。", "missing_header")
    if len(values) > 1:
        raise BadSignature(f"请求头 {name} 出现了 {len(values)} 次。", "doubled_header")
    try:
        return values[0].decode("ascii")
    except UnicodeDecodeError:
        raise BadSignature(f"请求头 {name} 含有不允许的字符。", "not_ascii") from None


def _refuse_misshapen(message_id: str, seconds: str, method: str, path: str) -> None:
    """No part before the body may hold a dot: the dots are what keeps the signed parts apart."""
    if not _MESSAGE_ID.fullmatch(message_id):
        raise BadSignature(f"{ID} 须为 1 至 64 个字母、数字、- 或 _。", "bad_id")
    if not _SECONDS.fullmatch(seconds):
        raise BadSignature(f"{TIMESTAMP} 须为 1970 年以来的秒数。", "bad_time")
    if not _METHOD.fullmatch(method):
        raise BadSignature("请求方法须为大写字母。", "bad_method")
    if not _PATH.fullmatch(path):
        raise BadSignature("请求路径含有不允许的字符。", "bad_path")


def _refuse_untimely(seconds: int, now: datetime) -> None:
    age = int(now.timestamp()) - seconds
    if age > WINDOW_SECONDS:
        raise BadSignature(f"请求已过期：签名时间比现在早 {WINDOW_SECONDS} 秒以上。", "old")
    if age < -WINDOW_SECONDS:
        raise BadSignature(f"签名时间比现在晚 {WINDOW_SECONDS} 秒以上，请校准时钟。", "future")


def _known(signatures: str) -> list[str]:
    """The v1 signatures among them; other versions are passed over, as the standard asks."""
    parts = signatures.split(" ")
    if len(parts) > MAX_SIGNATURES or "" in parts:
        raise BadSignature(f"{SIGNATURE} 须为 1 至 {MAX_SIGNATURES} 个以单个空格分隔的签名。", "bad_signature_list")
    known = [part for part in parts if part.startswith("v1,")]
    if not known:
        raise BadSignature("没有 v1 版本的签名。", "unknown_version")
    return known

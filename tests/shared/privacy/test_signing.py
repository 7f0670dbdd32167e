"""What a channel must send to be believed, and everything that is not it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.privacy.sealing import BadKeys
from shared.privacy.signing import ID, MAX_BODY_BYTES, SIGNATURE, TIMESTAMP, BadSignature, ChannelKeys, sign, verify

SECRET, OTHER = bytes(range(32)), bytes(range(32, 64))
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
METHOD, PATH, BODY = "POST", "/api/intake/channels/SUISHENBAN", '{"item":"异地就医备案"}'.encode()
TEXT = {secret: base64.b64encode(secret).decode() for secret in (SECRET, OTHER)}
Raw = list[tuple[bytes, bytes]]


def signed(secret: bytes = SECRET, at: datetime = NOW, message_id: str = "msg_1") -> dict[str, str]:
    """The headers of the one request these tests are about."""
    return sign([secret], message_id=message_id, now=at, method=METHOD, path=PATH, body=BODY)


def raw(headers: dict[str, str]) -> Raw:
    """As the server hands them over."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def check(
    headers: dict[str, str] | Raw,
    *,
    method: str = METHOD,
    path: str = PATH,
    body: bytes = BODY,
    now: datetime = NOW,
    secrets: tuple[bytes, ...] = (SECRET,),
) -> str:
    """`verify` with everything right that is not given."""
    return verify(secrets, headers, now=now, method=method, path=path, body=body)


def changed(**headers: str | None) -> dict[str, str]:
    """The right headers with some replaced or, for None, left out."""
    given = {**signed(), **{f"webhook-{name}": value for name, value in headers.items()}}
    return {name: value for name, value in given.items() if value is not None}


GOOD = signed()[SIGNATURE]
SECONDS = signed()[TIMESTAMP]
REFUSALS: list[tuple[str, Callable[[], str]]] = [
    ("missing_header", lambda: check({})),
    ("missing_header", lambda: check(changed(id=None))),
    ("missing_header", lambda: check(changed(timestamp=None))),
    ("missing_header", lambda: check(changed(signature=None))),
    ("missing_header", lambda: check(changed(signature=""))),
    ("missing_header", lambda: check(changed(id=""))),
    ("mismatch", lambda: check(changed(signature="v1,"))),
    ("mismatch", lambda: check(changed(signature=GOOD[:-8]))),
    ("mismatch", lambda: check(changed(signature=GOOD.rstrip("=")))),
    ("mismatch", lambda: check(changed(signature=GOOD + "="))),
    ("mismatch", lambda: check(changed(signature="v1,!!!!"))),
    ("mismatch", lambda: check(signed(OTHER))),
    ("mismatch", lambda: check(signed(), secrets=())),
    ("old", lambda: check(signed(), now=NOW + timedelta(seconds=301))),
    ("old", lambda: check(signed(), now=NOW + timedelta(days=1))),
    ("future", lambda: check(signed(), now=NOW - timedelta(seconds=301))),
    ("mismatch", lambda: check(signed(), body=BODY + b" ")),
    ("mismatch", lambda: check(signed(), body=b"")),
    ("mismatch", lambda: check(signed(), body=BODY.replace(b":", b": "))),
    ("mismatch", lambda: check(signed(), path="/api/intake/channels/YWTB")),
    ("mismatch", lambda: check(signed(), path=PATH + "/")),
    ("mismatch", lambda: check(signed(), path=PATH + "?a=1")),
    ("mismatch", lambda: check(signed(), method="PUT")),
    ("bad_method", lambda: check(signed(), method="post")),
    ("bad_path", lambda: check(signed(), path="/a.b")),
    ("bad_path", lambda: check(signed(), path="api")),
    ("bad_path", lambda: check(signed(), path="/接口")),
    ("mismatch", lambda: check(changed(id="msg_2"))),
    ("bad_id", lambda: check(changed(id="msg.1"))),
    ("bad_id", lambda: check(changed(id="a" * 65))),
    ("bad_id", lambda: check(changed(id="msg 1"))),
    ("mismatch", lambda: check(changed(timestamp=str(int(SECONDS) + 1)))),
    ("bad_time", lambda: check(changed(timestamp="soon"))),
    ("bad_time", lambda: check(changed(timestamp=SECONDS + ".0"))),
    ("bad_time", lambda: check(changed(timestamp="-" + SECONDS))),
    ("bad_time", lambda: check(changed(timestamp="0" + SECONDS))),
    ("bad_time", lambda: check(changed(timestamp="9" * 4000))),
    ("bad_time", lambda: check(changed(timestamp=SECONDS + "\n"))),
    ("not_ascii", lambda: check(changed(timestamp="１７６３８５９６００"))),
    ("future", lambda: check(changed(timestamp="9" * 12))),
    ("old", lambda: check(changed(timestamp="1"))),
    ("unknown_version", lambda: check(changed(signature=GOOD.replace("v1,", "v2,")))),
    ("unknown_version", lambda: check(changed(signature=GOOD.replace("v1,", "v1a,")))),
    ("unknown_version", lambda: check(changed(signature=GOOD[3:]))),
    ("bad_signature_list", lambda: check(changed(signature=" ".join([GOOD] * 9)))),
    ("bad_signature_list", lambda: check(changed(signature=GOOD + "  " + GOOD))),
    ("bad_signature_list", lambda: check(changed(signature=" " + GOOD))),
    ("doubled_header", lambda: check([*raw(signed()), (b"Webhook-Id", b"msg_2")])),
    ("doubled_header", lambda: check([*raw(signed()), (b"webhook-timestamp", SECONDS.encode())])),
    ("doubled_header", lambda: check([(b"webhook-signature", b"v1,x"), *raw(signed())])),
    ("not_ascii", lambda: check([*raw(changed(id=None)), (b"webhook-id", b"\xff\xfe")])),
    ("not_ascii", lambda: check([*raw(changed(signature=None)), (b"webhook-signature", b"v1,\xff")])),
    ("too_large", lambda: check(signed(), body=b"x" * (MAX_BODY_BYTES + 1))),
]


@pytest.mark.parametrize(("code", "attempt"), REFUSALS, ids=lambda value: value if isinstance(value, str) else "")
def test_refused(code: str, attempt: Callable[[], str]) -> None:
    """With a stable code and a Chinese sentence."""
    with pytest.raises(BadSignature) as refused:
        attempt()
    assert refused.value.code == code
    assert refused.value.reason.endswith("。")


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_right_request_is_taken_within_the_window(seconds: int) -> None:
    """Both ways, and it answers the id to be remembered."""
    assert check(signed(), now=NOW + timedelta(seconds=seconds)) == "msg_1"


def test_header_names_in_any_case_and_other_versions_beside_are_fine() -> None:
    """HTTP does not tell names apart by case; the standard passes over versions it does not know."""
    assert check({name.title(): value for name, value in signed().items()}) == "msg_1"
    assert check(changed(signature=f"v1a,abc {GOOD}")) == "msg_1"


def test_two_keys_are_good_while_one_replaces_the_other() -> None:
    """Either side may be ahead; once the old one is gone it is refused."""
    keys = ChannelKeys.from_environment(
        f"SUISHENBAN:{TEXT[OTHER]}|{TEXT[SECRET]},YWTB:{base64.b64encode(bytes(range(64, 96))).decode()}"
    )
    assert keys.channels == ("SUISHENBAN", "YWTB")
    assert check(signed(SECRET), secrets=keys.of("SUISHENBAN")) == "msg_1"
    assert check(signed(OTHER), secrets=keys.of("SUISHENBAN")) == "msg_1"
    both = sign(keys.of("SUISHENBAN"), message_id="msg_1", now=NOW, method=METHOD, path=PATH, body=BODY)
    assert check(both) == "msg_1"
    with pytest.raises(BadSignature):
        check(signed(SECRET), secrets=keys.of("YWTB"))
    with pytest.raises(BadSignature, match="没有登记"):
        keys.of("HALL")


@pytest.mark.parametrize(
    "value",
    [
        TEXT[SECRET],
        f"suishenban:{TEXT[SECRET]}",
        "YWTB:",
        "YWTB:AAAA",
        f"YWTB:{TEXT[SECRET]}|",
        f"YWTB:{TEXT[SECRET]},YWTB:{TEXT[OTHER]}",
        f"YWTB:{TEXT[SECRET]},SUISHENBAN:{TEXT[SECRET]}",
        "YWTB:" + base64.b64encode(bytes(32)).decode(),
    ],
)
def test_bad_channel_keys_are_refused(value: str) -> None:
    """Short, plain, unreadable, or shared by two channels; the sentence does not tell them."""
    with pytest.raises(BadKeys) as refused:
        ChannelKeys.from_environment(value)
    assert TEXT[SECRET][:8] not in str(refused.value)


def test_no_channel_at_all_is_allowed_and_keys_are_not_shown() -> None:
    """A district without online channels."""
    assert ChannelKeys.from_environment("").channels == ()
    assert TEXT[SECRET] not in repr(ChannelKeys.from_environment(f"YWTB:{TEXT[SECRET]}"))


@settings(max_examples=1000)
@given(st.data())
def test_no_changed_request_is_taken(data: st.DataObject) -> None:
    """One place of one part replaced by anything."""
    parts = {"path": PATH, "method": METHOD, "body": BODY.decode(), **signed()}
    part = data.draw(st.sampled_from(sorted(parts)))
    place = data.draw(st.integers(0, len(parts[part])))
    new = parts[part][:place] + data.draw(st.text(max_size=3)) + parts[part][place + data.draw(st.integers(0, 3)) :]
    if new in (parts[part], f"{parts[part]} "):
        return
    parts[part] = new
    headers = {name: parts[name] for name in (ID, TIMESTAMP, SIGNATURE)}
    if part == SIGNATURE and GOOD in new.split(" "):
        return
    with pytest.raises(BadSignature):
        check(headers, method=parts["method"], path=parts["path"], body=parts["body"].encode())

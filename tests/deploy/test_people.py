"""`./bancheng staff` and `audit-log`: what one program wrote another uses and proves, on the real store (domain §9.4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from deploy.local.faults import StackError
from deploy.local.keys import for_data
from deploy.local.people import make_link, verify_looks, welcome
from deploy.local.website import Directory
from shared.assembly import Scheme
from shared.clock import SystemClock
from shared.storage.documents import Store
from shared.storage.mongo import MongoStore, connect
from shared.testing.driver import DISTRICT, PUTUO
from shared.web.accounts import Accounts
from shared.web.looks import AccessLog, Asked, Kind, Look
from shared.web.signin import SignIn
from shared.web.tokens import Tokens

pytestmark = pytest.mark.real


@pytest.fixture
async def prefix(mongo_uri: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A site of one's own in the store that is there, gone afterwards."""
    made = f"site{uuid4().hex[:8]}-"
    monkeypatch.setenv("BANCHENG_MONGO_URI", mongo_uri)
    monkeypatch.setenv("BANCHENG_PREFIX", made)
    yield made
    client = connect(mongo_uri)
    await client.drop_database(f"{made}bancheng_site")
    client.close()


async def filled(store: Store) -> list[AccessLog]:
    """Two processes that wrote forty entries between them."""
    looks = [AccessLog(store, SystemClock()) for _ in range(2)]
    await store.prepare()
    await asyncio.gather(*(looks[n % 2].append(Look(Kind.SIGNIN_OK, "s001-tr1", client="127.0.0.1")) for n in range(40)))
    return looks


async def test_the_command_finds_what_is_gone_and_what_was_noted_elsewhere(mongo_uri: str, prefix: str, tmp_path: Path) -> None:
    said: list[str] = []
    client = connect(mongo_uri)
    looks = await filled(MongoStore(client[f"{prefix}bancheng_site"]))
    entries = await looks[0].read(Asked(who="s001-tr1"), limit=100)
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(
        orjson.dumps({"event": "access_logged", "number": entry.number, "digest": entry.digest}) + b"\n" for entry in entries
    ))

    whole = await verify_looks(tmp_path, log, f"40:{entries[0].digest}", said.append)
    wrong = await verify_looks(tmp_path, None, f"40:{'0' * 64}", said.append)
    longer = await verify_looks(tmp_path, None, f"41:{'0' * 64}", said.append)
    client.close()

    assert [entry.number for entry in entries] == list(range(40, 0, -1))
    assert (whole, wrong, longer) == (0, 1, 1)
    assert "共 40 条" in said[0] and "完整" in said[0]
    assert any("第 40 条与" in line for line in said) and any("第 41 至 41 条已不在" in line for line in said)


async def test_an_entry_taken_out_of_the_store_is_missed(mongo_uri: str, prefix: str, tmp_path: Path) -> None:
    said: list[str] = []
    client = connect(mongo_uri)
    await filled(MongoStore(client[f"{prefix}bancheng_site"]))
    await client[f"{prefix}bancheng_site"]["looks"].delete_one({"state.number": 17})

    ended = await verify_looks(tmp_path, None, "", said.append)
    client.close()

    assert ended == 1 and said[0] == "✗ 第 17 条不见了。"


async def test_a_link_of_the_command_sets_a_password_in_the_running_window(mongo_uri: str, prefix: str, tmp_path: Path) -> None:
    """Made by one program, used at another; five wrong tries there close it here too (real store)."""
    said: list[str] = []
    assert await make_link("s001-tr1", tmp_path, PUTUO, "https://ban.example/", said.append) == 0
    token = said[1].removeprefix("https://ban.example/signin/once?token=")
    client = connect(mongo_uri)
    store = MongoStore(client[f"{prefix}bancheng_site"])
    here, there = Accounts(store, SystemClock()), Accounts(store, SystemClock())

    account = await here.of_link(token)
    assert account is not None and account.staff == "s001-tr1" and token not in repr(account)
    secret, _ = await here.enter("s001-tr1", "127.0.0.1", password="a hash")
    assert await there.of_link(token) is None
    found = await there.session(secret)
    assert found is not None and found[0].hash == "a hash"
    tries = await asyncio.gather(*((here, there)[n % 2].try_begins("s001-tr1") for n in range(12)))
    assert sum(allowed for allowed, _ in tries) == 5 and (await here.of("s001-tr1")).locked_until(SystemClock().now())
    await there.lock("s001-tr1", locked=True)
    fresh = Accounts(store, SystemClock())
    assert await fresh.session(secret) is None and await there.session(secret) is None
    with pytest.raises(StackError, match="已停用"):
        await make_link("s001-tr1", tmp_path, PUTUO, "https://ban.example", said.append)
    with pytest.raises(StackError, match="没有工号 s001-tr9"):
        await make_link("s001-tr9", tmp_path, PUTUO, "https://ban.example", said.append)
    client.close()


async def test_tokens_are_found_by_their_digest_in_the_store(mongo_uri: str, prefix: str) -> None:
    client = connect(mongo_uri)
    store = MongoStore(client[f"{prefix}bancheng_site"])
    secret, made = await Tokens(store, SystemClock()).make("对接", "s001-tr1", ["router:read"], 30, "zhengwu-se1")
    other = Tokens(store, SystemClock())
    assert await other.find(secret) == made and await other.find(secret + "x") is None and await other.listing() == [made]
    assert await other.revoke(made.key) and await Tokens(store, SystemClock()).find(secret) is None
    client.close()


async def test_what_the_terminal_says_lets_nobody_in_where_the_data_is_real(tmp_path: Path) -> None:
    """A demonstration is entered with one click; elsewhere the safety administrator sets a password first."""
    door, keys = SignIn(Directory(Scheme(DISTRICT)), SystemClock(), access_code=None, session_key="k" * 32), for_data(tmp_path)

    sample = await welcome(DISTRICT, door, keys, 8000, sample=True)
    real = await welcome(DISTRICT, door, keys, 8000, sample=False)
    link = next(line for line in real if "zhengwu-se1" in line).rpartition("token=")[2]

    assert "http://127.0.0.1:8000/signin/once?token=" in sample[0] and "演示数据" in sample[1]
    assert (await door.accounts.of_link(link)) is not None and door.use_once(link) is None
    assert keys.access_code not in " ".join(sample + real)

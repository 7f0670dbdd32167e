"""Both stores under one suite: each test runs on memory and, marked `real`, on MongoDB's protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from shared.storage.documents import Documents, IndexValue, Layout, Store, Write
from shared.storage.memory import MemoryStore
from shared.storage.mongo import MongoStore, connect

LAYOUT = Layout(indexed=("due_at", "state", "level"), unique=("source_id", "number"))


@asynccontextmanager
async def opened(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """One empty database of this kind, gone afterwards."""
    if kind == "memory":
        yield MemoryStore()
        return
    client = connect(request.getfixturevalue("mongo_uri"))
    name = f"{request.getfixturevalue('prefix')}store"
    try:
        yield MongoStore(client[name])
    finally:
        await client.drop_database(name)
        client.close()


async def cases_of(store: Store) -> Documents:
    """The documents every test of this folder writes to, indexes made."""
    documents = store.documents("cases", LAYOUT)
    await store.prepare()
    return documents


def a_write(
    case_no: str, expected: int = 0, *, index: Mapping[str, IndexValue] | None = None,
    unique: Mapping[str, str | None] | None = None, shard: int = 0, state: object = None, seq: int = 0, **more: Any,
) -> Write:
    """A write as the case store makes them."""
    fields = {
        "seq": seq, "shard": shard, "index": dict(index or {}), "unique": dict(unique or {}), "state": state or {"n": expected},
    }
    return Write(case_no, expected, fields, **more)


def an_entry(seq: int) -> dict[str, Any]:
    """An outbox entry."""
    return {"seq": seq, "id": f"e{seq}", "topics": ["router.cases"], "headers": {"ce_id": f"e{seq}"}, "body": "{}"}

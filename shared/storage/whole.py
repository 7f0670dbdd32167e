"""A whole database, read from outside the services: what an audit exports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence, Set
from typing import Any

import bson
from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorDatabase

from shared.storage.documents import Document
from shared.storage.mongo import answering, connect

INSERTED_AT_ONCE = 200


class DatabaseReader:
    """One service's database as an auditor reads it: every collection, nothing ever written."""

    def __init__(self, uri: str, database: str) -> None:
        self._client = connect(uri)
        self._database = self._client[database]

    async def collections(self) -> list[str]:
        """The names of all collections, none for a service that never ran."""
        async with answering():
            return sorted(await self._database.list_collection_names())

    async def each(self, collection: str) -> AsyncIterator[Document]:
        """Every document, by its id."""
        async with answering():
            async for document in self._database[collection].find({}).sort("_id"):
                yield document

    async def one(self, collection: str, name: str) -> Document | None:
        """One document as it is now."""
        async with answering():
            return await self._database[collection].find_one({"_id": name})

    async def unsent(self) -> int:
        """How many documents have events in their outbox."""
        counts = [await self._count(name, {"outbox.seq": {"$gte": 1}}) for name in await self.collections()]
        return sum(counts)

    async def _count(self, collection: str, wanted: dict[str, Any]) -> int:
        async with answering():
            return await self._database[collection].count_documents(wanted)

    def close(self) -> None:
        """Leaves the store."""
        self._client.close()


class DatabaseWriter:
    """One service's database as a restore or a rebuild writes it, while no process of the service runs."""

    def __init__(self, database: AsyncIOMotorDatabase[Document]) -> None:
        self._database = database

    async def insert(self, collection: str, documents: Sequence[Document]) -> None:
        """Adds these documents as they are."""
        async with answering():
            if documents:
                await self._database[collection].insert_many(list(documents))

    async def take_over(self, source: DatabaseReader, keep: Set[str]) -> None:
        """Puts every document of `source` in place of what is here; collections named in `keep` stay as they are."""
        for name in set(await source.collections()) - keep:
            documents = [document async for document in source.each(name)]
            async with answering():
                await self._database[name].delete_many({})
            for start in range(0, len(documents), INSERTED_AT_ONCE):
                await self.insert(name, documents[start : start + INSERTED_AT_ONCE])
        if "parked" not in await source.collections():
            async with answering():
                await self._database["parked"].delete_many({})


def packed(document: Document) -> bytes:
    """A document as BSON, every type kept."""
    return bson.encode(document)


def unpacked(content: bytes) -> list[Document]:
    """The documents of one dump."""
    options: CodecOptions[Document] = CodecOptions(tz_aware=True)
    return bson.decode_all(content, options)

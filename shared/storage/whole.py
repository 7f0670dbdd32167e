"""A whole database, read from outside the services: what an audit exports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from shared.storage.documents import Document
from shared.storage.mongo import answering, connect


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

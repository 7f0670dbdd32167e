"""A collection without any rule, for measuring the store itself against."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import InsertOne

from shared.storage.documents import Document
from shared.storage.mongo import Collection, connect


class RawCollection:
    """A collection without any rule, for measuring against (bench)."""

    def __init__(self, uri: str, database: str, name: str) -> None:
        self._collection: Collection = connect(uri)[database][name]

    async def everything(self) -> list[Document]:
        """All documents."""
        return [document async for document in self._collection.find({})]

    async def insert(self, documents: Sequence[Document]) -> None:
        """One bulk write of these documents."""
        await self._collection.bulk_write([InsertOne(document) for document in documents], ordered=False)

"""What a service has parked, as an operator sees it: listed, and asked to be tried again."""

from __future__ import annotations

from shared.storage.documents import Document
from shared.storage.mongo import answering, connect

AGAIN = "again"
PARKED = "parked"


class ParkedCases:
    """The parked cases of one service, read from outside it; the only thing written is the wish to try one again."""

    def __init__(self, uri: str, database: str) -> None:
        self._client = connect(uri)
        self._collection = self._client[database][PARKED]

    async def waiting(self) -> list[Document]:
        """Every parked case, oldest first."""
        async with answering():
            return [document async for document in self._collection.find({}).sort("since", 1)]

    async def ask_again(self, case_no: str, rev: int) -> bool:
        """The running service, or the next start, tries this case again; False when it has moved on meanwhile."""
        async with answering():
            done = await self._collection.update_one({"_id": case_no, "rev": rev}, {"$set": {AGAIN: True}})
        return bool(done.matched_count)

    def close(self) -> None:
        """Leaves the store."""
        self._client.close()

"""When the last backup was made: written down beside the site's own things, so that the system page can say how old it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.local.reaching import Reached
from shared.storage.documents import Document, Layout, Store, Write
from shared.storage.mongo import MongoStore, connect

MARKS, BACKUP = "marks", "backup"


async def note_backup(places: Reached, manifest: Mapping[str, Any]) -> None:
    """Writes down that one was made; raises TryAgain when the store does not answer."""
    client = connect(places.mongo_uri)
    try:
        await noted(MongoStore(client[places.database("site")]), str(manifest["at"]), int(manifest["documents"]))
    finally:
        client.close()


async def noted(store: Store, at: str, number: int) -> None:
    """The moment and how many documents, in place of what was noted before."""
    documents = store.documents(MARKS, Layout())
    held = (await documents.fetch([BACKUP])).get(BACKUP)
    fields = {"seq": 0, "shard": 0, "index": {}, "unique": {}, "state": {"at": at, "documents": number}}
    await documents.write([Write(BACKUP, held["version"] if held else 0, fields)])


async def last_backup(store: Store) -> dict[str, Any]:
    """What was noted last; empty when there was none."""
    held: Document = (await store.documents(MARKS, Layout()).fetch([BACKUP])).get(BACKUP, {})
    said: dict[str, Any] = held.get("state") or {}
    return said

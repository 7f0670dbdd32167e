"""The marks by which a bulk write that met a stale one is told apart (shared/storage/mongo.py)."""

from __future__ import annotations

from typing import Any

import pytest

from shared.storage.documents import Layout
from shared.storage.mongo import MARKS, MongoDocuments, connect
from tests.shared.storage.stores import a_write

pytestmark = pytest.mark.real


@pytest.mark.parametrize(("rivals", "told"), [(0, True), (MARKS - 1, True), (MARKS, False)])
async def test_a_write_overtaken_before_it_is_looked_at_is_told_done_as_long_as_its_mark_stands(
    places: tuple[str, str], prefix: str, monkeypatch: pytest.MonkeyPatch, rivals: int, told: bool,
) -> None:
    """With a stale one beside it the store tells them apart by marks; there are as many as may overtake it, less one."""
    client = connect(places[1])
    documents = MongoDocuments(client[f"{prefix}marks"]["cases"], Layout())
    look = MongoDocuments._told_apart

    async def late(self: MongoDocuments, *given: Any) -> list[bool]:
        monkeypatch.setattr(MongoDocuments, "_told_apart", look)
        for version in range(2, 2 + rivals):
            assert await self.write([a_write("c1", version)]) == [True]
        return await look(self, *given)

    await documents.write([a_write("c1")])
    monkeypatch.setattr(MongoDocuments, "_told_apart", late)
    assert await documents.write([a_write("c1", 1), a_write("nobody", 7)]) == [told, False]
    await client.drop_database(f"{prefix}marks")
    client.close()

"""Files as people hand them in: sealed in pieces, pending until what they belong to is registered (docs/decisions/0034).

A file is one document of particulars and one document a piece; the piece's bytes lie beside `state`, so that no export repeats them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.clock import EVER, Clock
from shared.contracts.sealed import Sealed
from shared.errors import TryAgain
from shared.privacy.sealing import SealedBytes, Sealer, Unsealable
from shared.storage.documents import Document, Documents, Layout, Query, Store, Write

LAYOUT = Layout(indexed=("pending_since", "owner"))
PIECES = Layout()
PIECE_BYTES, ID_BYTES = 512_000, 16
PENDING = timedelta(days=7)
SWEPT_AT_ONCE = 20
NAME = "file-name"


class KeptFile(BaseModel):
    """One file's particulars: `about` is what it was handed in with, `case_no` what it belongs to once that is registered."""

    model_config = ConfigDict(frozen=True)

    id: str
    owner: str
    about: str
    kind: str
    media: str
    size: int
    pieces: int
    name: Sealed
    saved_at: AwareDatetime
    case_no: str | None = None


class SealedFiles:
    """One service's files, in its own database, under the installation's keys."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock) -> None:
        self._files: Documents = store.documents("files", LAYOUT)
        self._pieces: Documents = store.documents("file_pieces", PIECES)
        self._sealer = sealer
        self._clock = clock

    async def keep(self, data: bytes, *, owner: str, about: str, kind: str, media: str, name: str) -> KeptFile:
        """Seals a file; its particulars are written first, so that a half-written one is found and forgotten."""
        number, now = secrets.token_hex(ID_BYTES), self._clock.now()
        box = self._sealer.seal(name, case_no=number, label=NAME, masked=kind)
        parts = [data[start : start + PIECE_BYTES] for start in range(0, len(data), PIECE_BYTES)]
        kept = KeptFile(
            id=number, owner=owner, about=about, kind=kind, media=media, size=len(data), pieces=len(parts), name=box, saved_at=now
        )
        await self._put(self._files, number, 0, kept.model_dump(mode="json"), {"pending_since": now, "owner": owner})
        for place, part in enumerate(parts):
            await self._put_piece(number, place, part)
        return kept

    async def _put_piece(self, number: str, place: int, part: bytes) -> None:
        sealed = self._sealer.seal_bytes(part, bound_to=number, label=f"piece-{place}")
        more = {"box": sealed.box, "key_id": sealed.key_id, "algorithm": sealed.algorithm}
        await self._put(self._pieces, f"{number}.{place}", 0, {"place": place}, {}, more)

    async def find(self, ids: Sequence[str]) -> list[KeptFile]:
        """The files of these numbers that are there, in the order asked for."""
        held = await self._files.fetch(ids)
        there = (held[number]["state"] for number in ids if number in held)
        return [KeptFile.model_validate(state) for state in there if state is not None]

    async def pending(self, owner: str, ids: Sequence[str]) -> list[KeptFile]:
        """Those of these files that somebody handed in and that belong to no case yet."""
        return [kept for kept in await self.find(ids) if kept.owner == owner and kept.case_no is None]

    async def count_pending(self, owner: str) -> int:
        """How many files of somebody wait for what they belong to."""
        return await self._files.count(Query(equal={"owner": owner}, at_least={"pending_since": EVER}))

    def name_of(self, kept: KeptFile) -> str:
        """The file's name in clear; raises Unsealable without its key."""
        return self._sealer.open(kept.name, case_no=kept.id)

    async def read(self, kept: KeptFile) -> bytes:
        """The file in clear; raises Unsealable where a piece is missing, changed or its key gone."""
        names = [f"{kept.id}.{place}" for place in range(kept.pieces)]
        held = await self._pieces.fetch(names)
        if len(held) < kept.pieces:
            raise Unsealable("附件不完整。")
        return b"".join(self._opened(held[name], kept.id, place) for place, name in enumerate(names))

    def _opened(self, piece: Document, number: str, place: int) -> bytes:
        if piece["state"] is None:
            raise Unsealable("附件已删除。")
        sealed = SealedBytes(piece["key_id"], piece["algorithm"], bytes(piece["box"]))
        return self._sealer.open_bytes(sealed, bound_to=number, label=f"piece-{place}")

    async def settle(self, ids: Sequence[str], case_no: str) -> None:
        """From now on these files belong to a case; once they do, nothing moves them."""
        held = await self._files.fetch(ids)
        for number in ids:
            document = held.get(number)
            if document is not None and document["state"] is not None and document["state"]["case_no"] is None:
                state = {**document["state"], "case_no": case_no}
                await self._put(self._files, number, document["version"], state, {})

    async def forget(self, kept: KeptFile) -> None:
        """Removes a file: its pieces first, so that what is left is still found."""
        pieces = await self._pieces.fetch([f"{kept.id}.{place}" for place in range(kept.pieces)])
        nothing: Mapping[str, Any] = {"box": b"", "key_id": "", "algorithm": ""}
        for name, piece in pieces.items():
            if piece["state"] is not None:
                await self._put(self._pieces, name, piece["version"], None, {}, nothing)
        held = (await self._files.fetch([kept.id]))[kept.id]
        if held["state"] is not None:
            await self._put(self._files, kept.id, held["version"], None, {})

    async def forget_these(self, ids: Sequence[str]) -> None:
        """Removes the files of these numbers, those that are there; half done before, it goes on."""
        for kept in await self.find(ids):
            await self.forget(kept)

    async def left_behind(self) -> list[KeptFile]:
        """Files that waited seven days for what they belong to, some at a time."""
        query = Query(at_most={"pending_since": self._clock.now() - PENDING}, sort="pending_since", limit=SWEPT_AT_ONCE)
        return [KeptFile.model_validate(held["state"]) for held in await self._files.find(query)]

    async def _put(
        self, documents: Documents, name: str, version: int, state: Mapping[str, Any] | None, index: Mapping[str, Any],
        more: Mapping[str, Any] | None = None,
    ) -> None:
        fields = {"seq": 0, "state": state, "index": dict(index), "unique": {}, "shard": 0, **(more or {})}
        (done,) = await documents.write([Write(name, version, fields)])
        if not done:
            raise TryAgain("a file was written from two places at once")

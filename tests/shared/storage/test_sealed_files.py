"""Files in both stores: sealed in pieces, pending until settled, forgotten whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared.clock import MovableClock
from shared.errors import TryAgain
from shared.privacy.sealing import Sealer, Unsealable, new_keys
from shared.storage.documents import Document, Store, Write
from shared.storage.sealed_files import LAYOUT, PIECE_BYTES, PIECES, KeptFile, SealedFiles

NOON = datetime.fromisoformat("2026-11-23T12:00:00+08:00")
LARGE = bytes(range(256)) * (PIECE_BYTES // 100)


@pytest.fixture
def clock() -> MovableClock:
    """Noon."""
    return MovableClock(NOON)


@pytest.fixture
async def files(store: Store, clock: MovableClock) -> SealedFiles:
    """No files yet."""
    made = SealedFiles(store, Sealer.from_environment(new_keys()), clock)
    await store.prepare()
    return made


async def handed_in(files: SealedFiles, data: bytes = LARGE, owner: str = "s001-cl1") -> KeptFile:
    """One file."""
    return await files.keep(data, owner=owner, about="form-1", kind="attachment", media="image/png", name="王大力 身份证.png")


async def pieces(store: Store, kept: KeptFile) -> dict[str, Document]:
    """What lies of a file."""
    return await store.documents("file_pieces", PIECES).fetch([f"{kept.id}.{place}" for place in range(kept.pieces)])


@pytest.mark.parametrize("size", [1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
async def test_a_file_comes_back_byte_for_byte(files: SealedFiles, size: int) -> None:
    kept = await handed_in(files, LARGE[:1] * size)
    (found,) = await files.find([kept.id])
    assert await files.read(found) == LARGE[:1] * size and files.name_of(found) == "王大力 身份证.png"
    assert found.pieces == -(-size // PIECE_BYTES)


async def test_neither_bytes_nor_name_lie_in_clear(files: SealedFiles, store: Store) -> None:
    kept = await handed_in(files)
    lying = repr(await store.documents("files", LAYOUT).fetch([kept.id])) + repr(await pieces(store, kept))
    assert "王大力" not in lying and repr(LARGE[:64])[2:-1] not in lying


async def test_a_file_waits_for_its_case_and_then_stays(files: SealedFiles, clock: MovableClock) -> None:
    kept = await handed_in(files)
    assert await files.pending("s001-cl1", [kept.id]) == [kept] and await files.count_pending("s001-cl1") == 1
    assert await files.pending("s001-cl2", [kept.id, "f" * 32]) == []
    await files.settle([kept.id], "PT2611230010001")
    await files.settle([kept.id, "f" * 32], "PT2611230019999")
    (settled,) = await files.find([kept.id])
    assert settled.case_no == "PT2611230010001" and await files.pending("s001-cl1", [kept.id]) == []
    clock.move_by(timedelta(days=400))
    assert await files.left_behind() == [] and await files.count_pending("s001-cl1") == 0


async def test_a_file_left_behind_is_found_after_seven_days_and_forgotten_whole(
    files: SealedFiles, store: Store, clock: MovableClock
) -> None:
    kept = await handed_in(files)
    clock.move_by(timedelta(days=7, seconds=-1))
    assert await files.left_behind() == []
    clock.move_by(timedelta(seconds=1))
    (left,) = await files.left_behind()
    await files.forget(left)
    await files.forget(left)
    assert await files.find([kept.id]) == [] and await files.left_behind() == []
    assert all(piece["box"] == b"" for piece in (await pieces(store, kept)).values())
    with pytest.raises(Unsealable):
        await files.read(kept)


async def test_what_was_changed_or_is_missing_does_not_open(files: SealedFiles, store: Store, clock: MovableClock) -> None:
    kept, other = await handed_in(files), await handed_in(files)
    first = (await pieces(store, other))[f"{other.id}.0"]
    held = store.documents("file_pieces", PIECES)
    same = {name: first[name] for name in ("seq", "state", "index", "unique", "shard", "key_id", "algorithm", "box")}
    await held.write([Write(f"{kept.id}.0", 1, same)])
    with pytest.raises(Unsealable):
        await files.read(kept)
    with pytest.raises(Unsealable):
        await files.read(kept.model_copy(update={"id": other.id, "pieces": other.pieces + 1}))
    with pytest.raises(Unsealable):
        await SealedFiles(store, Sealer.from_environment(new_keys()), clock).read(other)


async def test_a_file_written_from_two_places_at_once_is_tried_again(files: SealedFiles) -> None:
    kept = await handed_in(files)
    with pytest.raises(TryAgain):
        await files._put(files._files, kept.id, 0, {}, {})

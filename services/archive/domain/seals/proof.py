"""What a person keeps of their case: its chain without a word of it, the way to its month's root, and the seals up to the newest one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.archive.domain.lines import digest_of, outline_of
from services.archive.domain.record import CaseRecord
from services.archive.domain.seals.merkle import leaf_hash, path_of
from services.archive.domain.seals.seal import Seal, SealPage
from services.archive.domain.sm3 import sm3
from shared.contracts.archive_events import SealedLeaf

FORM = "bancheng-proof-1"
HOW = (
    "核验方法（不需联网，也不需本系统运行，只需 Python 3 和本项目的 checker 目录）：在含有该目录的文件夹里运行 python3 -m checker proof 本文件；"
    "再将最后一个封存值与公布的封存值逐字核对，两者相同即证明本件自封存以来未被改动。"
)


def proof_of(record: CaseRecord, found: tuple[SealPage, SealedLeaf] | None, seals: Sequence[Seal]) -> dict[str, Any]:
    """A proof in JSON types: no line, only each line's hash with the event's id, type and moment (方案 七(四): no words of anybody)."""
    made = [seal for seal in seals if seal.as_of is not None]
    sealed = _sealed(found, made) if found else None
    return {
        "form": FORM, "how": HOW, "case_no": record.case_no, "events": [_event(line) for line in record.events],
        "head": digest_of(record.chain), "lock": record.lock.model_dump(mode="json") if record.lock else None, "sealed": sealed,
        "seals": [_seal(seal) for seal in made if sealed and seal.month >= sealed["month"]],
    }


def _event(line: str) -> dict[str, str]:
    event_id, kind, moment = [*outline_of(line).split(" "), "", ""][:3]
    return {"event_id": event_id, "type": kind, "occurred_at": moment, "line": sm3(line)}


def _sealed(found: tuple[SealPage, SealedLeaf], seals: Sequence[Seal]) -> dict[str, Any] | None:
    page, leaf = found
    seal = next((held for held in seals if held.month == page.month), None)
    if seal is None:
        return None
    numbers = [line.number for line in seal.pages]
    hashes = [leaf_hash(held) for held in page.leaves]
    place = numbers.index(page.number)
    return {
        "month": seal.month, "leaf": leaf.model_dump(mode="json"), "path": path_of(hashes, page.leaves.index(leaf)),
        "page": seal.pages[place].model_dump(mode="json"), "page_path": path_of([leaf_hash(line) for line in seal.pages], place),
    }


def _seal(seal: Seal) -> dict[str, Any]:
    named = ("number", "month", "as_of", "root", "previous", "cases", "filings", "events", "value")
    held = seal.model_dump(mode="json")
    return {name: held[name] for name in named}

"""The published outputs, made from the records (design.md §6)."""

from __future__ import annotations

from typing import Any

from services.archive.domain.entry import Entry, LedgerLine
from services.archive.domain.lines import exported, without_words
from services.archive.domain.record import CaseRecord, all_lines, supervisions_now
from services.archive.store.ledger import Ledger, every


async def export_ledger(ledger: Ledger) -> list[dict[str, Any]]:
    """Every entry as a line of `ledger.jsonl`, by number."""
    return [line_of_ledger(record.entry) async for record in every(ledger) if record.entry is not None]


def line_of_ledger(entry: Entry) -> dict[str, Any]:
    """The published line of an entry, in JSON types."""
    return entry.model_dump(mode="json", include=set(LedgerLine.model_fields))


async def export_supervisions(ledger: Ledger) -> list[dict[str, Any]]:
    """Every 督办单 as a line of `supervisions.jsonl`, by case and in the order drafted."""
    return [
        line.model_dump(mode="json") async for record in every(ledger) for line in supervisions_now(record)
    ]


async def export_events(ledger: Ledger) -> list[dict[str, Any]]:
    """Every event as a row of `events.jsonl`, in the order recorded; the archive's own among them; no clue's words."""
    rows = [_row(record, line) async for record in every(ledger) for line in all_lines(record)]
    return sorted(rows, key=lambda row: (row["recorded_at"], row["stream"], row["seq"]))


def _row(record: CaseRecord, line: str) -> dict[str, Any]:
    """The line as exported; of a clue only that it happened (方案 七(四))."""
    clue = record.entry is not None and record.entry.clue
    return without_words(exported(line)) if clue else exported(line)

"""The register of forgotten cases: number, moment, why; nothing personal, so it may be kept anywhere and outlives every backup.

An imported row of 好差评 or 12345 that became no case has a term of its own: it is told by its number like a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from deploy.local.faults import StackError
from deploy.local.reaching import Reached
from services.intake.domain.evaluations import Evaluation
from shared.calendar.terms import end_of_term
from shared.storage.documents import Document
from shared.storage.whole import DatabaseReader


@dataclass(frozen=True)
class Line:
    """One forgotten case."""

    case_no: str
    at: datetime
    reason: str


async def register_of(places: Reached) -> list[Line]:
    """What the archive's records say."""
    reader = DatabaseReader(places.mongo_uri, places.database("archive"))
    try:
        return forgotten_in([document async for document in reader.each("records")])
    finally:
        reader.close()


def forgotten_in(records: Iterable[Document]) -> list[Line]:
    """The records whose contact data went."""
    done = [(str(held["_id"]), held["state"]["forgotten"]) for held in records if held["state"] and held["state"].get("forgotten")]
    return [Line(case_no, datetime.fromisoformat(said["at"]), str(said["reason"])) for case_no, said in done]


def past_term(records: Iterable[Document], years: int, now: datetime) -> list[Line]:
    """The records whose term is over and that say nothing of it yet: a backup is as old as it is."""
    locks = [(str(held["_id"]), held["state"]["lock"]) for held in records if held["state"] and held["state"].get("lock")]
    ended = [(case_no, datetime.fromisoformat(lock["at"])) for case_no, lock in locks]
    return [Line(case_no, now, "TERM") for case_no, archived in ended if end_of_term(archived, years) <= now]


async def rows_of(places: Reached, years: int, now: datetime) -> list[Line]:
    """The imported rows that are, or must be, forgotten by now."""
    reader = DatabaseReader(places.mongo_uri, places.database("intake"))
    try:
        return rows_past_term([document async for document in reader.each("evaluations")], years, now)
    finally:
        reader.close()


def rows_past_term(rows: Iterable[Document], years: int, now: datetime) -> list[Line]:
    """Rows that let go, and those whose own term is over: what became a case goes with it."""
    held = [Evaluation.model_validate(document["state"]) for document in rows if document["state"]]
    since = [(row.number, row.forgotten_at or (end_of_term(row.kept_since, years) if row.kept_since else None)) for row in held]
    return [Line(number, over, "TERM") for number, over in since if over is not None and over <= now]


def write_register(file: Path, lines: Iterable[Line]) -> int:
    """JSON lines, by number; how many."""
    rows = [orjson.dumps({"case_no": line.case_no, "at": line.at, "reason": line.reason}) for line in sorted(lines, key=lambda line: line.case_no)]
    file.write_bytes(b"".join(row + b"\n" for row in rows))
    return len(rows)


def read_register(file: Path | None) -> list[Line]:
    """What was kept beside the backups; raises StackError with the line that cannot be read."""
    found: list[Line] = []
    for place, text in enumerate(file.read_bytes().splitlines() if file else [], start=1):
        try:
            row: Mapping[str, str] = orjson.loads(text)
            found.append(Line(row["case_no"], datetime.fromisoformat(row["at"]), row["reason"]))
        except (ValueError, KeyError, TypeError):
            raise StackError(f"{file} 第 {place} 行不是匿名登记册的内容，请用 ./bancheng forgotten --register 导出的文件。") from None
    return found

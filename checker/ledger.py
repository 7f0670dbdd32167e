"""(f) Every case that ended stands once in the ledger, locked over exactly its events; every line says what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from checker.folding import Folded, folded
from checker.known import ENDINGS
from checker.reading import Export
from checker.records import Row as Document
from checker.records import Seen, moment, openable, said
from checker.sm3 import sm3
from checker.table import Row
from checker.uploads import Brought, brought, everywhere

UNANSWERED = ("REJECTED", "TRANSFERRED")


def check(export: Export) -> list[Row]:
    """The archive's documents against every stream it keeps."""
    entry, digest = Row("ledger.entry", "每件已结工单恰有一次归档和一条锁定的台账"), Row("ledger.digest", "锁定的摘要等于按各行重算的摘要")
    keyless = Row("ledger.keyless", "台账里没有能打开密封内容的密钥，也没有能找到人的索引")
    lines, line = Row("ledger.lines", "台账逐行就是已发布的事件，按所知先后"), Row("ledger.line", "台账内容等于按事件另行推算的结果")
    archived = {case_no: [event for event in events if event.kind == "CaseArchived"] for case_no, events in export.of_owner("archive")}
    locked: set[str] = set()
    for document in export.documents("archive"):
        case_no, state = document["case_no"], document.get("state") or {}
        if not isinstance(state.get("events"), list):
            continue
        lock = state.get("lock")
        if lock:
            locked.add(case_no)
        kept = _kept(export, lines, keyless, document)
        _digest(digest, case_no, state, archived.get(case_no, []))
        if state.get("entry"):
            _line(line, case_no, state["entry"], kept[: lock["events"]] if lock else kept, locked=bool(lock))
    _entries(export, entry, archived, locked)
    return [entry, digest, lines, keyless, line]


def _entries(export: Export, row: Row, archived: dict[str, list[Seen]], locked: set[str]) -> None:
    found = brought(export)
    for case_no, events in export.of_owner("router"):
        _entry(row, case_no, events, archived.get(case_no, []), case_no in locked)
        _ended(export, row, case_no, events, archived.get(case_no, []), found)
    worked = {case_no for case_no, _ in export.of_owner("router")}
    for event in (held for case_no, events in archived.items() if case_no not in worked for held in events):
        row.breach(f"{event} 归档的工单没有办理过")


def _kept(export: Export, row: Row, keyless: Row, document: Document) -> list[Seen]:
    """The published events behind the lines of one record, each looked at."""
    case_no, has = document["case_no"], dict.fromkeys(document["applied"], 0)
    kept: list[Seen] = []
    for text in (document.get("state") or {}).get("events", ()):
        line = json.loads(text)
        event = export.by_id.get(line["event_id"])
        same = event is not None and (event.type, event.case_no, event.said) == (line["type"], case_no, said(line["data"]))
        row.expect(same, f"{case_no} 台账的一行 {line['stream']}#{line['seq']} 与发布的事件不同")
        keyless.expect(not openable(line["data"]), f"{case_no} 台账的一行 {line['stream']}#{line['seq']} 带着能打开密封内容的密钥或个人索引")
        if event is None:
            continue
        inorder = event.seq == has.get(event.owner, 0) + 1
        row.expect(inorder, f"{case_no} 台账里 {event} 前面是同流第 {has.get(event.owner, 0)} 个事件")
        unknown = [owner for owner, seq in event.after.items() if owner != "archive" and has.get(owner, 0) < seq]
        row.expect(not unknown, f"{case_no} 台账里 {event} 早于它所依据的 {'、'.join(unknown)} 事件")
        has[event.owner] = event.seq
        kept.append(event)
    row.expect(has == document["applied"], f"{case_no} 台账的行到 {has}，文档却应用到 {document['applied']}")
    return kept


def _digest(row: Row, case_no: str, state: Document, archived: list[Seen]) -> None:
    heads = list(chain(case_no, state.get("events", ())))
    row.expect(state.get("chain", heads[-1]) == heads[-1], f"{case_no} 台账的链头与逐行重算的不同")
    lock = state.get("lock")
    if lock is None:
        return
    counted = 0 < lock["events"] < len(heads)
    row.expect(counted, f"{case_no} 的锁定覆盖 {lock['events']} 行，台账只有 {len(heads) - 1} 行")
    made = f"sm3:{heads[lock['events']]}" if counted else ""
    row.expect(lock["digest"] == made, f"{case_no} 锁定的摘要 {lock['digest'][:20]}… 与重算的 {made[:20]}… 不同")
    for event in archived:
        same = (event.facts["digest"], event.facts["events"]) == (lock["digest"], lock["events"])
        row.expect(same, f"{event} 公布的摘要与台账锁定的不同")


def chain(case_no: str, lines: list[str]) -> Iterator[str]:
    """SM3 over the last head (of the first line: the case number), what may be told of the line in clear, and the line's own SM3."""
    head = case_no
    yield head
    for line in lines:
        head = sm3(f"{head}\n{outline(line)}\n{sm3(line)}")
        yield head


def outline(line: str) -> str:
    """Id, type and moment of a line's event; nothing of one that cannot be read."""
    try:
        row = json.loads(line)
        return f"{row['event_id']} {row['type']} {row['occurred_at']}"
    except (ValueError, KeyError, TypeError):
        return ""


def _entry(row: Row, case_no: str, events: list[Seen], archived: list[Seen], locked: bool) -> None:
    row.expect(len(archived) <= 1, f"工单 {case_no} 归档了 {len(archived)} 次：{'、'.join(map(str, archived))}")
    row.expect(locked == bool(archived), f"工单 {case_no} {'锁定了却没有归档事件' if locked else '归档了，台账却没有锁定'}")
    for event in archived:
        last = next((held for held in reversed(events) if _ends(held) and held.seq <= event.after.get("router", 0)), None)
        row.expect(last is not None and event.occurred_at >= last.occurred_at, f"{event} 早于结案")


def _ended(export: Export, row: Row, case_no: str, events: list[Seen], archived: list[Seen], found: Brought) -> None:
    end = _ending(events)
    if end is not None and _must_be_archived(export, case_no, end, found):
        sentence = f"工单 {case_no} 已由 {end} 结束，没有归档"
        if archived or export.at_rest:
            row.expect(bool(archived), sentence)
        else:
            row.notes.append(sentence)


def _ends(event: Seen) -> bool:
    return event.kind in ENDINGS and (event.kind != "CaseWithdrawn" or event.facts.get("stops", True))


def _ending(events: list[Seen]) -> Seen | None:
    """The event that ended the case, None while it is open or was opened again."""
    state = folded(events).state
    return next((event for event in reversed(events) if _ends(event)), None) if state in ENDINGS.values() else None


def _must_be_archived(export: Export, case_no: str, end: Seen, found: Brought) -> bool:
    until, now = end.facts.get("open_until"), export.now
    met = any(
        event.kind == "DeadlineMet" and event.facts["kind"] == "ANSWER"
        for event in export.streams.get(f"sla/{case_no}", {}).values()
    )
    waits = until is not None and now is not None and moment(until) >= now
    return met and not waits and (not export.meta.get("sync_required") or everywhere(export, case_no, found))


def _line(row: Row, case_no: str, entry: Document, kept: list[Seen], *, locked: bool) -> None:
    made = folded(kept)
    for name, wanted in _wanted(made, locked=locked):
        found = _read(entry.get(name))
        row.expect(found == wanted, f"{case_no} 台账的 {name} 是 {_shown(found)}，按事件应为 {_shown(wanted)}")
    orders = len(entry.get("orders", ()))
    row.expect(orders == len(made.orders), f"{case_no} 台账有 {orders} 张承办单，事件里有 {len(made.orders)} 张")


def _wanted(made: Folded, *, locked: bool) -> Iterator[tuple[str, Any]]:
    yield "state", "ARCHIVED" if locked else made.state
    if made.state not in UNANSWERED:
        yield "replied_at", made.replied_at
        yield "overdue", made.overdue
    yield "due_at", made.due_at
    yield "urge_count", made.urge_count
    yield "supervision_count", len(made.issued)
    yield "rounds", made.rounds


def _read(value: Any) -> Any:
    try:
        return moment(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

"""One record against its own chain, its lock, the seals it stands in and what was published of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from services.archive.domain.fold import entry_from
from services.archive.domain.lines import digest_of, event_in, link
from services.archive.domain.reports.canonical import canonical
from services.archive.domain.sm3 import sm3
from services.archive.domain.verifying.events import Line, inspected, order_of, read
from services.archive.domain.verifying.findings import EVENTS, Document, Finding, Kind, Known, Published
from services.archive.domain.verifying.naming import named
from shared.contracts.archive_events import CaseArchived
from shared.contracts.terms import CaseState

NEAR = timedelta(minutes=1)  # the rule's now and the envelope's are two looks at one clock
State = Mapping[str, Any]


def inspect_record(number: str, document: Document, known: Known, published: Published) -> list[Finding]:
    """Everything that is wrong with one record; empty when nothing is."""
    state = document.get("state") or {}
    held = read(number, state.get("events", ()))
    if held and not any(line.id in published.lines.get(number, {}) for line in held) and _all_covered(held, published):
        return [Finding(Kind.ENTRY_ADDED, number, "它的事件一个也没有发布过")]
    found = inspected(number, held, document.get("applied", {}), published)
    found += _lock(number, document, known, published)
    if not any(finding.kind in EVENTS for finding in found):
        found += _chain(number, state, held, known, published)
    if not found:
        found += _entry(number, state)
    return found


def _all_covered(held: Sequence[Line], published: Published) -> bool:
    return all(line.row is not None and published.covers(str(line.row.get("recorded_at"))) for line in held)


def _lock(number: str, document: Document, known: Known, published: Published) -> Iterator[Finding]:
    """方案 六(五): the lock is what was published, and what was sealed."""
    lock, said = (document.get("state") or {}).get("lock"), published.archived(number)
    sealed = next((leaf.lock for leaf in reversed(known.leaves) if leaf.lock), "")
    words = ""
    if lock is None:
        words = "锁定被去掉" if said is not None or sealed else ""
    elif said is None:
        words = "没有归档过却锁定了" if published.covers(str(lock.get("locked_at"))) and not document.get("outbox") else ""
    else:
        words = _unlike(lock, said)
    if not words and lock is not None and sealed and sm3(canonical(lock)) != sealed:
        words = "与封存的锁定不同"
    if words:
        yield Finding(Kind.LOCK_CHANGED, number, words)


def _unlike(lock: State, said: CaseArchived) -> str:
    try:
        apart = abs(datetime.fromisoformat(lock["locked_at"]) - said.meta.recorded_at)
        same = {
            "digest": lock["digest"] == said.digest, "events": lock["events"] == said.events,
            "at": datetime.fromisoformat(lock["at"]) == said.occurred_at, "locked_at": apart <= NEAR,
            "by_time": bool(lock.get("by_time")) == (said.meta.cause is None),
        }
    except (KeyError, ValueError, TypeError):
        return "锁定读不出来"
    other = [name for name, holds in same.items() if not holds]
    return f"{named(other)} 与公布的不同" if other else ""


def _heads_known(state: State, known: Known, published: Published) -> list[tuple[int, str, str]]:
    """Heads others keep: how many events, the head, whose event each was."""
    said = published.archived(str(state.get("case_no")))
    lock = state.get("lock") or {}
    found = [(leaf.events, digest_of(leaf.head), leaf.order) for leaf in known.leaves if leaf.events]
    if said is not None:
        found.append((said.events, said.digest, said.order))
    elif lock:
        found.append((int(lock.get("events", 0)), str(lock.get("digest")), ""))
    return sorted(found)


def _chain(number: str, state: State, held: Sequence[Line], known: Known, published: Published) -> Iterator[Finding]:
    """The chain made anew is what the record, the lock and every seal say."""
    heads = [digest_of(head) for head in accumulate((line.text for line in held), link, initial=number)]
    good = 0
    for count, head, order in _heads_known(state, known, published):
        if count < len(heads) and heads[count] == head:
            good = max(good, count)
            continue
        yield _otherwise(number, held, count, order, good)
        return
    told = all(line.id in published.lines.get(number, {}) for line in held)
    if heads[-1] != digest_of(str(state.get("chain"))):
        moved = _moved(number, held, str(state.get("order")), len(held))
        if moved is not None:
            yield moved
            return
        certain = told or good == len(held)
        place = "" if certain else f"第 {good + 1} 条起或链头"
        yield Finding(Kind.CHAIN_CHANGED if certain else Kind.EVENT_CHANGED, number, place)
    elif state.get("case_no") != number or state.get("order") != order_of(held):
        yield Finding(Kind.CHAIN_CHANGED, number, "编号或次序标记与各行不符")


def _otherwise(number: str, held: Sequence[Line], count: int, order: str, good: int) -> Finding:
    """Which events are otherwise than they were under a head somebody else keeps."""
    if count > len(held):
        return Finding(Kind.EVENT_MISSING, number, f"原有 {count} 条，只剩 {len(held)} 条")
    return _moved(number, held, order, count) or Finding(Kind.EVENT_CHANGED, number, f"第 {good + 1} 至 {count} 条之间，与封存或归档时不同")


def _moved(number: str, held: Sequence[Line], order: str, count: int) -> Finding | None:
    """The first line that is another owner's than it was, where they are the same lines in another order."""
    now = order_of(held[:count])
    place = next((nth for nth, (was, found) in enumerate(zip(order, now, strict=False), start=1) if was != found), None)
    if place is None or sorted(order) != sorted(now):
        return None
    return Finding(Kind.EVENT_REORDERED, number, "与原来的次序不同", place, held[place - 1].id)


def _entry(number: str, state: State) -> Iterator[Finding]:
    """The entry is the fold of its lines and nothing else."""
    lock, lines = state.get("lock"), list(state.get("events", ()))
    try:
        made = entry_from(event_in(line) for line in (lines[: lock["events"]] if lock else lines))
    except (ValueError, KeyError, TypeError):
        yield Finding(Kind.EVENT_CHANGED, number, "有一条读不成事件")
        return
    wanted = None if made is None else (made.model_copy(update={"state": CaseState.ARCHIVED}) if lock else made).model_dump(mode="json")
    entry = state.get("entry")
    if entry != wanted:
        old, new = entry or {}, wanted or {}
        names = [name for name in {*old, *new} if old.get(name) != new.get(name)]
        yield Finding(Kind.ENTRY_CHANGED, number, f"{named(names)} 与逐条事件推算的不同")

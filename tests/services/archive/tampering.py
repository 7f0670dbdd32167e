"""Every way in which somebody may change a ledger that is at hand, drawn by chance; each says what must be found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import Any

import orjson

from services.archive.domain.lines import digest_of, link, row_in
from services.archive.domain.reports.canonical import check_value
from services.archive.domain.seals.merkle import hash_of, root_of
from services.archive.domain.seals.seal import value_of
from services.archive.domain.verifying.findings import Kind
from shared.contracts.ids import event_id
from tests.services.archive.ledgers import Ledger

BYTES = "0123456789abcdefXYZ"


@dataclass
class Deed:
    """What was done: to which document, as what it must be named, at which line or of which event where that can be told."""

    what: str
    number: str
    kinds: set[Kind]
    nths: set[int] = field(default_factory=set)
    event: str | None = None
    also: set[str] = field(default_factory=set)
    forgotten: bool = False


Way = Callable[[Ledger, Random], Deed]


def records(ledger: Ledger, *, locked: bool | None = None, lines: int = 2) -> list[str]:
    """Cases with so many lines, locked or not."""
    states = ((number, document["state"]) for number, document in ledger.records.items())
    fit = (number for number, state in states if len(state["events"]) >= lines and locked in (None, bool(state["lock"])))
    return sorted(fit)


def chained(state: dict[str, Any]) -> None:
    """Chain, order, lock and count made anew, as somebody would who knows how."""
    heads = list(accumulate(state["events"], link, initial=state["case_no"]))
    state["chain"] = heads[-1]
    state["order"] = "".join(str(row_in(line)["stream"])[0] for line in state["events"])
    if state["lock"]:
        state["lock"]["events"] = min(state["lock"]["events"], len(state["events"]))
        state["lock"]["digest"] = digest_of(heads[state["lock"]["events"]])


def _case(ledger: Ledger, chance: Random, **more: Any) -> tuple[str, dict[str, Any], int]:
    number = chance.choice(records(ledger, **more))
    state = ledger.own("records", number)
    return number, state, chance.randrange(len(state["events"]))


def _maybe(state: dict[str, Any], chance: Random) -> str:
    if chance.random() < 0.5:
        return ""
    chained(state)
    return "，链随之重算"


def a_byte(ledger: Ledger, chance: Random) -> Deed:
    """One byte of a line."""
    number, state, place = _case(ledger, chance)
    line = state["events"][place]
    at = chance.randrange(len(line))
    other = chance.choice([sign for sign in BYTES if sign != line[at]])
    state["events"][place] = line[:at] + other + line[at + 1 :]
    return Deed(f"第 {place + 1} 条第 {at} 字节", number, {Kind.EVENT_CHANGED}, {place + 1})


def a_word(ledger: Ledger, chance: Random) -> Deed:
    """What an event says, still a good event, the chain made anew or not."""
    number, state, place = _case(ledger, chance)
    row = row_in(state["events"][place])
    row["actor"] = "s900-cl1" if row["actor"] != "s900-cl1" else "s001-cl1"
    state["events"][place] = orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()
    return Deed(f"第 {place + 1} 条的办理人{_maybe(state, chance)}", number, {Kind.EVENT_CHANGED}, {place + 1}, row["event_id"])


def a_gap(ledger: Ledger, chance: Random) -> Deed:
    """A line taken away, the chain made anew or not."""
    number, state, place = _case(ledger, chance)
    gone = row_in(state["events"].pop(place))
    return Deed(f"抽掉第 {place + 1} 条{_maybe(state, chance)}", number, {Kind.EVENT_MISSING}, set(), gone["event_id"])


def a_tail(ledger: Ledger, chance: Random) -> Deed:
    """The last line taken away, and the count of what was applied with it."""
    number, state, _ = _case(ledger, chance, locked=False)
    gone = row_in(state["events"].pop())
    chained(state)
    owner = gone["stream"].partition("/")[0]
    ledger.records[number]["applied"][owner] -= 1
    return Deed("抽掉最后一条并改计数", number, {Kind.EVENT_MISSING}, set(), gone["event_id"])


def a_twin(ledger: Ledger, chance: Random) -> Deed:
    """A line put in a second time."""
    number, state, place = _case(ledger, chance)
    to = chance.randrange(place + 1, len(state["events"]) + 1)
    state["events"].insert(to, state["events"][place])
    gone = row_in(state["events"][place])["event_id"]
    return Deed(f"第 {place + 1} 条重放到第 {to + 1} 条{_maybe(state, chance)}", number, {Kind.EVENT_ADDED}, {to + 1}, gone)


def a_stranger(ledger: Ledger, chance: Random) -> Deed:
    """Another case's line put in."""
    number, state, place = _case(ledger, chance)
    other = chance.choice([found for found in records(ledger) if found != number])
    state["events"].insert(place, ledger.records[other]["state"]["events"][0])
    return Deed(f"放进 {other} 的一条{_maybe(state, chance)}", number, {Kind.EVENT_ADDED}, {place + 1})


def an_invention(ledger: Ledger, chance: Random) -> Deed:
    """An event nobody ever published, with the id its place gives it."""
    number, state, _ = _case(ledger, chance)
    row = row_in(state["events"][-1])
    owner = row["stream"].partition("/")[0]
    seq = ledger.records[number]["applied"][owner] + 1
    row |= {"seq": seq, "event_id": str(event_id(row["stream"], seq))}
    state["events"].append(orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode())
    ledger.records[number]["applied"][owner] = seq
    what = f"编造 {row['stream']}#{seq}{_maybe(state, chance)}"
    return Deed(what, number, {Kind.EVENT_ADDED}, {len(state["events"])}, row["event_id"])


def a_swap(ledger: Ledger, chance: Random) -> Deed:
    """Two lines change places."""
    number, state, _ = _case(ledger, chance)
    one, other = sorted(chance.sample(range(len(state["events"])), 2))
    lines = state["events"]
    lines[one], lines[other] = lines[other], lines[one]
    return Deed(f"对调第 {one + 1}、{other + 1} 条", number, {Kind.EVENT_REORDERED}, set(range(one + 1, other + 2)))


def a_turn(ledger: Ledger, chance: Random) -> Deed:
    """Two neighbours of different services change places, and the chain with them; only who kept the order knows."""
    fit = [(number, at) for number in records(ledger, locked=True) for at in _neighbours(ledger, number)]
    number, at = chance.choice(fit)
    state = ledger.own("records", number)
    lines = state["events"]
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    chained(state)
    return Deed(f"对调第 {at + 1}、{at + 2} 条，链随之重算", number, {Kind.EVENT_REORDERED, Kind.LOCK_CHANGED}, {at + 1, at + 2})


def _neighbours(ledger: Ledger, number: str) -> list[int]:
    state = ledger.records[number]["state"]
    order = state["order"][: state["lock"]["events"]]
    return [at for at in range(len(order) - 1) if order[at] != order[at + 1]]


def a_head(ledger: Ledger, chance: Random) -> Deed:
    """The chain's head alone."""
    number, state, _ = _case(ledger, chance)
    state["chain"] = state["chain"][::-1]
    return Deed("链头", number, {Kind.CHAIN_CHANGED})


def a_mark(ledger: Ledger, chance: Random) -> Deed:
    """Whose event each line is."""
    number, state, _ = _case(ledger, chance)
    state["order"] += "x"
    return Deed("次序标记", number, {Kind.CHAIN_CHANGED})


def an_entry(ledger: Ledger, chance: Random) -> Deed:
    """A figure of the entry: stars, overdue, urges, its unit, its moment."""
    number, state, _ = _case(ledger, chance)
    name, value = chance.choice([
        ("stars", 4), ("overdue", not state["entry"]["overdue"]), ("urge_count", 9), ("lead", "gongan2"), ("replied_at", "2026-01-01T00:00:00+08:00"),
    ])
    state["entry"][name] = value if state["entry"][name] != value else 5
    return Deed(f"台账的 {name}", number, {Kind.ENTRY_CHANGED})


def a_lock(ledger: Ledger, chance: Random) -> Deed:
    """The lock's digest, count or moment, or all of it."""
    number, state, _ = _case(ledger, chance, locked=True)
    name = chance.choice(["digest", "events", "at", "locked_at", "by_time", "gone"])
    lock = state["lock"]
    if name == "gone":
        state["lock"] = None
    else:
        other = {"digest": f"sm3:{'0' * 64}", "events": lock["events"] - 1, "by_time": not lock["by_time"]}
        lock[name] = other.get(name, "2026-09-01T00:00:00+08:00")
    return Deed(f"锁定的 {name}", number, {Kind.LOCK_CHANGED})


def a_false_lock(ledger: Ledger, chance: Random) -> Deed:
    """An open case is locked without having been archived."""
    number, state, _ = _case(ledger, chance, locked=False)
    at, count = "2026-12-01T09:00:00+08:00", len(state["events"])
    state["lock"] = {"digest": digest_of(state["chain"]), "events": count, "at": at, "locked_at": at, "by_time": False}
    return Deed("锁定没有归档的工单", number, {Kind.LOCK_CHANGED})


def a_lost_case(ledger: Ledger, chance: Random) -> Deed:
    """A whole record."""
    number = chance.choice(records(ledger))
    del ledger.records[number]
    return Deed("删去整件", number, {Kind.ENTRY_MISSING})


def a_new_case(ledger: Ledger, chance: Random) -> Deed:
    """A case that never was, with a good chain of its own."""
    like = chance.choice(records(ledger))
    number = f"{like[:11]}{chance.randrange(5000, 9999)}"
    document = orjson.loads(orjson.dumps(ledger.records[like]).replace(like.encode(), number.encode()))
    state = document["state"]
    rows = [row_in(line) for line in state["events"]]
    for row in rows:
        row["event_id"] = str(event_id(row["stream"], row["seq"]))
    state["events"] = [orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() for row in rows]
    chained(state)
    ledger.records[number] = document
    return Deed(f"仿 {like} 编造一件", number, {Kind.ENTRY_ADDED})


def an_exchange(ledger: Ledger, chance: Random) -> Deed:
    """Two whole records under each other's number."""
    one, other = chance.sample(records(ledger), 2)
    ledger.records[one], ledger.records[other] = ledger.records[other], ledger.records[one]
    return Deed(f"{one} 与 {other} 整件对调", one, {Kind.ENTRY_ADDED, Kind.EVENT_ADDED, Kind.EVENT_MISSING, Kind.LOCK_CHANGED}, also={other})


def a_forgotten_past(ledger: Ledger, chance: Random) -> Deed:
    """Kafka holds nothing any more; a sealed line is changed and chain, lock, everything in the record made anew: only the seal knows."""
    sealed = {leaf["number"]: leaf["events"] for page in ledger.store.pages.values() for leaf in page["state"]["leaves"]}
    number = chance.choice([found for found in records(ledger) if sealed.get(found)])
    state = ledger.own("records", number)
    place = chance.randrange(sealed[number])
    row = row_in(state["events"][place])
    row["actor"] = "s900-cl1" if row["actor"] != "s900-cl1" else "s001-cl1"
    state["events"][place] = orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()
    chained(state)
    return Deed(f"Kafka 已过期，改第 {place + 1} 条并重算一切", number, {Kind.EVENT_CHANGED, Kind.LOCK_CHANGED}, forgotten=True)


def _seal(ledger: Ledger, chance: Random) -> tuple[str, dict[str, Any]]:
    number = chance.choice(sorted(ledger.store.seals))
    return number, ledger.own("seals", number)


def a_seal(ledger: Ledger, chance: Random) -> Deed:
    """One thing a seal says."""
    number, state = _seal(ledger, chance)
    name = chance.choice(["root", "value", "cases", "events", "as_of", "filings", "month"])
    state[name] = {"as_of": "2026-01-01T00:00:00+08:00", "month": "2025-01"}.get(name) or (
        state[name] + 1 if isinstance(state[name], int) else state[name][:-1] + ("0" if state[name][-1] != "0" else "1"))
    return Deed(f"封存的 {name}", number, {Kind.SEAL_CHANGED}, forgotten=name != "month" and chance.random() < 0.3)


def a_leaf(ledger: Ledger, chance: Random) -> Deed:
    """A leaf, and roots and values of its seal made anew or not."""
    number = chance.choice(sorted(ledger.store.pages))
    page = ledger.own("pages", number)
    leaf = chance.choice(page["leaves"])
    leaf["head"] = f"{'0' * 60}{chance.randrange(16**4):04x}"
    seal = next(found for found, held in ledger.store.seals.items() if held["state"]["month"] == page["month"])
    if chance.random() < 0.5:
        return Deed(f"一片叶 {leaf['number']}", number, {Kind.SEAL_CHANGED})
    page["root"] = root_of(map(hash_of, page["leaves"]))
    state = ledger.own("seals", seal)
    next(line for line in state["pages"] if line["number"] == number)["root"] = page["root"]
    state["root"] = root_of(map(hash_of, state["pages"]))
    state["value"] = value_of(state)
    after = [found for found in sorted(ledger.store.seals) if found > seal]
    for found in after:
        later = ledger.own("seals", found)
        later["previous"], state = state["value"], later
        later["value"] = value_of(later)
    return Deed(f"一片叶 {leaf['number']}，根与各月封存值随之重算", number, {Kind.SEAL_CHANGED}, also={seal, *after})


def a_lost_seal(ledger: Ledger, chance: Random) -> Deed:
    """A seal or one of its pages."""
    table = chance.choice(["seals", "pages"])
    held: dict[str, Any] = getattr(ledger.store, table)
    months = sorted(held)
    forgotten = chance.random() < 0.3
    number = chance.choice(months[1:-1] if forgotten and table == "seals" else months)
    del held[number]
    stays = {page for page, document in ledger.store.pages.items() if document["state"]["month"] == f"20{number[2:4]}-{number[4:6]}"}
    return Deed(f"删去 {table} 的一份", number, {Kind.SEAL_MISSING}, also=stays if table == "seals" else set(), forgotten=forgotten)


def two_seals(ledger: Ledger, chance: Random) -> Deed:
    """Two months under each other's number."""
    seals: dict[str, Any] = ledger.store.seals  # type: ignore[assignment]  # its own copy
    one, other = chance.sample(sorted(seals), 2)
    seals[one], seals[other] = seals[other], seals[one]
    return Deed(f"{one} 与 {other} 对调", one, {Kind.SEAL_REORDERED}, also={other}, forgotten=chance.random() < 0.3)


def a_false_seal(ledger: Ledger, chance: Random) -> Deed:
    """A month sealed that is not over."""
    last = max(ledger.store.seals)
    number = "FC2612010000001"
    seals: dict[str, Any] = ledger.store.seals  # type: ignore[assignment]  # its own copy
    seals[number] = copy.deepcopy(seals[last])
    state = seals[number]["state"]
    state |= {"number": number, "month": "2026-12", "pages": [], "root": root_of([]), "previous": state["value"], "cases": chance.randrange(9)}
    state["value"] = value_of(state)
    return Deed("编造一个月的封存", number, {Kind.SEAL_ADDED})


def a_filing(ledger: Ledger, chance: Random) -> Deed:
    """What a site filed: a line, a word, a flag; the check value made anew or not; when Kafka forgot, the seal knows."""
    number = chance.choice([found for found, held in sorted(ledger.store.filings.items()) if held["state"]["snapshot"]])
    kept = ledger.own("filings", number)["snapshot"]
    name = chance.choice(["by", "late", "at", "nil", "line"])
    if name == "line":
        kept["lines"] = [*kept["lines"], {"no": 99, "case_no": "PT2611240010001"}]
    else:
        kept[name] = not kept[name] if isinstance(kept[name], bool) else "2026-01-01T00:00:00+08:00" if name == "at" else "s900-cl1"
    if name == "line" and chance.random() < 0.5:
        state = ledger.store.filings[number]["state"]
        named = {field: state[field] for field in ("number", "site", "month")}
        kept["digest"] = check_value(named | {field: kept[field] for field in ("lines", "lessons", "corrections")})
    return Deed(f"上报的 {name}", number, {Kind.FILING_CHANGED}, forgotten=chance.random() < 0.3)


def a_lost_filing(ledger: Ledger, chance: Random) -> Deed:
    """A filing, or what was filed."""
    number = chance.choice([found for found, held in sorted(ledger.store.filings.items()) if held["state"]["snapshot"]])
    if chance.random() < 0.5:
        ledger.own("filings", number)["snapshot"] = None
    else:
        del ledger.store.filings[number]  # type: ignore[attr-defined]  # its own copy
    return Deed("删去上报", number, {Kind.FILING_MISSING}, forgotten=chance.random() < 0.3)


def a_false_filing(ledger: Ledger, chance: Random) -> Deed:
    """A site that did not file has filed after all; its W13 is struck out."""
    number = chance.choice([found for found, held in sorted(ledger.store.filings.items()) if not held["state"]["snapshot"]])
    other = next(held["state"]["snapshot"] for held in ledger.store.filings.values() if held["state"]["snapshot"])
    state = ledger.own("filings", number)
    if chance.random() < 0.5:
        state["missed"] = False
        return Deed("去掉未报标记", number, {Kind.FILING_CHANGED})
    state["snapshot"] = copy.deepcopy(other)
    return Deed("补造上报", number, {Kind.FILING_ADDED})


def a_summary(ledger: Ledger, chance: Random) -> Deed:
    """The district's month: a figure, who approved it, or all of it."""
    number = chance.choice(sorted(ledger.store.summaries))
    name = chance.choice(["cases", "approved_by", "gone"])
    if name == "gone":
        del ledger.store.summaries[number]  # type: ignore[attr-defined]  # its own copy
        return Deed("删去汇总", number, {Kind.FILING_MISSING})
    state = ledger.own("summaries", number)
    if name == "cases":
        state["parts"][0]["cases"] += 1
    else:
        state["approved_by"] = "zhengwu-gl2"
    return Deed(f"汇总的 {name}", number, {Kind.FILING_CHANGED})


WAYS: tuple[Way, ...] = (
    a_byte, a_word, a_gap, a_tail, a_twin, a_stranger, an_invention, a_swap, a_turn, a_head, a_mark, an_entry, a_lock, a_false_lock, a_lost_case,
    a_new_case, an_exchange, a_forgotten_past, a_seal, a_leaf, a_lost_seal, two_seals, a_false_seal, a_filing, a_lost_filing, a_false_filing,
    a_summary,
)

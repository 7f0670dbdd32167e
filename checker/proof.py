"""`python3 -m checker proof FILE`: whether a proof of one case holds, with nothing but Python's standard library.

The case's events give the chain's head; the head stands in a leaf; the leaf leads to its page's root, the page to the month's root; the
month's value binds it to the month before. What is left to a person is to compare the last value with the one that was published.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checker.sm3 import sm3

Held = dict[str, Any]
VALUED = ("number", "month", "as_of", "root", "previous", "cases", "filings", "events")
LEAF = ("number", "events", "head", "lock", "order")


def check(proof: Held) -> Iterator[str]:
    """Every reason why it does not hold, as a sentence."""
    heads = list(chain(str(proof["case_no"]), proof["events"]))
    if proof["head"] != f"sm3:{heads[-1]}":
        yield f"按 {len(heads) - 1} 条事件重算的链头与所写的不同"
    lock = proof.get("lock")
    if lock and not (0 < lock["events"] < len(heads) and lock["digest"] == f"sm3:{heads[lock['events']]}"):
        yield "锁定的校验值与按事件重算的不同"
    if proof.get("sealed"):
        yield from _sealed(proof, proof["sealed"], heads)
    yield from _seals(proof["seals"])


def chain(case_no: str, events: list[Held]) -> Iterator[str]:
    """The chain's heads, from the case number on."""
    head = case_no
    yield head
    for event in events:
        told = f"{event['event_id']} {event['type']} {event['occurred_at']}".strip()
        head = sm3(f"{head}\n{told}\n{event['line']}")
        yield head


def _sealed(proof: Held, sealed: Held, heads: list[str]) -> Iterator[str]:
    leaf, lock = sealed["leaf"], proof.get("lock")
    if leaf["number"] != proof["case_no"]:
        yield f"封存的是 {leaf['number']}，不是本件"
    if not (leaf["events"] < len(heads) and leaf["head"] == heads[leaf["events"]]):
        yield f"封存时前 {leaf['events']} 条事件的链头与重算的不同"
    if leaf["lock"] and leaf["lock"] != sm3(canonical(lock)):
        yield "封存的锁定与所写的不同"
    page = sealed["page"]
    if climbed(hashed(leaf, LEAF), sealed["path"]) != page["root"]:
        yield f"从本件算不到第 {page['number']} 页的根"
    month = next((seal for seal in proof["seals"] if seal["month"] == sealed["month"]), None)
    if month is None:
        yield f"缺少 {sealed['month']} 的封存"
    elif climbed(hashed(page, ("number", "leaves", "root")), sealed["page_path"]) != month["root"]:
        yield f"从该页算不到 {sealed['month']} 的根"


def _seals(seals: list[Held]) -> Iterator[str]:
    for place, seal in enumerate(seals):
        if seal["value"] != valued(seal):
            yield f"{seal['month']} 的封存值与重算的不同"
        if place and seal["previous"] != seals[place - 1]["value"]:
            yield f"{seal['month']} 的封存没有接在 {seals[place - 1]['month']} 之后"


def canonical(content: Any) -> bytes:
    """JSON with keys sorted at every level, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def valued(seal: Held) -> str:
    """The value a seal must have."""
    return "sm3:" + sm3(canonical({name: seal.get(name) for name in VALUED}))


def hashed(leaf: Held, names: tuple[str, ...]) -> str:
    """A leaf's hash."""
    return sm3(b"\x00" + canonical({name: leaf[name] for name in names}))


def climbed(found: str, path: list[list[str]]) -> str:
    """The root above a hash, by what stands beside the way."""
    for side, other in path:
        left, right = (other, found) if side == "left" else (found, other)
        found = joined(left, right)
    return found


def joined(left: str, right: str) -> str:
    """The node over two."""
    return sm3(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right))


def root_over(hashes: list[str]) -> str:
    """The root over leaves in their order; an odd last one goes up as it is."""
    level = list(hashes)
    while len(level) > 1:
        level = [joined(*level[at : at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)]
    return level[0] if level else sm3(b"")


def told(path: Path) -> tuple[str, bool]:
    """What is said of a proof's file, and whether it holds."""
    try:
        proof = json.loads(path.read_text(encoding="utf-8"))
        faults = list(check(proof))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
        return f"{path} 不是一份完整的证明：{type(fault).__name__} {fault}\n", False
    if faults:
        return "".join(f"✗ {fault}\n" for fault in faults) + "证明不成立。\n", False
    return "\n".join(_words(proof)) + "\n", True


def _words(proof: Held) -> Iterator[str]:
    yield f"{proof['case_no']}：{len(proof['events'])} 条事件，链头 {proof['head']}"
    if not proof.get("sealed"):
        yield "本件还没有封存：链前后一致，但还不能与公布的封存值核对；封存后请再取一份。"
        return
    last = proof["seals"][-1]
    yield f"封存于 {proof['sealed']['month']}，覆盖前 {proof['sealed']['leaf']['events']} 条事件。"
    yield f"证明成立。请与公布的 {last['month']} 封存值核对：{last['value']}"

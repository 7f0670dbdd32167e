"""The seals against their pages, each other, and what was published; what a record may then be held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from services.archive.domain.reports.periods import month_named, month_of
from services.archive.domain.seals.leaves import month_in
from services.archive.domain.seals.merkle import hash_of, root_of
from services.archive.domain.seals.seal import Seal, SealPage, seal_number, value_of
from services.archive.domain.verifying.findings import UNREADABLE, Document, Finding, Kind, Published
from services.archive.domain.verifying.naming import named
from shared.contracts.archive_events import MonthSealed, SealedLeaf, SealPageMade
from shared.errors import RuleBroken

State = Mapping[str, Any]
Documents = Mapping[str, Document]


def inspect_seals(seals: Documents, pages: Documents, published: Published) -> list[Finding]:
    """Everything that is wrong with the seals themselves, each document named once."""
    held, leaves = _readable(seals, Seal), _readable(pages, SealPage)
    spoilt = sorted({*seals, *pages} - {*held, *leaves})
    first = {number: Finding(Kind.SEAL_CHANGED, number, UNREADABLE) for number in spoilt}
    numbered = {str(state.get("number")): state for state in held.values()}
    months = {month_in(number) for number in spoilt}  # whose pages belong to what nobody can read
    for found in (*_against(held, leaves, published), *_rooted(numbered, leaves), *_linked(numbered)):
        if found.kind is not Kind.SEAL_ADDED or month_in(found.number) not in months:
            first.setdefault(found.number, found)
    return list(first.values())


def _readable(documents: Documents, model: type[Seal | SealPage]) -> dict[str, State]:
    """The states that have the shape of what they should be."""
    found: dict[str, State] = {}
    for number, document in sorted(documents.items()):
        with suppress(ValidationError):
            model.model_validate(document.get("state"))
            found[number] = document["state"]
    return found


def _against(seals: Mapping[str, State], pages: Mapping[str, State], published: Published) -> Iterator[Finding]:
    """What was published of seals and pages is what lies there, under its own number."""
    wanted = published.seals
    for number in sorted({*seals, *pages, *wanted}):
        state, said = seals.get(number, pages.get(number)), wanted.get(number)
        if state is not None and state.get("number") != number:
            yield Finding(Kind.SEAL_REORDERED, number, f"这里放着 {state.get('number')}")
        elif state is None:
            yield Finding(Kind.SEAL_MISSING, number, "公布过，库里没有")
        elif said is not None and dict(state) != said:
            yield Finding(Kind.SEAL_CHANGED, number, f"{named(_other(state, said))} 与公布的不同")
        elif said is None and _stands(state) and published.since is None:
            yield Finding(Kind.SEAL_ADDED, number, "没有公布过")


def _other(state: State, said: State) -> list[str]:
    return [name for name in {*state, *said} if state.get(name) != said.get(name)]


def _stands(state: State) -> bool:
    return bool(state.get("as_of")) or "page" in state


def _rooted(seals: Mapping[str, State], pages: Mapping[str, State]) -> Iterator[Finding]:
    """Leaves give their page's root, pages the month's."""
    told: set[str] = set()
    for number, seal in seals.items():
        lines = list(seal.get("pages", ()))
        told |= {str(line.get("number")) for line in lines}
        if _stands(seal) and seal.get("root") != root_of(map(hash_of, lines)):
            yield Finding(Kind.SEAL_CHANGED, number, "根与各页不符")
        yield from _paged(number, lines, pages)
    open_months = {seal.get("month") for seal in seals.values() if not _stands(seal)}
    for number, page in pages.items():
        if number not in told and page.get("month") not in open_months:
            yield Finding(Kind.SEAL_ADDED, number, "不属于任何封存")


def _paged(number: str, lines: list[State], pages: Mapping[str, State]) -> Iterator[Finding]:
    for line in lines:
        name = str(line.get("number"))
        if name not in pages:
            yield Finding(Kind.SEAL_MISSING, name, f"{number} 的一页不在了")
        elif line.get("root") != _root(pages[name]) or line.get("root") != pages[name].get("root"):
            yield Finding(Kind.SEAL_CHANGED, name, f"与 {number} 里所写的根不符")


def _root(page: State) -> str:
    return root_of(hash_of(leaf) for leaf in page.get("leaves", ()))


def _linked(seals: Mapping[str, State]) -> Iterator[Finding]:
    """Month follows month, each with the value that the one before must have."""
    before: tuple[str, State] | None = None
    for number, seal in sorted(seals.items()):
        if not _stands(seal):
            continue
        if seal.get("value") != value_of(seal) or seal.get("month") != month_in(number):
            yield Finding(Kind.SEAL_CHANGED, number, "封存值与内容不符")
        missing = _before(number)
        if (before is None and seal.get("previous")) or (before is not None and before[0] != missing):
            yield Finding(Kind.SEAL_MISSING, missing, "月份不连续")
        elif before is not None and seal.get("previous") not in (value_of(before[1]), before[1].get("value")):
            yield Finding(Kind.SEAL_CHANGED, number, "没有接在上月之后")
        before = number, seal


def _before(number: str) -> str:
    """The number of the month before."""
    try:
        return seal_number(month_of(month_named(month_in(number)).start - timedelta(days=1)))
    except RuleBroken:
        return ""


def trusted_leaves(pages: Documents, published: Published, found: list[Finding]) -> dict[str, list[SealedLeaf]]:
    """Every number's leaves, the oldest first: as published where Kafka still has them, else from pages nothing was found of."""
    events = [event for held in published.own.values() for event in held]
    told: dict[str, SealPageMade] = {event.case_no: event for event in events if isinstance(event, SealPageMade)}
    wrong, leaves = {finding.number for finding in found}, dict[str, list[SealedLeaf]]()
    stored = {number: document.get("state") or {} for number, document in pages.items() if number not in wrong}
    for number in sorted({*told, *stored}):
        held = told[number].leaves if number in told else (SealedLeaf.model_validate(leaf) for leaf in stored[number].get("leaves", ()))
        for leaf in held:
            leaves.setdefault(leaf.number, []).append(leaf)
    return leaves


def last_sealed(seals: Documents, published: Published) -> tuple[str, str] | None:
    """The last month that is sealed, and when it was."""
    events = [event for held in published.own.values() for event in held if isinstance(event, MonthSealed)]
    found = {event.month: event.as_of.isoformat() for event in events}
    for state in _readable(seals, Seal).values():
        if _stands(state):
            found.setdefault(str(state.get("month")), str(state.get("as_of")))
    return max(found.items(), default=None)

"""Issue 7, must show: 1,000 tamperings of ledger, events, seals and filings, drawn by chance: 1,000 found, and each named rightly."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from services.archive.domain.verifying.findings import Finding
from services.archive.domain.verifying.whole import Memo
from tests.services.archive.ledgers import Ledger, a_ledger
from tests.services.archive.tampering import WAYS, Deed

TAMPERINGS = 1_000


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """A good one."""
    return a_ledger()


def wrong(deed: Deed, found: list[Finding]) -> str:
    """Why what was found does not name what was done, "" when it does."""
    own = [finding for finding in found if finding.number == deed.number]
    if not own:
        return "not found"
    if {finding.number for finding in found} - {deed.number} - deed.also:
        return f"blames {sorted({finding.number for finding in found} - {deed.number})}"
    fit = [finding for finding in own if finding.kind in deed.kinds]
    if not fit:
        return f"named {[finding.kind.name for finding in own]}"
    if deed.nths and not any(finding.nth in deed.nths or (finding.nth is None and deed.event) for finding in fit):
        return f"placed at {[finding.nth for finding in fit]}"
    if deed.event and not any(finding.event == deed.event for finding in fit):
        return f"another event: {[finding.event for finding in fit]}"
    return ""


def test_a_good_ledger_gives_no_finding(ledger: Ledger) -> None:
    """Neither with Kafka nor after Kafka forgot everything."""
    assert len(ledger.records) == 300
    assert len(ledger.store.seals) == 3
    assert ledger.found({}) == []
    assert ledger.found({}, forgotten=True) == []


@pytest.mark.timeout(300)
def test_a_document_of_no_shape_is_named_and_stops_nothing(ledger: Ledger) -> None:
    """Whatever lies in the place of a document it is named, alone; whatever lies in one of its fields, the look goes on."""
    memo: Memo = {}
    assert ledger.found(memo) == []
    for table in ("records", "filings", "summaries", "seals", "pages"):
        held = ledger.records if table == "records" else getattr(ledger.store, table)
        number = min(number for number, document in held.items() if (document["state"] or {}).get("snapshot", True))
        for name in (None, *held[number]["state"]):
            copy = ledger.changed()
            state = copy.own(table, number)
            changed = copy.records if table == "records" else getattr(copy.store, table)
            changed[number]["state"] = "x" if name is None else state | {name: [None]}
            found = {finding.number for finding in copy.found(dict(memo))}

            assert name is not None or found == {number}, (table, found)


@pytest.mark.timeout(300)
def test_a_thousand_tamperings_are_found_and_each_is_named(ledger: Ledger) -> None:
    """Kind and place of each; what was looked at and is as it was is not looked at again."""
    memos: dict[bool, Memo] = {kept: {} for kept in (False, True)}
    for forgotten, memo in memos.items():
        assert ledger.found(memo, forgotten=forgotten) == []
    missed, tried = list[str](), Counter[str]()
    for nth in range(TAMPERINGS):
        chance = Random(nth)  # noqa: S311 - drawn tamperings, no secrets
        way, copy = WAYS[nth % len(WAYS)], ledger.changed()
        deed = way(copy, chance)
        tried[way.__name__] += 1
        if fault := wrong(deed, copy.found(dict(memos[deed.forgotten]), forgotten=deed.forgotten)):
            missed.append(f"#{nth} {way.__name__} {deed.number} {deed.what}: {fault}")

    assert sum(tried.values()) == TAMPERINGS
    assert len(tried) == len(WAYS)
    assert missed == []

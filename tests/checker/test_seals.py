"""A month sealed by hand over the small good history; then each thing a seal says is made wrong, and found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.__main__ import audit
from checker.proof import LEAF, hashed, root_over, valued
from tests.checker.history import FIRST, History, at, chain, good

SEAL, PAGE = "FC2610010000001", "FC2610010000002"


def sealed() -> History:
    """The good history with October's seal over its first case."""
    history = good()
    lines = history.documents["archive"][FIRST]["state"]["events"]
    leaf = {"number": FIRST, "events": len(lines), "head": chain(FIRST, lines), "lock": "", "order": ""}
    page = {"number": PAGE, "month": "2026-10", "page": 1, "leaves": [leaf], "root": root_over([hashed(leaf, LEAF)])}
    line = {"number": PAGE, "leaves": 1, "root": page["root"]}
    said = {"month": "2026-10", "as_of": at("20 17:30"), "previous": "", "cases": 1, "filings": 0, "events": len(lines)}
    seal = {"number": SEAL, "pages": [line], "root": root_over([hashed(line, ("number", "leaves", "root"))]), **said}
    seal["value"] = valued(seal)
    history.say("archive", PAGE, "SealPageMade", "20 17:30", month="2026-10", page=1, leaves=[leaf], root=page["root"])
    history.say("archive", SEAL, "MonthSealed", "20 17:30", **{name: value for name, value in seal.items() if name != "number"})
    for name, collection, state in ((PAGE, "seal_pages", page), (SEAL, "seals", seal)):
        history.documents["archive"][name] |= {"collection": collection, "state": state}
    return history


def state(history: History, number: str) -> dict[str, Any]:
    """The state of one of archive's documents."""
    held: dict[str, Any] = history.documents["archive"][number]["state"]
    return held


def breaches(history: History, folder: Path) -> dict[str, int]:
    """How many breaches each check of the seals found."""
    return {row.name: len(row.breaches) for row in audit(history.write(folder)) if row.name.startswith("seals.") and row.breaches}


def test_a_good_seal_is_clean(tmp_path: Path) -> None:
    assert breaches(sealed(), tmp_path) == {}
    looked = {row.name: row.looked for row in audit(tmp_path) if row.name.startswith("seals.")}
    assert looked == {"seals.roots": 2, "seals.values": 3, "seals.heads": 1}


@pytest.mark.parametrize(("plant", "check"), [
    (lambda history: state(history, SEAL).update(root="0" * 64), "seals.roots"),
    (lambda history: state(history, PAGE)["leaves"][0].update(events=1), "seals.roots"),
    (lambda history: state(history, SEAL).update(cases=2), "seals.values"),
    (lambda history: state(history, SEAL).update(previous="sm3:0"), "seals.values"),
    (lambda history: state(history, SEAL).update(value="sm3:0"), "seals.values"),
    (lambda history: state(history, PAGE)["leaves"][0].update(head="0" * 64), "seals.heads"),
    (lambda history: state(history, FIRST)["events"].pop(), "seals.heads"),
])
def test_each_wrong_seal_is_found(plant: Callable[[History], Any], check: str, tmp_path: Path) -> None:
    history = sealed()
    plant(history)

    assert check in breaches(history, tmp_path)

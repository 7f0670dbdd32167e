"""What the ledger never keeps: the key a box opens with, and the index a person is found by (个保法 19、51).

Lines are chained and never change, so what must be gone after its term may not enter them (docs/decisions/0045).
"""

from __future__ import annotations

from typing import Any

from shared.contracts.sealed import DESTROYED

BOX = frozenset({"box", "masked", "key_id"})
FOUND_BY = "party_ref"


def keyless(said: Any) -> Any:
    """The same data: each box without its key (one that has no key of its own without its content), no index of a person."""
    if isinstance(said, dict):
        kept = {name: "" if name == FOUND_BY else keyless(value) for name, value in said.items()}
        return _unopenable(kept) if kept.keys() >= BOX else kept
    return [keyless(value) for value in said] if isinstance(said, list) else said


def _unopenable(box: dict[str, Any]) -> dict[str, Any]:
    return {**box, "box": box["box"] if box.get("wrapped_key") else "", "wrapped_key": DESTROYED}

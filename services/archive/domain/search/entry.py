"""What is indexed of one library case: its words by field, and what it may be filtered by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

WEIGHTS = {"item": 1.0, "problem": 2.0, "tags": 1.5, "cause": 1.0, "way": 1.0, "conditions": 0.5, "basis": 0.5}


@dataclass(frozen=True)
class Indexed:
    """A published case. `words` by the names of WEIGHTS; `stamp` differs whenever anything here does; `flagged`: somebody or something doubts it."""

    number: str
    words: dict[str, str]
    unit: str = ""
    item_code: str = ""
    valid_until: date = date.max
    flagged: bool = False
    stamp: str = ""

"""What a look at the ledger may find, and what it is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from services.archive.domain.seals.seal import page_from, seal_from
from shared.contracts.archive_events import CaseArchived, SealedLeaf, SealEvent
from shared.contracts.event import Event

Document = Mapping[str, Any]


class Kind(StrEnum):
    """What was done, and to what."""

    EVENT_CHANGED = "事件被改动"
    EVENT_MISSING = "缺少事件"
    EVENT_ADDED = "多出事件"
    EVENT_REORDERED = "事件次序被改动"
    CHAIN_CHANGED = "链头被改动"
    LOCK_CHANGED = "锁定被改动"
    ENTRY_CHANGED = "台账内容被改动"
    ENTRY_MISSING = "缺少台账"
    ENTRY_ADDED = "多出台账"
    FILING_CHANGED = "上报被改动"
    FILING_MISSING = "缺少上报"
    FILING_ADDED = "多出上报"
    SEAL_CHANGED = "封存被改动"
    SEAL_MISSING = "缺少封存"
    SEAL_ADDED = "多出封存"
    SEAL_REORDERED = "封存被对调"


UNREADABLE = "读不出来"
SPOILT = (AttributeError, IndexError, KeyError, TypeError, ValueError)  # what a document of a shape nobody ever wrote may raise


EVENTS = frozenset({Kind.EVENT_CHANGED, Kind.EVENT_MISSING, Kind.EVENT_ADDED, Kind.EVENT_REORDERED})


@dataclass(frozen=True)
class Finding:
    """One thing: what was done to which document; of an event its place in the record (`nth`) and its id, as far as known."""

    kind: Kind
    number: str
    words: str = ""
    nth: int | None = None
    event: str | None = None

    def __str__(self) -> str:
        place = f" 第 {self.nth} 条" if self.nth else ""
        event = f"（{self.event}）" if self.event else " "
        return f"{self.kind}：{self.number}{place}{event}{self.words}".rstrip()


@dataclass(frozen=True)
class Told:
    """One published event as the ledger should have it: its stream and place, and the SM3 of its line."""

    stream: str
    seq: int
    hashed: str


@dataclass(frozen=True)
class Published:
    """What Kafka still holds: per case its events by id; which of them the archive said it was done with; its own events by number.

    Everything recorded at `since` or later is there; None means that everything is.
    """

    lines: Mapping[str, Mapping[str, Told]] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()
    own: Mapping[str, Sequence[Event]] = field(default_factory=dict)
    since: datetime | None = None

    @cached_property
    def seals(self) -> dict[str, dict[str, Any]]:
        """Every seal and page as its own event tells it."""
        events = (event for held in self.own.values() for event in held if isinstance(event, SealEvent))
        made = {str(event.case_no): seal_from(None, event) or page_from(None, event) for event in events}
        return {number: state.model_dump(mode="json") for number, state in made.items() if state is not None}

    def covers(self, moment: str) -> bool:
        """Whether what was recorded at this moment must still be there."""
        try:
            return self.since is None or datetime.fromisoformat(moment) >= self.since
        except ValueError:
            return True

    def archived(self, number: str) -> CaseArchived | None:
        """What was published when the case was locked."""
        return next((event for event in self.own.get(number, ()) if isinstance(event, CaseArchived)), None)


@dataclass(frozen=True)
class Known:
    """What a record is held against: the leaves it was sealed under, the oldest first."""

    leaves: tuple[SealedLeaf, ...] = ()

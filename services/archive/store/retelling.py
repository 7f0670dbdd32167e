"""What archive made of its own accord and can make again from its own events alone: a line a kind of document (docs/decisions/0028, 0037).

Whoever adds a kind of document adds a line: the events that tell of it, how its store is opened, and the fold that gives the state after
one more of them. `./bancheng rebuild archive` then brings it back, and compares every document with the one that was there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.archive.domain.library.case import told as library_told
from services.archive.domain.patterns.pattern import told as pattern_told
from services.archive.domain.patterns.root import told as root_told
from services.archive.domain.reports.summary import summary_from
from services.archive.domain.seals.seal import page_from, seal_from
from services.archive.domain.uploading.again import outage_from, uploads_from
from services.archive.store.filing import open_summaries
from services.archive.store.library import open_library
from services.archive.store.patterns import open_found, open_roots
from services.archive.store.seals import open_seal_pages, open_seals
from services.archive.store.uploads import open_outages, open_upload_cases
from shared.assembly import Ground
from shared.contracts.archive_events import MonthSealed, SealPageMade, SummaryEvent
from shared.contracts.event import Event
from shared.contracts.library_events import LibraryEvent
from shared.contracts.pattern_events import PatternEvent, RootEvent
from shared.contracts.upload_events import PlatformEvent, UploadEvent
from shared.decision import Decision
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore


@dataclass(frozen=True)
class Retold:
    """One kind of document: which events tell of it, its store, and its fold."""

    events: tuple[type[Event], ...]
    opened: Callable[[Ground, Inbox], CaseStore[Any]]
    fold: Callable[[Any, Any], Any]


RETOLD = (
    Retold((SummaryEvent,), open_summaries, summary_from),
    Retold((SealPageMade,), open_seal_pages, page_from),
    Retold((MonthSealed,), open_seals, seal_from),
    Retold((PatternEvent,), open_found, pattern_told),
    Retold((RootEvent,), open_roots, root_told),
    Retold((LibraryEvent,), open_library, lambda state, event: library_told(event, state)),
    Retold((UploadEvent,), open_upload_cases, uploads_from),
    Retold((PlatformEvent,), open_outages, outage_from),
)


def retold(event: Event) -> Retold | None:
    """The kind of document an event tells of, None for what rules say again."""
    return next((kind for kind in RETOLD if isinstance(event, kind.events)), None)


def told_ahead(event: Event) -> bool:
    """Whether it is told before anything is consumed again: what repeats is found by whoever arrives in time, so what was found is
    there first, and whoever arrives again finds itself in it and says nothing.
    """
    return isinstance(event, PatternEvent)


def told_again(kind: Retold, state: Any, said: Sequence[Event]) -> Decision[Any]:
    """The document after what was said of it in one write, and the same events once more."""
    for event in said:
        state = kind.fold(state, event)
    return Decision(state, [event.model_copy(update={"envelope": None}) for event in said])

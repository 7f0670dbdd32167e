"""Issue 7.8: what archive made of its own accord is made again from its own events alone, to the letter."""

from __future__ import annotations

from services.archive.store.retelling import RETOLD, retold, told_again
from shared.contracts.archive_events import ArchiveEvent, CaseArchived, CaseForgotten, FilingEvent, ReportMade
from shared.contracts.catalogue import EVENTS
from shared.contracts.event import Event
from tests.services.archive.ledgers import a_ledger

BY_RULES = (CaseArchived, CaseForgotten, FilingEvent, ReportMade)  # said again by the rules that said them first (deploy/local/rebuild/redoing.py)


def unretold() -> list[str]:
    """Archive's events that no kind of document is made again from."""
    own = [event for event in EVENTS if issubclass(event, ArchiveEvent) and not issubclass(event, BY_RULES)]
    return sorted(event.__name__ for event in own if not any(issubclass(event, kind.events) for kind in RETOLD))


def test_every_event_of_archive_makes_its_document_again() -> None:
    """A kind of document without a line in the table would be lost with the store."""
    assert unretold() == []


def test_seals_pages_and_summaries_are_their_events() -> None:
    """Each document of a ledger of three months, folded from what was published of it."""
    ledger = a_ledger(count=120)
    stored = {**ledger.store.summaries, **ledger.store.seals, **ledger.store.pages}
    made = {}
    for number, events in ledger.published.own.items():
        kind = retold(events[0])
        if kind is not None:
            decision = told_again(kind, None, events)
            made[number] = decision.state.model_dump(mode="json")
            assert [plain(event) for event in decision.events] == [plain(event) for event in events]

    assert made == {number: document["state"] for number, document in stored.items()}
    assert len(made) > 2


def plain(event: Event) -> Event:
    """Without its envelope."""
    return event.model_copy(update={"envelope": None})

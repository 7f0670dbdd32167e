"""What must hold of a town at rest, looked at with eyes of its own: effects once, phones once, every acknowledged act kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID, uuid5

from deploy.simulation.moves import Act
from deploy.simulation.play import Notebook
from deploy.simulation.topics import EVENT_TOPICS
from deploy.simulation.world import World
from services.archive.domain.record import CaseRecord, agrees
from shared.contracts.event import Event
from shared.contracts.router_events import CaseCorrected, CitizenUrged, ReplyRefused
from shared.contracts.wire import from_wire

ONE_EACH: dict[str, type[Event]] = {"urge": CitizenUrged, "correct": CaseCorrected}


def events_of(world: World, notebook: Notebook) -> list[Event]:
    """Every event in the topics, each once, as first published."""
    planted = set(notebook.poison)
    first: dict[UUID, Event] = {}
    for place in sorted(world.log.records):
        if place[0] in EVENT_TOPICS:
            for record in world.log.records[place]:
                if (*place, record.offset) not in planted:
                    event = from_wire(record.headers, record.value)
                    first.setdefault(event.meta.event_id, event)
    return list(first.values())


def broken(world: World, notebook: Notebook) -> list[str]:
    """Every claim that does not hold, as a sentence."""
    events = events_of(world, notebook)
    return [*world.wrong, *_acts(notebook, events), *_replies(events), *_timelines(world), *_phones(world)]


def _acts(notebook: Notebook, events: list[Event]) -> Iterator[str]:
    """An act under one key happened at most once, and once if it was acknowledged."""
    for path, kind in ONE_EACH.items():
        asked = {name for name, move in notebook.asked.items() if isinstance(move, Act) and move.path == path}
        done = [name for name in asked if name in notebook.done and notebook.done[name].kind == "done"]
        there = sum(isinstance(event, kind) for event in events)
        if not len(done) <= there <= len(asked):
            yield f"{path} was acknowledged {len(done)} times of {len(asked)} and happened {there} times"


def _replies(events: list[Event]) -> Iterator[str]:
    told = Counter((event.case_no, event.unit, event.reply_id) for event in events if isinstance(event, ReplyRefused))
    for reply, times in told.items():
        if times > 1:
            yield f"the reply {reply} was refused {times} times"


def _timelines(world: World) -> Iterator[str]:
    """The archive wrote down every event it applied exactly once, and its entry follows from them."""
    for document in world.shelf("archive", "records").values():
        if document["state"] is None:
            continue
        record = CaseRecord.model_validate(document["state"])
        applied = sum(document["applied"].values())
        if len(record.events) != applied or len(set(record.events)) != applied:
            yield f"the archive applied {applied} events of {record.case_no} and wrote down {len(record.events)}"
        if not agrees(record):
            yield f"the archive's entry of {record.case_no} does not follow from its lines"


def _phones(world: World) -> Iterator[str]:
    """A phone rings once for a message that was sent, never for another, and a message's id follows from what it says."""
    rang = Counter(world.parts.phones.rang)
    for document in world.shelf("notifier", "dispatches").values():
        for notice in (document["state"] or {}).get("notices", ()):
            name = notice["notice_id"]
            wanted = uuid5(UUID(notice["about"]), f"{notice['template']}/{notice['to_role']}/{notice['to_id']}/{notice['channel']}")
            if name != str(wanted):
                yield f"the message {name} of {document['_id']} has an id of its own"
            times, status = rang.pop(name, 0), notice["status"]
            allowed = (0, 1) if status == "QUEUED" and notice["asked"] else (int(status in ("SENT", "CALL_TASK")),)
            if times not in allowed:
                yield f"a phone rang {times} times for {name} of {document['_id']}, which is {notice['status']}"
    for name in rang:
        yield f"a phone rang for {name}, which nobody wrote down"

"""How the ledger is shown to staff: masked, in the words of the scheme."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.archive.domain.entry import Correction, Entry, LedgerLine, SupervisionLine
from services.archive.domain.forgetting import anonymous
from services.archive.domain.holding import Holder, Slice, What, slices
from services.archive.domain.lines import event_in
from services.archive.domain.record import CaseRecord, agrees, all_lines, corrections_now, supervisions_now
from services.archive.domain.retention import Asked
from services.archive.domain.titles import FACTS, FIELDS, Fact, title_of
from shared.contracts.event import PERSON, SYSTEM, Event, UnknownEvent
from shared.contracts.sealed import Sealed
from shared.contracts.terms import CaseState, Category, Channel, Grade, Light, Result
from shared.district.model import District
from shared.privacy.masking import scrub
from shared.web.names import zh
from shared.web.pages import when

DEPARTMENT = "dept:"
CHANNELS = frozenset(map(str, Channel))


class Row(BaseModel):
    """One entry in a list."""

    case_no: str
    channel: Channel
    category: Category | None
    grade: Grade | None
    state: CaseState
    site: str
    item: str
    person: str
    lead: str | None
    lead_name: str
    received_at: datetime
    due_at: datetime | None
    replied_at: datetime | None
    overdue: bool
    provisional: bool
    supervision_count: int
    light: Light
    result: Result | None
    closed_at: datetime | None


class Rows(BaseModel):
    """One page of entries, the newest first; `next_skip` is None on the last page."""

    cases: list[Row]
    skip: int
    next_skip: int | None


class Told(BaseModel):
    """One particular of an event, in Chinese."""

    label: str
    value: str


class Happening(BaseModel):
    """One event of the timeline; `late` came after the lock."""

    event_id: UUID
    type: str
    title: str
    at: datetime
    recorded_at: datetime
    who: str
    facts: list[Told]
    late: bool


class Held(BaseModel):
    """One stretch of a case's time: who held it and for what; `to` is None while it lasts (责任分段)."""

    holder: Holder
    code: str
    name: str
    what: What
    order_no: str | None
    since: datetime = Field(serialization_alias="from")
    until: datetime | None = Field(serialization_alias="to")
    working_minutes: int
    working_days: float


class CaseDetail(BaseModel):
    """One case: its entry, its lock, who held it for how long, and everything that happened, the newest first.

    `verified` False means the stored document was changed by somebody; `corrections` has also what came after the lock.
    """

    entry: Entry
    digest: str | None
    digest_events: int | None
    archived_at: datetime | None
    late_events: int
    verified: bool
    supervisions: list[SupervisionLine]
    corrections: list[Correction]
    slices: list[Held]
    timeline: list[Happening]
    forgotten_at: datetime | None = None
    forget_asked: Asked | None = None


class LedgerPage(BaseModel):
    """Ledger lines by number; ask again with `after` = `next` until that is None."""

    lines: list[LedgerLine]
    next: str | None


def row(entry: Entry) -> Row:
    """The entry as it stands in a list."""
    return Row(**entry.model_dump(include=set(Row.model_fields)))


def detail(record: CaseRecord, entry: Entry, district: District, now: datetime) -> CaseDetail:
    """The case with its timeline."""
    lock = record.lock
    return CaseDetail(
        entry=entry if record.forgotten is None else anonymous(entry),
        digest=lock.digest if lock else None,
        digest_events=lock.events if lock else None,
        archived_at=lock.at if lock else None,
        late_events=record.late_events,
        verified=agrees(record),
        supervisions=list(supervisions_now(record)),
        corrections=list(corrections_now(record)),
        slices=held_by(record, district, now),
        timeline=timeline(record, district),
        forgotten_at=record.forgotten.at if record.forgotten else None,
        forget_asked=record.forget_asked,
    )


def held_by(record: CaseRecord, district: District, now: datetime) -> list[Held]:
    """domain 12A.5: who held the case for how many working days, in the order begun."""
    events = (event_in(line) for line in record.events)
    office = district.policy.complaint.route
    return [_held(part, district) for part in slices(events, district.calendar, office=office, now=now)]


def _held(part: Slice, district: District) -> Held:
    hold = part.hold
    names = {"window": _site(hold.code, district) or hold.code, "person": "办理对象"}
    return Held(
        holder=hold.holder,
        code=hold.code,
        name=names.get(hold.holder) or _unit(hold.code, district),
        what=hold.what,
        order_no=part.order_no,
        since=part.since,
        until=part.until,
        working_minutes=part.working_minutes,
        working_days=part.working_days,
    )


def timeline(record: CaseRecord, district: District) -> list[Happening]:
    """What happened, the newest first; of one moment the later written first; of a clue only that it happened."""
    lines = [event_in(line) for line in all_lines(record)]
    first_late = record.lock.events + 1 if record.lock else len(lines)
    shown = [_happening(event, district, late=place >= first_late) for place, event in enumerate(lines)]
    shown.reverse()
    if record.entry is not None and record.entry.clue:
        shown = [held.model_copy(update={"facts": []}) for held in shown]
    return sorted(shown, key=lambda held: held.at, reverse=True)


def _happening(event: Event, district: District, *, late: bool) -> Happening:
    kind = event.type if isinstance(event, UnknownEvent) else event.type_name()
    return Happening(
        event_id=event.meta.event_id,
        type=kind,
        title=title_of(event),
        at=event.occurred_at,
        recorded_at=event.meta.recorded_at,
        who=_who(event.actor, district),
        facts=list(_facts(event, district)),
        late=late,
    )


def _who(actor: str, district: District) -> str:
    if actor == SYSTEM:
        return "系统"
    if actor == PERSON:
        return "群众本人"
    if actor in CHANNELS:
        return f"群众（{zh(Channel(actor))}）"
    if actor.startswith(DEPARTMENT):
        return f"{_unit(actor.removeprefix(DEPARTMENT), district)}（本单位系统）"
    person = district.staff.get(actor)
    if person is None:
        return scrub(actor)
    place = _unit(person.unit, district) if person.unit else _site(person.site, district)
    return f"{person.name}（{place}）" if place else person.name


def _unit(code: str, district: District) -> str:
    unit = district.departments.get(code)
    return unit.name if unit else code


def _site(code: str | None, district: District) -> str:
    site = district.sites.get(code or "")
    return site.name if site else ""


def _facts(event: Event, district: District) -> Iterator[Told]:
    for fact in FACTS:
        value = getattr(event, fact.field, None) if fact.is_of(event) else None
        if value is not None and value not in ("", (), False):
            yield Told(label=fact.label, value=_value(fact, value, district))
    if getattr(event, "resolved", None) is False:
        yield Told(label="诉求解决", value="否")
    if getattr(event, "stops", None) is False:
        yield Told(label="撤回后", value="继续核查")


def _value(fact: Fact, value: Any, district: District) -> str:
    parts = value if isinstance(value, tuple) else (value,)
    return "、".join(_one(fact, part, district) for part in parts)


def _one(fact: Fact, value: Any, district: District) -> str:
    told: dict[str, Callable[[Any], str]] = {
        "word": lambda word: scrub(zh(word)),
        "unit": lambda code: _unit(code, district),
        "time": when,
        "flag": lambda _: "是",
        "who": lambda person: _who(person, district),
        "field": lambda name: FIELDS.get(name, scrub(name)),
        "masked": lambda sealed: scrub(sealed.masked) if isinstance(sealed, Sealed) else "",
    }
    tell = told.get(fact.told)
    return tell(value) if tell else scrub(str(value))

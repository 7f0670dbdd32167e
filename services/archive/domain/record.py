"""One case's record: its events in the order applied, the entry they give, and the lock (方案 六(五))."""

from __future__ import annotations

from datetime import datetime
from itertools import accumulate

from services.archive.domain.entry import Entry, Moment, SupervisionLine
from services.archive.domain.fold import entry_from, fold
from services.archive.domain.lines import digest_of, event_in, line_of, link
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Envelope, Event, Frozen
from shared.contracts.ids import CaseNo, event_id, stream_of
from shared.contracts.terms import CaseState
from shared.decision import Decision
from shared.district.model import District


class Lock(Frozen):
    """The entry is closed for ever: `digest` covers the first `events` lines; `at` is the closing moment."""

    digest: str
    events: int
    at: Moment
    locked_at: Moment


class CaseRecord(Frozen):
    """Every event of one case as a line of canonical JSON; `chain` is the hash over all of them."""

    case_no: CaseNo
    events: tuple[str, ...] = ()
    chain: str
    entry: Entry | None = None
    lock: Lock | None = None

    @property
    def late_events(self) -> int:
        """How many events came after the lock."""
        return len(self.events) - self.lock.events if self.lock else 0


def enter(
    state: CaseRecord | None, event: Event, district: District, now: datetime
) -> Decision[CaseRecord | None]:
    """方案 六(五): writes the event down, brings the entry up to date, and archives a case that is complete.

    After the lock the event is still written down and changes nothing in the entry.
    """
    record = _written(state or CaseRecord(case_no=event.case_no, chain=event.case_no), event)
    closed_at = _complete(record, district)
    return Decision(record) if closed_at is None else _archived(record, closed_at, now)


def _written(record: CaseRecord, event: Event) -> CaseRecord:
    line = line_of(event)
    entry = record.entry if record.lock else fold(record.entry, event)
    return record.model_copy(
        update={"events": (*record.events, line), "chain": link(record.chain, line), "entry": entry}
    )


def _complete(record: CaseRecord, district: District) -> datetime | None:
    """The closing moment of a case ready for its lock (状态机 20: 台账字段齐、双平台已同步), else None.

    Complete means closed and the answer's due moment final: a case settled at the window is closed in the
    same moment it is graded, before SLA can have told the due moment of that grade.
    """
    entry = record.entry
    if record.lock or entry is None or district.policy.sync.required:
        return None
    return entry.closed_at if entry.state is CaseState.CLOSED and entry.answer_counted else None


def _archived(record: CaseRecord, closed_at: datetime, now: datetime) -> Decision[CaseRecord | None]:
    lock = Lock(digest=digest_of(record.chain), events=len(record.events), at=closed_at, locked_at=now)
    said = CaseArchived(case_no=record.case_no, occurred_at=closed_at, digest=lock.digest, events=lock.events)
    return Decision(record.model_copy(update={"entry": _locked(record.entry), "lock": lock}), [said])


def _locked(entry: Entry | None) -> Entry | None:
    return entry and entry.model_copy(update={"state": CaseState.ARCHIVED})


def recomputed(record: CaseRecord) -> Entry | None:
    """The entry made anew from the kept lines; raises ValueError or KeyError when one can't be read."""
    covered = record.events[: record.lock.events] if record.lock else record.events
    entry = entry_from(event_in(line) for line in covered)
    return _locked(entry) if record.lock else entry


def agrees(record: CaseRecord) -> bool:
    """Whether lines, hashes, lock and entry still fit together: False means somebody changed the document."""
    heads = list(accumulate(record.events, link, initial=str(record.case_no)))
    lock = record.lock
    if heads[-1] != record.chain:
        return False
    if lock and (lock.events >= len(heads) or lock.digest != digest_of(heads[lock.events])):
        return False
    try:
        return recomputed(record) == record.entry
    except (ValueError, KeyError):
        return False


def supervisions_now(record: CaseRecord) -> tuple[SupervisionLine, ...]:
    """The 督办单 as they stand now; one voided after the lock is voided here, yet counted in the entry."""
    entry = entry_from(event_in(line) for line in record.events) if record.late_events else record.entry
    return entry.supervisions if entry else ()


def archive_event(record: CaseRecord) -> CaseArchived | None:
    """What the archive itself said of this case: its one event, as the lock remembers it."""
    lock = record.lock
    if lock is None:
        return None
    said = CaseArchived(case_no=record.case_no, occurred_at=lock.at, digest=lock.digest, events=lock.events)
    stream = stream_of(said.owner, record.case_no)
    envelope = Envelope(
        event_id=event_id(stream, 1),
        stream=stream,
        seq=1,
        recorded_at=lock.locked_at,
        cause=event_in(record.events[lock.events - 1]).meta.event_id,
    )
    return said.stamped(envelope)


def all_lines(record: CaseRecord) -> list[str]:
    """The lines consumed, the archive's own in the place where it locked the entry."""
    said = archive_event(record)
    if said is None or record.lock is None:
        return list(record.events)
    return [*record.events[: record.lock.events], line_of(said), *record.events[record.lock.events :]]

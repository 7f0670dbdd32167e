"""One case's record: its events in the order applied, the entry they give, and the lock (方案 六(五))."""

from __future__ import annotations

from datetime import datetime
from itertools import accumulate

from pydantic import field_validator

from services.archive.domain.changes.case import correction
from services.archive.domain.entry import Correction, Entry, Moment, SupervisionLine
from services.archive.domain.fold import entry_from, fold
from services.archive.domain.lines import digest_of, event_in, line_of, link
from services.archive.domain.retention import Asked, Forgetting, said_of
from services.archive.domain.sm3 import PREFIX
from services.archive.domain.uploading.marks import UploadMark, all_there, marks_for
from services.archive.domain.uploading.owing import is_told, owed_of
from services.archive.domain.uploading.state import Uploads
from shared.contracts.archive_events import CaseArchived, CaseForgotten
from shared.contracts.event import Envelope, Event, Frozen
from shared.contracts.ids import CaseNo, event_id, stream_of
from shared.contracts.lifecycle import SETTLED
from shared.contracts.router_events import CaseCorrected
from shared.contracts.terms import CaseState
from shared.decision import Decision, unchanged
from shared.district.model import District


class Lock(Frozen):
    """The entry is closed for ever: `digest` covers the first `events` lines; `at` is the closing moment.

    `by_time` tells that no event locked it but the end of the time for rating, or the platforms' last receipt.
    """

    digest: str
    events: int
    at: Moment
    locked_at: Moment
    by_time: bool = False

    @field_validator("digest")
    @classmethod
    def _of_this_ledger(cls, digest: str) -> str:
        if not digest.startswith(PREFIX):
            raise ValueError("这份台账是用旧的散列算法锁定的，本版本只认 SM3；请用 ./bancheng rebuild archive 由主题重建。")
        return digest


class CaseRecord(Frozen):
    """Every event of one case as a line of canonical JSON; `chain` is the hash over all of them, `order` an owner's initial for each.

    `owed` counts the messages the platforms above are owed (None in a record of an earlier version), `uploads` how far they are.
    """

    case_no: CaseNo
    events: tuple[str, ...] = ()
    chain: str
    order: str = ""
    entry: Entry | None = None
    lock: Lock | None = None
    forget_asked: Asked | None = None
    forgotten: Forgetting | None = None
    owed: int | None = None
    uploads: tuple[UploadMark, ...] = ()

    @property
    def uploaded(self) -> bool:
        """Whether the platforms above have everything (双平台已同步)."""
        return all_there(self.uploads, owed_by(self))

    @property
    def late_events(self) -> int:
        """How many events came after the lock."""
        return len(self.events) - self.lock.events if self.lock else 0

    @property
    def lock_at(self) -> datetime | None:
        """When time alone may lock it: everything is there, and the person may still rate it until then."""
        entry = self.entry
        waits = self.lock is None and entry is not None and entry.answer_counted
        return entry.open_until if waits and entry and entry.state is CaseState.CLOSED else None


def owed_by(record: CaseRecord) -> int:
    """How many messages the platforms above are owed of it."""
    return owed_of(record.events) if record.owed is None else record.owed


def enter(
    state: CaseRecord | None, event: Event, district: District, now: datetime
) -> Decision[CaseRecord | None]:
    """方案 六(五): writes the event down, brings the entry up to date, and archives a case that is complete.

    After the lock the event is still written down and changes nothing in the entry.
    """
    record = _written(state or CaseRecord(case_no=event.case_no, chain=event.case_no), event)
    closed_at = _complete(record, district, now)
    return Decision(record) if closed_at is None else _archived(record, closed_at, now)


def lock_when_due(state: CaseRecord | None, district: District, now: datetime) -> Decision[CaseRecord | None]:
    """domain 歧义 19: nobody rated it in the days left for it, so it is archived as it stands."""
    closed_at = _complete(state, district, now) if state else None
    return unchanged(state) if state is None or closed_at is None else _archived(state, closed_at, now, by_time=True)


def note_uploads(state: CaseRecord | None, uploads: Uploads, district: District, now: datetime) -> Decision[CaseRecord | None]:
    """状态机 20: the ledger learns what the platforms have; a case whose lock waited for it alone is locked."""
    if state is None:
        return unchanged(state)
    record = mark_uploads(state, uploads).state or state
    closed_at = _complete(record, district, now) if district.policy.sync.required else None
    return Decision(record) if closed_at is None else _archived(record, closed_at, now, by_time=True)


def mark_uploads(state: CaseRecord | None, uploads: Uploads) -> Decision[CaseRecord | None]:
    """The record with what the platforms have, and nothing that follows from it."""
    return Decision(state and state.model_copy(update={"uploads": marks_for(uploads)}))


def _written(record: CaseRecord, event: Event) -> CaseRecord:
    line = line_of(event)
    entry = record.entry if record.lock else fold(record.entry, event)
    order = record.order + event.meta.owner[0]
    return record.model_copy(
        update={
            "events": (*record.events, line), "chain": link(record.chain, line), "order": order, "entry": entry,
            "owed": owed_by(record) + (entry is not None and is_told(event)),
        }
    )


def _complete(record: CaseRecord, district: District, now: datetime) -> datetime | None:
    """The closing moment of a case ready for its lock (状态机 20: 台账字段齐、双平台已同步), else None.

    Complete means at its end and the answer's due moment final: a case settled at the window is closed in the
    same moment it is graded, before SLA can have told the due moment of that grade. A closed case waits as long
    as it may be rated, a withdrawn one until its orders were taken back.
    """
    entry = record.entry
    if record.lock or entry is None or entry.closed_at is None or (district.policy.sync.required and not record.uploaded):
        return None
    if entry.state not in SETTLED or not entry.answer_counted:
        return None
    if entry.state is CaseState.WITHDRAWN and entry.owes:
        return None
    if entry.open_until is not None:
        return max(entry.closed_at, entry.open_until) if now >= entry.open_until else None
    return entry.closed_at


def _archived(
    record: CaseRecord, closed_at: datetime, now: datetime, *, by_time: bool = False
) -> Decision[CaseRecord | None]:
    lock = Lock(
        digest=digest_of(record.chain), events=len(record.events), at=closed_at, locked_at=now, by_time=by_time
    )
    said = _said(record, lock)
    return Decision(record.model_copy(update={"entry": _locked(record.entry), "lock": lock}), [said])


def _said(record: CaseRecord, lock: Lock) -> CaseArchived:
    order = record.order[: lock.events]
    return CaseArchived(case_no=record.case_no, occurred_at=lock.at, digest=lock.digest, events=lock.events, order=order)


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


def corrections_now(record: CaseRecord) -> tuple[Correction, ...]:
    """状态机 22: every 更正; what was put right after the lock is appended here and leaves the entry as it was."""
    entry = record.entry
    if entry is None:
        return ()
    late = [event_in(line) for line in record.events[len(record.events) - record.late_events :]]
    said = [correction(event, hidden=entry.clue) for event in late if isinstance(event, CaseCorrected)]
    return (*entry.corrections, *said)


def archive_event(record: CaseRecord) -> CaseArchived | None:
    """What the archive itself said of this case: its one event, as the lock remembers it."""
    lock = record.lock
    if lock is None:
        return None
    said = _said(record, lock)
    stream = stream_of(said.owner, record.case_no)
    envelope = Envelope(
        event_id=event_id(stream, 1),
        stream=stream,
        seq=1,
        recorded_at=lock.locked_at,
        cause=None if lock.by_time else event_in(record.events[lock.events - 1]).meta.event_id,
    )
    return said.stamped(envelope)


def all_lines(record: CaseRecord) -> list[str]:
    """The lines consumed, the archive's own in the place where it locked the entry."""
    said = archive_event(record)
    if said is None or record.lock is None:
        return list(record.events)
    return [*record.events[: record.lock.events], line_of(said), *record.events[record.lock.events :], *_forgetting_lines(record)]


def _forgetting_lines(record: CaseRecord) -> list[str]:
    """What the archive said when contact data went: its second event, the last line."""
    if record.forgotten is None:
        return []
    stream, said = stream_of(CaseForgotten.owner, record.case_no), said_of(record.case_no, record.forgotten)
    envelope = Envelope(event_id=event_id(stream, 2), stream=stream, seq=2, recorded_at=record.forgotten.at)
    return [line_of(said.stamped(envelope))]

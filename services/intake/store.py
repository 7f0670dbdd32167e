"""Intake's documents: the register, found by the sender's own id and by the day, and the clue box apart from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from services.intake.domain.access import marks_of
from services.intake.domain.clues import CLUE_PREFIX, CLUE_SEALED, Clue, receive, take
from services.intake.domain.evaluations import Evaluation
from services.intake.domain.matter import ONLINE_SITE
from services.intake.domain.registration import Line, Registration, source_of
from shared.assembly import Ground, Person, Waiting
from shared.clock import EVER, Clock
from shared.contracts.ids import CaseNo, case_number
from shared.contracts.sealed import Sealed
from shared.contracts.terms import CaseState, Channel
from shared.errors import FieldFault, InputRefused, RuleBroken, TryAgain
from shared.messaging.inbox import Inbox
from shared.privacy.sealing import Sealer, Unsealable
from shared.storage.cases import CaseStore, Indexed, Outcome, Taken
from shared.storage.documents import IndexValue, Layout, Query
from shared.storage.sealed_files import SealedFiles

Register = CaseStore[Registration]
Evaluations = CaseStore[Evaluation]
IMPORTED, KEPT_SINCE = Layout(indexed=("imported", "kept_since"), unique=("source",)), "kept_since"
LAYOUT = Layout(indexed=("registered_at", "same", "party", "item_code", "to_analyse_since"), unique=("source", "message"))
CLUES = Layout(indexed=("received_at", "unopened"), unique=("source", "moved_from"))
MOST_COMPARED = 30
UNANALYSED = frozenset({CaseState.REGISTERED, CaseState.TRIAGING})
EVERYTHING: tuple[str, ...] = ()
SENT, SOURCE = "clue", "clue-source"


def open_register(ground: Ground, inbox: Inbox) -> Register:
    """The store of all registrations."""
    return ground.cases("registrations", Registration, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(line: Registration) -> Indexed:
    message = {"message": line.filing.message} if line.filing.message else {}
    party = line.papers.contact.party_ref if line.papers else ""
    found_by: dict[str, IndexValue] = {
        "registered_at": line.registered_at, "site": line.site, "channel": line.channel.value,
        "chokepoint": line.is_chokepoint, "same": _same(party, line.item_code or line.item) if party else None,
        "party": party or None, "item_code": None if line.is_chokepoint else line.item_code,
        "to_analyse_since": line.received_at if line.state in UNANALYSED else None,
    }
    return Indexed(found_by | dict.fromkeys(marks_of(line), True), {"source": line.source, **message})


def _same(party_ref: str, item: str) -> str:
    """One person with one item."""
    return f"{party_ref}|{item}"


async def count_same(register: Register, party_refs: Sequence[str], item: str, since: datetime) -> int:
    """How often this person came about this item since then; the person under every key there is."""
    queries = [Query(equal={"same": _same(party, item)}, at_least={"registered_at": since}) for party in party_refs]
    return sum([await register.count(query) for query in queries])


async def lines_of_person(
    register: Register, party_refs: Sequence[str], since: datetime, barred: tuple[str, ...], limit: int
) -> list[Registration]:
    """What this person came about since then, the newest first; the person under every key there is."""
    found: list[Registration] = []
    for party in party_refs:
        equal: dict[str, IndexValue] = {**dict.fromkeys(barred), "party": party}
        query = Query(equal=equal, at_least={"registered_at": since}, sort="-registered_at", limit=limit)
        found += await register.find(query)
    return sorted(found, key=lambda line: line.registered_at, reverse=True)[:limit]


async def lines_of_item(register: Register, code: str, since: datetime, barred: tuple[str, ...]) -> list[Registration]:
    """The newest matters about one item, some dozens."""
    equal: dict[str, IndexValue] = {**dict.fromkeys(barred), "item_code": code}
    return await register.find(Query(equal=equal, at_least={"registered_at": since}, sort="-registered_at", limit=MOST_COMPARED))


async def newest_lines(register: Register, since: datetime, barred: tuple[str, ...]) -> list[Registration]:
    """The newest matters about anything, some dozens."""
    return await newest(register, Day(since, None, barred), 0, MOST_COMPARED)


def day_of(moment: datetime) -> datetime:
    """The first moment of its day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Day:
    """What is asked for: since when, at which site, without which marks."""

    since: datetime
    site: str | None = None
    barred: tuple[str, ...] = EVERYTHING

    def equal(self, **more: IndexValue) -> dict[str, IndexValue]:
        """The conditions of a query."""
        place: dict[str, IndexValue] = {"site": self.site} if self.site else {}
        return dict.fromkeys(self.barred) | place | more

    def registered(self) -> Query:
        """Every case of it; 堵点 are only counted."""
        return Query(equal=self.equal(chokepoint=False), at_least={"registered_at": self.since})


async def newest(register: Register, day: Day, skip: int, limit: int) -> list[Registration]:
    """What was registered since then, the newest first; 堵点 are only counted."""
    equal, since = day.equal(chokepoint=False), day.since
    query = Query(equal=equal, at_least={"registered_at": since}, sort="-registered_at", skip=skip, limit=limit)
    return await register.find(query)


async def to_analyse(register: Register, day: Day, limit: int) -> list[Registration]:
    """方案 六(二): what nobody has analysed yet, of this day and of days before it, the oldest first."""
    query = Query(equal=day.equal(), at_least={"to_analyse_since": EVER}, sort="to_analyse_since", limit=limit)
    return await register.find(query)


async def count_chokepoints(register: Register, day: Day) -> int:
    """How many 堵点 were counted since then."""
    return await register.count(Query(equal=day.equal(chokepoint=True), at_least={"registered_at": day.since}))


async def tally(register: Register, clock: Clock) -> dict[str, int]:
    """Counts for the front page, the day so far: of the district as a whole, so that a complaint is one matter more."""
    day = Day(day_of(clock.now()))
    return {"今日受理": await register.count(day.registered()), "今日堵点": await count_chokepoints(register, day)}


async def waiting(register: Register, clues: ClueBox, clock: Clock, person: Person) -> list[Waiting]:
    """What waits for this person in intake: the counter's own day, and the clues of 纪检 (domain: 各角色首屏)."""
    found = []
    if "CL" in person.roles:
        today = await register.count(Day(day_of(clock.now()), person.site).registered())
        found.append(Waiting("件今日由本点位登记", today, "/intake/", "登记新的来件在受理页"))
    if "JW" in person.roles:
        found.append(Waiting("条线索尚未打开", await clues.unopened(), "/intake/clues/", urgent=True))
    return found


@dataclass(frozen=True)
class Told:
    """What somebody leaves in the box: the texts by name, where, and with which case; `key` is the request's own."""

    texts: dict[str, str]
    site: str = ONLINE_SITE
    case_no: str | None = None
    key: str | None = None


class ClueBox:
    """方案 七(四): a collection and keys of its own; whoever has the other keys or the other documents finds nothing."""

    def __init__(self, ground: Ground, inbox: Inbox) -> None:
        self._ground = ground
        self._clues: CaseStore[Clue] = ground.cases("clues", Clue, inbox, layout=CLUES, indexed=_indexed_clue)

    @property
    def _sealer(self) -> Sealer:
        if self._ground.clue_sealer is None:
            raise RuleBroken("clue.no_key", "线索箱没有配置密钥，现在不能收取或查看线索，请联系系统管理员。")
        return self._ground.clue_sealer

    async def put(self, told: Told) -> Outcome[Clue]:
        """Seals a clue under a number of its own; the same request again gets the same number."""
        if known := await self._known(told):
            return known
        kept = {"digest": self._sealer.blind(_content(told), SENT), "source": self._source(told)}
        clue = await self._sealed(told, self._ground.clock.now())
        try:
            return await self._kept(clue.model_copy(update=kept))
        except Taken:  # the same request came twice at once
            if again := await self._known(told):
                return again
            raise TryAgain("the box took neither this clue nor the one that was in its way") from None

    def _source(self, told: Told) -> str | None:
        """The request's own id as the box keeps it: it tells nobody who sent it."""
        return self._sealer.blind(told.key, SOURCE) if told.key else None

    async def _known(self, told: Told) -> Outcome[Clue] | None:
        source = self._source(told)
        known = await self._clues.by_unique("source", source) if source else None
        if known is None:
            return None
        if not self._sealer.matches(_content(told), SENT, known.digest):
            words = "这个幂等键已用于另一内容的请求；内容不同请换一个新键。"
            raise InputRefused([FieldFault("Idempotency-Key", words, "reused")])
        return Outcome(known, repeated=True)

    async def move(self, line: Line, at: datetime) -> None:
        """Takes what a case says out of the register's boxes into one of its own, once."""
        if line is None or line.papers is None or line.clue or await self._clues.by_unique("moved_from", line.case_no):
            return
        boxes = {
            "text": line.papers.matter, "name": line.papers.contact.name, "phone": line.papers.contact.phone,
            "complained_person": line.papers.complained_person, "witness": line.papers.witness,
        }
        opened = {name: self._ground.sealer.open(box, case_no=line.case_no) for name, box in boxes.items() if box}
        plain = {"item": line.item, "unit": line.complained_unit or ""}
        clue = await self._sealed(Told(opened | plain, line.site, line.case_no), at)
        try:
            await self._kept(clue.model_copy(update={"transferred": True}))
        except Taken:  # moved meanwhile
            return

    async def _sealed(self, told: Told, at: datetime) -> Clue:
        number = await self._number(told.site, at)
        seal = partial(self._sealer.seal, case_no=number, masked=CLUE_SEALED)
        words = {name: seal(text, label=name) for name, text in told.texts.items() if text}
        return Clue(clue_no=number, site=told.site, received_at=at, case_no=told.case_no, words=words)

    async def _number(self, site: str, at: datetime) -> CaseNo:
        day = at.date()
        return case_number(day, site, await self._ground.store.next_number(f"{CLUE_PREFIX}{day:%y%m%d}{site}"), CLUE_PREFIX)

    async def _kept(self, clue: Clue) -> Outcome[Clue]:
        return await self._clues.change(clue.clue_no, partial(receive, clue=clue), confirm=True)

    async def get(self, clue_no: str) -> Clue | None:
        """One clue, sealed."""
        return await self._clues.get(clue_no)

    async def newest(self, skip: int, limit: int) -> list[Clue]:
        """The clues, sealed, the newest first."""
        query = Query(at_least={"received_at": EVER}, sort="-received_at", skip=skip, limit=limit)
        return await self._clues.find(query)

    async def unopened(self) -> int:
        """How many clues nobody has opened yet."""
        return await self._clues.count(Query(equal={"unopened": True}))

    async def take(self, clue_no: str, who: str, reason: str) -> tuple[Clue, dict[str, str]]:
        """Writes down who opens it and why, then opens it."""
        rule = partial(take, who=who, reason=reason, now=self._ground.clock.now())
        clue = (await self._clues.change(clue_no, rule)).state
        return clue, {name: self._opened(clue, box) for name, box in clue.words.items()}

    def _opened(self, clue: Clue, box: Sealed) -> str:
        try:
            return self._sealer.open(box, case_no=clue.clue_no)
        except Unsealable:
            raise RuleBroken("clue.sealed", "这条线索打不开，请联系系统管理员核对线索箱密钥。", field="clue_no") from None


def _content(told: Told) -> str:
    """What was said, in one order."""
    return repr(sorted(told.texts.items()))


def _indexed_clue(clue: Clue) -> Indexed:
    moved = clue.case_no if clue.transferred else None
    unique = {"source": clue.source, "moved_from": moved}
    return Indexed({"received_at": clue.received_at, "unopened": not clue.openings or None}, {name: value for name, value in unique.items() if value})


async def forget_left_behind(files: SealedFiles, register: Register) -> int:
    """Files that waited seven days: those of a form that was registered belong to its case, the others go; how many went."""
    gone = 0
    for kept in await files.left_behind():
        line = await register.by_unique("source", source_of(Channel.HALL, kept.about)) if kept.about else None
        if line is not None and kept.id in {held.id for held in line.filing.attached}:
            await files.settle([kept.id], line.case_no)
        else:
            await files.forget(kept)
            gone += 1
    return gone


def open_evaluations(ground: Ground, inbox: Inbox) -> Evaluations:
    """The rows of 好差评 and 12345, each once by its source's own id."""

    def indexed(row: Evaluation) -> Indexed:
        low = row.is_low(ground.scheme.district)
        moment = row.imported_at.astimezone(UTC).isoformat(timespec="milliseconds")
        found: dict[str, IndexValue] = {"imported": f"{moment}|{row.number}", "site": row.site, "low": low, KEPT_SINCE: row.kept_since}
        return Indexed(found, {"source": source_of_row(row.channel, row.source_id)})

    return ground.cases("evaluations", Evaluation, inbox, layout=IMPORTED, indexed=indexed)


def source_of_row(channel: Channel, source_id: str) -> str:
    """A row's own id, apart from every other source's."""
    return f"{channel.value}:{source_id}"


async def find_evaluations(evaluations: Evaluations, *, site: str | None, low: bool, skip: int, limit: int) -> list[Evaluation]:
    """The newest rows, of one site and of none where a site is given."""
    equal: dict[str, IndexValue] = {"low": True} if low else {}
    equal |= {"site": site} if site else {}
    return await evaluations.find(Query(equal=equal, at_least={"imported": ""}, sort="-imported", skip=skip, limit=limit))

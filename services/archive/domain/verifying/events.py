"""The lines of one record: each is what was published, each stands once, in its place, and none is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.archive.domain.lines import row_in
from services.archive.domain.sm3 import sm3
from services.archive.domain.verifying.findings import Finding, Kind, Published, Told
from shared.contracts.ids import event_id

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One line as it lies there; `row` None when nobody can read it, `own` whether it names itself as an event of this case."""

    nth: int
    text: str
    row: Row | None
    own: bool = False

    @property
    def id(self) -> str | None:
        """The id it gives itself."""
        return None if self.row is None else str(self.row.get("event_id"))

    @property
    def stream(self) -> str:
        """The stream it gives itself."""
        return "" if self.row is None else str(self.row["stream"])

    @property
    def seq(self) -> int:
        """Its place there."""
        return 0 if self.row is None else int(self.row["seq"])


def read(number: str, lines: Sequence[str]) -> list[Line]:
    """Every line with what it says of itself."""
    return [_read(number, nth, text) for nth, text in enumerate(lines, start=1)]


def _read(number: str, nth: int, text: str) -> Line:
    try:
        row = row_in(text)
        named = str(event_id(str(row["stream"]), int(row["seq"]))) == row["event_id"]
        owner, _, of = str(row["stream"]).partition("/")
        known = isinstance(row["data"], dict) and bool(owner) and isinstance(row["seq"], int)
        return Line(nth, text, row if known else None, named and known and of == number and row["case_no"] == number)
    except (ValueError, KeyError, TypeError):
        return Line(nth, text, None)


def inspected(number: str, held: Sequence[Line], applied: Mapping[str, int], published: Published) -> list[Finding]:
    """What was done to the events of a record, as far as they tell it themselves and Kafka does."""
    told = published.lines.get(number, {})
    found = [*_strange(number, held, told, published), *_misplaced(number, held)]
    broken = sum(not line.own and not _foreign(line, number) for line in held)
    missing = list(_missing(number, held, applied, told, published.settled))
    return found + (missing if len(missing) > broken else [])


def _foreign(line: Line, number: str) -> bool:
    """Whether it is another case's event, as it was said of that one."""
    if line.row is None:
        return False
    of = line.stream.partition("/")[2]
    return of not in ("", number) and line.row["case_no"] == of and str(event_id(line.stream, line.seq)) == line.id


def _strange(number: str, held: Sequence[Line], told: Mapping[str, Told], published: Published) -> Iterator[Finding]:
    seen: set[str] = set()
    for line in held:
        place: dict[str, Any] = {"number": number, "nth": line.nth, "event": line.id}
        known = told.get(line.id or "")
        if _foreign(line, number):
            yield Finding(Kind.EVENT_ADDED, words=f"是 {line.stream.partition('/')[2]} 的事件", **place)
        elif not line.own:
            yield Finding(Kind.EVENT_CHANGED, words="读不出是哪个事件", **place)
        elif line.id in seen:
            yield Finding(Kind.EVENT_ADDED, words=f"{line.stream}#{line.seq} 已在前面", **place)
        elif known is not None and known.hashed != sm3(line.text):
            yield Finding(Kind.EVENT_CHANGED, words=f"{line.stream}#{line.seq} 与发布的不同", **place)
        elif known is None and line.row is not None and published.covers(str(line.row.get("recorded_at"))):
            yield Finding(Kind.EVENT_ADDED, words=f"{line.stream}#{line.seq} 没有发布过", **place)
        seen.add(line.id or "")


def _once(held: Sequence[Line]) -> list[Line]:
    """The lines of this case, each event's first."""
    first: dict[str, Line] = {}
    for line in held:
        if line.own and line.id is not None:
            first.setdefault(line.id, line)
    return list(first.values())


def _misplaced(number: str, held: Sequence[Line]) -> Iterator[Finding]:
    """An event behind a later one of its own stream."""
    last: dict[str, int] = {}
    for line in _once(held):
        if line.seq < last.get(line.stream, 0):
            words = f"{line.stream}#{line.seq} 排在第 {last[line.stream]} 个之后"
            yield Finding(Kind.EVENT_REORDERED, number, words, line.nth, line.id)
        last[line.stream] = max(line.seq, last.get(line.stream, 0))


def _missing(
    number: str, held: Sequence[Line], applied: Mapping[str, int], told: Mapping[str, Told], settled: frozenset[str],
) -> Iterator[Finding]:
    """What a gap, the document's own count, or Kafka says should be there."""
    has: dict[str, set[int]] = {}
    for line in _once(held):
        has.setdefault(line.stream, set()).add(line.seq)
    most = {stream: max(seqs) for stream, seqs in has.items()}
    for owner, seq in applied.items():
        most[f"{owner}/{number}"] = max(int(seq), most.get(f"{owner}/{number}", 0))
    for name, event in told.items():
        if name in settled:
            most[event.stream] = max(event.seq, most.get(event.stream, 0))
    for stream, upto in sorted(most.items()):
        for seq in range(1, upto + 1):
            if seq not in has.get(stream, ()):
                yield Finding(Kind.EVENT_MISSING, number, f"缺 {stream}#{seq}", None, str(event_id(stream, seq)))


def order_of(held: Sequence[Line]) -> str:
    """Whose event each line is, by initials."""
    return "".join(line.stream[:1] or "?" for line in held)

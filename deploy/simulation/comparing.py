"""The same acts with and without faults must come to the same: ledger, events of each case, messages; only numbers and boxes may differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from deploy.simulation.claims import events_of
from deploy.simulation.play import Play
from services.archive.domain.record import CaseRecord
from services.archive.store import line_of_ledger
from services.notifier.domain.state import CITIZEN
from shared.contracts.archive_events import MonthSealed, SealPageMade
from shared.contracts.notifier_events import NoticeFailed, NoticeSent

CLUE = re.compile(rb"XS\d{9}\w{4}")
SEALED = re.compile(rb'"(box|wrapped_key)":"[^"]*"')  # what is drawn anew each time something is sealed
NOT_COMPARED = ("notice_id", "about", "gateway_id", "digest", "events", "order")  # they tell which number a case got, and what came before a lock
OF_HEADS = ("root", "previous", "pages", "leaves", "value")  # a seal is over the heads of chains: they tell in which order streams were heard
MOST_SHOWN = 5


def effects(play: Play) -> Counter[str]:
    """Everything that came of a play, in a form in which two plays of the same moves can be told apart."""
    found: Counter[str] = Counter()
    for row in (*_ledger(play), *_events(play)):
        text = SEALED.sub(rb'"\1":""', orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
        found[_by_label(play, CLUE.sub(b"XS", text).decode())] += 1
    return found


def _by_label(play: Play, text: str) -> str:
    """With each case called as the play calls it: a number that was asked for and never used leaves a hole, and no harm."""
    for label, number in play.notebook.numbers.items():
        text = text.replace(str(number), label)
    return text


def _ledger(play: Play) -> Iterator[Any]:
    for document in play.world.shelf("archive", "records").values():
        record = CaseRecord.model_validate(document["state"])
        if record.entry is not None:
            yield ["ledger", line_of_ledger(record.entry)]


def _events(play: Play) -> Iterator[Any]:
    for event in events_of(play.world, play.notebook):
        if isinstance(event, NoticeSent | NoticeFailed) and event.to_role != CITIZEN:
            continue  # what is due and what outdates it may come in the same moment: either order is right
        at = "" if isinstance(event, NoticeSent | NoticeFailed) else event.occurred_at.isoformat()  # a gateway may be asked twice
        left_out = NOT_COMPARED + (OF_HEADS if isinstance(event, MonthSealed | SealPageMade) else ())
        said = {name: value for name, value in event.data().items() if name not in left_out}
        yield [type(event).__name__, event.case_no, at, said]


def differences(calm: Counter[str], stormy: Counter[str]) -> list[str]:
    """What one has and the other has not, as sentences; empty when both came to the same."""
    lost, more = calm - stormy, stormy - calm
    said = [f"without faults only: {text[:300]}" for text in list(lost)[:MOST_SHOWN]]
    return said + [f"with faults only: {text[:300]}" for text in list(more)[:MOST_SHOWN]]

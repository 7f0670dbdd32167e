"""Cases of a year that came into the 案例库 after they were closed, some of them taken out again (方案 七(二); domain §7 知识转化率)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

from services.archive.domain.library.case import case_from
from services.archive.domain.lines import event_in, line_of, row_in
from services.archive.store.library import Stay, stay_of
from shared.contracts.event import Event, stamp
from shared.contracts.ids import library_number
from shared.contracts.library_events import (
    LibraryCaseDrafted,
    LibraryCaseProposed,
    LibraryCasePublished,
    LibraryCaseWithdrawn,
    LibraryWords,
)
from shared.contracts.terms import Category
from shared.district.model import District

Lines = Sequence[str]
WORDS = LibraryWords(problem="参保地信息没有同步。", way="当日对账。")
KEPT, TAKEN_OUT, DAY = 0.4, 0.3, timedelta(days=1)


class Shelved:
    """The library's part of a year: two in five of the closed cases, three in ten of those out again, one in ten never published."""

    def __init__(self, copies: Iterable[Lines], district: District, seed: int = 13) -> None:
        self._chance, self._version = Random(seed), district.policy.version  # noqa: S311 - drawn, no secrets
        self.lives: list[Lines] = [
            self._life(lines) for lines in copies if any(".CaseClosed." in line for line in lines) and self._chance.random() < KEPT
        ]

    def _life(self, lines: Lines) -> Lines:
        chance, source = self._chance, row_in(lines[0])["case_no"]
        at = max(datetime.fromisoformat(row_in(line)["recorded_at"]) for line in lines) + chance.randrange(1, 50) * DAY
        same = {"case_no": library_number(source), "actor": "zhengwu-kb1"}
        case = {"source": source, "item": "异地就医备案", "category": Category.SERVICE}
        draft = {"revision": 1, "words": WORDS, "valid_until": at.date() + 700 * DAY}
        said: list[Event] = [
            LibraryCaseProposed(**same, occurred_at=at, **case), LibraryCaseDrafted(**same, occurred_at=at + DAY, **draft),
        ]
        published = chance.random() < 0.9
        if published:
            said.append(LibraryCasePublished(**same, occurred_at=at + 2 * DAY, **case, **draft, drafted_by="zhengwu-kb1"))
        if not published or chance.random() < TAKEN_OUT:
            out = at + chance.randrange(3, 60) * DAY
            said.append(LibraryCaseWithdrawn(**same, occurred_at=out, reason="办法已改。", published=published))
        return [
            line_of(stamp(event, seq=seq, recorded_at=event.occurred_at, after={}, cause=None, policy_version=self._version))
            for seq, event in enumerate(said, start=1)
        ]

    @property
    def stays(self) -> dict[str, Stay]:
        """Since when each stands there and until when it did, as the archive reads it from its library cases."""
        held = [case for lines in self.lives if (case := case_from(map(event_in, lines))) is not None]
        return {case.source: stay for case in held if (stay := stay_of(case))}

"""Puts one library case into a town, as if it had gone through as many people's hands as its events say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from deploy.local.system import System
from services.archive.domain.library.case import State, case_from
from services.archive.domain.library.life import basis_of
from services.archive.handlers import inbox
from services.archive.store import open_library
from shared.assembly import Ground
from shared.contracts.ids import library_number
from shared.contracts.library_events import (
    LibraryCaseDrafted,
    LibraryCaseProposed,
    LibraryCasePublished,
    LibraryEvent,
    LibraryWords,
)
from shared.contracts.terms import Category, Grade
from shared.decision import Decision
from shared.privacy.sealing import Sealer

WORDS = LibraryWords(problem="异地就医备案提示参保地有误。", way="由医保中心核对参保地后重新提交。")
VALID_UNTIL = date(2027, 11, 30)


async def shelved(
    system: System, sealer: Sealer, case_no: str, unit: str, *, item: str = "异地就医备案", words: LibraryWords | None = WORDS,
    published: bool = True,
) -> str:
    """A library case made from this case, which `unit` answered: published, or drafted, or without words proposed; its number."""
    number, now = library_number(case_no), system.clock.now()
    about: dict[str, Any] = {"item": item, "category": Category.SERVICE, "grade": Grade.GENERAL, "unit": unit}
    held: dict[str, Any] = {"case_no": number, "occurred_at": now, "revision": 1, "words": words, "valid_until": VALID_UNTIL}
    events: list[LibraryEvent] = [LibraryCaseProposed(actor="zhengwu-kb1", case_no=number, occurred_at=now, source=case_no, units=(unit,), **about)]
    if words is not None and published:
        held["basis_version"] = basis_of(system.scheme.district)
        events.append(LibraryCasePublished(actor="s001-ws1", source=case_no, drafted_by="zhengwu-kb1", **held, **about))
    elif words is not None:
        events.append(LibraryCaseDrafted(actor="zhengwu-kb1", **held))
    await _put(system, sealer, number, events)
    return number


async def _put(system: System, sealer: Sealer, number: str, events: Sequence[LibraryEvent]) -> None:
    running = system.running["archive"]
    ground = Ground(clock=system.clock, store=running.store, courier=running.courier, scheme=system.scheme, sealer=sealer)

    def put(state: State) -> Decision[State]:
        return Decision(state or case_from(events), () if state else events)

    await open_library(ground, inbox).change(number, put)

"""回访: whom to call now and next, and one call on one screen (方案 六(六); domain 歧义 17-19)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from services.router.api.desk import Desk
from services.router.api.flashes import flash
from services.router.api.papers import RATINGS, ROUNDS
from services.router.domain.calling import call_due, next_call
from services.router.domain.guards import Doer
from services.router.domain.revealing import may_reveal
from services.router.domain.similar import answer_of
from services.router.domain.state import CaseFile
from services.router.domain.timing import TimeLeft, time_left
from services.router.store import to_call, to_call_later
from shared.contracts.terms import Result
from shared.web.pages import page
from shared.web.signin import Staff, acting

Caller = Annotated[Staff, acting("FU", "GL")]
NOT_DONE = (Result.EXPLAINED, Result.UNRESOLVED)


@dataclass(frozen=True)
class CallRow:
    """One person to be called: until when, how often it was tried, when next, how many matters of theirs wait too."""

    case: CaseFile
    due_at: datetime | None
    left: TimeLeft | None
    unit: str
    tries: int
    most: int
    next_at: datetime | None
    others: int


def add_calls(pages: APIRouter, desk: Desk) -> None:
    """The dial list."""

    @pages.get("/calls")
    async def calls_page(request: Request, staff: Caller) -> Response:
        """Whom to call now, what waits longest first, and who is tried again later."""
        now = desk.ground.clock.now()
        ready, later = await asyncio.gather(to_call(desk.cases, now), to_call_later(desk.cases, now))
        mine = [case for case in ready if _callable(desk, case, staff)]
        people = Counter(case.contact.party_ref for case in mine if case.contact.party_ref)
        return page(
            request, "router/calls.html", rows=sorted((_row(desk, case, people) for case in mine), key=_by_due), flash=flash(request),
            later=[_row(desk, case, people) for case in later if case.next_call_at and case.next_call_at > now and _callable(desk, case, staff)],
        )


def _callable(desk: Desk, case: CaseFile, staff: Staff) -> bool:
    """domain §2 互斥: neither who registered nor who analysed it calls; nobody a complaint about themselves."""
    return desk.sees(case, staff) and staff.id not in (case.clerk, case.analyst)


def _by_due(row: CallRow) -> tuple[datetime, str]:
    return (row.due_at or row.case.received_at, row.case.case_no)


def _row(desk: Desk, case: CaseFile, people: Counter[str]) -> CallRow:
    district, due, answer = desk.ground.scheme.district, call_due(case, desk.ground.scheme.district), answer_of(case)
    unit = district.departments.get(answer.unit) if answer else None
    left = time_left(due, desk.ground.clock.now(), district.calendar) if due else None
    others = people[case.contact.party_ref] - 1 if case.contact.party_ref else 0
    return CallRow(
        case, due, left, unit.name if unit else "窗口（当场办结）", case.follow_ups, district.policy.followup.attempts, case.next_call_at,
        max(others, 0),
    )


async def beside_call(desk: Desk, case: CaseFile, _typed: Mapping[str, Any], staff: Staff) -> dict[str, Any]:
    """The history of one matter on one screen, the script to read out, and what happens when nobody picks up."""
    ground, answer = desk.ground, answer_of(case)
    unit = ground.scheme.district.departments.get(answer.unit) if answer else None
    rules, now = ground.scheme.district.policy.followup, ground.clock.now()
    return {
        "answer": answer, "unit": unit.name if unit else "", "said": [(ROUNDS[min(one.round, 2)], RATINGS[one.stars], one) for one in case.said],
        "tries": case.follow_ups, "most": rules.attempts, "last": case.follow_ups + 1 >= rules.attempts,
        "again_at": next_call(now, ground.scheme.district), "until": call_due(case, ground.scheme.district),
        "may_reveal": may_reveal(case, by=Doer(staff.id, staff.roles, staff.unit), site=staff.site),
        "not_done": answer is not None and answer.result in NOT_DONE, "received_at": case.received_at,
    }

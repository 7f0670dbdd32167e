"""What waits for the window, the supervising office and the caller, and the words each list is found by (方案 六(二)-(六))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from services.router.domain.desks import disputed
from services.router.domain.guards import UNDER_ANALYSIS
from services.router.domain.state import CaseFile
from shared.contracts.terms import CaseState, OrderState


class Wait(StrEnum):
    """One list of people who are not a department's."""

    ANALYSE = "analyse"
    RETURN = "return"
    VERIFY = "verify"
    REFUSAL = "refusal"
    SCREEN = "screen"
    DISPUTE = "dispute"
    TALK = "talk"
    CALL = "call"


_BY_STATE = {
    CaseState.FEEDBACK_REVIEW: Wait.VERIFY, CaseState.REJECT_REVIEW: Wait.REFUSAL, CaseState.CONSULTATION: Wait.TALK,
}


def waits(case: CaseFile) -> tuple[Wait, ...]:
    """The lists a case stands in now."""
    return tuple(_waits(case))


def _waits(case: CaseFile) -> Iterator[Wait]:
    if case.state in UNDER_ANALYSIS:
        yield Wait.ANALYSE
    if case.state in _BY_STATE:
        yield _BY_STATE[case.state]
    if case.state is CaseState.FED_BACK:
        yield Wait.SCREEN if case.discontent else Wait.CALL
    if case.sampled and case.state is CaseState.CLOSED:
        yield Wait.CALL
    if any(order.state is OrderState.RETURN_REQUESTED and not order.office_rules for order in case.this_round):
        yield Wait.RETURN
    if disputed(case):
        yield Wait.DISPUTE


def of_list(wait: Wait, *, site: str | None = None, about: str | None = None) -> str:
    """The word a list is found by: all of it, one site's part, or what complains about one unit."""
    return f"w:{wait}" + (f"@{site}" if site else "") + (f"!{about}" if about else "")


def words(case: CaseFile) -> tuple[str, ...]:
    """Every word a case's lists are found by."""
    found: list[str] = []
    for wait in waits(case):
        found += [of_list(wait), of_list(wait, site=case.site)]
        if case.complained_unit:
            found.append(of_list(wait, about=case.complained_unit))
    return tuple(found)


def call_at(case: CaseFile) -> datetime | None:
    """When the person is to be called next; None where nobody is to call."""
    return (case.next_call_at or case.replied_at) if Wait.CALL in waits(case) else None

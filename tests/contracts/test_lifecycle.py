"""The life of a case and of an order as tables (domain: 状态机 3.1, 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import pytest

from shared.contracts.catalogue import EVENTS
from shared.contracts.lifecycle import CASE, ORDER, Transition, following, walk
from shared.contracts.terms import CaseState, OrderState

ROWS: Sequence[Transition[CaseState] | Transition[OrderState]] = (*CASE, *ORDER)


def test_every_row_has_a_number_of_its_own_and_names_an_event() -> None:
    """A row is spoken of by its number, and what it names is published."""
    numbers = [row.number for row in ROWS]

    assert len(numbers) == len(set(numbers))
    assert {row.event for row in ROWS} <= {event.__name__ for event in EVENTS}


@pytest.mark.parametrize(
    ("state", "events", "reached"),
    [
        (CaseState.FEEDBACK_REVIEW, ["OrderAccepted", "CaseFedBack"], {CaseState.FED_BACK}),
        (CaseState.FEEDBACK_REVIEW, ["CaseFedBack", "CaseClosed"], {CaseState.CLOSED}),
        (CaseState.TRIAGING, ["CaseResolvedInstantly", "CaseClosed"], {CaseState.CLOSED}),
        (CaseState.HANDLING, ["OrderAnswered"], {CaseState.HANDLING, CaseState.FEEDBACK_REVIEW}),
        (CaseState.CLOSED, ["FollowUpRecorded"], {CaseState.CLOSED, CaseState.FED_BACK}),
        (CaseState.CLOSED, ["CaseTriaged"], set()),
    ],
)
def test_a_write_walks_the_table(state: CaseState, events: list[str], reached: set[StrEnum]) -> None:
    """Each event of one write is a step; one that has no business in a state leads nowhere."""
    assert walk(CASE, state, events) == reached


def test_an_event_of_something_else_leaves_the_state_alone() -> None:
    """A case stays where it is when one of its units signs."""
    assert following(CASE, CaseState.HANDLING, "OrderSigned") == {CaseState.HANDLING}


def test_no_case_waits_for_its_registration_and_no_order_lies_as_a_draft() -> None:
    """domain 3.1 (1)(2), 3.2: a submission gets its number at once, an order goes out with the analysis; the words stay."""
    reached = {row.to_state for row in ROWS} | {state for row in ROWS for state in row.from_states}

    assert CaseState.RECEIVED not in reached
    assert OrderState.DRAFT not in reached
    assert set(CaseState) - {CaseState.RECEIVED} <= reached
    assert set(OrderState) - {OrderState.DRAFT} <= reached

"""Holds what a rule did against the tables of the lifecycle, and says which rows it took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from services.router.domain.state import CaseFile
from shared.contracts.event import Event
from shared.contracts.lifecycle import CASE, ORDER, Transition
from shared.contracts.router_events import UnitEvent

Rows = frozenset[str]


def taken(before: CaseFile | None, after: CaseFile | None, events: Sequence[Event]) -> set[str]:
    """The rows of both tables that one decision took; AssertionError for a step that is in neither."""
    if after is None:
        return set()
    rows = set(_only(_ways(CASE, before.state if before else None, _names(events), after.state), after.case_no))
    old = {order.order_no: order.state for order in before.orders} if before else {}
    for order in after.orders:
        mine = [event for event in events if isinstance(event, UnitEvent) and event.order_no == order.order_no]
        rows |= _only(_ways(ORDER, old.get(order.order_no), _names(mine), order.state), order.order_no)
    return rows


def _names(events: Iterable[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def _ways(table: Sequence[Transition[Any]], state: Any, events: Sequence[str], end: Any) -> set[Rows]:
    """Each way of rows from a state (None: not yet born) over these events to the end."""
    if not events:
        return {frozenset()} if state == end else set()
    rows = [row for row in table if row.event == events[0]]
    if not rows:
        return _ways(table, state, events[1:], end)
    found: set[Rows] = set()
    for row in rows:
        if (state in row.from_states) if state else not row.from_states:
            found |= {way | {row.number} for way in _ways(table, row.to_state or state, events[1:], end)}
    return found


def _only(ways: set[Rows], what: str) -> Rows:
    """The rows that were taken for certain; none where two ways lead to the same end."""
    assert ways, f"{what}: a transition that is not in the table"
    return frozenset.intersection(*ways)

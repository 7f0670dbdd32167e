"""The events of the whole scheme as notifier's tests speak of them."""

from __future__ import annotations

from typing import Any, TypeVar

from shared.contracts.event import Event
from shared.contracts.router_events import UnitEvent
from shared.contracts.sla_events import ClockEvent, SupervisionEvent
from shared.contracts.terms import DeadlineKind, SupervisionLevel
from shared.testing.driver import at
from shared.testing.events import CASE
from tests.services.notifier.stage import DUE, ORDER

E = TypeVar("E", bound=Event)


def of_case(made: type[E], when: str, /, **more: Any) -> E:
    """An event of the case."""
    said: dict[str, Any] = {"case_no": CASE, "occurred_at": at(when)}
    return made(**(said | more))


def of_order(made: type[E], when: str, /, **more: Any) -> E:
    """An event of the unit's order."""
    assert issubclass(made, UnitEvent)
    return of_case(made, when, **({"order_no": ORDER, "unit": "yibao"} | more))


def of_clock(made: type[E], when: str, /, **more: Any) -> E:
    """An event of a countdown of the order."""
    assert issubclass(made, ClockEvent)
    said: dict[str, Any] = {"kind": DeadlineKind.ORDER, "due_at": at(DUE), "order_no": ORDER, "unit": "yibao"}
    return of_case(made, when, **(said | more))


def of_supervision(made: type[E], when: str, /, **more: Any) -> E:
    """An event of a 督办单 about the order."""
    assert issubclass(made, SupervisionEvent)
    said: dict[str, Any] = {"number": "DB1", "order_no": ORDER, "unit": "yibao", "level": SupervisionLevel.YELLOW}
    return of_case(made, when, **(said | more))

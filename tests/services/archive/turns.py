"""What may still happen in a case's life beyond the plain way, as events of the first case."""

from __future__ import annotations

from typing import Any

from shared.contracts.event import Event
from shared.contracts.ids import order_number
from shared.contracts.router_events import (
    CaseCorrected,
    CaseEscalated,
    CaseExtended,
    CaseMerged,
    CaseRejected,
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    ConsultationConcluded,
    FeedbackRejected,
    MaterialRequested,
    MaterialSupplied,
    OrderCancelled,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
    RejectionOverruled,
    RejectionProposed,
    TriageStarted,
)
from shared.testing.driver import at
from shared.testing.events import CASE

DEFAULTS: dict[type[Event], dict[str, Any]] = {
    TriageStarted: {"analyst": "s001-tr1"},
    RejectionProposed: {"reason": "不属本区", "basis": "条例第十二条", "alternative": "向市级窗口反映"},
    CaseRejected: {
        "reason": "不属本区",
        "basis": "条例第十二条",
        "alternative": "向市级窗口反映",
        "proposed_by": "s001-tr1",
    },
    RejectionOverruled: {},
    CaseTransferred: {"to": "信访", "reason": "已进信访程序"},
    CaseMerged: {"into": "PT2609300010009"},
    CaseWithdrawn: {"reason": "已自行办好"},
    CaseReopened: {"round": 2, "lead": "yibao", "lead_name": "医保局", "due_at": at("2026-10-15 17:30")},
    CaseEscalated: {"reason": "职责有争议"},
    ConsultationConcluded: {"outcome": "由人社局承办", "lead": "renshe"},
    CaseCorrected: {"field": "item", "before": "异地就医备案", "after": "异地就医", "reason": "写错"},
}
OF_ORDER: dict[type[Event], dict[str, Any]] = {
    OrderReturnRequested: {"unit_name": "医保局", "reason": "不属本局"},
    OrderReturned: {"reason": "属实", "to": "renshe"},
    OrderReturnRefused: {"reason": "属本局职责"},
    OrderCancelled: {"reason": "办理对象已撤回"},
    MaterialRequested: {"items": ("户口簿",)},
    MaterialSupplied: {},
    FeedbackRejected: {"reason": "答非所问"},
    CaseExtended: {
        "due_at": at("2026-10-20 17:30"),
        "previous_due_at": at("2026-10-10 17:30"),
        "reason": "跨省核实",
    },
}


def turn(kind: type[Event], when: str, *, place: int = 1, unit: str = "yibao", **more: Any) -> Event:
    """This happened; what a test does not say has a plain value."""
    said = dict(DEFAULTS.get(kind, {}))
    if kind in OF_ORDER:
        said = {"order_no": order_number(CASE, place), "unit": unit, **OF_ORDER[kind]}
    return kind.model_validate({"case_no": CASE, "occurred_at": at(when), **said, **more})

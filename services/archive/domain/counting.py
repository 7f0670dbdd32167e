"""What no event tells but follows from the rest: 逾期, 督办次数, 灯色, rounds (附件2; 方案 七(四))."""

from __future__ import annotations

from services.archive.domain.entry import Entry, OrderLine, SupervisionLine
from shared.contracts.terms import Light, SupervisionLevel


def counted(entry: Entry) -> Entry:
    """The entry with its sums; 逾期 follows from the two moments, never from which event came first."""
    valid = [line for line in entry.supervisions if line.counts]
    late = entry.missed
    if entry.replied_at is not None and entry.due_at is not None:
        late = entry.replied_at > entry.due_at
    orders = tuple(_with_supervisions(order, valid) for order in entry.orders)
    return entry.model_copy(
        update={
            "overdue": late,
            "light": _light(valid),
            "supervision_count": len(valid),
            "rounds": max((order.round for order in orders), default=1),
            "orders": orders,
        }
    )


def _with_supervisions(order: OrderLine, valid: list[SupervisionLine]) -> OrderLine:
    count = sum(line.order_no == order.order_no for line in valid)
    return (
        order if count == order.supervision_count else order.model_copy(update={"supervision_count": count})
    )


def _light(valid: list[SupervisionLine]) -> Light:
    levels = {line.level for line in valid}
    if SupervisionLevel.RED in levels:
        return Light.RED
    return Light.YELLOW if levels else Light.NONE

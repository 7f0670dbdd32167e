"""The root causes of a month for the tail of its 月台账, as they were named then (方案 七(二) 举一反三清单)."""

from __future__ import annotations

from collections.abc import Iterable

from services.archive.domain.patterns.root import Root
from services.archive.domain.reports.canonical import Line
from services.archive.domain.reports.periods import Period


def month_roots(roots: Iterable[Root], month: Period) -> list[Line]:
    """Root causes named in the month with owner and date, as they were then; of what rests on complaints nothing (12A.8)."""
    found = sorted((root for root in roots if month.has(root.named_at) and not root.marks), key=lambda root: root.number)
    return [
        {"number": root.number, "title": root.title, "cause": root.cause, "unit": root.first.unit, "person": root.first.person,
         "due_on": root.first.due_on.isoformat(), "plan": root.first.plan}
        for root in found
    ]

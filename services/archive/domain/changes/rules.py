"""Every rule there is, by its event."""

from __future__ import annotations

from services.archive.domain.changes import case, clocks, ends, orders
from services.archive.domain.changes.change import Rules

CHANGES: Rules = {**case.RULES, **ends.RULES, **orders.RULES, **clocks.RULES}

"""Terms of whole years."""

from __future__ import annotations

import pytest

from shared.calendar.terms import end_of_term, latest_due
from shared.testing.driver import at

TERMS = [
    ("2026-10-12 09:30", "2029-10-12 09:30"), ("2028-02-29 10:00", "2031-03-01 10:00"), ("2025-02-28 08:00", "2028-02-28 08:00"),
]


@pytest.mark.parametrize(("then", "over"), TERMS)
def test_a_term_ends_on_the_same_day_three_years_later(then: str, over: str) -> None:
    """Of a leap day the day after; the sweep looks for nothing earlier."""
    assert end_of_term(at(then), 3) == at(over)
    assert latest_due(at(over), 3) >= at(then)

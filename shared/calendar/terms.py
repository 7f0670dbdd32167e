"""A term of whole years: when it is over, and what is over by now (domain §9.3)."""

from datetime import datetime

FEBRUARY, LEAP = 2, 29


def end_of_term(begun_at: datetime, years: int) -> datetime:
    """The same moment so many years later; of a 29 February the 1 March."""
    if (begun_at.month, begun_at.day) == (FEBRUARY, LEAP):
        return begun_at.replace(year=begun_at.year + years, month=3, day=1)
    return begun_at.replace(year=begun_at.year + years)


def latest_due(now: datetime, years: int) -> datetime:
    """What began at or before this moment is past its term, give or take a leap day; the rule decides."""
    return now.replace(year=now.year - years, day=min(now.day, 28) if now.month == FEBRUARY else now.day)

"""What the second count is given beside the events: the scheme's files, read without the services' own loader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import yaml

SHANGHAI = timezone(timedelta(hours=8))
FIRST_DAY = date(2022, 12, 1)
MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
HALF_DAYS = ((8 * 60 + 30, 12 * 60), (13 * 60 + 30, 17 * 60 + 30))
DAY_SECONDS = sum(stop - start for start, stop in HALF_DAYS) * 60
SATURDAY = 5
LONGEST = 120
LEAST = 5


def moment(text: str | None) -> datetime | None:
    """A time of a row, in Shanghai."""
    return None if text is None else datetime.fromisoformat(text).astimezone(SHANGHAI)


def to_the_second(when: datetime | None) -> str | None:
    """As the reports write a moment."""
    return None if when is None else when.astimezone(SHANGHAI).replace(microsecond=0).isoformat()


def shown(text: str) -> str:
    """A text without mobile numbers, at most 120 characters of it."""
    clean = MOBILE.sub(r"\1****\2", text)
    return clean if len(clean) <= LONGEST else clean[:LONGEST] + "…"


def told(numerator: int, denominator: int) -> dict[str, Any]:
    """A rate as it is written."""
    if denominator < LEAST:
        return {"numerator": numerator, "denominator": denominator, "value": "—"}
    share = (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return {"numerator": numerator, "denominator": denominator, "value": f"{share}%"}


@dataclass(frozen=True)
class Given:
    """The district's files."""

    policy: dict[str, Any]
    sites: dict[str, str]
    units: dict[str, str]
    callers: frozenset[str]
    working: np.ndarray  # working days up to and with each day since FIRST_DAY
    is_working: np.ndarray

    @classmethod
    def read(cls, folder: Path) -> Given:
        """Reads policy, sites, departments, staff and the announced years."""
        days = _working_days(folder / "calendar")
        staff = _yaml(folder / "staff.yaml")
        return cls(
            _yaml(folder / "policy.yaml"), {str(code): held["name"] for code, held in _yaml(folder / "sites.yaml").items()},
            {code: held["name"] for code, held in _yaml(folder / "departments.yaml").items()},
            frozenset(who for who, held in staff.items() if "FU" in held["roles"]), np.cumsum(days), days,
        )

    def days(self, begin: datetime, end: datetime) -> int:
        """Working days after the first day up to and with the last."""
        return max(int(self.working[_place(end.date())] - self.working[_place(begin.date())]), 0)

    def minutes(self, begin: datetime, end: datetime) -> int:
        """Whole working minutes between two moments."""
        return max(self._seconds(end) - self._seconds(begin), 0) // 60

    def _seconds(self, when: datetime) -> int:
        place = _place(when.date())
        into = when.hour * 3600 + when.minute * 60 + when.second
        today = sum(min(max(into - start * 60, 0), (stop - start) * 60) for start, stop in HALF_DAYS) if self.is_working[place] else 0
        return int(self.working[place] - self.is_working[place]) * DAY_SECONDS + today

    def third_working_day(self, month_end: date) -> date:
        """The third working day after a month."""
        return self.nth_working_day(month_end, 3)

    def nth_working_day(self, after: date, count: int) -> date:
        """The so-manieth working day after a day."""
        return FIRST_DAY + timedelta(days=int(np.searchsorted(self.working, self.working[_place(after)] + count)))


def _place(day: date) -> int:
    return (day - FIRST_DAY).days


def _working_days(folder: Path) -> np.ndarray:
    found = np.zeros((date(2026, 12, 31) - FIRST_DAY).days + 1, dtype=int)
    free, back = set(), set()
    for file in folder.glob("*.yaml"):
        held = _yaml(file)
        back |= set(held["working"])
        for one in held["holidays"]:
            free |= {one["from"] + timedelta(days=place) for place in range((one["to"] - one["from"]).days + 1)}
    for place in range(len(found)):
        day = FIRST_DAY + timedelta(days=place)
        found[place] = day in back or (day.weekday() < SATURDAY and day not in free)
    return found


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))

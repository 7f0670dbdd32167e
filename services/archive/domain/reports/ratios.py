"""A rate with its numerator and denominator; small counts are not shown as a rate (domain §7; 12A.12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from services.archive.domain.reports.canonical import Content

T = TypeVar("T")
HIDDEN = "—"
PERCENT = Decimal("0.1")
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Ratio:
    """`numerator` of `denominator`."""

    numerator: int
    denominator: int

    def shown(self, min_n: int) -> bool:
        """Whether it is told as a rate and ranked (report.bimonthly_min_n)."""
        return self.denominator >= max(min_n, 1)

    def share(self) -> Decimal:
        """The exact share; only where it is shown."""
        return Decimal(self.numerator) / Decimal(self.denominator)

    def told(self, min_n: int) -> Content:
        """Numerator, denominator, and the rate in percent or 「—」."""
        value = f"{rounded(self.share() * 100, PERCENT)}%" if self.shown(min_n) else HIDDEN
        return {"numerator": self.numerator, "denominator": self.denominator, "value": value}


def rounded(value: Decimal, unit: Decimal) -> Decimal:
    """Half up, as people round."""
    return value.quantize(unit, ROUND_HALF_UP)


def ratio(of: Iterable[T], holds: Callable[[T], bool]) -> Ratio:
    """How many of these hold."""
    held = [holds(one) for one in of]
    return Ratio(sum(held), len(held))

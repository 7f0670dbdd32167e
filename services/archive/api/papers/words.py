"""How a report's values become cells: the scheme's words for identifiers, moments for ISO texts, rates with both their counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from services.archive.domain.reports.columns import CALL, EVALUATION
from services.archive.domain.reports.periods import Period
from services.archive.domain.reports.ratios import HIDDEN
from shared.calendar import SHANGHAI
from shared.district.model import District
from shared.papers.tables import Cell, Column, Kind
from shared.web.names import zh

STARS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
OWN = {CALL: "电话回访", EVALUATION: "群众评价", "NONE": "—", "ALL": "合计"}
HUNDRED, SHARE = Decimal(100), Decimal("0.001")
Row = Mapping[str, Any]


class Names:
    """The names of units, sites, staff and causes of one district."""

    def __init__(self, district: District) -> None:
        self.units = district.unit_names
        self.sites = district.site_names
        self.staff = district.staff_names
        self.causes = district.policy.causes

    def unit(self, code: str | None) -> str:
        """The unit's name; of several codes joined by 、 each one's."""
        return "、".join(self.units.get(part, part) for part in (code or "").split("、") if part)

    def site(self, code: str) -> str:
        """The site's name."""
        return self.sites.get(code, code)

    def person(self, number: str | None) -> str:
        """The name of a member of staff."""
        return self.staff.get(number or "", number or "")

    def cause(self, code: str | None) -> str:
        """原因分类 in words."""
        return self.causes.get(code or "", code or "")


def word(value: object) -> str:
    """An identifier's Chinese word; nothing for nothing."""
    return "" if value in (None, "") else OWN.get(str(value)) or zh(value)


def stars(value: int | None) -> str:
    """满意度五级."""
    return "" if value is None else STARS.get(value, str(value))


def moment(text: str | None) -> datetime | None:
    """A moment of a report in Shanghai."""
    return datetime.fromisoformat(text).astimezone(SHANGHAI) if text else None


def as_of(content: Row, period: Period) -> datetime:
    """The as-of mark; of a period nobody said anything in, its end."""
    return moment(content["as_of"]) or datetime.combine(period.last, time(23, 59), SHANGHAI)


def share(rate: Row) -> Cell:
    """A rate as a share for a cell in percent, rounded as it was told; 「—」 stays."""
    if rate["value"] == HIDDEN:
        return HIDDEN
    return (Decimal(str(rate["value"]).removesuffix("%")) / HUNDRED).quantize(SHARE)


def figures(rate: Row) -> tuple[Cell, Cell, Cell]:
    """Numerator, denominator, share."""
    return rate["numerator"], rate["denominator"], share(rate)


def rate_columns(name: str) -> tuple[Column, Column, Column]:
    """A rate's three columns, as wide as its name needs to stand on one line."""
    room = -(-8 * len(name.partition("（")[0]) // 5)
    return Column(f"{name}分子", Kind.COUNT, max(8, room)), Column(f"{name}分母", Kind.COUNT, max(8, room)), Column(name, Kind.SHARE, max(9, room))


def number(text: str) -> Cell:
    """A figure written as text; 「—」 stays."""
    return text if text == HIDDEN else Decimal(text)

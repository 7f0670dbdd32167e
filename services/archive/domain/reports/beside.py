"""好差评 and 12345 beside the window's own figures, never added to them (方案 七(三); domain §7, 歧义 29)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from services.archive.domain.entry import Moment
from services.archive.domain.lines import event_in
from services.archive.domain.record import CaseRecord
from services.archive.domain.reports.canonical import Content
from services.archive.domain.reports.periods import Period
from services.archive.domain.reports.ratios import Ratio, ratio
from shared.contracts.event import Frozen
from shared.contracts.intake_events import EvaluationImported
from shared.contracts.terms import Channel
from shared.district.model import District

PREFIX = "PJ"


class Told(Frozen):
    """One row of another system, as the record under its PJ number has it."""

    channel: Channel
    day: date
    unit: str | None
    stars: int | None
    resolved: bool | None
    satisfied: bool | None
    at: Moment


def told_in(record: CaseRecord) -> Told | None:
    """The row a record holds; None for what is none."""
    if not record.case_no.startswith(PREFIX) or not record.events:
        return None
    event = event_in(record.events[0])
    if not isinstance(event, EvaluationImported):
        return None
    facts = event.model_dump(include={"channel", "day", "unit", "stars", "resolved", "satisfied"})
    return Told(**facts, at=event.meta.recorded_at)


def beside(rows: Sequence[Told], period: Period, unit: str | None, district: District) -> Content:
    """The period's rows by the day they speak of: of one unit, or of the whole district."""
    found = [row for row in rows if period.first <= row.day <= period.last and unit in (None, row.unit)]
    ratings = [row for row in found if row.channel is Channel.RATING]
    hotline = [row for row in found if row.channel is Channel.HOTLINE_12345]
    low, least = district.policy.link.low_stars, district.policy.report.bimonthly_min_n
    content = ratio(ratings, lambda row: (row.stars or 0) >= district.policy.followup.satisfied_from)
    return {
        "ratings": {
            "count": len(ratings), "low": sum(row.stars is not None and row.stars <= low for row in ratings), "content": content.told(least),
        },
        "hotline": {"count": len(hotline), "satisfied": _yes(row.satisfied for row in hotline).told(least),
                    "resolved": _yes(row.resolved for row in hotline).told(least)},
    }


def _yes(answers: Iterable[bool | None]) -> Ratio:
    """Among those who said anything."""
    return ratio([answer for answer in answers if answer is not None], bool)

"""What one event adds to which trail: same person, same item, same portal step, same window, same unit and cause (domain §7 W7, W8)."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

from services.archive.domain.access import marks_of
from services.archive.domain.causes import OTHER, cause_code
from services.archive.domain.entry import Entry, Moment
from shared.contracts.event import Event, Frozen
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded, PortalExit
from shared.contracts.pattern_events import PatternKind
from shared.contracts.router_events import CaseTriaged, OrderAnswered
from shared.contracts.terms import Category, OrderRole
from shared.district.model import District
from shared.privacy.masking import scrub

Blind = Callable[[str], str]
MOST_WORDS = 80


class Sighting(Frozen):
    """One matter on one trail: `need` different ones within `days` make a pattern; `who` is a keyed hash, None for nobody known."""

    kind: PatternKind
    key: str
    words: str
    case_no: str
    at: Moment
    told_at: Moment
    need: int
    days: int
    who: str | None = None
    site: str | None = None
    unit: str | None = None
    item_code: str | None = None
    marks: tuple[str, ...] = ()


def sightings_of(event: Event, entry: Entry | None, district: District, blind: Blind) -> list[Sighting]:
    """Every trail this event adds to; `blind` is the keyed hash, so that no trail tells who it is about."""
    return [] if entry is not None and entry.clue else seen(event, entry, district, blind)


@singledispatch
def seen(event: Event, entry: Entry | None, district: District, blind: Blind) -> list[Sighting]:  # noqa: ARG001 - its class chooses the rule
    """Most events repeat nothing."""
    return []


@seen.register
def _registered(event: CaseRegistered, entry: Entry | None, district: District, blind: Blind) -> list[Sighting]:  # noqa: ARG001 - one shape
    rules, item = district.policy.repeat, event.item_code or event.item.strip()
    if event.category is Category.COMPLAINT or event.complained_unit:
        return [_complaint(event, event.site, event.complained_unit, event.complained_staff, district)]
    told: dict[str, Any] = {"case_no": event.case_no, "at": event.received_at, "told_at": event.occurred_at, "item_code": event.item_code}
    party = "" if event.anonymous or event.confidential else event.contact.party_ref
    words = _words(event.item)
    found = [Sighting(
        kind=PatternKind.SAME_ITEM, key=item, words=words, who=blind(f"{party}|{item}") if party else None,
        need=rules.item_count, days=rules.item_days, **told,
    )]
    if party:
        key = blind(f"{party}|{item}|{PatternKind.SAME_PERSON}")
        found.append(Sighting(kind=PatternKind.SAME_PERSON, key=key, words=words, need=rules.count, days=rules.window_days, **told))
    if event.portal_exit:
        found.append(_step(event, event.item_code, event.item, event.portal_exit, district))
    return found


@seen.register
def _chokepoint(event: ChokepointRecorded, entry: Entry | None, district: District, blind: Blind) -> list[Sighting]:  # noqa: ARG001 - one shape
    return [_step(event, event.item_code, event.item, event.portal_exit, district)]


def _step(event: Event, code: str | None, item: str, left: PortalExit, district: District) -> Sighting:
    """方案 二「中途退出」: one step of one item, left for one reason."""
    rules, at = district.policy.repeat, getattr(event, "received_at", event.occurred_at)
    name = item or (district.items[code].name if code in district.items else code or "")
    key = "|".join((code or item.strip(), left.exit_step.strip(), left.exit_reason.strip()))
    return Sighting(
        kind=PatternKind.PORTAL_STEP, key=key, words=_words(f"{name}·{left.exit_step}·{left.exit_reason}"), case_no=event.case_no, at=at,
        told_at=event.occurred_at, item_code=code, need=rules.item_count, days=rules.item_days,
    )


@seen.register
def _triaged(event: CaseTriaged, entry: Entry | None, district: District, blind: Blind) -> list[Sighting]:  # noqa: ARG001 - one shape
    if entry is None or event.category is not Category.COMPLAINT:
        return []
    found = _complaint(event, entry.site, entry.complained_unit, entry.complained_staff, district)
    return [found.model_copy(update={"at": entry.received_at})]


def _complaint(event: Event, site: str, unit: str | None, staff: tuple[str, ...], district: District) -> Sighting:
    """W8: complaints about one window; no words of theirs, and nobody it is about may see that it is there."""
    rules, at = district.policy.repeat, getattr(event, "received_at", event.occurred_at)
    names = district.unit_names
    place = district.sites[site].name if site in district.sites else site
    marks = {f"about_{unit}"} if unit else set()
    return Sighting(
        kind=PatternKind.WINDOW, key=f"{site}|{unit or ''}", words=f"{place}·{names.get(unit, unit) if unit else '窗口'}", case_no=event.case_no,
        at=at, told_at=event.occurred_at, need=rules.complaint_count, days=rules.window_days, site=site, unit=unit,
        marks=tuple(sorted(marks | {f"about_staff_{person}" for person in staff})),
    )


@seen.register
def _answered(event: OrderAnswered, entry: Entry | None, district: District, blind: Blind) -> list[Sighting]:  # noqa: ARG001 - one shape
    """domain §7 反复反映: one unit names one cause again and again; a complaint is not counted with it."""
    policy, code = district.policy, cause_code(event.cause or "", district)
    withheld = entry is None or entry.category is Category.COMPLAINT or entry.complained_unit is not None
    if withheld or entry is None or event.role is not OrderRole.LEAD or code in (None, OTHER):
        return []
    unit = district.departments.get(event.unit)
    return [Sighting(
        kind=PatternKind.UNIT_CAUSE, key=f"{event.unit}|{code}", words=f"{unit.name if unit else event.unit}·{policy.causes[str(code)]}",
        case_no=event.case_no, at=entry.received_at, told_at=event.occurred_at, need=policy.report.same_cause_count,
        days=policy.repeat.window_days, unit=event.unit, marks=tuple(sorted(marks_of(entry))),
    )]


def _words(text: str) -> str:
    return scrub(text.strip())[:MOST_WORDS]

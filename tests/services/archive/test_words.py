"""What events are called, and who may read of them."""

from __future__ import annotations

import re

import pytest

from services.archive.domain.access import Reader, may_see
from services.archive.domain.entry import Entry, OrderLine
from services.archive.domain.titles import FACTS, TITLES, UNTITLED, title_of
from shared.contracts.catalogue import EVENTS
from shared.contracts.event import UnknownEvent
from shared.contracts.terms import CaseState, Channel, OrderRole, OrderState
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE
from tests.services.archive.lives import notice_sent


def test_every_event_has_a_chinese_title() -> None:
    """The timeline never shows a class name; each title means one event."""
    assert set(TITLES) == set(EVENTS)
    assert all(re.search(r"[\u4e00-\u9fff]", title) for title in TITLES.values())
    assert len(set(TITLES.values())) == len(TITLES)


def test_an_unknown_event_is_told_as_such() -> None:
    """A newer service's word."""
    unknown = UnknownEvent(case_no=CASE, occurred_at=at("2026-09-30 10:00"), type="cn.putuo.bancheng.x.Y.v1")

    assert title_of(unknown) == UNTITLED
    assert title_of(notice_sent("2026-09-30 10:00")) == "消息已发"


def test_no_fact_tells_what_is_sealed() -> None:
    """Contact, matter and who is complained of stay out of the timeline."""
    assert not {fact.field for fact in FACTS} & {"contact", "matter", "complained_person", "complained_unit"}


def an_order(place: int, unit: str) -> OrderLine:
    """An order to this unit."""
    moment = at("2026-09-30 10:00")
    number = f"{CASE}-{place:02d}"
    return OrderLine(
        order_no=number,
        unit=unit,
        role=OrderRole.LEAD,
        state=OrderState.ISSUED,
        issued_at=moment,
        due_at=moment,
    )


def an_entry(complained_unit: str | None = None, *units: str) -> Entry:
    """A line with orders to these units."""
    moment = at("2026-09-30 10:00")
    orders = tuple(an_order(place, unit) for place, unit in enumerate(units, start=1))
    return Entry.model_validate(
        {
            "case_no": CASE,
            "channel": Channel.HALL,
            "state": CaseState.HANDLING,
            "received_at": moment,
            "site": "001",
            "item": "窗口服务态度",
            "complained_unit": complained_unit,
            "orders": orders,
        }
    )


@pytest.mark.parametrize(
    ("unit", "roles", "seen"),
    [
        (None, {"CL"}, True),
        ("shichang", {"DH"}, False),
        ("shichang", {"DL"}, False),
        ("yibao", {"DH"}, True),
        ("gongan", {"DO"}, False),
        ("zhengwu", {"GO"}, True),
        ("jiwei", {"JW"}, True),
    ],
)
def test_who_sees_a_complaint_about_the_market_bureau(unit: str | None, roles: set[str], seen: bool) -> None:
    """domain 12A.8: not the unit itself, not a unit that has no part in it."""
    assert may_see(an_entry("shichang", "yibao"), Reader.of(DISTRICT.policy, unit, roles)) is seen


def test_a_complaint_about_the_office_is_seen_by_its_leader_only() -> None:
    """domain 歧义 21: the leader decides who handles it."""
    about = an_entry("zhengwu", "jiwei")

    assert not may_see(about, Reader.of(DISTRICT.policy, "zhengwu", {"GO"}))
    assert may_see(about, Reader.of(DISTRICT.policy, "zhengwu", {"GL"}))


def test_a_unit_that_somehow_handles_a_complaint_about_itself_still_sees_nothing() -> None:
    """Whatever else went wrong."""
    assert not may_see(an_entry("yibao", "yibao"), Reader.of(DISTRICT.policy, "yibao", {"DH"}))

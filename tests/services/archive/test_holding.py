"""责任分段: who held a case for how many working days (domain 12A.5)."""

from __future__ import annotations

from services.archive.domain.holding import Slice, slices
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseEscalated,
    ConsultationConcluded,
    FeedbackRejected,
    MaterialRequested,
    MaterialSupplied,
    OrderReturned,
    OrderReturnRequested,
)
from shared.testing.driver import DISTRICT, at
from shared.testing.events import (
    a_case_fed_back,
    a_case_registered,
    a_case_triaged,
    an_order_answered,
    an_order_issued,
    an_order_signed,
)
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import DUE, Archive, assisted
from tests.services.archive.test_record import placed
from tests.services.archive.turns import turn

BEGUN = [
    a_case_registered("2026-09-28 09:00"),
    a_case_triaged("2026-09-28 10:00"),
    an_order_issued("2026-09-28 10:00", "2026-10-09 17:30"),
    an_order_signed("2026-09-28 11:00"),
]
RETURNED = [
    *BEGUN,
    turn(OrderReturnRequested, "2026-09-29 11:00"),
    turn(OrderReturned, "2026-09-29 15:00"),
    an_order_issued("2026-09-29 15:00", "2026-10-09 17:30", unit="renshe", place=2),
    an_order_signed("2026-09-29 16:00", unit="renshe", place=2),
    an_order_answered("2026-10-08 10:00", unit="renshe", place=2),
    a_case_fed_back("2026-10-08 11:30"),
]


def held(*events: Event, now: str = "2026-10-09 12:00") -> list[tuple[str, str, int]]:
    """Each stretch: who, what, working minutes."""
    return [(part.hold.code, part.hold.what, part.working_minutes) for part in parts(*events, now=now)]


def parts(*events: Event, now: str = "2026-10-09 12:00") -> tuple[Slice, ...]:
    """The stretches of these events."""
    return slices(placed(*events), DISTRICT.calendar, office="zhengwu", now=at(now))


def test_a_return_shows_how_long_the_first_unit_and_the_ruling_held_it() -> None:
    """domain 12A.5: 退单 → 改派 → 新单位, over the National Day holidays, in working minutes."""
    assert held(*RETURNED) == [
        ("001", "研判", 60),
        ("yibao", "签收", 60),
        ("yibao", "办理", 450),
        ("001", "退单裁定", 150),
        ("renshe", "签收", 60),
        ("renshe", "办理", 90 + 450 + 90),
        ("001", "审核", 90),
    ]
    assert {part.order_no for part in parts(*RETURNED) if part.hold.code == "yibao"} == {"PT2609300010001-01"}


def test_the_stretches_of_a_case_with_one_order_fill_its_whole_time() -> None:
    """Nobody's time is lost and none counts twice."""
    total = DISTRICT.calendar.working_minutes_between(at("2026-09-28 09:00"), at("2026-10-08 11:30"))

    assert sum(minutes for *_, minutes in held(*RETURNED)) == total


def test_days_are_working_time_over_a_working_day() -> None:
    """450 minutes are one day of 08:30-12:00 and 13:30-17:30."""
    handling = next(part for part in parts(*RETURNED) if part.hold.what == "办理")

    assert handling.working_days == 1.0


def test_what_waits_for_the_person_is_the_persons() -> None:
    """一次性告知: the clock goes on, yet it shows who had the next step."""
    waited = [
        *BEGUN,
        turn(MaterialRequested, "2026-09-28 14:00"),
        turn(MaterialSupplied, "2026-09-28 16:00"),
    ]

    assert held(*waited, now="2026-09-28 17:00")[2:] == [
        ("yibao", "办理", 90),
        ("", "补材料", 120),
        ("yibao", "办理", 60),
    ]


def test_review_begins_with_the_last_answer_and_ends_when_one_is_sent_back() -> None:
    """方案 六(四)(六): two units side by side, then the window, then one unit again."""
    life = [
        *BEGUN,
        assisted("2026-09-28 10:00"),
        an_order_signed("2026-09-28 10:30", unit="gongan", place=2),
        an_order_answered("2026-09-28 14:00"),
        an_order_answered("2026-09-28 15:00", unit="gongan", place=2),
        turn(FeedbackRejected, "2026-09-28 16:00"),
    ]

    assert held(*life, now="2026-09-28 17:00") == [
        ("001", "研判", 60),
        ("yibao", "签收", 60),
        ("gongan", "签收", 30),
        ("gongan", "办理", 90 + 90),
        ("yibao", "办理", 60 + 30),
        ("001", "审核", 60),
        ("yibao", "办理", 60),
    ]


def test_a_consultation_is_the_offices_while_the_unit_goes_on() -> None:
    """方案 五(二): 会商 beside the order; what still lasts is counted to now."""
    life = [
        *BEGUN,
        turn(CaseEscalated, "2026-09-28 14:00"),
        turn(ConsultationConcluded, "2026-09-28 15:00", lead="yibao"),
    ]
    found = parts(*life, now="2026-09-28 17:00")

    assert ("zhengwu", "会商") in {(part.hold.code, part.hold.what) for part in found}
    assert [part.until for part in found if part.hold.what == "办理"] == [None]


def test_a_case_nobody_registered_is_held_by_nobody() -> None:
    """An event out of nowhere."""
    assert parts(*BEGUN[1:]) == ()


async def test_the_page_and_the_api_show_them(archive: Archive, visiting: Visiting) -> None:
    """domain 12A.5: 台账能看出谁占了几天."""
    await archive.consumes(*RETURNED)
    async with visiting("zhengwu-go1") as client:
        case = (await client.get("/api/archive/cases/PT2609300010001")).json()
        page = (await client.get("/archive/cases/PT2609300010001", headers={"accept": "text/html"})).text

    first = case["slices"][0]
    assert (first["holder"], first["name"], first["what"]) == ("window", "区政务服务中心", "研判")
    assert (first["from"], first["working_minutes"]) == ("2026-09-28T09:00:00+08:00", 60)
    assert "各环节用时" in page and "退单裁定" in page
    assert DUE not in page

"""The register follows the cases; every event comes twice (方案 六(二)-(六))."""

from __future__ import annotations

from services.intake.domain.registration import Registration
from services.intake.handlers import inbox
from services.intake.store import open_register
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo
from shared.contracts.router_events import CaseClosed, CaseFedBack, CaseResolvedInstantly, CaseTriaged, OrderSigned
from shared.contracts.terms import CaseState, Category, Grade, Result
from shared.storage.documents import Query
from tests.services.intake.conftest import House, a_matter

DONE = {"case_no": CaseNo("PT2611230010001")}
TRIAGED = {"category": "SERVICE", "grade": "GENERAL", "lead": "yibao", "requirement": "查清", "due_at": "2026-11-26T17:30:00+08:00"}


def said(kind: type[Event], **fields: object) -> Event:
    """An event about the first case of the day."""
    return kind.model_validate({**DONE, "occurred_at": "2026-11-23T11:00:00+08:00", **fields})


PATH: tuple[tuple[Event, CaseState], ...] = (
    (said(CaseTriaged, **TRIAGED), CaseState.HANDLING),
    (said(OrderSigned, order_no="PT2611230010001-01", unit="yibao"), CaseState.HANDLING),
    (
        said(CaseFedBack, replied_at="2026-11-23T11:00:00+08:00", result="RESOLVED", text="好了", lead="yibao", lead_name="医保局"),
        CaseState.FED_BACK,
    ),
    (said(CaseClosed, result=Result.RESOLVED, replied_at="2026-11-23T11:00:00+08:00"), CaseState.CLOSED),
    (said(CaseArchived, digest="d", events=4), CaseState.ARCHIVED),
)


async def hear(house: House, event: Event) -> Registration | None:
    """The case's line after the event, which comes twice."""
    await house.consumes(event)
    return await open_register(house.ground, inbox).get(event.case_no)


async def test_the_register_follows_the_case_from_handling_to_the_archive(house: House) -> None:
    assert (await house.at_the_counter(a_matter(category=None))).status_code == 201
    seen = [await hear(house, event) for event, _ in PATH]
    assert [line.state for line in seen if line] == [standing for _, standing in PATH]
    assert seen[-1] is not None and seen[-1].category is Category.SERVICE
    assert len(house.published(Event)) == 1


async def test_a_matter_settled_at_the_window_shows_as_closed(house: House) -> None:
    await house.at_the_counter(a_matter())
    settled = said(CaseResolvedInstantly, category=Category.CONSULT, grade=Grade.SIMPLE, text="当场办好了")
    line = await hear(house, settled)
    assert line is not None and (line.state, line.category) == (CaseState.CLOSED, Category.CONSULT)


async def test_events_of_an_unknown_case_are_seen_and_make_no_line(house: House) -> None:
    assert await hear(house, PATH[0][0]) is None
    assert house.documents()[DONE["case_no"]]["applied"] == {"router": 1}
    assert await open_register(house.ground, inbox).find(Query()) == []


def test_intake_reads_what_router_and_archive_say(house: House) -> None:
    assert house.service.inbox.topics() == ("archive.records", "router.cases")

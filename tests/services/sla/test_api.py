"""SLA over HTTP: who decides what, who sees what, and what a wrong request is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from shared.calendar import CalendarYear
from shared.contracts.router_events import CaseTransferred
from shared.contracts.sla_events import SupervisionAnswered, SupervisionIssued
from shared.testing.driver import DISTRICT, ServiceDriver, at
from shared.testing.events import CASE, happened
from shared.web.frame import make_web
from shared.web.signin import SignIn, Staff
from tests.services.sla.scenes import an_order

CODE = "a-code-of-enough-length"


class Staffed:
    """The district's people."""

    def find(self, staff_id: str) -> Staff | None:
        """One person."""
        person = DISTRICT.staff.get(staff_id)
        return Staff(person.id, person.name, frozenset(role.value for role in person.roles), person.unit, person.site) if person else None

    def listing(self) -> list[Staff]:
        """Everybody."""
        return [found for staff_id in DISTRICT.staff if (found := self.find(staff_id))]


class Client:
    """People who ask about the case of a driver."""

    def __init__(self, sla: ServiceDriver) -> None:
        self.sla = sla
        web = make_web("test", clock=sla.clock, signin=SignIn(Staffed(), sla.clock, access_code=CODE, session_key=CODE))
        self.web = web
        web.include_router(sla.service.api)
        web.include_router(sla.service.pages)
        assert sla.service.page_folder is not None
        web.state.pages.add("sla", sla.service.page_folder)
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://127.0.0.1")

    async def asks(self, staff: str | None, path: str = "", body: dict[str, Any] | None = None, key: str | None = None) -> httpx.Response:
        """One request."""
        headers = {} if staff is None else {"authorization": f"Bearer {CODE}", "x-staff": staff}
        headers |= {"idempotency-key": key} if key else {}
        where = path if path.startswith("/") else f"/api/sla/cases/{CASE}{'/' if path else ''}{path}"
        if body is None:
            return await self._http.get(where, headers=headers)
        response = await self._http.post(where, headers=headers, json=body)
        await self.sla.courier.finish()
        return response

    async def close(self) -> None:
        """No more questions."""
        await self._http.aclose()


@pytest.fixture
async def overdue() -> AsyncIterator[Client]:
    """An order overdue since Thursday, its 督办·黄 drafted on Friday."""
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")
    client = Client(sla)
    yield client
    await client.close()


async def test_the_office_signs_the_draft_and_the_unit_explains_itself(overdue: Client) -> None:
    """方案 七(四): and what the unit writes is freed of personal data."""
    signed = await overdue.asks("zhengwu-go1", "supervisions", {"level": "YELLOW"})
    said = await overdue.asks("yibao-sh", "supervisions/answer", {"text": "已与张三（13800000001）联系并致歉。"})

    assert (signed.status_code, said.status_code) == (200, 200)
    assert said.json()["supervisions"][0]["state"] == "ANSWERED"
    assert overdue.sla.published(SupervisionAnswered)[0].text == "已与张*（138****0001）联系并致歉。"


async def test_the_same_signature_sent_again_is_answered_not_done_again(overdue: Client) -> None:
    """Idempotency-Key."""
    first = await overdue.asks("zhengwu-go1", "supervisions", {}, key="one")
    again = await overdue.asks("zhengwu-go1", "supervisions", {}, key="one")

    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert len(overdue.sla.published(SupervisionIssued)) == 1


@pytest.mark.parametrize(
    ("staff", "path", "body", "status"),
    [
        (None, "supervisions", {}, 401),
        ("yibao-dh", "supervisions", {}, 403),
        ("zhengwu-go1", "supervisions", {"level": "RED"}, 409),
        ("zhengwu-go1", "supervisions", {"level": "BLUE"}, 422),
        ("zhengwu-go1", "supervisions/answer", {"text": "说明"}, 403),
        ("yibao-sh", "supervisions/answer", {"text": "说明", "unit": "人社局"}, 409),
        ("renshe-sh", "supervisions/answer", {"text": "说明"}, 404),
        ("zhengwu-go1", "supervisions/void", {}, 422),
        ("yibao-sh", "supervisions/void", {"reason": "误发"}, 403),
        ("zhengwu-go1", "interviews/approve", {"unit": "医保局"}, 403),
        ("zhengwu-gl1", "interviews/approve", {"unit": "医保局"}, 409),
        ("zhengwu-gl1", "recalculations/confirm", {}, 409),
        ("s001-tr1", "recalculations/confirm", {}, 403),
    ],
)
async def test_who_may_not_is_told_so(overdue: Client, staff: str | None, path: str, body: dict[str, Any], status: int) -> None:
    """domain 角色与权限."""
    response = await overdue.asks(staff, path, body)

    assert response.status_code == status, response.text


async def test_a_draft_is_voided_by_the_window(overdue: Client) -> None:
    """误发作废."""
    response = await overdue.asks("zhengwu-go1", "supervisions/void", {"reason": "已电话说明", "unit": "医保局"})

    assert [order["state"] for order in response.json()["supervisions"]] == ["VOIDED"]


async def test_the_leader_approves_a_talk_by_the_units_name(overdue: Client) -> None:
    """方案 七(四) 约谈; it stands on the page until then."""
    await overdue.sla.wakes("2026-12-03 10:00")

    page = await overdue.asks("zhengwu-gl1", "/sla/")
    response = await overdue.asks("zhengwu-gl1", "interviews/approve", {"unit": "医保局"})

    assert "约谈建议" in page.text
    assert response.json()["interviews"][0]["approved_at"] is not None


async def test_an_earlier_end_is_confirmed_by_the_office(overdue: Client) -> None:
    """domain 时限规则: Saturday the 28th turns into a working day, so the follow-up of other ends moves earlier."""
    year = DISTRICT.calendar.year(2026)
    worked = CalendarYear(2026, announced=True, source="改", closed=year.closed, extra_working=year.extra_working | {date(2026, 11, 28)})
    await overdue.asks("zhengwu-go1", "supervisions", {})
    district = DISTRICT.model_copy(update={"calendar": DISTRICT.calendar.with_year(worked, "corrected")})
    overdue.sla.ground.scheme.replace(district)
    await overdue.sla.ticks()

    page = await overdue.asks("zhengwu-go1", "/sla/")
    response = await overdue.asks("zhengwu-go1", "recalculations/confirm", {})

    assert "期限变早待确认" in page.text
    statement = next(held for held in response.json()["countdowns"] if held["kind"] == "STATEMENT")
    assert at("2026-11-28 17:30").isoformat() == statement["due_at"]


@pytest.fixture
async def complaint() -> AsyncIterator[Client]:
    """A complaint about the health insurance bureau and one of its people, led by the office."""
    sla = await an_order(complained_unit="yibao", complained_staff=("zhengwu-go2",))
    client = Client(sla)
    yield client
    await client.close()


async def test_who_is_complained_of_sees_nothing_of_it(complaint: Client) -> None:
    """方案 四(三)3: no case, no list, no page, no act; the others do."""
    seen = await complaint.asks("zhengwu-go1")
    hidden = await complaint.asks("zhengwu-go2")
    listed = await complaint.asks("zhengwu-go2", "/api/sla/cases")
    page = await complaint.asks("zhengwu-go2", "/sla/")
    act = await complaint.asks("zhengwu-go2", "supervisions", {})
    unit = await complaint.asks("yibao-sh", "supervisions/answer", {"text": "说明"})

    assert seen.json()["case_no"] == CASE
    assert hidden.json() is None
    assert listed.json() == []
    assert CASE not in page.text
    assert (act.status_code, act.json()["rule"]) == (404, "supervision.unknown_case")
    assert unit.json()["rule"] == "supervision.unknown_case"


async def test_a_complaint_about_the_office_is_its_leaders_alone() -> None:
    """domain 歧义 21: policy complaint.self_route_role."""
    client = Client(await an_order(complained_unit="zhengwu"))

    seen = [(await client.asks(staff)).json() is not None for staff in ("zhengwu-gl1", "zhengwu-go1", "s001-tr1")]
    await client.close()

    assert seen == [True, False, True]


async def test_a_clue_is_nobodys_but_the_disciplines() -> None:
    """方案 七(四): after the transfer nobody of the window sees it here."""
    sla = await an_order()
    await sla.consumes(happened(CaseTransferred, "2026-11-24 10:00", to="纪委监委", reason="线索", clue=True))
    client = Client(sla)

    response = await client.asks("s001-tr1")
    await client.close()

    assert response.json() is None

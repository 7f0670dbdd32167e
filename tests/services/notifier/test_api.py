"""Who may read which messages, the filters, and the page of the sandbox outbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
from httpx import ASGITransport

from services.notifier.domain.texts import parts_of
from shared.contracts.router_events import CaseTransferred
from shared.contracts.terms import Category
from shared.testing.driver import at
from shared.testing.events import CASE
from shared.web.frame import make_web
from shared.web.signin import SignIn, Staff
from tests.services.notifier.stage import PHONE, Stage, settled_at_once

CODE = "correct-horse-battery"
PEOPLE = (
    Staff("s001-cl1", "李窗口", frozenset({"CL"}), site="001"),
    Staff("yibao-dh", "赵经办", frozenset({"DH"}), unit="yibao"),
    Staff("zhengwu-go1", "孔督办", frozenset({"GO"}), unit="zhengwu"),
    Staff("zhengwu-gl1", "窦领导", frozenset({"GL"}), unit="zhengwu"),
    Staff("zhengwu-gl2", "范领导", frozenset({"GL"}), unit="zhengwu"),
)
SECOND = "PT2609300010002"


class Directory:
    """Five people."""

    def find(self, staff_id: str) -> Staff | None:
        """The one with this number."""
        return next((person for person in PEOPLE if person.id == staff_id), None)

    def listing(self) -> Sequence[Staff]:
        """All of them."""
        return PEOPLE


@pytest.fixture
async def site(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """The service's endpoints and pages in a site of their own, asked by nobody yet."""
    clock, service = stage.driver.clock, stage.driver.service
    web = make_web(
        "test", clock=clock, signin=SignIn(Directory(), clock, access_code=CODE, session_key="k" * 32)
    )
    web.include_router(service.api)
    web.include_router(service.pages)
    assert service.page_folder is not None
    web.state.pages.add("notifier", service.page_folder)
    async with httpx.AsyncClient(transport=ASGITransport(app=web), base_url="http://localhost") as client:
        yield client


async def asks(site: httpx.AsyncClient, path: str, staff: str = "s001-cl1", **query: Any) -> httpx.Response:
    """This member of staff reads `path`."""
    return await site.get(path, params=query, headers={"authorization": f"Bearer {CODE}", "x-staff": staff})


async def two_cases(stage: Stage) -> None:
    """One person out of reach by text, one whose matter was settled; a minute between all of it."""
    await stage.registered("2026-11-23 10:05", phone="13800000000", case_no=SECOND)
    await stage.driver.ticks()
    await stage.registered("2026-11-23 10:06")
    await stage.driver.ticks()
    await stage.driver.consumes(settled_at_once("2026-11-23 10:07"))
    await stage.driver.ticks()


async def test_the_outbox_shows_the_newest_first(site: httpx.AsyncClient, stage: Stage) -> None:
    """Masked, with what became of each."""
    await two_cases(stage)
    answer = await asks(site, "/api/notifier/outbox")

    rows = answer.json()["notices"]
    assert [(row["case_no"], row["template"]) for row in rows[:2]] == [(CASE, "C02"), (CASE, "C01")]
    assert sorted((row["channel"], row["status"]) for row in rows[2:]) == [
        ("CALL", "CALL_TASK"),
        ("SMS", "FAILED"),
    ]
    assert rows[0]["to"] == "138****0001"
    assert PHONE not in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"case_no": CASE}, ["C02", "C01"]),
        ({"case_no": CASE, "template": "C02"}, ["C02"]),
        ({"template": "C02"}, ["C02"]),
        ({"status": "FAILED"}, ["C01"]),
        ({"channel": "CALL"}, ["C01"]),
        ({"status": "QUEUED"}, []),
        ({"case_no": "PT2609300019999"}, []),
        ({"case_no": "", "status": "", "channel": "", "template": "C02"}, ["C02"]),
    ],
)
async def test_filters_narrow_the_outbox(
    site: httpx.AsyncClient, stage: Stage, query: dict[str, str], found: list[str]
) -> None:
    """An empty field of the form is no filter."""
    await two_cases(stage)
    answer = await asks(site, "/api/notifier/outbox", **query)

    assert [row["template"] for row in answer.json()["notices"]] == found


async def test_pages_follow_each_other_without_gap_or_double(site: httpx.AsyncClient, stage: Stage) -> None:
    """Four messages, three a page."""
    await two_cases(stage)
    first = (await asks(site, "/api/notifier/outbox", limit=3)).json()
    second = (await asks(site, "/api/notifier/outbox", limit=3, offset=first["next_offset"])).json()

    assert (len(first["notices"]), first["next_offset"]) == (3, 3)
    assert (len(second["notices"]), second["next_offset"]) == (1, None)
    assert len({row["notice_id"] for row in first["notices"] + second["notices"]}) == 4


@pytest.mark.parametrize(
    "query", [{"status": "LOST"}, {"case_no": "13800000001"}, {"limit": 0}, {"template": "X"}]
)
async def test_a_filter_that_makes_no_sense_is_refused_by_field(
    site: httpx.AsyncClient, query: dict[str, Any]
) -> None:
    """A 422 that names the field and does not repeat what was sent."""
    answer = await asks(site, "/api/notifier/outbox", **query)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(query))
    assert "13800000001" not in answer.text


async def test_the_messages_of_one_case_say_what_a_caller_must_heed(
    site: httpx.AsyncClient, stage: Stage
) -> None:
    """Oldest first; confidential and 「只打电话」 stand beside them."""
    await stage.registered(confidential=True, elderly_call_only=True)
    said = (await asks(site, f"/api/notifier/cases/{CASE}/notices")).json()

    assert (said["confidential"], said["call_only"], said["anonymous"]) == (True, True, False)
    assert [(row["template"], row["channel"], row["status"]) for row in said["notices"]] == [
        ("C01", "CALL", "QUEUED")
    ]
    assert said["next_at"] == "2026-11-23T10:05:00+08:00"
    assert said["notices"][0]["event_id"]


async def test_a_case_nobody_knows_is_not_found(site: httpx.AsyncClient) -> None:
    """404 in Chinese."""
    answer = await asks(site, f"/api/notifier/cases/{CASE}/notices")

    assert (answer.status_code, answer.json()["detail"]) == (404, "查无此件，请核对工单编号。")


async def test_a_complaint_stays_hidden_from_those_it_is_about(site: httpx.AsyncClient, stage: Stage) -> None:
    """domain 12A.8: it is as if there were no such case; the leader, who leads it then, sees it."""
    await stage.registered(category=Category.COMPLAINT, complained_unit="zhengwu")
    path = f"/api/notifier/cases/{CASE}/notices"

    assert (await asks(site, path, "zhengwu-go1")).status_code == 404
    assert (await asks(site, "/api/notifier/outbox", "zhengwu-go1")).json()["notices"] == []
    assert (await asks(site, "/api/notifier/outbox", "zhengwu-go1", case_no=CASE)).json()["notices"] == []
    assert (await asks(site, path, "zhengwu-gl1")).status_code == 200


@pytest.mark.parametrize(
    "about",
    [{"complained_staff": ("zhengwu-gl1", "s001-ws1")}, {"complained_unit": "zhengwu", "complained_staff": ("zhengwu-gl1",)}],
)
async def test_who_is_complained_of_by_name_sees_nothing(
    site: httpx.AsyncClient, stage: Stage, about: dict[str, Any]
) -> None:
    """domain 12A.8: not even the office's leader, where it is the leader."""
    await stage.registered(category=Category.COMPLAINT, **about)
    path = f"/api/notifier/cases/{CASE}/notices"

    assert (await asks(site, path, "zhengwu-gl1")).status_code == 404
    assert (await asks(site, "/api/notifier/outbox", "zhengwu-gl1")).json()["notices"] == []
    assert (await asks(site, path, "zhengwu-gl2")).status_code == 200


async def test_of_a_clue_no_message_is_shown(site: httpx.AsyncClient, stage: Stage) -> None:
    """方案 七(四): from then on it is as if there were no such case."""
    await stage.registered()
    clue = CaseTransferred(case_no=CASE, occurred_at=at("2026-11-23 10:10"), to="纪委监委", reason="线索", clue=True)
    await stage.driver.consumes(clue)

    assert (await asks(site, f"/api/notifier/cases/{CASE}/notices")).status_code == 404
    assert (await asks(site, "/api/notifier/outbox")).json()["notices"] == []


@pytest.mark.parametrize(
    "path", ["/api/notifier/outbox", f"/api/notifier/cases/{CASE}/notices", "/notifier/"]
)
async def test_only_the_window_and_the_office_read_messages(site: httpx.AsyncClient, path: str) -> None:
    """Departments do not; who is not signed in does not either."""
    assert (await asks(site, path, "yibao-dh")).status_code == 403
    assert (await site.get(path)).status_code in (303, 401)


async def test_the_page_shows_every_message_and_keeps_the_filters(
    site: httpx.AsyncClient, stage: Stage
) -> None:
    """沙箱发件箱: masked recipients, texts and states in Chinese; the next page keeps the filters."""
    await two_cases(stage)
    shown = (await asks(site, "/notifier/", limit=1, template="C01")).text

    assert "沙箱发件箱" in shown
    assert "已发" in shown
    assert "?template=C01&amp;offset=1&amp;limit=1" in shown
    assert "空号（MK:0001）" in (await asks(site, "/notifier/", status="FAILED")).text
    assert PHONE not in shown


async def test_an_empty_outbox_says_why(site: httpx.AsyncClient, stage: Stage) -> None:
    """Nothing yet is another thing than nothing that fits."""
    assert "还没有消息" in (await asks(site, "/notifier/")).text
    await two_cases(stage)
    assert "没有符合条件的消息" in (await asks(site, "/notifier/", template="S06")).text


async def test_staff_are_shown_by_role(site: httpx.AsyncClient, stage: Stage) -> None:
    """收单员 and 经办人 in Chinese, their names masked."""
    await stage.registered()
    await stage.dispatched()
    shown = (await asks(site, "/notifier/")).text

    assert "部门收单员" in shown
    assert "经办人" in shown
    assert "企业微信" in shown


async def test_each_message_says_how_long_it_is_and_how_many_it_counts_as(site: httpx.AsyncClient, stage: Stage) -> None:
    """The operator counts 70 characters as one, longer ones by 67."""
    await two_cases(stage)
    row = (await asks(site, "/api/notifier/outbox", channel="SMS")).json()["notices"][0]

    assert (row["length"], row["parts"]) == (len(row["text"]), 1)
    assert f"{row['length']} 字，计 1 条" in (await asks(site, "/notifier/", channel="SMS")).text
    assert [parts_of("字" * number) for number in (70, 71, 134, 135)] == [1, 2, 2, 3]

"""Who sees what: nobody a complaint about themselves, only 纪检 a clue, a department only its own (domain 歧义 21、22)."""

from __future__ import annotations

import pytest

from services.router.api.desk import visible
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Category
from shared.district.roles import Role
from shared.testing.driver import DISTRICT
from shared.testing.events import CASE, a_case_registered
from tests.services.router.desk import TEXT
from tests.services.router.web import OPENED, Client, Staffed, asking

TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"}
OWN = TRIAGE | {"lead": "政务服务办"}
ANSWER = {"result": "RESOLVED", "text": TEXT}
PLACES = ("", "suggestions")
OTHER = "PT2609290010007"


async def seeing(client: Client) -> set[str]:
    """Staff numbers of everybody who may see the case."""
    case = await client.cases.get(CASE)
    assert case is not None
    return {person.id for person in Staffed().listing() if visible(case, person, client.driver.ground)}


def outside_departments() -> set[str]:
    """Everybody who does not work in a department's line."""
    line = {Role.DO, Role.DH, Role.SH, Role.DL}
    return {person.id for person in DISTRICT.staff.values() if not set(person.roles) <= line}


def of_unit(unit: str) -> set[str]:
    """Everybody of a unit."""
    return {person.id for person in DISTRICT.staff.values() if person.unit == unit}


async def test_a_department_sees_what_it_holds_an_order_of() -> None:
    """domain 最小可见: the window and the office see all, a unit its own."""
    async with asking() as client:
        assert await seeing(client) == outside_departments()
        await client.succeeds("s001-tr1", "triage", TRIAGE | {"assist": ["公安分局"]})

        assert await seeing(client) == outside_departments() | of_unit("yibao") | of_unit("gongan")


async def test_nobody_of_the_unit_complained_of_sees_the_complaint() -> None:
    """domain 歧义 21; 12A.8: of any role, its leader too."""
    async with asking(category=Category.COMPLAINT, complained_unit="shichang") as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)

        assert await seeing(client) == outside_departments() | of_unit("yibao")


async def test_the_person_complained_of_does_not_see_the_complaint() -> None:
    """domain 歧义 21 被投诉人回避: whoever they are, also at the window; their colleagues do."""
    hidden = {"s001-cl1", "zhengwu-gl1", "yibao-dh"}
    async with asking(category=Category.COMPLAINT, complained_staff=tuple(hidden)) as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)

        assert await seeing(client) == (outside_departments() | of_unit("yibao")) - hidden
        for place in PLACES:
            assert (await client.asks("s001-cl1", place)).status_code == 404
        assert (await client.asks("s001-cl1", "urge", {"text": "x"})).status_code == 404


async def test_of_the_office_itself_only_its_leader_sees_the_complaint() -> None:
    """domain 歧义 21: 投诉 GO→GL 指定 (policy complaint.route, self_route_role)."""
    async with asking(category=Category.COMPLAINT, complained_unit="zhengwu") as client:
        leaders = {person.id for person in DISTRICT.staff_with(Role.GL)}

        assert await seeing(client) == outside_departments() - of_unit("zhengwu") | leaders


async def test_a_unit_that_is_not_the_office_has_no_leader_who_sees() -> None:
    """policy complaint.self_route_role speaks of the office alone."""
    async with asking(category=Category.COMPLAINT, complained_unit="yibao") as client:
        assert not await seeing(client) & of_unit("yibao")


async def test_a_clue_is_seen_by_nobody_but_the_discipline_liaison() -> None:
    """domain 歧义 22 (policy clue.holder): once transferred, not even by who transferred it."""
    async with asking() as client:
        await client.succeeds("s001-ws1", "transfer", {"to": "纪委监委", "reason": "收代办费"})

        assert await seeing(client) == {person.id for person in DISTRICT.staff_with(Role.JW)}
        for staff in ("s001-ws1", "s001-tr1", "zhengwu-gl1", "jiwei-sh"):
            assert (await client.asks(staff, "")).status_code == 404, staff


async def test_what_may_not_be_seen_stands_in_no_list_and_on_no_page() -> None:
    """domain 12A.8: neither the queue, nor the list, nor the case's own page."""
    async with asking(category=Category.COMPLAINT, complained_unit="shichang") as client:
        for staff, count in (("s001-tr1", 1), ("shichang-sh", 0), ("shichang-dl", 0), ("gongan-do", 0)):
            listed = await client.reads(staff, "/api/router/cases?state=REGISTERED")
            queue = await client.reads(staff, "/router/")
            assert (len(listed.json()), queue.text.count(f"/router/cases/{CASE}")) == (count, count), staff
            assert (await client.reads(staff, f"/router/cases/{CASE}")).status_code == (200 if count else 404), staff


async def test_a_complaint_about_the_office_is_carried_to_its_end_by_its_leader() -> None:
    """domain 歧义 21: GL assigns it, answers for the office and calls; nobody else of the office takes part."""
    async with asking(category=Category.COMPLAINT, complained_unit="zhengwu") as client:
        told = await client.asks("s001-tr1", "triage", OWN)
        assert (told.status_code, told.json()["rule"]) == (409, "complaint.own_leader")
        await client.succeeds("zhengwu-gl1", "triage", OWN)
        for staff in ("zhengwu-do", "zhengwu-dh", "zhengwu-sh", "zhengwu-fu1"):
            verb = "follow-up" if staff == "zhengwu-fu1" else "sign"
            assert (await client.asks(staff, verb, {})).status_code == 404, staff
        for verb in ("sign", "contact"):
            await client.succeeds("zhengwu-gl1", verb)
        await client.succeeds("zhengwu-gl1", "request-material", {"list": ["录音"]})
        await client.succeeds("zhengwu-gl1", "answer", ANSWER)
        await client.succeeds("s001-tr1", "verify")
        told = await client.asks("zhengwu-gl1", "follow-up", {"resolved": True, "stars": 5})
        assert told.json()["rule"] == "follow_up.second_person"

        assert (await client.succeeds("zhengwu-gl2", "follow-up", {"resolved": True, "stars": 5}))["state"] == "CLOSED"


async def test_the_offices_leader_acts_for_the_office_only() -> None:
    """domain 歧义 21: given to another unit, that unit signs; on any other case the leader leaves it to the others."""
    async with asking(category=Category.COMPLAINT, complained_unit="zhengwu") as client:
        await client.succeeds("zhengwu-gl1", "triage", TRIAGE)
        for body in ({}, {"unit": "医保局"}):
            told = await client.asks("zhengwu-gl1", "sign", body)
            assert (told.status_code, told.json()["rule"]) == (409, "order.not_yours")
        assert (await client.asks("zhengwu-gl1", "request-return", {"reason": "x"})).status_code == 403
        await client.succeeds("yibao-do", "sign")


async def test_the_offices_leader_decides_what_the_office_would_where_only_he_may_see() -> None:
    """domain §2, 歧义 21: 核延时 and 裁退单 are GO's; of a complaint about the office its leader does them, by role GL alone."""
    async with asking(category=Category.COMPLAINT, complained_unit="zhengwu") as client:
        await client.succeeds("zhengwu-gl1", "triage", TRIAGE)
        await client.succeeds("yibao-sh", "request-extension", {"reason": "须核两地", "until": "2026-10-15"})
        await client.succeeds("yibao-dl", "approve-extension")
        assert (await client.asks("zhengwu-go1", "approve-extension", {})).status_code == 404
        await client.succeeds("zhengwu-gl1", "approve-extension")
        await client.succeeds("yibao-do", "request-return", {"reason": "不归我们"})

        assert (await client.succeeds("zhengwu-gl1", "rule-return", {"accepted": False}))["state"] == "HANDLING"

    async with asking() as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        for verb, body in (("approve-extension", {}), ("rule-return", {"accepted": False})):
            assert (await client.asks("zhengwu-gl1", verb, body)).status_code == 403


@pytest.mark.parametrize("complained", [None, "shichang"])
async def test_any_other_case_is_analysed_by_the_window(complained: str | None) -> None:
    """方案 六(二): the office's leader assigns complaints about the office alone."""
    async with asking(category=Category.COMPLAINT, complained_unit=complained) as client:
        told = await client.asks("zhengwu-gl1", "triage", TRIAGE)
        assert (told.status_code, told.json()["type"]) == (403, "/problems/role")
        await client.succeeds("s001-tr1", "triage", TRIAGE)

        assert (await client.asks("zhengwu-gl1", "sign", {})).status_code == 403


async def test_nothing_is_merged_into_what_may_not_be_seen() -> None:
    """domain 歧义 21: a number that is hidden from somebody is to them as if there were none."""
    async with asking("张三丰") as client:
        same = SealedContact(party_ref="p1")
        await client.driver.consumes(a_case_registered(OPENED, OTHER, contact=same, complained_staff=("s001-cl1",)))

        told = await client.asks("s001-cl1", "merge", {"into": OTHER})
        assert (told.status_code, told.json()["rule"]) == (409, "merge.unknown")
        assert (await client.succeeds("s001-tr1", "merge", {"into": OTHER}))["merged_into"] == OTHER

"""What waits for whom in router, as the front page says it: each role's own, without what is kept from them (domain: 各角色首屏)."""

from __future__ import annotations

import pytest

from services.router.store import waiting
from shared.testing.driver import DISTRICT
from shared.web.signin import Staff
from tests.services.router.desk import Desk


def somebody(staff_id: str) -> Staff:
    """One of the district's people."""
    person = DISTRICT.staff[staff_id]
    return Staff(person.id, person.name, frozenset(role.value for role in person.roles), person.unit, person.site)


async def told(desk: Desk, staff_id: str) -> dict[str, int]:
    """What waits for somebody, by its words without the measure word."""
    return {held.what[1:]: held.number for held in await waiting(desk.cases, somebody(staff_id))}


async def test_a_matter_waits_for_the_analyst_and_then_for_its_unit(desk: Desk) -> None:
    """研判 of the day first; then the unit signs, and nobody else's inbox has it."""
    before = await told(desk, "s001-tr1")
    await desk.triaged()

    assert before["待研判（当日研判）"] == 1
    assert (await told(desk, "s001-tr1"))["待研判（当日研判）"] == 0
    assert await told(desk, "yibao-do") == {"承办单待签收": 1, "待先行联系": 0, "承办单欠反馈": 1}
    assert (await told(desk, "renshe-do"))["承办单欠反馈"] == 0


async def test_an_answer_waits_for_the_window_and_then_for_the_caller(desk: Desk) -> None:
    """核查, then 回访; where each link leads."""
    await desk.triaged()
    await desk.answered()
    checked = await told(desk, "s001-ws1")
    await desk.verified()
    caller = next(person.id for person in DISTRICT.staff.values() if {role.value for role in person.roles} == {"FU"})
    links = {held.href for held in await waiting(desk.cases, somebody(caller))}

    assert checked["反馈待核查"] == 1
    assert (await told(desk, caller))["待回访"] == 1 and links == {"/router/calls"}


@pytest.mark.parametrize("staff", ["yibao-dl", "zhengwu-go1", "zhengwu-gl1"])
async def test_approvers_find_what_is_theirs(desk: Desk, staff: str) -> None:
    """Nothing to approve yet: said as nothing, with the way to the list."""
    await desk.triaged()
    found = {held.href: held.number for held in await waiting(desk.cases, somebody(staff)) if "approvals" in held.href}

    assert set(found.values()) == {0} and found

"""Whom a complaint is about, and that neither they nor their unit find it at the window (方案 四(三)3; domain 12A.8)."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake.domain.access import barred_for
from services.intake.domain.complaints import complained_of
from services.intake.domain.submission import HallSubmission
from shared.contracts.intake_events import CaseRegistered
from shared.district.model import District, StaffMember
from shared.district.roles import Role
from shared.testing.driver import DISTRICT
from tests.services.intake.conftest import House, a_matter

CASE = "PT2611230010001"
PAGE = {"accept": "text/html"}


def namesakes() -> District:
    """A district with two people called 张三, in different units."""
    people = {
        f"{unit}-zs": StaffMember(id=f"{unit}-zs", name="张三", roles=(Role.DH,), unit=unit, phone="13800000009")
        for unit in ("yibao", "gongan")
    }
    return DISTRICT.model_copy(update={"staff": {**DISTRICT.staff, **people}})


def found(district: District, **said: Any) -> tuple[str | None, tuple[str, ...]]:
    """Unit and people complained of."""
    return complained_of(HallSubmission.model_validate(a_matter(**said)), district)


@pytest.mark.parametrize(
    ("said", "unit", "people"),
    [
        ({"complained_person": "云若谷"}, "shichang", ("shichang-dl",)),
        ({"complained_person": " 云 若谷 "}, "shichang", ("shichang-dl",)),
        ({"complained_person": "云若谷", "complained_unit": "市场监管局"}, "shichang", ("shichang-dl",)),
        ({"complained_person": "云若谷", "complained_unit": "医保局"}, "yibao", ()),
        ({"complained_person": "平望舒"}, None, ("s001-cl1",)),
        ({"complained_person": "7号窗口那个小姑娘"}, None, ()),
        ({"complained_unit": "医保局"}, "yibao", ()),
        ({}, None, ()),
    ],
)
def test_a_name_leads_to_the_person_and_one_person_to_the_unit(
    said: dict[str, Any], unit: str | None, people: tuple[str, ...]
) -> None:
    """domain 12A.8: 投诉张三：张三及其科室看不到."""
    assert found(DISTRICT, **said) == (unit, people)


def test_of_two_namesakes_both_are_kept_out_and_no_unit_is_guessed() -> None:
    """Too much kept from one is better than something shown to the other."""
    both = found(namesakes(), complained_person="张三")
    one = found(namesakes(), complained_person="张三", complained_unit="公安分局")

    assert both == (None, ("yibao-zs", "gongan-zs"))
    assert one == ("gongan", ("gongan-zs",))


async def test_the_others_learn_it_from_the_registration(house: House) -> None:
    """CaseRegistered carries codes and staff numbers; the name itself only sealed."""
    await house.at_the_counter(a_matter(category="COMPLAINT", complained_person="云若谷"))

    await house.courier.finish()
    (said,) = house.published(CaseRegistered)
    assert (said.complained_unit, said.complained_staff) == ("shichang", ("shichang-dl",))
    assert "云若谷" not in await house.everything()


async def seen(house: House, staff: str) -> tuple[str, int]:
    """What the day's page says, and the answer to the slip."""
    await house.signed_in(staff)
    day = await house.client.get("/intake/", headers=PAGE)
    slip = await house.client.get(f"/intake/receipts/{CASE}", headers=PAGE)
    return day.text.partition("<h1>")[2], slip.status_code


async def test_a_clerk_complained_of_finds_neither_line_nor_slip_nor_count(house: House) -> None:
    """domain 12A.8: the page is the same as if there were no such matter."""
    empty, _ = await seen(house, "s001-cl1")
    await house.at_the_counter(a_matter(category="COMPLAINT", complained_person="平望舒"), staff="s001-ws1")
    day, slip = await seen(house, "s001-cl1")

    assert (day, slip) == (empty, 404)
    assert CASE in (await seen(house, "s001-ws1"))[0]


async def test_the_office_does_not_count_what_is_about_itself_and_its_leader_does(house: House) -> None:
    """domain 歧义 21: policy complaint.route and self_route_role; 大屏 counts one matter more."""
    empty, _ = await seen(house, "zhengwu-go")
    await house.at_the_counter(a_matter(category="COMPLAINT", complained_unit="政务服务办"))

    assert (await seen(house, "zhengwu-go"))[0] == empty
    assert CASE in (await seen(house, "zhengwu-gl1"))[0]
    assert (await house.service.tally())["今日受理"] == 1


def test_no_other_unit_has_a_leader_who_may_see_it() -> None:
    """Only the office of policy.complaint.route."""
    policy = DISTRICT.policy

    assert "about_yibao" in barred_for(policy, "yibao", {"GL"}, "x")
    assert "about_zhengwu" in barred_for(policy, "zhengwu", {"GO"}, "x")
    assert "about_zhengwu" not in barred_for(policy, "zhengwu", {"GL"}, "x")
    assert barred_for(policy, None, {"CL"}, "x") == ("about_staff_x", "clue")

"""What the clerk sees while typing: the phone as understood, this person's matters, likely items, similar matters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.intake.domain.suggesting import item_hints, shared_terms
from shared.contracts.ids import CaseNo
from shared.contracts.router_events import CaseFedBack
from shared.testing.driver import DISTRICT, at
from tests.services.intake.conftest import House, a_matter

FIRST = "PT2611230010001"


async def beside(house: House, staff: str = "s001-cl1", **typed: Any) -> dict[str, Any]:
    """What the script is told."""
    answer = await house.asks("POST", "/beside", staff, json=typed)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("13800000001", "手机 138 0000 0001"), ("１３８００００　０００１", "手机 138 0000 0001"), ("+86 138-0000-0001", "手机 138 0000 0001"),
        ("021 6234 5678", "固定电话 021-62345678"), ("+852 9123 4567", "境外电话 +852-91234567"), ("0044 20 7946 0018", ""),
        ("001 (212) 736-5000", "境外电话 +1-2127365000"), ("400-820-8820", "固定电话 400-820-8820"),
    ],
)
async def test_a_phone_is_shown_as_it_was_understood(house: House, typed: str, understood: str) -> None:
    told = await beside(house, phone=typed)
    assert told["phone"] == understood or (understood == "" and told["phone"].startswith("境外电话 +44"))


@pytest.mark.parametrize("typed", ["138", "999999", "12345678901", "电话忘了", "+86 1", "+999 123456789", "++", "00"])
async def test_what_is_no_phone_gets_a_sentence_that_does_not_repeat_it(house: House, typed: str) -> None:
    told = await beside(house, phone=typed)
    assert told["phone"] == "" and "请填 11 位手机号" in told["fault"] and typed not in told["fault"].replace("11 位", "")


async def test_nothing_typed_shows_nothing(house: House) -> None:
    assert await beside(house) == {"phone": "", "fault": "", "own": [], "items": [], "like": []}


async def test_the_persons_own_matters_of_ninety_days_are_shown_masked(house: House) -> None:
    await house.at_the_counter(a_matter(), key="a")
    house.clock.move_by(timedelta(hours=1))
    await house.at_the_counter(a_matter(item="医保零星报销"), key="b")
    await house.at_the_counter(a_matter(phone="13900000009"), key="c")
    told = await beside(house, phone="138 0000 0001", item="异地就医备案")
    assert [(card["case_no"], card["same_item"]) for card in told["own"]] == [("PT2611230010002", False), (FIRST, True)]
    assert told["own"][0]["person"] == "王**" and "王大力" not in str(told) and "13800000001" not in str(told)
    assert told["own"][0]["state"] == "已受理" and told["own"][0]["ended"] is False
    house.clock.move_by(timedelta(days=91))
    assert (await beside(house, phone="13800000001"))["own"] == []


async def test_a_foreign_phone_finds_its_matters_however_it_is_written(house: House) -> None:
    assert (await house.at_the_counter(a_matter(phone="00852 9123 4567"))).status_code == 201
    assert [card["case_no"] for card in (await beside(house, phone="+852-91234567"))["own"]] == [FIRST]


async def test_a_matter_about_the_clerk_is_not_there(house: House) -> None:
    await house.at_the_counter(a_matter(category="COMPLAINT", complained_person="平望舒"), staff="s001-ws1")
    told = await beside(house, phone="13800000001", text="异地就医备案点了三次都报错")
    assert FIRST not in str(told)


async def test_similar_matters_come_with_why_and_with_what_was_answered(house: House) -> None:
    await house.at_the_counter(a_matter(text="上传平面图那步一直转圈，传了五遍"), key="a")
    await house.at_the_counter(a_matter(item="食品经营许可", text="平面图上传不了"), key="b")
    fed_back = CaseFedBack(
        case_no=CaseNo(FIRST), occurred_at=at("2026-11-23 16:00"), replied_at=at("2026-11-23 16:00"), result="RESOLVED", lead="yibao",
        lead_name="区医保局", text="已改正登记错误。",
    )
    await house.consumes(fed_back)
    told = await beside(house, item="异地就医备案", text="备案时上传平面图一直转圈")
    assert told["like"][0]["case_no"] == FIRST and told["like"][0]["answer"] == "已改正登记错误。"
    assert "同一事项“异地就医备案”" in told["like"][0]["why"] and "平面图" in told["like"][0]["why"]
    assert "13800000001" not in str(told) and "王大力" not in str(told)


async def test_without_a_known_item_what_was_said_lately_is_compared(house: House) -> None:
    await house.at_the_counter(a_matter(item="自己的说法", text="加装电梯盖完章又要重新公示"))
    told = await beside(house, text="加装电梯说要重新公示")
    assert [card["case_no"] for card in told["like"]] == [FIRST] and "重新公示" in told["like"][0]["why"]


@pytest.mark.parametrize("kept", [{"confidential": True}, {"category": "COMPLAINT"}])
async def test_what_was_asked_to_be_kept_close_is_no_example(house: House, kept: dict[str, Any]) -> None:
    await house.at_the_counter(a_matter(**kept))
    assert (await beside(house, item="异地就医备案", text="异地就医备案点了三次都报错"))["like"] == []


@pytest.mark.parametrize(
    ("said", "name"), [("奶茶店", "食品经营许可"), ("异地备案", "异地就医备案"), ("长护险", "长期护理保险申请"), ("公司注销 清税", "企业注销登记")]
)
async def test_an_item_is_found_by_peoples_own_words(house: House, said: str, name: str) -> None:
    told = await beside(house, item=said)
    if DISTRICT.item_named(said) is None:
        assert told["items"][0]["name"] == name and told["items"][0]["why"] and told["items"][0]["unit"]
    assert item_hints(DISTRICT, said)[0].item.name == name


def test_words_everybody_uses_are_nothing_in_common() -> None:
    assert shared_terms("窗口的材料我不办", "窗口说材料的我") == [] and shared_terms("2026", "2026") == []
    assert shared_terms("参保地有误，参保地", "说参保地有误") == ["参保地有误"]
    assert item_hints(DISTRICT, "办") == [] and item_hints(DISTRICT, "龘龘龘龘") == []


@pytest.mark.parametrize("staff", ["yibao-dh", "zhengwu-go", "zhengwu-fu1", "jiwei-jw1"])
async def test_only_the_window_is_told(house: House, staff: str) -> None:
    assert (await house.asks("POST", "/beside", staff, json={"phone": "13800000001"})).status_code == 403
    assert (await house.client.post("/api/intake/beside", json={})).status_code == 401

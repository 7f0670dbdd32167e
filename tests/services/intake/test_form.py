"""《登记表》 over HTTP (附件1): who may print it, what stands on it, and that every look is kept."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.intake.domain.registration import Registration
from services.intake.handlers import inbox
from services.intake.store import open_register
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo
from shared.contracts.router_events import CaseFedBack, CaseRejected, CaseResolvedInstantly, CaseTransferred
from shared.testing.driver import at
from tests.services.intake.conftest import CODE, House, a_channel_matter, a_matter
from tests.shared.papers.reading import text

CASE = "PT2611230010001"
ONLINE = "PT2611239000001"
WHY = "当面核对签字"


async def asked(house: House, staff: str | None = "s001-cl1", reason: str | None = WHY, case: str = CASE) -> httpx.Response:
    """Somebody asks for the paper."""
    headers = {} if staff is None else {"authorization": f"Bearer {CODE}", "x-staff": staff}
    params = {} if reason is None else {"reason": reason}
    return await house.client.get(f"/intake/cases/{case}/form.pdf", headers=headers, params=params)


async def line(house: House, case: str = CASE) -> Registration:
    """The line of the register."""
    found = await open_register(house.ground, inbox).get(case)
    assert found is not None
    return found


def said(kind: type[Event], when: str = "2026-11-25 10:00", **fields: Any) -> Event:
    """Router's word about the case."""
    return kind.model_validate({"case_no": CaseNo(CASE), "occurred_at": at(when), **fields})


async def test_the_paper_is_in_clear_and_filled(house: House) -> None:
    """附件1: number, name, phone, clerk, time, and the person's own words, not the masked ones."""
    await house.at_the_counter(a_matter())
    answer = await asked(house)

    paper = text(answer.content)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    assert CASE in answer.headers["content-disposition"]
    filled = (f"工单编号：{CASE}", "办理对象姓名王大力联系电话13800000001", "受理时间2026年11月23日10:00", "13912345678找李小明")
    assert [words for words in filled if words not in paper] == []


async def test_every_look_is_kept_with_who_when_and_why(house: House) -> None:
    """domain §9: appended before anything is shown, freed of personal data, never published."""
    await house.at_the_counter(a_matter())
    await asked(house)
    house.clock.move_to(at("2026-11-23 11:00"))
    await asked(house, "s001-ws1", "王大力来电核对 13800000001")

    looks = (await line(house)).looks
    assert [(held.who, held.at) for held in looks] == [("s001-cl1", at("2026-11-23 10:00")), ("s001-ws1", at("2026-11-23 11:00"))]
    assert looks[0].reason == WHY
    assert "王大力" not in looks[1].reason and "13800000001" not in looks[1].reason
    assert len(house.published(Event)) == 1


@pytest.mark.parametrize("reason", [None, "", "a", " a ", "<b>x</b>", "字" * 201])
async def test_without_a_good_reason_nothing_is_shown_or_kept(house: House, reason: str | None) -> None:
    """At least two characters, plain text."""
    await house.at_the_counter(a_matter())

    assert (await asked(house, reason=reason)).status_code == 422
    assert (await line(house)).looks == ()


async def test_only_the_window_prints_it(house: House) -> None:
    """CL, TR, WS; neither the office, nor a department, nor nobody."""
    await house.at_the_counter(a_matter())

    assert (await asked(house, "zhengwu-go")).status_code == 403
    assert (await asked(house, "yibao-dh")).status_code == 403
    assert (await asked(house, None)).status_code == 303
    assert (await asked(house, case="PT2611230019999")).status_code == 404
    assert (await line(house)).looks == ()


async def test_a_clue_is_not_printed(house: House) -> None:
    """方案 七(四): once it went to 纪检 it is as if there were no such case here."""
    await house.at_the_counter(a_matter())
    await house.consumes(said(CaseTransferred, to="jiwei", reason="涉嫌违纪线索", clue=True))

    assert (await asked(house)).status_code == 404
    assert (await line(house)).looks == ()


async def test_what_was_replied_stands_on_it_each_round(house: House) -> None:
    """附件1「责任窗口(单位)回复、处理情况」: the lead and its words, the second round's below the first's."""
    await house.at_the_counter(a_matter())
    fed_back = {"result": "RESOLVED", "lead": "yibao", "lead_name": "区医保局"}
    await house.consumes(said(CaseFedBack, replied_at=at("2026-11-25 09:00"), text="已改正登记错误。", **fed_back))
    await house.consumes(said(CaseFedBack, "2026-12-01 10:00", replied_at=at("2026-12-01 09:00"), text="上门补齐了材料。", **fed_back))

    paper = text((await asked(house)).content)
    assert "区医保局（2026年11月25日）：已改正登记错误。区医保局（2026年12月1日）：上门补齐了材料。" in paper


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (said(CaseResolvedInstantly, category="CONSULT", text="当场查到并打印。"), "“办不成事”反映窗口（2026年11月25日）：当场查到并打印。"),
        (said(CaseRejected, reason="属外区事项", basis="方案四(四)5", alternative="请到闵行区窗口", proposed_by="s001-tr1"),
         "不予受理：属外区事项依据：方案四(四)5其他办理途径：请到闵行区窗口"),
    ],
)
async def test_what_the_window_itself_replied_stands_on_it(house: House, event: Event, words: str) -> None:
    """当场办结 and 不予受理 are the window's own replies."""
    await house.at_the_counter(a_matter())
    await house.consumes(event)

    assert words in text((await asked(house)).content)


async def test_a_real_name_stands_for_the_signature(house: House) -> None:
    """附件1「办理对象确认」: 随申办 knows who it was; a counter's paper is left for the hand."""
    await house.at_the_counter(a_matter())
    await house.from_channel(a_channel_matter())

    assert "签字：实名确认日期：2026年11月23日" in text((await asked(house, case=ONLINE)).content)
    assert "受理人员线上受理（随申办）" in text((await asked(house, case=ONLINE)).content)
    assert "签字：日期：年月日" in text((await asked(house)).content)


async def test_the_same_line_gives_the_same_bytes(house: House) -> None:
    """Looking does not change the paper."""
    await house.at_the_counter(a_matter())

    assert (await asked(house)).content == (await asked(house, "s001-ws1", "再印一份")).content


async def test_an_anonymous_complaint_has_no_name(house: House) -> None:
    """domain 歧义 23: 匿名 stands where the name would."""
    await house.at_the_counter(a_matter(category="COMPLAINT", anonymous=True, name=None, phone=None))

    assert "办理对象姓名匿名联系电话受理人员" in text((await asked(house)).content)


async def test_a_lost_key_is_said_and_no_look_is_kept(house: House) -> None:
    """A clerk reads a sentence, not a failure."""
    await house.at_the_counter(a_matter())
    house.ground.sealer._boxes.clear()

    answer = await asked(house)
    assert answer.status_code == 409
    assert "请联系系统管理员核对密钥" in answer.text
    assert (await line(house)).looks == ()

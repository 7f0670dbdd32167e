"""不说不能办，只说怎么办: what an answer must hold (方案 六(四); domain 3.6)."""

from __future__ import annotations

from typing import Any

import pytest

from services.router.domain import orders
from shared.contracts.router_events import OrderAnswered
from shared.contracts.terms import CaseState, Result
from shared.testing.driver import DISTRICT
from tests.services.router.desk import OTHER_TEXT, RECEIVER, TEXT, Desk, an_answer

RULES = DISTRICT.policy.feedback
WHEN = "2026-10-09 10:00"
WAYS = {"basis": "医保条例第八条", "alternative": "可凭转诊单到窗口手工备案"}


async def refused(desk: Desk, when: str = WHEN, **said: Any) -> tuple[str, str | None]:
    """Which rule an answer breaks, and in which field."""
    told = await desk.refused(orders.answer, when, RECEIVER, command=an_answer(**said))
    return told.rule, told.field


async def test_thirty_characters_are_enough_and_one_less_is_not(desk: Desk) -> None:
    """policy feedback.min_chars, counted without the blanks around."""
    await desk.triaged()

    assert await refused(desk, text="查" * (RULES.min_chars - 1)) == ("feedback.too_short", "text")
    assert await refused(desk, text="  " + "查" * (RULES.min_chars - 1) + "  ") == ("feedback.too_short", "text")
    assert (await desk.answered(text="查" * RULES.min_chars)).state is CaseState.FEEDBACK_REVIEW


@pytest.mark.parametrize("phrase", RULES.banned_alone)
@pytest.mark.parametrize("shape", ["{}", "{}。", "您好，{}！谢谢。", "{0}，{0}，{0}，{0}，{0}，{0}，{0}，{0}，{0}，{0}，{0}。", "{} " + "。" * 40])
async def test_an_answer_that_only_sends_away_is_refused(desk: Desk, phrase: str, shape: str) -> None:
    """policy feedback.banned_alone: dressing it up or saying it eleven times does not help."""
    await desk.triaged()

    assert await refused(desk, text=shape.format(phrase)) == ("feedback.banned_alone", "text")


async def test_such_a_word_within_a_real_answer_is_none(desk: Desk) -> None:
    """policy feedback.banned_alone: 只有 means alone."""
    await desk.triaged()

    assert (await desk.answered(text=f"已转市级平台核对。{TEXT}")).state is CaseState.FEEDBACK_REVIEW


@pytest.mark.parametrize("result", [Result.EXPLAINED, Result.UNRESOLVED])
@pytest.mark.parametrize("missing", list(WAYS))
async def test_what_cannot_be_done_needs_its_basis_and_another_way(desk: Desk, result: Result, missing: str) -> None:
    """方案 六(四): 若不能办，依据条文和可行替代路径 (policy feedback.explained_requires)."""
    await desk.triaged()

    assert await refused(desk, result=result, **(WAYS | {missing: "  "})) == ("feedback.explained_requires", missing)
    assert (await desk.answered(result=result, **WAYS)).state is CaseState.FEEDBACK_REVIEW


@pytest.mark.parametrize("result", [Result.RESOLVED, Result.PARTLY_RESOLVED])
async def test_what_was_done_needs_neither(desk: Desk, result: Result) -> None:
    """方案 六(四): the ways are for what cannot be done; all that was said reaches the event."""
    await desk.triaged()

    await desk.answered(result=result, cause="SYSTEM", lesson="已改提示语")

    said = desk.said(OrderAnswered)
    assert (said.result, said.cause, said.lesson, said.text) == (result, "SYSTEM", "已改提示语", TEXT)


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("，", "； "), TEXT + "谢谢"])
async def test_the_redo_does_not_answer_the_same_again(desk: Desk, text: str) -> None:
    """domain 3.6: 与上轮相似度>0.9 is refused, marks aside (policy feedback.similarity_max)."""
    await desk.redone()

    assert await refused(desk, "2026-10-10 10:00", text=text) == ("feedback.same_again", "text")
    assert (await desk.answered("2026-10-10 10:00", text=OTHER_TEXT)).state is CaseState.FEEDBACK_REVIEW


async def test_exactly_as_similar_as_allowed_passes(desk: Desk) -> None:
    """policy feedback.similarity_max: 18 of 20 parts the same is 0.9, which is not more."""
    base = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉天地玄黄宇宙洪荒日月盈昃辰宿列张"[:30] + "寒来暑往秋收冬藏闰余"
    await desk.triaged()
    await desk.answered(text=base)
    await desk.verified()
    await desk.called()
    await desk.reopened()

    assert await refused(desk, "2026-10-10 10:00", text=base[:37] + "云腾致") == ("feedback.same_again", "text")
    assert (await desk.answered("2026-10-10 10:00", text=base[:36] + "云腾致雨")).state is CaseState.FEEDBACK_REVIEW


async def test_an_answer_sent_back_may_say_more_of_the_same(desk: Desk) -> None:
    """domain 3.6: the comparison is with the round before, not with what the window sent back."""
    await desk.triaged()
    await desk.answered()
    await desk.sent_back()

    assert (await desk.answered("2026-10-09 12:00")).state is CaseState.FEEDBACK_REVIEW

"""What departments' own systems write on their topics (方案 六(四))."""

from __future__ import annotations

from typing import Any

import pytest

from shared.contracts.replies import DepartmentReply
from shared.contracts.router_events import OrderAnswered, ReplyRefused
from shared.contracts.terms import CaseState, Result
from shared.testing.events import CASE
from tests.services.router.desk import TEXT, Desk


def a_reply(step: str, reply_id: str = "r1", **more: Any) -> DepartmentReply:
    """A reply of the health insurance bureau's own system."""
    said: dict[str, Any] = {"reply_id": reply_id, "case_no": CASE, "order_no": f"{CASE}-01", "unit": "yibao", "step": step}
    return DepartmentReply(**(said | more))


async def test_a_departments_system_signs_contacts_and_answers(desk: Desk) -> None:
    """方案 六(四): over the topics the same rules hold; a reply that comes twice is done once."""
    await desk.triaged()

    await desk.driver.hears("yibao", a_reply("SIGN"))
    await desk.driver.hears("yibao", a_reply("CONTACT", "r2"))
    await desk.driver.hears("yibao", a_reply("ANSWER", "r3", result=Result.RESOLVED, text=TEXT))

    assert (await desk.case()).state is CaseState.FEEDBACK_REVIEW
    assert [event.actor for event in desk.driver.published(OrderAnswered)] == ["dept:yibao"]
    assert not desk.driver.published(ReplyRefused)


@pytest.mark.parametrize(
    ("topic", "reply", "rule"),
    [
        ("gongan", a_reply("SIGN"), "reply.not_your_order"),
        ("gongan", a_reply("SIGN", unit="gongan"), "reply.not_your_order"),
        ("yibao", a_reply("SIGN", unit="火星局"), "reply.unknown_unit"),
        ("yibao", a_reply("SIGN", order_no=f"{CASE}-09"), "reply.not_your_order"),
        ("yibao", a_reply("ANSWER"), "reply.answer_incomplete"),
        ("yibao", a_reply("ANSWER", result=Result.RESOLVED, text="<script>alert(1)</script>"), "reply.answer_incomplete"),
    ],
)
async def test_a_reply_against_the_rules_is_refused_recorded_and_told(desk: Desk, topic: str, reply: DepartmentReply, rule: str) -> None:
    """The case stays as it was; the refusal stands on it once and goes to its sender."""
    await desk.triaged()
    before = await desk.case()

    await desk.driver.hears(topic, reply)

    assert [(event.rule, event.unit) for event in desk.driver.published(ReplyRefused)] == [(rule, topic)]
    assert desk.driver.topics_of(ReplyRefused) == ["router.cases", f"dept.{topic}.orders"]
    assert await desk.case() == before


async def test_a_reply_nobody_can_place_is_a_dead_letter(desk: Desk) -> None:
    """No such case, not JSON, or the same id with other words."""
    await desk.triaged()
    await desk.driver.hears("yibao", a_reply("SIGN", case_no="PT2609300019999", order_no="PT2609300019999-01"))
    await desk.driver.hears("yibao", b"{not json")
    await desk.driver.hears("yibao", a_reply("SIGN"))
    await desk.driver.hears("yibao", a_reply("CONTACT"))

    assert len(set(desk.driver.dead())) == 3
    assert (await desk.case()).orders[0].contacted_at is None

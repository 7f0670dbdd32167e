"""Keys of what people may do: 不予受理, 延时, 反馈, 回访, 重办, 投诉, 匿名, 转渠道 (方案 四(二)-(四)、六(四)(六); domain §10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.intake.domain.checks import check as checked
from services.intake.domain.matter import Filed
from services.notifier.domain import occasions
from services.router.domain import closing, declining, extending, orders, redoing, triage
from services.router.domain.commands import FollowUp, Nothing, Refuse, ResolveNow, Transfer, Triage, Verify
from services.router.domain.guards import Doer
from services.router.domain.triage import drawn
from shared.contracts.router_events import CaseClosed, CaseEscalated, CaseTransferred
from shared.contracts.terms import Category, Grade, Result
from shared.district.model import District
from shared.district.transitions import refuse_switched_off
from shared.errors import InputRefused, RuleBroken
from shared.testing.events import happened
from tests.scheme.acting import Window, shown
from tests.scheme.changing import Row, check, with_keys
from tests.services.intake.conftest import a_matter, filed
from tests.services.router.desk import FU, GL, RECEIVER, WS, an_answer

Look = Callable[[District], Any]
WHY = {"reason": "不属受理范围", "basis": "方案四(二)", "alternative": "向信访部门反映"}
SAME = "已查清参保地登记错误并当日改正，异地就医备案已经办成，今后不必再跑一趟。"


def refusing(**more: str) -> Look:
    """拟不予受理 so worded."""
    command = Refuse.model_construct(**(WHY | more))
    return lambda district: Window(district).refusal(declining.refuse, command, "2026-11-23 11:00")


def confirming_alone(district: District) -> str:
    """不予受理 confirmed by who proposed it."""
    window = Window(district).does(declining.refuse, Refuse(**WHY), "2026-11-23 11:00", WS)
    return window.refusal(declining.confirm_refusal, Nothing(), "2026-11-23 12:00", WS)


def asking_after(when: str) -> Look:
    """延时 asked for at this moment."""
    return lambda district: Window(district).triaged().asks_longer("2026-12-03", when)


def asking_again(district: District) -> str:
    """A second 延时."""
    window = Window(district).triaged()
    assert window.asks_longer("2026-12-01") == ""
    leader, office = Doer("dl", frozenset({"DL"}), "yibao"), Doer("go", frozenset({"GO"}))
    for by in (leader, office):
        window.does(extending.approve_extension, Nothing(), "2026-11-24 10:00", by)
    return window.asks_longer("2026-12-03", "2026-11-25 09:00")


def answering(**more: Any) -> Look:
    """反馈 so worded."""
    return lambda district: Window(district).triaged().refusal(
        orders.answer, an_answer(unit="yibao", **more), "2026-11-24 10:00", RECEIVER
    )


def answering_alike(district: District) -> str:
    """Nearly the same answer in the second round."""
    window = Window(district).fed_back().called().does(redoing.reopen, Nothing(), "2026-11-24 16:00", WS)
    return window.refusal(orders.answer, an_answer(unit="yibao", text=SAME), "2026-11-25 10:00", RECEIVER)


def calls(*days: str) -> Look:
    """Where the case stands after calls in vain."""

    def look(district: District) -> str:
        window = Window(district).fed_back()
        for day in days:
            window.in_vain(day)
        return window.case.state.value

    return look


def open_until(district: District) -> str:
    """Until when somebody nobody reached may still rate."""
    window = Window(district).fed_back()
    for when in ("2026-11-24 15:00", "2026-11-25 10:00", "2026-11-25 15:00"):
        window.in_vain(when)
    closed = window.events[-1]
    assert isinstance(closed, CaseClosed)
    return shown(closed.open_until)


def redone_twice(district: District) -> str:
    """重办 after a 重办."""
    window = Window(district).fed_back().called().does(redoing.reopen, Nothing(), "2026-11-24 16:00", WS)
    window.answered("2026-11-25 10:00", text="重新核对了两地系统，退回的三笔费用已逐笔补记，款项将于次日到账，并向本人当面说明了经过。")
    window.does(closing.verify, Verify(), "2026-11-25 11:00").called("2026-11-25 12:00")
    return window.refusal(redoing.reopen, Nothing(), "2026-11-25 14:00", WS)


def settled(district: District) -> str:
    """A call after a matter settled at the window."""
    window = Window(district).does(triage.resolve_now, ResolveNow(text="当场讲清"), "2026-11-23 10:20")
    return window.refusal(closing.follow_up, FollowUp(resolved=True, stars=5), "2026-11-23 15:00", FU)


def led_by_its_own_leader(by: Doer) -> Look:
    """A complaint about the office, given to the office by this person."""
    command = Triage(grade=Grade.GENERAL, lead="zhengwu", requirement="核查", category=Category.COMPLAINT)
    return lambda district: Window(district, complained_unit="zhengwu").refusal(triage.triage, command, "2026-11-23 11:00", by)


def sent_to(to: str) -> Callable[[District], CaseTransferred]:
    """转渠道 to this name."""

    def look(district: District) -> CaseTransferred:
        window = Window(district).does(declining.transfer, Transfer(to=to, reason="依法"), "2026-11-23 11:00", WS)
        said = window.events[0]
        assert isinstance(said, CaseTransferred)
        return said

    return look


def told_where(district: District) -> str:
    """How the person is told of the channel."""
    said = sent_to("仲裁")(district)
    return occasions._channel(occasions.Seen(said, None, district))["to"]  # type: ignore[arg-type]  # no log is looked at


def filing(**more: Any) -> Look:
    """What the counter says."""

    def look(district: District) -> list[str]:
        sent = filed(a_matter(**more))
        try:
            checked(Filed(sent.submission, sent.channel, sent.source_id, district, sent.now))
        except InputRefused as refused:
            return [fault.message for fault in refused.faults]
        return []

    return look


def after_feedback(district: District) -> str:
    """Where an anonymous complaint stands once it is answered."""
    return Window(district, anonymous=True, category=Category.COMPLAINT).fed_back().case.state.value


def switched_off(district: District) -> str:
    """提级会商 in a district that does without."""
    said = happened(CaseEscalated, "2026-11-24 15:00", reason="职责有争议")
    try:
        refuse_switched_off(district, Window(district).triaged().case.state, [said])
    except RuleBroken as broken:
        return broken.rule
    return ""


ANON = {"anonymous": True, "category": "CONSULT", "name": None, "phone": None}
NO_NAME = "咨询类须能联系到本人，不能匿名；可以匿名的是投诉类、建议类。"
ROWS = (
    Row("reject.second_person", False, confirming_alone, "reject.second_person", ""),
    Row("reject.requires", ["reason"], refusing(basis=""), "reject.requires", ""),
    Row("extension.max", 2, asking_again, "extension.once", ""),
    Row("extension.before_due", False, asking_after("2026-11-26 17:31"), "extension.after_due", ""),
    Row("feedback.min_chars", 50, answering(), "", "feedback.too_short"),
    Row("feedback.similarity_max", 1, answering_alike, "feedback.same_again", ""),
    Row("feedback.banned_alone", ["请咨询"], answering(text="系统问题请等待。已转。不归我管。" * 3), "feedback.banned_alone", ""),
    Row("feedback.explained_requires", ["basis"], answering(result=Result.EXPLAINED, basis="条例第七条"), "feedback.explained_requires", ""),
    Row("followup.sample_instant", 1, settled, "state.closed", ""),
    Row("followup.attempts", 2, calls("2026-11-24 15:00", "2026-11-25 10:00"), "FED_BACK", "CLOSED"),
    Row("followup.min_days", 1, calls("2026-11-24 15:00", "2026-11-24 16:00", "2026-11-24 17:00"), "FED_BACK", "CLOSED"),
    Row("followup.redo_max", 2, redone_twice, "redo.max", ""),
    Row("followup.unreachable_archive_wd", 3, open_until, "11-27 17:30", "11-30 17:30"),
    Row("followup.satisfied_from", 4, lambda held: Window(held).fed_back().called(resolved=True, stars=3).case.state.value, "CLOSED", "FED_BACK"),
    Row("complaint.route", "yibao", led_by_its_own_leader(GL), "", "triage.window"),
    Row("complaint.self_route_role", "GO", led_by_its_own_leader(GL), "", "complaint.own_leader"),
    Row("clue.route", "gongan", lambda held: sent_to("jiwei")(held).clue, True, False),
    Row("anonymous.allow", ["COMPLAINT", "CONSULT"], filing(**ANON), [NO_NAME], []),
    Row("categories.CONSULT.name", "问询类", filing(**ANON), [NO_NAME], [NO_NAME.replace("咨询", "问询")]),
    Row("anonymous.followup", True, after_feedback, "CLOSED", "FED_BACK"),
    Row("upward.track", False, lambda held: sent_to("市级主管部门")(held).tracked, True, False),
    Row("transfer.channels", ["信访"], told_where, "仲裁", "其他法定"),
    Row("disabled_transitions", ["17"], switched_off, "", "lifecycle.switched_off"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
async def test_a_changed_key_changes_what_happens(row: Row) -> None:
    """Each row: one key, another value, another answer to the same request."""
    await check(row)


def test_the_number_of_a_case_draws_it_for_a_call() -> None:
    """domain 歧义 17: about a fifth, the same ones every time, and never who stays unnamed."""
    district = with_keys({"followup.sample_instant": 0.2})
    cases = [Window(district).case.model_copy(update={"case_no": f"PT261123001{place:04d}"}) for place in range(1000)]
    lots = [drawn(case, district) for case in cases]

    assert 150 < sum(lots) < 250
    assert lots == [drawn(case, district) for case in cases]
    assert not any(drawn(case.model_copy(update={"anonymous": True}), district) for case in cases)

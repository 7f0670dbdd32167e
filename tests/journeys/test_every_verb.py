"""Every verb a scenario has is said at least once, by the right person without being told whom (design.md §6; 方案 四-七)."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.rehearsal.verbs import VERBS
from tests.journeys.stage import Outcome, play_scenario
from tests.journeys.texts import AGAIN, answer, day, register, scenario, step, triage

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]

YEAR = "year: 2027\nannounced: true\nsource: 演练\nholidays:\n  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}\nworking: []\n"
REFUSAL = {"reason": "已由法院判决，不属窗口职责。", "basis": "行政诉讼法的有关规定。", "alternative": "可向作出判决的法院申诉。"}
CONTENT = {"resolved": "true", "stars": "5"}
DISCONTENT = {"resolved": "false", "stars": "1", "reason": "还是没有办成。"}

AT_THE_WINDOW = (
    register(day("11-23 09:00"), "now"), step("+5m", "resolve_now", "now", text="已当场帮办备案，本人确认备案成功，无需再跑。"),
    step("+5m", "evaluate", "now", **CONTENT),
    register(day("11-23 09:20"), "no"), step("+5m", "refuse", "no", **REFUSAL), step("+5m", "overrule_refusal", "no", reason="应当受理。"),
    step("+5m", "refuse", "no", **REFUSAL), step("+5m", "confirm_refusal", "no"),
    register(day("11-23 10:00"), "elsewhere"), step("+5m", "transfer", "elsewhere", to="信访", reason="属信访事项。"),
    register(day("11-23 10:10"), "main", phone='"13800000077"'), triage("+5m", "main"),
    register(day("11-23 10:20"), "twin", phone='"13800000077"'), step("+5m", "merge", "twin", into="main"),
    step("+5m", "urge", "main", text="什么时候办好？"), step("+5m", "withdraw", "main", reason="已自行办成。"),
)
RETURNED = (
    register(day("11-23 11:00"), "back"), triage("+5m", "back", grade="COMPLEX", assist="[公安分局]"),
    step("+5m", "request_return", "back", reason="属另一单位职责。", suggest="民政局"), step("+5m", "rule_return", "back", accepted="true"),
    step("+5m", "sign", "back"), step("+5m", "contact", "back"),
    step("+5m", "request_return", "back", unit="公安分局", reason="与户籍无关。"),
    step("+5m", "rule_return", "back", accepted="false", reason="须协助核对户籍。"),
    step("+5m", "request_material", "back", list="[户口簿, 身份证]"), step("+5m", "supply", "back", text="已补交两样。"),
    step("+5m", "request_extension", "back", until="2026-12-04", reason="须跨部门会签。"),
    step("+5m", "refuse_extension", "back", reason="可先核查。"),
    step("+5m", "request_extension", "back", until="2026-12-07", reason="须跨部门会签。"), step("+5m", "approve_extension", "back"),
    step("+5m", "approve_extension", "back"),
    answer("+5m", "back", unit="公安分局"), answer("+5m", "back"), step("+5m", "reject_answer", "back", reason="没有写清结果。"),
    answer("+5m", "back"), step("+5m", "verify", "back"), step("+5m", "follow_up", "back", **DISCONTENT),
    step("+5m", "screen", "back", finding="可办"), step("+5m", "reopen", "back"),
    answer("+5m", "back", text=AGAIN), step("+5m", "verify", "back"), step("+5m", "follow_up", "back", **DISCONTENT),
    step("+5m", "consult", "back", reason="重办后仍不满意。"),
    step("+5m", "conclude", "back", outcome="专班议定由医保局牵头上门办理。", lead="医保局"),
    step("+5m", "sign", "back"),
)
LATE = (
    register(day("11-24 09:00"), "late"), triage("+5m", "late"),
    step(day("11-30 10:00"), "issue_supervision", "late"), step("+5m", "answer_supervision", "late", text="因系统改造延误，已安排专人。"),
    step("+5m", "issue_supervision", "late", level="RED"), step("+5m", "void_supervision", "late", reason="误发。"),
    step(day("12-07 10:00"), "approve_interview", "late", unit="医保局"),
)
UPKEEP = (
    step("+5m", "import_calendar", None, file="2027.yaml"), step("+5m", "redeliver", None, topic="router.cases"),
    step("+5m", "restart", None, service="archive"),
)


@pytest.fixture
async def outcome(places: tuple[str, str], prefix: str, tmp_path: Path) -> Outcome:
    """All of it played."""
    (tmp_path / "2027.yaml").write_text(YEAR, encoding="utf-8")
    text = scenario("11-23 08:50", "12-08 18:00", *AT_THE_WINDOW, *RETURNED, *LATE, *UPKEEP)
    read = parse_scenario(text, tmp_path)
    assert {one.verb for one in read.steps} == set(VERBS)
    return await play_scenario(read, places, prefix, tmp_path)


async def test_every_verb_is_done_by_the_right_person(outcome: Outcome) -> None:
    """Nobody is named in the scenario and no step is refused."""
    states = {label: row["state"] for label, row in outcome.ledger.items()}

    assert outcome.played.failures == []
    assert outcome.ledger["twin"]["merged_into"] == outcome.played.numbers["main"]
    assert (states["now"], states["back"], states["late"]) == ("ARCHIVED", "HANDLING", "HANDLING")
    assert outcome.ledger["back"]["extended"]
    assert (outcome.ledger["back"]["rounds"], outcome.ledger["back"]["grade"]) == (3, "SPECIAL")

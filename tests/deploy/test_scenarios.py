"""Scenarios: every verb of the design with exactly its fields, and what is refused with its line before anything is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.local.rehearsal.checking import check_scenario
from deploy.local.rehearsal.reading import ScenarioFault
from deploy.local.rehearsal.scenario import Scenario, parse_scenario
from deploy.local.rehearsal.verbs import VERBS
from shared.contracts.terms import Finding
from shared.testing.driver import DISTRICT

HEAD = """name: x
start: 2026-09-30T09:00:00+08:00
steps:
  - {at: +0s, do: register, case: c1, channel: HALL, site: "001", name: 张三, phone: "13800000001", item: 备案, text: 报错。}
  - {at: +0s, do: register, case: c2, channel: HALL, site: "001", name: 张三, phone: "13800000001", item: 备案, text: 又报错。}
"""
YEAR = "year: 2027\nannounced: true\nsource: 演练\nholidays:\n  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}\nworking: []\n"
EVERY_VERB = """
  - {at: +0s, do: evaluate, case: c1, resolved: true, stars: 5, text: 好。}
  - {at: +0s, do: urge, case: c1, text: 到哪了？}
  - {at: +0s, do: urge, case: c1}
  - {at: +0s, do: supply, case: c1, text: 已补交。}
  - {at: +0s, do: withdraw, case: c1, reason: 已办成。}
  - {at: +0s, do: resolve_now, case: c1, text: 已办结。}
  - {at: +0s, do: triage, case: c1, grade: GENERAL, lead: 医保局, assist: [公安分局], requirement: 查清。, category: SERVICE, reason: 一般}
  - {at: +0s, do: refuse, case: c1, reason: 涉诉, basis: 某条例, alternative: 找法院}
  - {at: +0s, do: confirm_refusal, case: c1}
  - {at: +0s, do: confirm_refusal, case: c1, reason: 涉诉, basis: 某条例, alternative: 找法院}
  - {at: +0s, do: overrule_refusal, case: c1, reason: 应当受理}
  - {at: +0s, do: transfer, case: c1, to: 信访, reason: 信访事项}
  - {at: +0s, do: merge, case: c1, into: c2}
  - {at: +0s, do: sign, case: c1, unit: 医保局}
  - {at: +0s, do: contact, case: c1}
  - {at: +0s, do: answer, case: c1, unit: 医保局, result: RESOLVED, text: 办好了。, cause: SYSTEM, basis: 无, alternative: 无, lesson: 无}
  - {at: +0s, do: request_return, case: c1, reason: 不归我管, suggest: 公安分局}
  - {at: +0s, do: rule_return, case: c1, accepted: true, to: 公安分局}
  - {at: +0s, do: request_extension, case: c1, until: 2026-10-15, reason: 要会签}
  - {at: +0s, do: approve_extension, case: c1, by: leader}
  - {at: +0s, do: approve_extension, case: c1, by: 政务服务办督办岗}
  - {at: +0s, do: refuse_extension, case: c1, reason: 不必}
  - {at: +0s, do: request_material, case: c1, list: [身份证, 户口簿]}
  - {at: +0s, do: verify, case: c1, replied_at: 2026-10-09T10:00:00+08:00}
  - {at: +0s, do: reject_answer, case: c1, reason: 答非所问}
  - {at: +0s, do: follow_up, case: c1, reached: true, resolved: false, stars: 1, reason: 没办成}
  - {at: +0s, do: screen, case: c1, finding: 可办}
  - {at: +0s, do: reopen, case: c1}
  - {at: +0s, do: consult, case: c1, reason: 职责争议}
  - {at: +0s, do: conclude, case: c1, outcome: 由公安分局办, lead: 公安分局}
  - {at: +0s, do: issue_supervision, case: c1, level: RED, unit: 医保局}
  - {at: +0s, do: void_supervision, case: c1, reason: 误发}
  - {at: +0s, do: answer_supervision, case: c1, text: 说明如下。}
  - {at: +0s, do: approve_interview, case: c1, unit: 医保局}
  - {at: +0s, do: import_calendar, file: 2027.yaml}
  - {at: +0s, do: redeliver, topic: sla.deadlines}
  - {at: +0s, do: redeliver, topic: dept.yibao.orders}
  - {at: +0s, do: restart, service: router}
"""


def scenario(steps: str, folder: Path | None = None) -> Scenario:
    """A scenario of two registered cases and these steps."""
    return parse_scenario(HEAD + steps.strip("\n") + "\nuntil: +1d\n", folder)


def test_every_verb_of_the_design_is_known(tmp_path: Path) -> None:
    """design.md §6: each verb with all of its fields is read, and the district has whom and what it names."""
    (tmp_path / "2027.yaml").write_text(YEAR, encoding="utf-8")

    read = scenario(EVERY_VERB, tmp_path)

    check_scenario(read, DISTRICT)
    assert {step.verb for step in read.steps} == set(VERBS)
    assert {step.verb for step in read.steps if step.case is None} == {"import_calendar", "redeliver", "restart"}


@pytest.mark.parametrize(("said", "meant"), [
    ("可办", Finding.ACTIONABLE), ("ACTIONABLE", Finding.ACTIONABLE), ("不成立", Finding.UNFOUNDED), ("甄别成立", Finding.UNFOUNDED),
    ("不合理", Finding.UNFOUNDED), ("UNFOUNDED", Finding.UNFOUNDED),
])
def test_a_finding_may_be_said_in_chinese(said: str, meant: Finding) -> None:
    """甄别: the words a window uses mean the two findings of the contract."""
    read = scenario(f"  - {{at: +0s, do: screen, case: c1, finding: {said}}}")

    fields: Any = read.steps[-1].fields
    assert fields.finding is meant


@pytest.mark.parametrize(("step", "word"), [
    ("do: merge, case: c1, into: c9", "并入的“c9”还没有登记"),
    ("do: request_extension, case: c1, until: 明天, reason: 忙", "须是日期，如 2026-10-15"),
    ("do: request_material, case: c1, list: 身份证", "须是一列"),
    ("do: rule_return, case: c1", "缺少字段“accepted”"),
    ("do: screen, case: c1, finding: 也许", "“finding”取值不对"),
    ("do: restart, service: ledger", "“service”取值不对"),
    ("do: restart, case: c1, service: sla", "不针对某一件"),
    ("do: import_calendar, file: 1999.yaml", "找不到日历文件“1999.yaml”"),
    ("do: import_calendar, file: broken.yaml", "日历文件有误"),
    ("do: requst_return, case: c1, reason: x", "是不是“request_return”"),
    ("do: follow_up, case: c1, stars: 五", "须是整数"),
])
def test_a_wrong_step_is_refused_with_its_line(step: str, word: str, tmp_path: Path) -> None:
    """The line and what would do, before anything is played."""
    (tmp_path / "broken.yaml").write_text(YEAR.replace("2027-01-03", "2028-01-03"), encoding="utf-8")

    with pytest.raises(ScenarioFault) as refused:
        scenario(f"  - {{at: +0s, {step}}}", tmp_path)

    assert str(refused.value).startswith("第 6 行：")
    assert word in str(refused.value)


@pytest.mark.parametrize(("step", "word"), [
    ("do: redeliver, topic: sla.deadline", "没有主题“sla.deadline”，是不是“sla.deadlines”"),
    ("do: redeliver, topic: dept.nobody.orders", "没有主题"),
    ("do: sign, case: c1, by: 王二麻子", "没有名为“王二麻子”的人员或角色"),
])
def test_what_the_district_does_not_have_is_refused_with_its_line(step: str, word: str) -> None:
    """Topics and people are the district's."""
    read = scenario(f"  - {{at: +0s, {step}}}")

    with pytest.raises(ScenarioFault) as refused:
        check_scenario(read, DISTRICT)

    assert str(refused.value).startswith("第 6 行：")
    assert word in str(refused.value)

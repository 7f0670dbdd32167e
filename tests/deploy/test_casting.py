"""Who does a step where the scenario does not say, and whom a name means where it does (方案 五(二)、六、七(一))."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local.rehearsal.casting import Cast, Known, lead_of
from deploy.local.rehearsal.scenario import Step, parse_scenario
from shared.district.model import StaffMember
from shared.testing.driver import DISTRICT

CAST = Cast(DISTRICT)
TEXT = """name: x
start: 2026-09-30T09:00:00+08:00
steps:
  - {at: +0s, do: register, case: c1, channel: HALL, site: "005", name: 张三, phone: "13800000001", item: 备案, text: 报错。}
  - {at: +0s, case: c1, %s}
until: +1d
"""
SELF_COMPLAINT = {"complained": "zhengwu", "lead": "zhengwu"}


def a_step(words: str) -> Step:
    """The second step of a scenario, in these words."""
    return parse_scenario(TEXT % words).steps[1]


def who(words: str, **known: Any) -> StaffMember:
    """Who does it for a case of site 005 led by 医保局."""
    person = CAST.of(a_step(words), Known(**{"number": "PT2609300050001", "site": "005", "lead": "yibao"} | known))
    assert person is not None
    return person


@pytest.mark.parametrize(("words", "person"), [
    ("do: triage, grade: GENERAL, lead: 医保局, requirement: 查。", "s005-tr1"),
    ("do: refuse, reason: a, basis: b, alternative: c", "s005-tr1"),
    ("do: confirm_refusal", "s005-ws1"),
    ("do: transfer, to: 信访, reason: x", "s005-ws1"),
    ("do: merge, into: c1", "s005-tr1"),
    ("do: evaluate, resolved: true, stars: 5", "s005-cl1"),
    ("do: urge", "s005-cl1"),
    ("do: sign", "yibao-do"),
    ("do: sign, unit: 公安分局", "gongan-do"),
    ("do: contact", "yibao-dh"),
    ("do: request_return, reason: x", "yibao-do"),
    ("do: rule_return, accepted: true", "s005-tr1"),
    ("do: request_extension, until: 2026-10-15, reason: x", "yibao-sh"),
    ("do: approve_extension", "yibao-dl"),
    ("do: refuse_extension", "yibao-dl"),
    ("do: request_material, list: [x]", "yibao-dh"),
    ("do: reject_answer, reason: x", "s005-tr1"),
    ("do: follow_up, resolved: true, stars: 5", "zhengwu-fu1"),
    ("do: screen, finding: 可办", "s005-ws1"),
    ("do: reopen", "s005-ws1"),
    ("do: consult, reason: x", "s005-ws1"),
    ("do: conclude, outcome: x", "zhengwu-go1"),
    ("do: issue_supervision", "zhengwu-go1"),
    ("do: issue_supervision, level: RED", "zhengwu-gl1"),
    ("do: void_supervision, reason: x", "zhengwu-go1"),
    ("do: answer_supervision, text: x", "yibao-sh"),
    ("do: approve_interview, unit: 医保局", "zhengwu-gl1"),
])
def test_the_right_role_acts(words: str, person: str) -> None:
    """Of the case's own site, of the unit that leads or is named, of the office."""
    assert who(words).id == person


@pytest.mark.parametrize(("by", "person"), [
    ("leader", "yibao-dl"), ("DEPT_LEADER", "yibao-dl"), ("分管领导", "yibao-dl"), ("office", "zhengwu-go1"), ("GSO", "zhengwu-go1"),
    ("SH", "yibao-sh"), ("窗口负责人", "s005-ws1"), ("s001-tr1", "s001-tr1"), ("杨知行", "s001-ws1"),
])
def test_by_names_a_person_or_a_role(by: str, person: str) -> None:
    """A staff number, a name, a role's code, its Chinese name, or a word of the scheme's."""
    assert who(f"do: approve_extension, by: {by}").id == person


def test_the_second_person_is_another_than_the_proposer() -> None:
    """方案 四(四)5: whoever proposed 不予受理 does not confirm it."""
    assert who("do: confirm_refusal", proposer="s005-ws1").id != "s005-ws1"


def test_leader_and_then_office_decide_on_an_extension() -> None:
    """方案 四(四)4: 分管领导 agrees, then the office; after a refusal it begins anew."""
    known = Known("PT2609300050001", "005", lead="yibao")
    approve, refuse = a_step("do: approve_extension"), a_step("do: refuse_extension")
    seen = []

    for step in (approve, refuse, approve, approve, approve):
        person = CAST.of(step, known)
        assert person is not None
        seen.append(person.id)
        known.learn(step.verb, person, {})

    assert seen == ["yibao-dl", "zhengwu-go1", "yibao-dl", "zhengwu-go1", "yibao-dl"]


def test_the_second_return_of_a_case_is_the_offices() -> None:
    """domain 歧义 13: a dispute over duty goes to the office."""
    assert who("do: rule_return, accepted: false", rulings=1).id == "zhengwu-go1"


@pytest.mark.parametrize("words", ["do: triage, grade: GENERAL, lead: 政务服务办, requirement: 查。", "do: follow_up, resolved: true, stars: 5"])
def test_a_complaint_about_the_office_is_its_leaders(words: str) -> None:
    """domain 歧义 21: nobody of the office sees it but its leader."""
    assert who(words, **SELF_COMPLAINT).id == "zhengwu-gl1"


def test_another_leader_than_the_analyst_calls_back_on_a_complaint_about_the_office() -> None:
    """方案 六(六): whoever analysed the matter does not ask the person about it."""
    assert who("do: follow_up, resolved: true, stars: 5", **SELF_COMPLAINT, analyst="zhengwu-gl1").id == "zhengwu-gl2"


def test_the_lead_is_read_from_the_orders() -> None:
    """The latest round's lead order that still stands; a returned one does not."""
    def order(number: int, unit: str, role: str = "LEAD", state: str = "SIGNED", round_: int = 1) -> dict[str, Any]:
        return {"order_no": f"PT1-{number:02d}", "unit": unit, "role": role, "state": state, "round": round_}

    assert lead_of([order(1, "yibao"), order(2, "gongan", "ASSIST")]) == "yibao"
    assert lead_of([order(1, "yibao", state="RETURNED"), order(2, "gongan")]) == "gongan"
    assert lead_of([order(1, "yibao", state="ACCEPTED"), order(2, "gongan", round_=2)]) == "gongan"
    assert lead_of([]) is None

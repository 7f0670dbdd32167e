"""Who may do what, written out by hand from domain §2 (角色与权限) and the scheme's articles; not read from the code."""

from __future__ import annotations

from typing import Any

import pytest

from services.router.api.acts import ACTS
from shared.district.roles import Role
from tests.services.router.desk import TEXT
from tests.services.router.web import asking

PEOPLE = {
    "CL": "s001-cl1", "TR": "s001-tr1", "WS": "s001-ws1", "DO": "yibao-do", "DH": "yibao-dh", "SH": "yibao-sh", "DL": "yibao-dl",
    "GO": "zhengwu-go1", "GL": "zhengwu-gl1", "FU": "zhengwu-fu1", "JW": "jiwei-jw1", "KB": "zhengwu-kb1",
    "SA": "zhengwu-sa1", "SE": "zhengwu-se1", "AU": "zhengwu-au1",
}
TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"}
WHY = {"reason": "理由"}

MATRIX: dict[str, tuple[str, dict[str, Any]]] = {
    # 研判、定类定级、开承办单：TR 办，WS 批改级
    "start-triage": ("TR", {}),
    "triage": ("TR", TRIAGE),
    "regrade": ("WS", WHY | {"grade": "COMPLEX"}),
    "resolve-now": ("CL TR WS", {"text": "当场办好"}),
    # 不予受理：CL、TR 提，WS 批（WS 自己提的由另一 WS 批）
    "refuse": ("CL TR WS", WHY | {"basis": "依据", "alternative": "途径"}),
    "confirm-refusal": ("WS", {}),
    "overrule-refusal": ("WS", {}),
    "transfer": ("WS", WHY | {"to": "信访"}),
    "merge": ("CL TR WS", {"into": "PT2609290010007"}),
    # 办理对象的四件事，由窗口和回访员代录
    "withdraw": ("CL TR WS FU", WHY),
    "urge": ("CL TR WS FU", {}),
    "supply": ("CL TR WS FU", {"text": "补交"}),
    "evaluate": ("CL TR WS FU", {"resolved": True, "stars": 5}),
    # 签收/先行联系/反馈：部门
    "sign": ("DO DH SH", {}),
    "contact": ("DO DH SH", {}),
    "answer": ("DO DH SH", {"result": "RESOLVED", "text": TEXT}),
    "request-material": ("DO DH SH", {"list": ["凭证"]}),
    # 退单申请 DO、SH；裁定 TR、WS，二次争议 GO
    "request-return": ("DO SH", WHY),
    "rule-return": ("TR WS GO", {"accepted": False}),
    # 延时：部门申请，DL 批，GO 核
    "request-extension": ("DO DH SH", WHY | {"until": "2026-10-15"}),
    "approve-extension": ("DL GO", {}),
    "refuse-extension": ("DL GO", {}),
    # 核查反馈、退回反馈 TR（状态机 13、14）；WS 只读
    "verify": ("TR", {}),
    "reject-answer": ("TR", WHY),
    # 回访 FU；甄别 WS，二次 GO
    "follow-up": ("FU", {"resolved": True, "stars": 5}),
    "screen": ("WS GO", {"finding": "ACTIONABLE"}),
    "reopen": ("FU WS", {}),
    "consult": ("WS GO", WHY),
    "conclude": ("GO GL", {"outcome": "纪要"}),
    "correct": ("WS", WHY | {"field": "item", "value": "新事项"}),
}


def test_the_matrix_speaks_of_every_act_and_every_role() -> None:
    """A new act or role is to be thought about here first."""
    assert set(MATRIX) == {act.path for act in ACTS}
    assert set(PEOPLE) == {role.value for role in Role}
    assert set(" ".join(roles for roles, _ in MATRIX.values()).split()) <= set(PEOPLE)


@pytest.mark.parametrize("verb", list(MATRIX))
async def test_each_act_is_open_to_its_roles_and_to_nobody_else(verb: str) -> None:
    """domain §2: nobody 401, a role that may not 403, a role that may is answered by the rules, never by the door."""
    roles, body = MATRIX[verb]
    async with asking() as client:
        assert (await client.asks("s001-tr1", "triage", TRIAGE)).status_code == 200
        answers = {role: await client.asks(staff, verb, body) for role, staff in PEOPLE.items()}
        nobody = [(await client.asks(staff, verb, body)).status_code for staff in (None, "s999-xx1")]

    assert nobody == [401, 401]
    assert {role for role, answer in answers.items() if answer.status_code not in (401, 403)} == set(roles.split())
    assert {answer.status_code for answer in answers.values()} <= {200, 403, 404, 409}
    assert all(answer.json()["detail"] for answer in answers.values() if answer.status_code != 200)


@pytest.mark.parametrize("place", ["", "suggestions"])
async def test_reading_is_for_those_who_work_on_cases(place: str) -> None:
    """domain §2: R for everybody in the line; 纪检 and 案例编辑 read elsewhere; suggestions are the window's."""
    async with asking() as client:
        assert (await client.asks("s001-tr1", "triage", TRIAGE)).status_code == 200
        open_to = {role for role, staff in PEOPLE.items() if (await client.asks(staff, place)).status_code == 200}
        nobody = (await client.asks(None, place)).status_code

    assert nobody == 401
    assert open_to == ({"CL", "TR", "WS"} if place else set(PEOPLE) - {"JW", "KB", "SA", "SE", "AU"})

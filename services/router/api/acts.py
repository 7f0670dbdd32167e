"""Every write there is on a case: its path, its request, its rule, and who may (domain: 角色与权限)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.router.domain import (
    asking,
    closing,
    correcting,
    declining,
    extending,
    orders,
    redoing,
    returning,
    triage,
)
from services.router.domain.commands import (
    Answered,
    Command,
    Conclude,
    Contacted,
    Correct,
    Evaluate,
    Explained,
    FollowUp,
    Merge,
    Nothing,
    Reasoned,
    Refuse,
    Regrade,
    RejectAnswer,
    RequestExtension,
    RequestMaterial,
    RequestReturn,
    ResolveNow,
    RuleReturn,
    Screen,
    Transfer,
    Triage,
    UnitStep,
    Verify,
    Words,
)

ANALYST = ("TR",)
CLERK = ("CL", "TR", "WS")
FOR_THE_PERSON = ("CL", "TR", "WS", "FU")
UNIT = ("DO", "DH", "SH")
OFFICE = ("GO", "GL")


@dataclass(frozen=True)
class Act:
    """One write: `rule(state, command, district, by=, now=)` decides it, `roles` may ask for it.

    `led`: where the office itself is complained of, none of its people may see the case, so its leader does this
    (domain: 歧义 21; policy `complaint.self_route_role`).
    """

    path: str
    command: type[Command]
    rule: Callable[..., Any]
    roles: tuple[str, ...]
    says: str
    led: bool = False


ACTS = (
    Act("start-triage", Nothing, triage.start, ANALYST, "开始研判 (方案 六(二))"),
    Act("triage", Triage, triage.triage, ANALYST, "研判并派单 (方案 六(二)(三))", led=True),
    Act("regrade", Regrade, triage.regrade, ("WS",), "改级 (方案 六(二))"),
    Act("resolve-now", ResolveNow, triage.resolve_now, CLERK, "当场办结 (方案 四(四)1)"),
    Act("refuse", Refuse, declining.refuse, CLERK, "拟不予受理 (方案 四(四)5)"),
    Act("confirm-refusal", Nothing, declining.confirm_refusal, ("WS",), "复核同意不予受理 (方案 四(四)5)"),
    Act("overrule-refusal", Explained, declining.overrule_refusal, ("WS",), "复核不同意不予受理 (方案 四(四)5)"),
    Act("transfer", Transfer, declining.transfer, ("WS",), "转其他渠道 (方案 七(四))"),
    Act("merge", Merge, declining.merge, CLERK, "并案 (方案 七(二))"),
    Act("withdraw", Reasoned, declining.withdraw, FOR_THE_PERSON, "代办理对象撤回 (方案 六)"),
    Act("urge", Words, asking.urge, FOR_THE_PERSON, "代办理对象催单 (方案 六)"),
    Act("supply", Words, asking.supply, FOR_THE_PERSON, "代办理对象补交材料 (方案 六)"),
    Act("evaluate", Evaluate, closing.evaluate, FOR_THE_PERSON, "代办理对象评价 (方案 六(六))"),
    Act("sign", UnitStep, orders.sign, UNIT, "签收 (方案 六(四))", led=True),
    Act("contact", Contacted, orders.contact, UNIT, "先行联系 (方案 六(四))", led=True),
    Act("answer", Answered, orders.answer, UNIT, "反馈解决意见 (方案 六(四))", led=True),
    Act("request-material", RequestMaterial, asking.request_material, UNIT, "一次性告知补材料 (方案 六(四))", led=True),
    Act("request-return", RequestReturn, returning.request_return, ("DO", "SH"), "申请退单 (方案 六(四))"),
    Act("rule-return", RuleReturn, returning.rule_return, ("TR", "WS", "GO"), "裁定退单 (方案 六(四))", led=True),
    Act("request-extension", RequestExtension, extending.request_extension, UNIT, "申请延时 (方案 四(四)4)"),
    Act("approve-extension", Nothing, extending.approve_extension, ("DL", "GO"), "同意延时 (方案 四(四)4)", led=True),
    Act("refuse-extension", Explained, extending.refuse_extension, ("DL", "GO"), "不同意延时 (方案 四(四)4)", led=True),
    Act("verify", Verify, closing.verify, ANALYST, "核查反馈 (方案 六(六))"),
    Act("reject-answer", RejectAnswer, closing.reject_answer, ANALYST, "退回反馈 (方案 六(六))"),
    Act("follow-up", FollowUp, closing.follow_up, ("FU",), "回访 (方案 六(六))", led=True),
    Act("screen", Screen, redoing.screen, ("WS", "GO"), "甄别 (方案 六(六))"),
    Act("reopen", Nothing, redoing.reopen, ("FU", "WS"), "重办 (方案 六(六))"),
    Act("consult", Reasoned, redoing.consult, ("WS", "GO"), "提级会商 (方案 五(二))"),
    Act("conclude", Conclude, redoing.conclude, OFFICE, "会商结论 (方案 五(二))"),
    Act("correct", Correct, correcting.correct, ("WS",), "更正 (方案 六(五))"),
)

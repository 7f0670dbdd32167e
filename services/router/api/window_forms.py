"""How each act of the window, the follow-up and the supervising office looks on a page (方案 六(二)-(六))."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.router.api.form_kinds import ActForm, Field, Kind

YES_NO = (("true", "是"), ("false", "否"))
STARS = (("5", "非常满意"), ("4", "满意"), ("3", "基本满意"), ("2", "不满意"), ("1", "非常不满意"))
WHY = Field("reason", "理由", Kind.LINES, required=True)
WHY_IF_ANY = Field("reason", "说明", Kind.LINES)
PERSON_SAYS = Field("text", "办理对象怎么说", Kind.LINES, "照原话记；电话、姓名会自动隐去")

GROUNDS = (
    ("法律、法规限制，不能办理", "法律、法规限制，不能办理（方案 四(二)）"),
    ("有明确文件规定不能办理", "有明确文件规定不能办理（方案 四(二)）"),
    ("不属政务服务中心线上或线下业务受理范围", "不属政务服务中心线上或线下业务受理范围（方案 四(二)）"),
)


def refusal_of(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The guide's answers as the three things a refusal holds: why, by which rule, and where else to go (方案 四(四)5)."""
    said = {name: str(typed.get(name) or "").strip() for name in ("ground", "reason", "basis", "alternative", "place", "phone")}
    reason = "。".join(filter(None, (said["ground"], said["reason"])))
    ways = (said["alternative"], f"地点：{said['place']}" if said["place"] else "", f"电话：{said['phone']}" if said["phone"] else "")
    return {"reason": reason, "basis": said["basis"], "alternative": "；".join(filter(None, ways))}


WINDOW_FORMS = (
    ActForm("start-triage", "开始研判", "您成为此件的研判人，当日内定级、定单位。", "已开始研判。", rank=12),
    ActForm(
        "triage", "研判并派单", "承办单立即发给主办和协办单位，办理对象会收到答复期限。", "已派单，承办单位已收到通知。",
        (
            Field("grade", "分级", Kind.RADIO, "定级决定答复期限；“特殊”只能经延时审批", "grades", required=True),
            Field("category", "类别", Kind.RADIO, "", "categories"),
            Field("lead", "主办单位", Kind.UNIT, "输入几个字可查找", "units", required=True),
            Field("assist", "协办单位", Kind.MANY, "比主办早一个工作日反馈", "units"),
            Field("requirement", "问题解决要求", Kind.LINES, "要承办单位查清什么、解决到什么程度", required=True),
            Field("reason", "定级理由", Kind.LINES),
        ), rank=11, nexts=True, template="router/triage.html",
    ),
    ActForm(
        "resolve-now", "当场办结", "此件立即办结；当日内办理对象仍可评价。", "已当场办结。",
        (
            Field("text", "怎么办好的", Kind.LINES, "写明办成了什么", required=True, most=5000),
            Field("category", "类别", Kind.RADIO, "", "categories"),
        ), nexts=True,
    ),
    ActForm(
        "refuse", "拟不予受理", "须由另一人复核后才告知办理对象；复核前什么都不发出。", "已提出不予受理，等待窗口负责人复核。",
        (
            Field("ground", "情形", Kind.RADIO, "", GROUNDS, required=True),
            Field("reason", "事实", Kind.LINES, "他要办什么、为什么属于这一种；写给他看得懂", required=True, most=400),
            Field("basis", "依据", Kind.LINES, "文件名称和条款，如《不动产登记暂行条例实施细则》第十六条", required=True),
            Field("alternative", "怎么办", Kind.LINES, "他可以走的其他办法", required=True, most=300),
            Field("place", "去哪里", Kind.TEXT, "单位和地址", required=True, most=80),
            Field("phone", "电话", Kind.TEXT, "公开的热线号码；八位固定电话会当作个人电话隐去", "hotlines", required=True, most=30),
        ), grave=True, nexts=True, template="router/refuse.html", compose=refusal_of,
    ),
    ActForm(
        "confirm-refusal", "同意不予受理", "书面告知立即发给办理对象，此件到此为止。", "已不予受理，告知书已发出。", rank=13, grave=True,
        template="router/review.html",
    ),
    ActForm(
        "overrule-refusal", "不同意，继续受理", "此件回到研判，当日内另行派单。", "已退回研判。",
        (Field("reason", "为什么应当受理", Kind.LINES, required=True),), template="router/review.html",
    ),
    ActForm(
        "transfer", "转其他渠道", "此件在本窗口结束，办理对象会收到新渠道；转纪检的即成密封线索，本窗口不再可见。", "已转其他渠道。",
        (Field("to", "转到哪里", Kind.TEXT, "渠道或单位的名称", "channels", required=True, most=60), WHY), grave=True,
    ),
    ActForm(
        "merge", "并案", "此件并入另一件，办理对象会收到主件的编号和期限。", "已并案。",
        (Field("into", "并入的工单编号", Kind.TEXT, "同一人、同一事项、在办", required=True, most=40), WHY_IF_ANY), grave=True,
    ),
    ActForm(
        "withdraw", "代办理对象撤回", "核实是本人意愿后办理；投诉撤回后仍继续核查。", "已记撤回。",
        (Field("reason", "办理对象撤回的原因", Kind.LINES, required=True),), grave=True,
    ),
    ActForm("urge", "代办理对象催单", "承办单位立即收到催办。", "已催办。", (PERSON_SAYS,)),
    ActForm("supply", "代办理对象补交材料", "等材料的承办单位立即收到通知。", "已记补交材料。", (PERSON_SAYS,)),
    ActForm(
        "evaluate", "代办理对象评价", "评价当作一次回访；未解决或不满意的进入甄别。", "已记评价。",
        (
            Field("resolved", "问题解决了吗", Kind.RADIO, "", YES_NO, required=True),
            Field("stars", "满意程度", Kind.RADIO, "", STARS, required=True),
            Field("text", "办理对象怎么说", Kind.LINES),
        ),
    ),
    ActForm(
        "regrade", "改级", "只能改到更难的一级，一件一次；仍从受理之日起算。", "已改级，期限已重算。",
        (Field("grade", "改为", Kind.RADIO, "", "grades", required=True), WHY),
    ),
    ActForm(
        "rule-return", "裁定退单", "同意则改派，期限不变；不同意则指定该单位承办，不得再退。", "已裁定。",
        (
            Field("unit", "哪个单位的退单", Kind.CHOICE, "", "returning"),
            Field("accepted", "是否同意退单", Kind.RADIO, "", YES_NO, required=True),
            Field("to", "改派给", Kind.UNIT, "同意退单时填；不填即按申请单位的建议", "units"),
            WHY_IF_ANY,
        ), rank=5, nexts=True,
    ),
    ActForm(
        "verify", "核查通过", "记为已答复群众，办理对象收到通知，转入回访。", "已核查通过，转入回访。",
        (Field("replied_at", "群众得到答复的时间", Kind.MOMENT, "不填即主办单位反馈的时间"),), rank=10, nexts=True,
        template="router/verify.html",
    ),
    ActForm(
        "reject-answer", "退回反馈", "承办单位须在原期限内重新反馈，期限不变。", "已退回，承办单位已收到通知。",
        (
            Field("unit", "退回哪个单位", Kind.CHOICE, "不选即主办单位", "answered"),
            Field("reason", "哪里不合格", Kind.LINES, "缺什么、要补什么", required=True),
            Field("false_feedback", "虚假反馈（将拟督办单）", Kind.CHECK),
        ), template="router/verify.html",
    ),
    ActForm(
        "follow-up", "记回访", "已解决且基本满意以上即办结；否则进入甄别。未接通的按规定再打。", "已记回访。",
        (
            Field("reached", "接通了吗", Kind.RADIO, "", (("true", "接通，是本人"), ("false", "未接通")), required=True),
            Field("resolved", "问题解决了吗", Kind.RADIO, "", YES_NO),
            Field("stars", "满意程度", Kind.RADIO, "", STARS),
            Field("reason", "办理对象怎么说", Kind.LINES, "照原话记；电话、姓名会自动隐去"),
        ), rank=20, nexts=True, template="router/call.html",
    ),
    ActForm(
        "screen", "甄别", "“可办”的重办一次；“不成立”的此件办结，两种数据都保留。", "已记甄别结论。",
        (Field("finding", "结论", Kind.RADIO, "", "findings", required=True), WHY_IF_ANY), rank=14,
    ),
    ActForm("reopen", "重办", "原主办单位重新办理，不得退单，另有重办期限；督办单同时拟出。", "已重办，承办单位已收到通知。", rank=15),
    ActForm("consult", "提级会商", "提请工作专班会商，期限照算。", "已提级会商。", (WHY,)),
    ActForm(
        "conclude", "会商结论", "指定单位则继续办理；不指定则所写即终结答复，办理对象会收到。", "会商已有结论。",
        (
            Field("outcome", "会商议定", Kind.LINES, "不指定单位时，这就是给群众的答复", required=True),
            Field("lead", "指定承办单位", Kind.UNIT, "不指定即为终结答复", "units"),
        ), rank=16, grave=True,
    ),
    ActForm(
        "correct", "更正", "原来写的保留在案，注明更正人和理由。", "已更正。",
        (
            Field("field", "更正哪一项", Kind.CHOICE, "", "particulars", required=True),
            Field("value", "改为", Kind.TEXT, "类别填：咨询、办事、投诉、建议", required=True, most=100), WHY,
        ),
    ),
)

"""How each act of a department and of those who approve for it looks on a page (方案 四(四)4、六(四))."""

from __future__ import annotations

from services.router.api.form_kinds import ActForm, Field, Kind

UNIT_FORMS = (
    ActForm("sign", "签收", "承办单由本单位办理；期限从转办起已在计算。", "已签收，请在一个工作日内联系办理对象。", rank=6),
    ActForm(
        "contact", "记先行联系", "一个工作日内须联系；所记会进入时间线。", "已记先行联系。",
        (
            Field("spoke_at", "联系时间", Kind.MOMENT, "请联系后马上登记；不填即现在"),
            Field("way", "怎样联系的", Kind.RADIO, "", "ways", required=True),
            Field("agreed", "说定了什么", Kind.LINES, "没联系上也写明情况；电话、姓名会自动隐去", required=True),
        ), rank=7,
    ),
    ActForm(
        "answer", "反馈解决意见", "交窗口核查；核查通过即告知办理对象。", "已反馈，等待窗口核查。",
        (
            Field("result", "处理结果", Kind.RADIO, "", "results", required=True),
            Field("text", "处理意见", Kind.LINES, "查到什么原因、怎么办的、结果如何", required=True, most=5000),
            Field("cause", "原因分类", Kind.CHOICE, "为什么没办成", "causes", required=True),
            Field("basis", "依据条文", Kind.LINES, "不能办时必填：文件名称和条款"),
            Field("alternative", "可行的其他途径", Kind.LINES, "不能办时必填：到哪里、找谁、电话"),
            Field("lesson", "举一反三", Kind.LINES, "同类问题怎样改进；没有写“无”", required=True),
        ), rank=8, template="router/answer.html",
    ),
    ActForm(
        "request-material", "一次性告知补材料", "办理对象立即收到清单；只能告知一次，期限照算。", "已一次性告知。",
        (Field("list", "还缺哪些材料", Kind.LIST, "一行一样，一次写全", required=True, most=2000),),
    ),
    ActForm(
        "request-return", "申请退单", "由窗口裁定；期限照算。", "已申请退单，等待裁定。",
        (
            Field("reason", "为什么不属本单位", Kind.LINES, "写明依据", required=True),
            Field("suggest", "建议由谁承办", Kind.UNIT, "", "units"),
        ),
    ),
    ActForm(
        "request-extension", "申请延时", "先由本单位分管领导同意，再由政务服务办核准；到期未批视为不同意。", "已申请延时，等待审批。",
        (
            Field("until", "延到哪一天", Kind.CHOICE, "自受理次日起总计不超过十个工作日；只列可选的工作日", "extension_days", required=True),
            Field("reason", "理由和阶段进展", Kind.LINES, "写明已怎样告知办理对象", required=True),
        ),
    ),
    ActForm("approve-extension", "同意延时", "分管领导同意后报政务服务办；政务服务办核准后期限即改。", "已同意延时。", rank=1),
    ActForm(
        "refuse-extension", "不同意延时", "期限不变，承办单位须按期反馈。", "已不同意延时。", (Field("reason", "理由", Kind.LINES),), grave=True,
    ),
)

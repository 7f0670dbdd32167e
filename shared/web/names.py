"""The scheme's Chinese words for the identifiers that appear on screens (docs/glossary.md has them all)."""

from __future__ import annotations

from enum import StrEnum

from shared.contracts import terms

WORDS: dict[type[StrEnum], tuple[str, ...]] = {
    terms.CaseState: (
        "待登记",
        "已受理",
        "研判中",
        "办理中",
        "反馈审核",
        "待回访",
        "已办结",
        "已归档",
        "拟不受理",
        "不予受理",
        "已转渠道",
        "已并案",
        "已撤回",
        "提级会商",
    ),
    terms.Category: ("咨询", "办事", "投诉", "建议"),
    terms.Grade: ("简易", "一般", "复杂", "特殊"),
    terms.Channel: ("大厅窗口", "一网通办", "随申办", "门户中途退出", "12345 转办", "好差评"),
    terms.OrderState: (
        "草稿",
        "待签收",
        "已签收",
        "办理中",
        "已提交反馈",
        "已反馈",
        "退单待裁",
        "已退单",
        "已取消",
    ),
    terms.OrderRole: ("主办", "协办"),
    terms.Result: ("已解决", "部分解决", "解释说明", "未解决", "不予受理", "转渠道"),
    terms.DeadlineKind: (
        "当日研判", "答复群众", "签收", "先行联系", "部门反馈", "回访", "不予受理说明",
        "退单裁定", "延时审批", "提级会商", "督办说明", "约谈整改",
    ),
    terms.Rung: (
        "时间过半", "最后一个工作日", "催办", "逾期", "视同签收", "拟督办单", "拟红色督办单", "约谈建议",
    ),
    terms.SupervisionLevel: ("黄牌", "红牌"),
    terms.SupervisionState: ("待签发", "已签发", "已说明", "已销号", "已作废"),
    terms.SupervisionReason: ("逾期", "重办", "虚假反馈", "督办后未办结", "重办再不满意", "督办两次以上"),
    terms.Finding: ("可办", "不成立"),
    terms.Light: ("—", "黄牌", "红牌"),
    terms.NoticeChannel: ("短信", "微信", "企业微信", "电话"),
    terms.NoticeStatus: ("待发", "已发", "未发成", "已改用其他渠道", "人工外呼"),
    terms.ContactWay: ("电话", "当面", "短信或微信"),
    terms.ConfirmMethod: ("签字", "扫描件", "实名确认", "拒签（有见证人）"),
    terms.LibraryUse: ("受理时引用", "研判时引用", "答复时引用"),
    terms.StaleReason: ("已过有效期", "依据已变", "长期未用"),
}
NAMED: dict[type[StrEnum], dict[str, str]] = {
    kind: dict(zip((member.value for member in kind), words, strict=True)) for kind, words in WORDS.items()
}
# For plain strings (exports, stored rows): the first list that has the word decides; where two differ,
# pass the member.
PLAIN: dict[str, str] = {
    "CITIZEN": "群众", "OWNER": "责任人", "NOT_UPLOADED": "未上传",
    "PARTLY_UPLOADED": "部分上传", "UPLOADED": "已上传", "UPLOADED_BY_HAND": "已上传（含线下补传）",
}
for _words in NAMED.values():
    for _value, _word in _words.items():
        PLAIN.setdefault(_value, _word)


def zh(value: object) -> str:
    """The scheme's word for an identifier; a dash for nothing; what has no word is shown as it is."""
    if value is None or value == "":
        return "—"
    if isinstance(value, StrEnum) and type(value) in NAMED:
        return NAMED[type(value)][value.value]
    return PLAIN.get(str(value), str(value))

"""What the fields of the ledger are called in a sentence an inspector reads; the field's own name stands behind, as it lies in the store."""

from __future__ import annotations

from collections.abc import Iterable

MOST_NAMED = 6
NAMES = {
    "as_of": "封存时间", "at": "时间", "by": "上报人", "by_time": "锁定方式", "case_no": "工单编号", "cases": "件数", "category": "类别",
    "channel": "渠道", "closed_at": "办结时间", "corrections": "更正", "digest": "校验值", "due_at": "期限", "events": "事件数",
    "extended": "延时", "filings": "上报数", "grade": "等级", "item": "事项", "item_code": "事项编码", "late": "迟报", "lead": "主办单位",
    "lead_name": "主办单位名称", "leaves": "各件的封存", "light": "灯色", "locked_at": "锁定时间", "matter": "诉求内容", "merged_into": "并入",
    "missed": "逾期未答", "month": "月份", "nil": "零报告", "number": "编号", "orders": "承办单", "overdue": "逾期", "page": "页次",
    "pages": "各页", "person": "姓名", "phone": "电话", "previous": "上月封存值", "received_at": "受理时间", "repeats": "重复反映",
    "replied_at": "答复时间", "resolved": "是否解决", "result": "办理结果", "root": "根", "rounds": "办理轮次", "site": "点位",
    "stars": "星级", "state": "状态", "supervision_count": "督办次数", "supervisions": "督办单", "transferred_to": "转往渠道",
    "urge_count": "催办次数", "value": "封存值", "why": "期限依据",
}


def named(fields: Iterable[str]) -> str:
    """These fields in words, a few of many."""
    said = [f"{NAMES[name]} {name}" if name in NAMES else name for name in sorted(fields)]
    more = f"等 {len(said)} 项" if len(said) > MOST_NAMED else ""
    return "、".join(said[:MOST_NAMED]) + more

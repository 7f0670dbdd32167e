"""What each event is called in the timeline, and which of its particulars are told (masked forms only)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.router_events import (
    CaseClosed,
    CaseFedBack,
    CaseResolvedInstantly,
    CaseTriaged,
    CitizenContacted,
    FollowUpRecorded,
    OrderAccepted,
    OrderAnswered,
    OrderIssued,
    OrderSigned,
    ReplyRefused,
)
from shared.contracts.sla_events import (
    DeadlineMet,
    DeadlineMissed,
    DeadlineNear,
    DeadlineSet,
    OrderUrged,
    SignLapsed,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionVoided,
)

UNTITLED = "其他事件"
TITLES: dict[type[Event], str] = {
    CaseRegistered: "登记受理",
    ChokepointRecorded: "记录堵点",
    CaseTriaged: "研判完成",
    OrderIssued: "派出承办单",
    OrderSigned: "签收承办单",
    CitizenContacted: "先行联系当事人",
    OrderAnswered: "承办单位反馈",
    OrderAccepted: "反馈审核通过",
    ReplyRefused: "部门回复未被接受",
    CaseResolvedInstantly: "当场办结",
    CaseFedBack: "答复群众",
    FollowUpRecorded: "回访",
    CaseClosed: "办结",
    DeadlineSet: "确定期限",
    DeadlineNear: "到期提醒",
    OrderUrged: "催办",
    DeadlineMet: "计时停止",
    DeadlineMissed: "期限已过",
    SignLapsed: "超时未签收，视同签收",
    SupervisionDrafted: "拟督办单",
    SupervisionIssued: "签发督办单",
    SupervisionVoided: "督办单作废",
    NoticeSent: "消息已发",
    NoticeFailed: "消息未发成",
    CaseArchived: "归档锁定",
}
Told = Literal["text", "word", "unit", "time", "flag", "count"]


@dataclass(frozen=True)
class Fact:
    """One particular of an event: its field, its Chinese label, and how its value is told."""

    field: str
    label: str
    told: Told = "text"


FACTS: tuple[Fact, ...] = (
    Fact("order_no", "承办单"),
    Fact("number", "督办单"),
    Fact("unit", "单位", "unit"),
    Fact("lead", "主办", "unit"),
    Fact("assist", "协办", "unit"),
    Fact("role", "主办或协办", "word"),
    Fact("channel", "渠道", "word"),
    Fact("category", "类别", "word"),
    Fact("grade", "分级", "word"),
    Fact("kind", "计时事项", "word"),
    Fact("rung", "提醒原因", "word"),
    Fact("level", "级别", "word"),
    Fact("nth", "第几次", "count"),
    Fact("attempt", "第几次", "count"),
    Fact("requirement", "解决要求"),
    Fact("due_at", "期限", "time"),
    Fact("previous_due_at", "原期限", "time"),
    Fact("provisional", "期限暂定", "flag"),
    Fact("met_at", "完成时间", "time"),
    Fact("late", "已逾期", "flag"),
    Fact("auto", "视同签收", "flag"),
    Fact("automatic", "自动签发", "flag"),
    Fact("overdue_days", "逾期工作日", "count"),
    Fact("replied_at", "答复时间", "time"),
    Fact("result", "处理结果", "word"),
    Fact("to", "接收人"),
    Fact("text", "内容"),
    Fact("cause", "原因分析"),
    Fact("basis", "依据"),
    Fact("alternative", "其他办理途径"),
    Fact("lesson", "举一反三"),
    Fact("reached", "接通", "flag"),
    Fact("resolved", "诉求解决", "flag"),
    Fact("stars", "满意度", "count"),
    Fact("reason", "原因"),
    Fact("message", "说明"),
    Fact("digest", "校验值"),
    Fact("events", "覆盖事件数", "count"),
)


def title_of(event: Event) -> str:
    """The event's Chinese name; one this version does not know is told as such."""
    return TITLES.get(type(event), UNTITLED)

"""What each event is called in the timeline, and which of its particulars are told (masked forms only)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.contracts import archive_events, intake_events, notifier_events, router_events, sla_events
from shared.contracts.event import Event

UNTITLED = "其他事件"
TITLES: dict[type[Event], str] = {
    intake_events.CaseRegistered: "登记受理",
    intake_events.RepeatNoted: "重复反映并入",
    intake_events.ClueReceived: "线索入箱",
    intake_events.ChokepointRecorded: "记录堵点",
    router_events.TriageStarted: "开始研判",
    router_events.CaseTriaged: "研判完成",
    router_events.CaseRegraded: "改级",
    router_events.RejectionProposed: "拟不予受理",
    router_events.CaseRejected: "不予受理",
    router_events.RejectionOverruled: "复核须受理",
    router_events.CaseTransferred: "转其他渠道",
    router_events.CaseMerged: "并案",
    router_events.CaseWithdrawn: "办理对象撤回",
    router_events.OrderIssued: "派出承办单",
    router_events.OrderSigned: "签收承办单",
    router_events.CitizenContacted: "先行联系当事人",
    router_events.OrderReturnRequested: "申请退单",
    router_events.OrderReturned: "同意退单",
    router_events.OrderReturnRefused: "驳回退单，指定承办",
    router_events.OrderCancelled: "取消承办单",
    router_events.MaterialRequested: "一次性告知补材料",
    router_events.MaterialSupplied: "补交材料",
    router_events.ExtensionRequested: "申请延时",
    router_events.ExtensionEndorsed: "分管领导同意延时",
    router_events.CaseExtended: "核准延时",
    router_events.ExtensionRefused: "不同意延时",
    router_events.OrderAnswered: "承办单位反馈",
    router_events.OrderAccepted: "反馈审核通过",
    router_events.FeedbackRejected: "退回反馈",
    router_events.ReplyRefused: "部门回复未被接受",
    router_events.CitizenUrged: "群众催单",
    router_events.CaseResolvedInstantly: "当场办结",
    router_events.CaseFedBack: "答复群众",
    router_events.FollowUpRecorded: "回访",
    router_events.ScreeningRecorded: "甄别",
    router_events.CaseReopened: "重办",
    router_events.CaseEscalated: "提级会商",
    router_events.ConsultationConcluded: "会商结论",
    router_events.CaseCorrected: "更正",
    router_events.CaseClosed: "办结",
    sla_events.DeadlineSet: "确定期限",
    sla_events.RecalculationHeld: "期限提前待确认",
    sla_events.DeadlineNear: "到期提醒",
    sla_events.OrderUrged: "催办",
    sla_events.DeadlineMet: "计时停止",
    sla_events.DeadlineMissed: "期限已过",
    sla_events.SignLapsed: "超时未签收，视同签收",
    sla_events.SupervisionDrafted: "拟督办单",
    sla_events.SupervisionIssued: "签发督办单",
    sla_events.SupervisionAnswered: "督办书面说明",
    sla_events.SupervisionClosed: "督办单销号",
    sla_events.SupervisionVoided: "督办单作废",
    sla_events.InterviewProposed: "约谈建议",
    sla_events.InterviewApproved: "决定约谈",
    sla_events.AccountabilityProposed: "通报问责建议",
    notifier_events.NoticeSent: "消息已发",
    notifier_events.NoticeFailed: "消息未发成",
    archive_events.CaseArchived: "归档锁定",
    archive_events.FilingDue: "月台账待报",
    archive_events.FilingMade: "月台账上报",
    archive_events.FilingMissed: "月台账未报",
    archive_events.FilingDue: "月台账报送提醒",
    archive_events.FilingMade: "月台账已报",
    archive_events.FilingMissed: "月台账逾期未报",
}
Told = Literal["text", "word", "unit", "time", "flag", "count", "masked", "field", "who"]
NOTICES = (notifier_events.NoticeSent, notifier_events.NoticeFailed)


@dataclass(frozen=True)
class Fact:
    """One particular of an event: its field, its Chinese label, how its value is told; `of` limits it to some events."""

    field: str
    label: str
    told: Told = "text"
    of: tuple[type[Event], ...] = ()

    def is_of(self, event: Event) -> bool:
        """Whether the event may have this particular."""
        return not self.of or isinstance(event, self.of)


FACTS: tuple[Fact, ...] = (
    Fact("order_no", "承办单"),
    Fact("number", "督办单"),
    Fact("parent_order", "原承办单"),
    Fact("unit", "单位", "unit"),
    Fact("lead", "主办", "unit"),
    Fact("assist", "协办", "unit"),
    Fact("suggest", "建议单位", "unit"),
    Fact("role", "主办或协办", "word"),
    Fact("round", "第几轮", "count"),
    Fact("designated", "指定承办", "flag"),
    Fact("channel", "渠道", "word"),
    Fact("category", "类别", "word"),
    Fact("grade", "分级", "word"),
    Fact("previous", "原分级", "word"),
    Fact("kind", "计时事项", "word"),
    Fact("rung", "提醒原因", "word"),
    Fact("level", "级别", "word"),
    Fact("reason", "事由", "word", (sla_events.SupervisionDrafted, sla_events.SupervisionIssued)),
    Fact("nth", "第几次", "count"),
    Fact("attempt", "第几次", "count"),
    Fact("requirement", "解决要求"),
    Fact("due_at", "期限", "time"),
    Fact("previous_due_at", "原期限", "time"),
    Fact("earlier_due_at", "重算后期限", "time"),
    Fact("until", "申请延至", "time"),
    Fact("open_until", "可评价至", "time"),
    Fact("rectify_due_at", "整改期限", "time"),
    Fact("provisional", "期限暂定", "flag"),
    Fact("recalculated", "日历重算", "flag"),
    Fact("met_at", "完成时间", "time"),
    Fact("late", "已逾期", "flag"),
    Fact("auto", "视同签收", "flag"),
    Fact("automatic", "自动签发", "flag"),
    Fact("overdue_days", "逾期工作日", "count"),
    Fact("supervisions", "督办次数", "count"),
    Fact("reasons", "达到的条件"),
    Fact("items", "所需材料"),
    Fact("words", "群众所述", "masked"),
    Fact("replied_at", "答复时间", "time"),
    Fact("result", "处理结果", "word"),
    Fact("to", "接收人", of=NOTICES),
    Fact("to", "转往", of=(router_events.CaseTransferred,)),
    Fact("to", "改派", "unit", (router_events.OrderReturned,)),
    Fact("into", "并入工单"),
    Fact("merged_from", "并来工单"),
    Fact("count", "累计反映次数", "count"),
    Fact("repeats", "此前同人同事项", "count"),
    Fact("late_registered", "迟录", "flag"),
    Fact("clue", "线索移送", "flag"),
    Fact("tracked", "继续跟踪", "flag"),
    Fact("text", "内容"),
    Fact("cause", "原因分析", of=(router_events.OrderAnswered,)),
    Fact("basis", "依据"),
    Fact("alternative", "其他办理途径"),
    Fact("lesson", "举一反三"),
    Fact("outcome", "会商结论"),
    Fact("finding", "甄别结论", "word"),
    Fact("field", "更正项", "field"),
    Fact("before", "更正前", "word"),
    Fact("after", "更正后", "word"),
    Fact("proposed_by", "提出人", "who"),
    Fact("reached", "接通", "flag"),
    Fact("resolved", "诉求解决", "flag"),
    Fact("stars", "满意度", "count"),
    Fact("reason", "原因", of=tuple(kind for kind in TITLES if kind.__module__ == router_events.__name__)),
    Fact("reason", "原因", of=(sla_events.SupervisionVoided, notifier_events.NoticeFailed)),
    Fact("false_feedback", "虚假反馈", "flag"),
    Fact("after_redo", "重办后仍不满意", "flag"),
    Fact("reopens", "办结后评价", "flag"),
    Fact("lapsed", "到期未批", "flag"),
    Fact("valid", "有效督办次数", "count"),
    Fact("message", "说明"),
    Fact("digest", "校验值"),
    Fact("events", "覆盖事件数", "count"),
)
FIELDS = {"item": "事项", "item_code": "事项编码", "category": "类别"}


def title_of(event: Event) -> str:
    """The event's Chinese name; one this version does not know is told as such."""
    return TITLES.get(type(event), UNTITLED)

"""(e) Every notice has one outcome, and nobody is told the same thing twice over the same channel."""

from __future__ import annotations

from collections import defaultdict

from checker.reading import Export
from checker.records import Row as Document
from checker.records import Seen, moment
from checker.rungs import GRACE
from checker.table import Row

OUTCOME = {"SENT": "NoticeSent", "CALL_TASK": "NoticeSent", "FAILED": "NoticeFailed", "QUEUED": None, "REPLACED": None}
Told = dict[str, list[Seen]]


def check(export: Export) -> list[Row]:
    """The dispatch logs against what notifier published."""
    told: Told = defaultdict(list)
    for _, events in export.of_owner("notifier"):
        for event in events:
            if "notice_id" in event.facts:
                told[str(event.facts["notice_id"])].append(event)
    outcome, once = Row("notice.outcome", "每条通知恰有一个结果"), Row("notice.once", "同一事由、模板、收件人、渠道只发一次")
    person: dict[str, str] = {}
    for document in export.documents("notifier"):
        for notice in (document.get("state") or {}).get("notices", ()):
            person[notice["notice_id"]] = notice["to_id"]
            if export.at_rest or not document["outbox"]:
                _outcome(export, outcome, document["case_no"], notice, told.get(notice["notice_id"], []))
    for notice_id, events in told.items():
        outcome.expect(notice_id in person, f"{events[0]} 的通知 {notice_id} 不在发送记录里")
    _once(once, told, person)
    return [outcome, once]


def _outcome(export: Export, row: Row, case_no: str, notice: Document, said: list[Seen]) -> None:
    what, status = f"{case_no} 的通知 {notice['notice_id']}（{notice['template']}）", notice["status"]
    wanted = OUTCOME.get(status)
    kinds = [event.kind for event in said]
    row.expect(kinds == ([wanted] if wanted else []), f"{what}状态是 {status}，结果事件却是 {'、'.join(kinds) or '无'}")
    row.expect(notice["about"] in export.by_id, f"{what}的事由 {notice['about']} 没有发布过")
    if status == "QUEUED":
        leaves, now = notice.get("next_at"), export.now
        late = leaves is None or (export.at_rest and now is not None and moment(leaves) + GRACE < now)
        row.expect(not late, f"{what}还在排队，却已过发送时刻 {leaves}")


def _once(row: Row, told: Told, person: dict[str, str]) -> None:
    first: dict[tuple[str, ...], Seen] = {}
    for notice_id, events in told.items():
        for event in events:
            if event.kind == "NoticeSent":
                to = person.get(notice_id, f"{event.facts['to_role']} {event.facts['to']}")
                key = str(event.facts["about"]), str(event.facts["template"]), to, str(event.facts["channel"])
                known = first.setdefault(key, event)
                row.expect(known is event, f"{event} 与 {known} 把同一件事发给同一人两次")

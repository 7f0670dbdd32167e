"""(a) Every acknowledged submission has one case, and no submission has two."""

from __future__ import annotations

from collections import defaultdict

from checker.reading import Export
from checker.records import Seen
from checker.table import Row

BEGINNINGS = ("CaseRegistered", "ChokepointRecorded", "ClueReceived")
Begun = dict[str, list[Seen]]


def check(export: Export) -> list[Row]:
    """Acknowledgements against registrations and documents, and registrations against each other."""
    begun: Begun = defaultdict(list)
    for case_no, events in export.of_owner("intake"):
        begun[case_no] = [event for event in events if event.kind in BEGINNINGS]
    return [_acknowledged(export, begun), _once(export, begun)]


def _acknowledged(export: Export, begun: Begun) -> Row:
    row = Row("submission.case", "每件已确认的提交有且只有一件工单")
    for ack in export.acks:
        case_no, who = ack["case_no"], f"{ack['channel']} 的提交 {ack.get('source_id')}（回执 {ack['case_no']}）"
        found = begun.get(case_no, [])
        row.expect(len(found) == 1, f"{who}有 {len(found)} 个登记事件，应有 1 个")
        for event in found:
            same = event.facts.get("source_id") in (None, ack.get("source_id")) and event.facts.get("channel") in (None, ack["channel"])
            row.expect(same, f"{who}的工单登记的是另一件：{event.facts.get('channel')} {event.facts.get('source_id')}，见 {event}")
        row.expect(case_no in export.heads["intake"], f"{who}在 intake 没有文档")
    return row


def _once(export: Export, begun: Begun) -> Row:
    row = Row("submission.once", "同一提交没有两件工单，每件登记有一份文档")
    first: dict[tuple[str, str], str] = {}
    for case_no, events in begun.items():
        row.expect(len(events) <= 1, f"工单 {case_no} 登记了 {len(events)} 次")
        for event in events:
            source = str(event.facts.get("channel")), str(event.facts.get("source_id"))
            known = first.setdefault(source, case_no) if event.facts.get("source_id") else case_no
            row.expect(known == case_no, f"{source[0]} 的提交 {source[1]} 有两件工单：{known} 和 {case_no}（{event.place}）")
            row.expect(case_no in export.heads["intake"], f"{event} 在 intake 没有文档")
    for sentence in export.doubles:
        row.breach(sentence)
    return row

"""(g) A system at rest has empty outboxes and nothing behind; parked cases and dead letters are each accounted for."""

from __future__ import annotations

from collections import defaultdict

from checker.known import FOLLOWS, OWNER_OF, readers
from checker.reading import Export
from checker.records import Place
from checker.table import Row


def check(export: Export) -> list[Row]:
    """What was left lying about."""
    return [_outboxes(export), _behind(export), _parked(export), _dead(export)]


def _outboxes(export: Export) -> Row:
    row = Row("rest.outbox", "静止时发件箱都是空的")
    if export.under_way:
        row.notes.append(f"{len(export.under_way)} 件在导出时正有动静，这次没有判断")
    for service, heads in export.heads.items():
        for case_no, head in heads.items():
            row.looked += 1
            if head.outbox:
                told = row.breaches if export.at_rest else row.notes
                told.append(f"{service} 的 {case_no} 发件箱里还有第 {'、'.join(map(str, head.outbox))} 个事件")
    return row


def _behind(export: Export) -> Row:
    row = Row("rest.behind", "静止时没有服务落后")
    told: dict[str, dict[str, int]] = export.meta.get("committed", {})
    for service in FOLLOWS if told else ():
        for (topic, partition), end in export.ends.items():
            if service not in readers(topic):
                continue
            left = end - told.get(service, {}).get(f"{topic}/{partition}", 0)
            row.looked += 1
            if left > 0:
                said = row.breaches if export.at_rest else row.notes
                said.append(f"{service} 在 {topic}/{partition} 还有 {left} 条没有读")
    return row


def _parked(export: Export) -> Row:
    row = Row("rest.parked", "搁置的工单都有交代")
    meant = {entry["case_no"] for entry in export.poison if "case_no" in entry}
    meant |= {event.case_no for event in export.seen if export.planted.get(event.place) == "parked"}
    for service, cases in export.parked.items():
        for case in cases:
            planted = any(export.planted.get(place) == "parked" for place in case.places)
            row.expect(case.case_no in meant or planted, f"{service} 搁置了 {case.case_no}（{case.reason}），没有交代")
    return row


def _dead(export: Export) -> Row:
    row = Row("rest.dead", "死信与埋下的坏消息一一对应")
    buried: dict[Place, set[str]] = defaultdict(set)
    for letter in export.dead:
        buried[letter.origin].add(letter.service)
        row.expect(letter.origin in export.planted, f"{letter.place} 的死信来自 {letter.origin}（{letter.reason}），没有交代")
    for place, expected in export.planted.items():
        missing = [service for service in readers(place.topic) if service not in buried[place]]
        row.expect(expected != "dead" or not missing, f"埋在 {place} 的坏消息没有进入 {'、'.join(missing)} 的死信")
    for entry in export.poison:
        known = "case_no" in entry or any(place.topic == entry["topic"] for place in export.planted)
        row.expect(known, f"埋下的坏消息 {entry} 不在任何主题里，写入时就丢了")
    topics = sum(topic in OWNER_OF for topic, _ in export.ends)
    row.expect(topics > 0 or not export.heads["intake"], "导出里没有一个事件主题，却有文档")
    return row

"""(c) Every service's state follows from the events it consumed; every event names a cause that happened before it."""

from __future__ import annotations

from checker.known import FOLLOWS, TOPIC_OF, orders_topic
from checker.reading import Export, Head
from checker.records import Place, Seen
from checker.table import Row

NOTHING = Head()


def check(export: Export) -> list[Row]:
    """Documents against topics, events against what their publisher knew, departments' topics against the router's."""
    return [_applied(export), _published(export), _causes(export), _after(export), _departments(export)]


def _applied(export: Export) -> Row:
    row = Row("state.applied", "每个服务恰好应用到所订阅的流的最后一个连续事件")
    for service, owners in FOLLOWS.items():
        waiting = {place for parked in export.parked[service] for place in parked.places}
        known = export.heads[service]
        numbers = {stream.partition("/")[2] for stream in export.streams} | set(known)
        for case_no in sorted(numbers):
            for owner in owners:
                _one(export, row, service, owner, case_no, waiting)
        for case_no, head in known.items():
            strange = set(head.applied) - set(owners)
            row.expect(not strange, f"{service} 的 {case_no} 应用了并不订阅的 {'、'.join(sorted(strange))}")
    return row


def _one(export: Export, row: Row, service: str, owner: str, case_no: str, waiting: set[Place]) -> None:
    has = export.heads[service].get(case_no, NOTHING).applied.get(owner, 0)
    last = export.contiguous(owner, case_no)
    row.expect(has <= last, f"{service} 的 {case_no} 应用到 {owner} 第 {has} 个事件，主题 {TOPIC_OF[owner]} 连续的只到第 {last} 个")
    for seq in range(has + 1, last + 1):
        event = export.streams[f"{owner}/{case_no}"][seq]
        if event.place in waiting:
            continue
        done = export.committed(service, event.place)
        sentence = f"{service} 没有应用 {event}"
        if done or (export.at_rest and done is None):
            row.breach(sentence)
        elif not done:
            row.notes.append(f"{service} 尚未读到 {event}")


def _published(export: Export) -> Row:
    row = Row("state.published", "每份文档说过的事件都在主题里或发件箱里")
    for service, heads in export.heads.items():
        for case_no, head in heads.items():
            there = export.streams.get(f"{service}/{case_no}", {})
            lost = [seq for seq in range(1, head.seq + 1) if seq not in there and seq not in head.outbox]
            row.expect(not lost, f"{service} 的 {case_no} 说过第 {'、'.join(map(str, lost))} 个事件，主题 {TOPIC_OF[service]} 里没有")
            more = max(there, default=0)
            row.expect(more <= head.seq, f"主题里有 {service}/{case_no} 第 {more} 个事件，文档只说到第 {head.seq} 个")
        for case_no, events in export.of_owner(service):
            row.expect(case_no in heads, f"{events[0]} 在 {service} 没有文档")
    return row


def _causes(export: Export) -> Row:
    row = Row("order.cause", "每个事件的起因是已发布的、发布者已应用的事件")
    for event in export.seen:
        if event.cause is None:
            continue
        cause = export.by_id.get(event.cause)
        row.expect(cause is not None, f"{event} 的起因 {event.cause} 没有发布过")
        if cause is None:
            continue
        follows = cause.case_no == event.case_no and event.after.get(cause.owner, 0) >= cause.seq
        row.expect(follows, f"{event} 的起因 {cause} 在发布时还没有应用")
    return row


def _after(export: Export) -> Row:
    row = Row("order.after", "发布时所知的事件都已发布，应用时不早于所知")
    for owner in FOLLOWS:
        for case_no, events in export.of_owner(owner):
            known: dict[str, int] = {}
            for event in events:
                _known(export, row, event, known)
                known = event.after
            _respected(export, row, case_no, events)
    return row


def _known(export: Export, row: Row, event: Seen, before: dict[str, int]) -> None:
    shrunk = [owner for owner, seq in before.items() if event.after.get(owner, 0) < seq]
    row.expect(not shrunk, f"{event} 所知的 {'、'.join(shrunk)} 比前一个事件少")
    for owner, seq in event.after.items():
        there = export.contiguous(owner, event.case_no)
        row.expect(owner in FOLLOWS[event.owner] and seq <= there, f"{event} 所知的 {owner} 第 {seq} 个事件没有发布")


def _respected(export: Export, row: Row, case_no: str, events: list[Seen]) -> None:
    for service, owners in FOLLOWS.items():
        has = export.heads[service].get(case_no, NOTHING).applied
        for event in events:
            if event.owner not in owners or has.get(event.owner, 0) < event.seq:
                continue
            early = [owner for owner, seq in event.after.items() if owner in owners and has.get(owner, 0) < seq]
            row.expect(not early, f"{service} 应用了 {event}，却没有应用它所依据的 {'、'.join(early)}")


def _departments(export: Export) -> Row:
    row = Row("dept.repeat", "部门主题恰好重复涉及本单位的 router 事件")
    wanted = {
        (orders_topic(event.facts["unit"]), event.event_id): event
        for _, events in export.of_owner("router") for event in events if event.facts.get("unit")
    }
    met: set[tuple[str, str]] = set()
    highest: dict[tuple[str, str], int] = {}
    for copy in export.copies:
        topic = copy.place.topic
        row.expect((topic, copy.event_id) in wanted, f"{copy} 不应在主题 {topic}")
        last = highest.get((topic, copy.stream), 0)
        row.expect(copy.seq > last or (topic, copy.event_id) in met, f"{copy} 排在同一流第 {last} 个事件之后")
        met.add((topic, copy.event_id))
        highest[topic, copy.stream] = max(copy.seq, last)
    for (topic, name), event in wanted.items():
        if (topic, name) not in met and event.seq in export.heads["router"].get(event.case_no, NOTHING).outbox:
            row.notes.append(f"{event} 还在发件箱里，尚未到主题 {topic}")
        else:
            row.expect((topic, name) in met, f"主题 {topic} 里没有 {event}")
    return row

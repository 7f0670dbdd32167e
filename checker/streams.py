"""(b) Every stream counts 1, 2, 3 …; an event has one id and one body however often it stands in its topic."""

from __future__ import annotations

from collections import defaultdict

from checker.known import OWNER_OF, TOPIC_OF, event_id
from checker.reading import Export
from checker.records import Seen
from checker.table import Row


def check(export: Export) -> list[Row]:
    """What the topics hold, looked at without any document."""
    return [_readable(export), _at_home(export), _ids(export), _bodies(export), _gapless(export), _ordered(export)]


def _readable(export: Export) -> Row:
    row = Row("stream.readable", "主题里除埋下的坏消息外都能读")
    row.looked = len(export.seen) + len(export.copies) + len(export.unreadable)
    for place, why in export.unreadable:
        row.breach(f"{place} 无法读取：{why}")
    return row


def _at_home(export: Export) -> Row:
    row = Row("stream.home", "每个事件在所属服务的主题、工单固定的分区")
    partition: dict[tuple[str, str], int] = {}
    for event in export.seen:
        owner = OWNER_OF[event.place.topic]
        ours = event.stream == f"{owner}/{event.case_no}" and event.type.split(".")[-3] == owner
        row.expect(ours, f"{event} 不属于主题 {event.place.topic}")
        usual = partition.setdefault((event.place.topic, event.case_no), event.place.partition)
        row.expect(usual == event.place.partition, f"{event} 的工单本在分区 {usual}")
    return row


def _ids(export: Export) -> Row:
    row = Row("stream.id", "事件编号等于按流和序号重算的编号")
    for event in (*export.seen, *export.copies):
        wanted = event_id(event.stream, event.seq)
        row.expect(event.event_id == wanted, f"{event} 的编号是 {event.event_id}，应为 {wanted}")
    return row


def _bodies(export: Export) -> Row:
    row = Row("stream.body", "同一流同一序号只有一种内容，重复的逐字节相同")
    for event in (*export.seen, *export.copies):
        first = export.streams.get(event.stream, {}).get(event.seq, event)
        row.expect(event.whole == first.whole, f"{event} 与 {first.place} 的内容不同")
    return row


def _gapless(export: Export) -> Row:
    row = Row("stream.gapless", "每个流从 1 起连续无缺")
    for stream, events in export.streams.items():
        missing = sorted(set(range(1, max(events) + 1)) - set(events))
        row.looked += len(events)
        if missing:
            row.breach(f"流 {stream}（主题 {TOPIC_OF.get(stream.partition('/')[0])}）缺第 {_listed(missing)} 个事件")
    return row


def _listed(numbers: list[int]) -> str:
    return "、".join(map(str, numbers[:10])) + ("…" if len(numbers) > 10 else "")  # noqa: PLR2004 - a readable sentence


def _ordered(export: Export) -> Row:
    row = Row("stream.order", "主题中同一工单的事件先后不倒退")
    highest: dict[str, Seen] = {}
    met: dict[str, set[int]] = defaultdict(set)
    for event in export.seen:
        last = highest.get(event.stream)
        new = event.seq not in met[event.stream]
        met[event.stream].add(event.seq)
        row.expect(not new or last is None or event.seq > last.seq, f"{event} 排在 {last} 之后")
        if last is None or event.seq > last.seq:
            highest[event.stream] = event
    return row

"""(i) Each platform above hears of each change once and in order; where it is required, nothing is locked before both have it (歧义 31)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from checker.known import HEARD, upload_number
from checker.reading import Export, Head
from checker.records import Seen
from checker.table import Row

RECEIVED, NOTED = "UploadReceived", "UploadNoted"
Brought = dict[tuple[str, str], list[Seen]]


def check(export: Export) -> list[Row]:
    """What was said of the uploads against what happened, and against the locks."""
    once = Row("upload.once", "每个平台按顺序、每条恰好一次收到每件的内容")
    lock = Row("upload.lock", "要求上传的，归档前每个平台都已收到或登记了线下补传")
    found = brought(export)
    for (case_no, platform), events in found.items():
        _once(export, once, case_no, platform, events)
    if export.meta.get("sync_required"):
        heard = _heard_before_the_lock(export)
        for case_no, events in export.of_owner("archive"):
            for event in events:
                if event.kind == "CaseArchived":
                    _locked(export, lock, event, heard.get(case_no, 0), found)
    return [once, lock]


def brought(export: Export) -> Brought:
    """By case and platform: every receipt and every 线下补传, as the archive said them one after the other."""
    found: Brought = defaultdict(list)
    for _, events in export.of_owner("archive"):
        for event in events:
            if event.kind in (RECEIVED, NOTED):
                found[event.facts["of"], event.facts["platform"]].append(event)
    return found


def everywhere(export: Export, case_no: str, found: Brought) -> bool:
    """Whether every platform has everything there is to hear of this case."""
    platforms = export.meta.get("platforms", ())
    return all(_reached(found.get((case_no, platform), [])) >= _happened(export, case_no) for platform in platforms)


def _reached(events: list[Seen]) -> int:
    return max((int(event.facts["number"]) for event in events), default=0)


def _happened(export: Export, case_no: str) -> int:
    streams = (export.streams.get(f"{owner}/{case_no}", {}) for owner in ("intake", "router"))
    return sum(event.kind in HEARD for events in streams for event in events.values())


def _once(export: Export, row: Row, case_no: str, platform: str, events: list[Seen]) -> None:
    last = 0
    for event in events:
        number = int(event.facts["number"])
        next_one = number == last + 1 if event.kind == RECEIVED else number > last
        row.expect(next_one, f"{event} 说 {platform} 收到 {case_no} 的第 {number} 条，前面到第 {last} 条")
        last = max(last, number)
    if case_no not in export.under_way:
        there = _happened(export, case_no)
        row.expect(last <= there, f"{platform} 收到 {case_no} 的第 {last} 条，这件只有 {there} 条可传")


def _heard_before_the_lock(export: Export) -> dict[str, int]:
    """How many messages the lines make that each lock covers."""
    return {case_no: sum(kind in HEARD for kind in kinds) for case_no, kinds in _covered(export)}


def _covered(export: Export) -> Iterator[tuple[str, list[str]]]:
    for document in export.documents("archive"):
        state = document.get("state") or {}
        if state.get("lock") and isinstance(state.get("events"), list):
            lines = state["events"][: state["lock"]["events"]]
            yield document["case_no"], [json.loads(line)["type"].split(".")[-2] for line in lines]


def _locked(export: Export, row: Row, archived: Seen, heard: int, found: Brought) -> None:
    """By the archive's own clock, which wrote both; a case archived under other rules, or whose receipts are on their way, is noted."""
    case_no, now = archived.case_no, export.meta.get("policy_version", "")
    if archived.policy and now and archived.policy != now:
        row.notes.append(f"{archived} 按规则 {archived.policy} 归档，现行规则是 {now}，没有判断")
        return
    if _on_its_way(export, upload_number(case_no)):
        row.notes.append(f"{case_no} 的上传在导出时正有动静，没有判断")
        return
    for platform in export.meta.get("platforms", ()):
        before = [event for event in found.get((case_no, platform), []) if event.recorded_at <= archived.recorded_at]
        row.expect(_reached(before) >= heard, f"{archived} 归档时 {platform} 只有第 {_reached(before)} 条，共 {heard} 条，也没有登记线下补传")


def _on_its_way(export: Export, number: str) -> bool:
    return not export.at_rest and (number in export.under_way or bool(export.heads["archive"].get(number, Head()).outbox))

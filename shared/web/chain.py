"""Whether the access log still is what was written: a changed, missing, added or reordered entry is named (domain §9.4: 审计不可改)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from shared.storage.documents import Document
from shared.web.looks import NOTHING_BEFORE, digest_of, index_of, name_of


async def chain_faults(entries: AsyncIterator[Document], noted: Mapping[int, str]) -> tuple[int, list[str]]:
    """How many entries there are, and what is wrong with them, a sentence each.

    `noted` are digests by number as they stand elsewhere (the program's log, the auditor's notes): they find a chain made
    anew as a whole and one whose last entries are gone.
    """
    faults: list[str] = []
    before, number, count = NOTHING_BEFORE, 0, 0
    async for held in entries:
        state = held["state"]
        faults += _gap(number, state["number"]) + _own_faults(held, state, before, gap=state["number"] != number + 1)
        if noted.get(state["number"], state["digest"]) != state["digest"]:
            faults.append(f"第 {state['number']} 条与程序日志中记下的摘要不同。")
        before, number, count = state["digest"], state["number"], count + 1
    if noted and max(noted) > number:
        faults.append(f"第 {number + 1} 至 {max(noted)} 条已不在：程序日志中记有它们的摘要。")
    return count, faults


def _gap(last: int, number: Any) -> list[str]:
    if number == last + 1:
        return []
    if number <= last:
        return [f"第 {last} 条之后又是第 {number} 条：顺序被改过。"]
    return [f"第 {last + 1} 至 {number - 1} 条不见了。" if number > last + 2 else f"第 {last + 1} 条不见了。"]


def _own_faults(held: Document, state: Mapping[str, Any], before: str, *, gap: bool) -> list[str]:
    number, content = state["number"], {name: value for name, value in state.items() if name != "digest"}
    faults = []
    if digest_of(content) != state["digest"]:
        faults.append(f"第 {number} 条的内容被改过：与它的摘要不符。")
    if state["before"] != before and not gap:
        faults.append(f"第 {number} 条接不上前一条：前一条或这一条被换过。")
    if held["_id"] != name_of(number) or dict(held["index"]) != index_of(content):
        faults.append(f"第 {number} 条的查询字段与内容不符：按人员、类别、工单或日期会查不到它。")
    return faults

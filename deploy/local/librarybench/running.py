"""`./bancheng bench library`: the two hundred questions over very many cases, through the function and through the site, in this process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter, thread_time

import httpx

from deploy.local.librarybench.filling import fillers
from deploy.local.librarybench.sample import Asked, misses, questions, sample_cases
from deploy.local.librarybench.standing import Standing, site_of
from services.archive.domain.search.entry import Indexed
from services.archive.domain.search.index import LibraryIndex
from services.archive.domain.search.question import Groups, groups_of
from services.archive.domain.search.segment import merge
from services.archive.store.library_index import WORDS
from shared.district.loading import load_district

TODAY = datetime.fromisoformat("2026-11-30T10:00:00+08:00")
PROMISED_MS, ENOUGH, CHUNK, ROUNDS = 50.0, 0.9, 1000, 5
MEGA = 1_000_000
Took = tuple[float, float]  # milliseconds that passed, milliseconds of work


async def bench_library(district: Path, *, cases: int, rounds: int = ROUNDS) -> int:
    """Measures and prints; 1 when the right case is too seldom among the first three, never for a busy machine."""
    rules, asked = load_district(district), questions()
    written = sample_cases(rules)
    standing = Standing(rules, TODAY)
    begun = perf_counter()
    for chunk in _chunks([*written, *fillers(rules, max(cases - len(written), 0))]):
        standing.keep(chunk)
        standing.index.add(chunk)
        _merged(standing.index)
    index, took = standing.index, perf_counter() - begun
    held = index.memory / MEGA
    _say(f"{len(index)} 个案例，建索引 {took:.1f} 秒（{len(index) / took:.0f} 个/秒，含生成），数组 {held:.0f} MB，{len(index.segments)} 段")
    groups = groups_of(WORDS.read_text(encoding="utf-8"))
    good = _judged(index, asked, groups)
    _timed("检索函数", [_one(lambda one=one: misses(index, [one], groups)) for _ in range(rounds) for one in asked])  # type: ignore[misc]  # bound now
    await _through_the_site(standing, asked)
    _say(f"本机 {os.cpu_count()} 核，负载 {'、'.join(f'{load:.1f}' for load in os.getloadavg())}；p99 应在 {PROMISED_MS:.0f} 毫秒内")
    return 0 if good else 1


def _chunks(cases: Sequence[Indexed]) -> Iterable[Sequence[Indexed]]:
    return (cases[place : place + CHUNK] for place in range(0, len(cases), CHUNK))


def _merged(index: LibraryIndex) -> None:
    while parts := index.unmerged():
        index.put_together(parts, *merge(parts))


def _judged(index: LibraryIndex, asked: Sequence[Asked], groups: Groups) -> bool:
    """Prints how often the right case was among the first three, and every miss; True for nine of ten, both of those tuned on and kept back."""
    good = True
    for name, kept_back in (("调检索时看过的", False), ("留到最后的", True)):
        part = [one for one in asked if one.kept_back == kept_back]
        with_words, without = misses(index, part, groups), misses(index, part)
        right = len(part) - len(with_words)
        good = good and right >= ENOUGH * len(part)
        changed = {miss.asked.words for miss in with_words} ^ {miss.asked.words for miss in without}
        words = f"不用别的说法则 {len(part) - len(without)}，改变 {len(changed)} 问"
        _say(f"{name} {len(part)} 问：前三条有对的 {right}（{right / len(part):.1%}）；{words}")
        for miss in with_words:
            _say(f"  没找到 {miss.asked.right}：{miss.asked.words}　先来的是 {'、'.join(miss.instead) or '无'}")
    return good


def _one(work: Callable[[], object]) -> Took:
    begun, worked = perf_counter(), thread_time()
    work()
    return 1000 * (perf_counter() - begun), 1000 * (thread_time() - worked)


async def _through_the_site(standing: Standing, asked: Sequence[Asked]) -> None:
    """Every question once by POST, as the pages' script asks; the piece of page is rendered."""
    took = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site_of(standing)), base_url="http://127.0.0.1", headers=standing.headers) as client:
        for one in asked:
            begun, worked = perf_counter(), thread_time()
            answer = await client.post("/archive/library/similar", data={"text": one.words, "where": "REGISTER"})
            took.append((1000 * (perf_counter() - begun), 1000 * (thread_time() - worked)))
            answer.raise_for_status()
            await asyncio.sleep(0)
    _timed("经站点（/archive/library/similar，进程内）", took)


def _timed(name: str, took: Sequence[Took]) -> None:
    """Prints how long they took, and how much of it was work: on a busy machine the rest is waiting for a core."""
    for what, times in (("历时", [passed for passed, _ in took]), ("其中处理器用时", [worked for _, worked in took])):
        ordered = sorted(times)
        at = {part: ordered[min(int(len(ordered) * part), len(ordered) - 1)] for part in (0.5, 0.95, 0.99)}
        _say(f"{name} {len(took)} 次，{what}：p50 {at[0.5]:.1f}，p95 {at[0.95]:.1f}，p99 {at[0.99]:.1f}，最慢 {ordered[-1]:.1f} 毫秒")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()

"""domain 12A.10: 登记表 and 承办单 of cases with 督办, fetched from the whole system over HTTP (附件1、附件2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.keys import for_data
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.system import Places
from deploy.local.website import make_site
from shared.testing.driver import DISTRICT
from tests.shared.papers.reading import fonts, pages, text

pytestmark = pytest.mark.real

# c1: left lying until a 督办单 was issued, answered, not to the person's mind, done again. c2: its 督办单 did not stand.
STORY = """
name: annexes
start: 2026-11-23T09:00:00+08:00
steps:
  - {at: 2026-11-23T10:00:00+08:00, do: register, case: c1, channel: HALL, site: "001", name: 欧阳堃喆, phone: "13800000001",
     item: 异地就医备案, text: 备案点了三次都说参保地有误，跑了两趟没有办成。, category: SERVICE}
  - {at: +1m, do: register, case: c2, channel: SUISHENBAN, name: 李四, phone: "13800000002", item: 户口迁移,
     text: 材料退了两次都没说清缺什么。, category: SERVICE}
  - {at: +20m, do: triage, case: c1, grade: GENERAL, lead: 医保局, requirement: 查清报错原因并办到底。}
  - {at: +1m, do: triage, case: c2, grade: GENERAL, lead: 公安分局, requirement: 一次说清所缺材料。}
  - {at: 2026-11-30T10:00:00+08:00, do: void_supervision, case: c2, reason: 系统故障期间误发。}
  - {at: 2026-11-30T14:00:00+08:00, do: answer, case: c1, result: RESOLVED,
     text: 已联系当事人并查清原因，当日改正到位，事项已经办成，今后同类情况不必再跑第二趟。}
  - {at: +1h, do: verify, case: c1}
  - {at: 2026-12-01T10:00:00+08:00, do: follow_up, case: c1, resolved: false, stars: 2, reason: 备案还是没有生效。}
  - {at: +1h, do: reopen, case: c1}
  - {at: 2026-12-02T15:00:00+08:00, do: answer, case: c1, result: RESOLVED,
     text: 这次由科室负责人牵头上门核对，补齐了上一轮遗漏的材料，证件今天已经送到当事人手中。}
  - {at: +1h, do: verify, case: c1}
  - {at: 2026-12-03T10:00:00+08:00, do: follow_up, case: c1, resolved: true, stars: 5, reason: 这次真的办好了。}
until: 2026-12-03T12:00:00+08:00
"""
COUNTED = ("ISSUED", "ANSWERED", "CLOSED")


class House:
    """The system after the story, its numbers, what it exports, and its site."""

    def __init__(self, client: httpx.AsyncClient, numbers: dict[str, str], rows: dict[str, list[dict[str, Any]]], code: str) -> None:
        self.numbers = numbers
        self.orders = {order["order_no"]: order for row in rows["ledger"] for order in row["orders"]}
        self.valid = Counter(row["order_no"] for row in rows["supervisions"] if row["state"] in COUNTED)
        self.voided = [row["order_no"] for row in rows["supervisions"] if row["state"] == "VOIDED"]
        self._client = client
        self._code = code

    async def paper(self, path: str, staff: str) -> bytes:
        """One paper as somebody gets it."""
        answer = await self._client.get(path, headers={"authorization": f"Bearer {self._code}", "x-staff": staff})
        assert answer.status_code == 200, answer.text
        return answer.content

    async def form(self, label: str) -> bytes:
        """The 登记表 as a clerk prints it."""
        return await self.paper(f"/intake/cases/{self.numbers[label]}/form.pdf?reason=核对签字", "s001-cl1")

    async def order(self, order_no: str) -> bytes:
        """The 承办单 as its own unit prints it."""
        unit = self.orders[order_no]["unit"]
        return await self.paper(f"/router/cases/{order_no.rpartition('-')[0]}/orders/{order_no}.pdf", f"{unit}-do")


@asynccontextmanager
async def played(places: tuple[str, str], prefix: str, folder: Path) -> AsyncIterator[House]:
    """The story on the real broker and store, the system still up."""
    keys, where = for_data(folder), Places(places[0], places[1], prefix=prefix)
    async with rehearsing(where, DISTRICT, keys, parse_scenario(STORY)) as (system, player):
        done = await player.play()
        assert done.failures == []
        exports = {name: rows for running in system.running.values() for name, rows in running.service.exports.items()}
        rows = {name: list(await exports[name]()) for name in ("ledger", "supervisions")}
        site = httpx.ASGITransport(make_site(system, keys, code_on_pages=True))
        async with httpx.AsyncClient(transport=site, base_url="http://127.0.0.1") as client:
            yield House(client, done.numbers, rows, keys.access_code)


async def test_the_papers_of_a_case_that_was_chased_and_done_again(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.10: one number on every page, 督办次数 is the order's valid 督办单, both rounds' replies and words are there."""
    async with played(places, prefix, tmp_path) as house:
        form = await house.form("c1")
        orders = {order_no: await house.order(order_no) for order_no in house.orders}
        again = await house.form("c1")

        number = house.numbers["c1"]
        own = [order_no for order_no in orders if order_no.startswith(number)]
        assert all(number in page for pdf in (form, *(orders[order_no] for order_no in own)) for page in pages(pdf))
        counts = {order_no: int(text(pdf).split("督办次数")[1].partition("承办单位处理意见")[0]) for order_no, pdf in orders.items()}
        assert counts == {order_no: house.valid[order_no] for order_no in orders}
        assert len(own) == 2
        assert counts[own[0]] >= 1
        assert house.voided == [f"{house.numbers['c2']}-01"]
        assert counts[house.voided[0]] == 0
        assert "办理对象姓名欧阳堃喆联系电话13800000001" in text(form)
        assert all(words in text(form) for words in ("不必再跑第二趟。", "送到当事人手中。"))
        assert all(words in text(orders[order_no]) for order_no in own for words in ("备案还是没有生效。", "这次真的办好了。"))
        assert "欧阳堃喆" not in text(orders[own[0]])
        assert all(fonts(pdf) and all(fonts(pdf).values()) for pdf in (form, *orders.values()))
        assert form == again

"""方案 六(四): a department's own system reads `dept.<code>.orders` and writes `dept.<code>.replies`, on real Kafka."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from deploy.local.keys import for_data
from deploy.local.rehearsal.playing import Player
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.system import Places, System
from shared.contracts.topics import dead_topic, orders_topic, replies_topic
from shared.messaging.publishing import Outgoing
from shared.messaging.reading import read_all
from shared.testing.driver import DISTRICT

pytestmark = pytest.mark.real

TWO_UNITS = """
name: departments
start: 2026-11-23T09:00:00+08:00
steps:
  - {at: +0s, do: register, case: c1, channel: SUISHENBAN, name: 张三, phone: "13800000001", item: 异地就医备案,
     text: 备案点了三次都说参保地有误。, category: SERVICE}
  - {at: +10m, do: triage, case: c1, grade: GENERAL, lead: 医保局, assist: [公安分局], requirement: 查清报错原因。}
until: 2026-11-23T09:30:00+08:00
"""


async def says(system: System, unit: str, value: dict[str, Any] | bytes) -> None:
    """The department's system writes one record."""
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    await system.publisher.publish([Outgoing(replies_topic(unit), "any", {}, body)])
    await system.settle()


async def heard(system: System, unit: str) -> list[str]:
    """What the department's system reads, by event name."""
    records = await read_all(system.places.kafka, [system.places.prefix + orders_topic(unit)])
    return [dict(record.headers)["ce_type"].decode().split(".")[-2] for record in records]  # type: ignore[union-attr]


async def test_departments_work_over_their_topics(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Orders are read, steps are written, a wrong reply is refused and told, poison is set aside, the rest goes on."""
    where = Places(places[0], places[1], prefix=prefix)
    async with rehearsing(where, DISTRICT, for_data(tmp_path), parse_scenario(TWO_UNITS)) as (system, player):
        number = await dispatched(player)
        assert await heard(system, "yibao") == ["OrderIssued"]
        assert await heard(system, "gongan") == ["OrderIssued"]

        lead = {"case_no": number, "order_no": f"{number}-01", "unit": "yibao"}
        done = {"step": "ANSWER", "result": "RESOLVED", "text": "已查清参保地登记错误并当日改正，异地就医备案今天已经办成，不必再跑。"}
        await says(system, "yibao", b"{broken")
        await says(system, "yibao", {**lead, "reply_id": "1", "step": "SIGN"})
        await says(system, "yibao", {**lead, "reply_id": "1", "step": "SIGN"})
        await says(system, "gongan", {**lead, "reply_id": "2", "step": "CONTACT"})
        await says(system, "yibao", {**lead, "reply_id": "3", "step": "CONTACT"})
        await says(system, "yibao", {**lead, "reply_id": "4", **done})
        await says(system, "gongan", {**lead, "reply_id": "5", "order_no": f"{number}-02", "unit": "公安分局", **done})
        await says(system, "gongan", {**lead, "reply_id": "6", "case_no": "PT2611239009999", "order_no": "PT2611239009999-01", **done})

        assert await heard(system, "yibao") == ["OrderIssued", "OrderSigned", "CitizenContacted", "OrderAnswered"]
        assert await heard(system, "gongan") == ["OrderIssued", "ReplyRefused", "OrderSigned", "OrderAnswered"]
        dead = await read_all(system.places.kafka, [prefix + dead_topic("router")])
        origins = {dict(record.headers)["x-topic"].decode() for record in dead}  # type: ignore[union-attr]
        assert len(dead) == 2
        assert origins == {prefix + replies_topic("yibao"), prefix + replies_topic("gongan")}
        ledger = await system.running["archive"].service.exports["ledger"]()
        assert [(row["state"], [order["state"] for order in row["orders"]]) for row in ledger] == [
            ("FEEDBACK_REVIEW", ["FEEDBACK_SUBMITTED", "FEEDBACK_SUBMITTED"]),
        ]


async def dispatched(player: Player) -> str:
    """The number of the case once both orders are out."""
    played = await player.play()
    assert played.failures == []
    return played.numbers["c1"]

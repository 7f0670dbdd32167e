"""A history from the real broker and store: exported, clean; and the same with a breach in it, found."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from checker.__main__ import audit
from deploy.local import audit as auditing
from deploy.local.audit import export
from deploy.local.keys import for_data
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.system import Places
from shared.contracts.topics import SERVICES
from shared.testing.driver import DISTRICT

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]
SCENARIO = """
name: audited
start: 2026-10-09T09:00:00+08:00
steps:
  - {at: 2026-10-09T09:00:00+08:00, do: register, case: c1, channel: HALL, site: "001", name: 张三, phone: "13800000001",
     item: 异地就医备案, text: 备案点了三次都报错。, category: SERVICE, source_id: h-1}
  - {at: +10m, do: register, case: c2, channel: SUISHENBAN, name: 李四, phone: "13800000002", item: 落户, text: 窗口说缺材料。, category: SERVICE,
     source_id: s-2}
  - {at: +10m, do: register, case: c3, channel: PORTAL_EXIT, item: 公积金, text: 打不开。, exit_step: 填表, exit_reason: 报错,
     wants_contact: false, source_id: p-3}
  - {at: +20m, do: triage, case: c1, grade: GENERAL, lead: 医保局, requirement: 查清报错原因。}
  - {at: +10m, do: triage, case: c2, grade: GENERAL, lead: 公安分局, requirement: 说明所缺材料。}
  - {at: +1h, do: sign, case: c1}
  - {at: +1h, do: contact, case: c1}
  - {at: 2026-10-12T09:00:00+08:00, do: redeliver, topic: router.cases}
  - {at: 2026-10-13T09:00:00+08:00, do: answer, case: c1, result: RESOLVED,
     text: 经查系统接口升级后字段缺失，已于当日修复并代为重新提交，现备案成功，特此反馈说明。}
  - {at: +1h, do: verify, case: c1}
  - {at: +2h, do: restart, service: sla}
  - {at: +1d, do: follow_up, case: c1, resolved: true, stars: 5}
until: 2026-11-05T18:00:00+08:00
"""


async def test_a_rehearsal_is_audited_clean_and_a_breach_in_it_is_found(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Three channels, a repeat of a topic, a crash, a ladder climbed to its 督办, and a month sealed."""
    where, folder = Places(places[0], places[1], prefix=prefix), tmp_path / "export"
    async with rehearsing(where, DISTRICT, for_data(tmp_path / "keys"), parse_scenario(SCENARIO)) as (system, player):
        played = await player.play()
        await export(places, prefix, DISTRICT, folder, now=system.clock.now())
    ack = {"channel": "SUISHENBAN", "source_id": "s-2", "case_no": played.numbers["c2"]}
    (folder / "acks.jsonl").write_text(f"{json.dumps(ack)}\n", encoding="utf-8")
    rows = {row.name: row for row in audit(folder)}

    assert played.failures == []
    assert {name: row.breaches for name, row in rows.items() if row.breaches} == {}
    assert {name for name, row in rows.items() if not row.looked} == {"rest.parked", "upload.once", "upload.lock"}
    assert rows["ledger.digest"].looked > rows["submission.case"].looked

    path = folder / "topics" / "sla.deadlines.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:1] + lines[2:]), encoding="utf-8")

    assert "stream.gapless" in {row.name for row in audit(folder) if row.breaches}


async def test_a_clock_that_fires_while_it_is_written_down_is_no_breach(
    places: tuple[str, str], prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documents of one moment and topics of a later one do not fit: the export is taken again."""
    where, folder = Places(places[0], places[1], prefix=prefix), tmp_path / "export"
    begun, *_ = SCENARIO.partition("  - {at: 2026-10-12")
    scenario = parse_scenario(begun + "until: 2026-10-09T17:00:00+08:00\n")
    written: list[str] = []
    as_it_is = auditing._write_documents

    async with rehearsing(where, DISTRICT, for_data(tmp_path / "keys"), scenario) as (system, player):

        async def written_down(reader: Any, name: str, *more: Any) -> None:
            await as_it_is(reader, name, *more)
            written.append(name)
            if len(written) == len(SERVICES):
                await player.advance(datetime.fromisoformat("2026-10-14T18:00:00+08:00"))
                await system.settle()

        monkeypatch.setattr(auditing, "_write_documents", written_down)
        await player.play()
        await export(places, prefix, DISTRICT, folder, now=system.clock.now())

    assert written == [*SERVICES, *SERVICES]
    assert {row.name: row.breaches for row in audit(folder) if row.breaches} == {}

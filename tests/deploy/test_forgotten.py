"""Beyond the term a phone is nowhere: stores, ledger, exports, files; an old backup forgets again; the search itself can fail."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from checker.__main__ import audit
from deploy.local.audit import export
from deploy.local.backup.restoring import put
from deploy.local.backup.taking import take
from deploy.local.faults import StackError
from deploy.local.forgotten.finding import Wanted, in_document, in_record
from deploy.local.forgotten.registering import Line, read_register, register_of, rows_of, rows_past_term, write_register
from deploy.local.forgotten.searching import Found, search, search_backup
from deploy.local.keys import for_data
from deploy.local.reaching import Reached
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.system import Places, System
from shared.clock import MovableClock
from shared.contracts.topics import all_topics
from shared.messaging.admin import ensure_topics, kept_days
from shared.messaging.records import KeptRecord
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.mongo import connect
from shared.testing.driver import DISTRICT, at

SCENARIO = """
name: forgotten
start: 2026-10-09T09:00:00+08:00
steps:
  - {at: 2026-10-09T09:00:00+08:00, do: register, case: c1, channel: SUISHENBAN, name: 张三丰, phone: "13812345678",
     item: 异地就医备案, text: 备案点了三次都报错。, category: SERVICE, source_id: s-1}
  - {at: +10m, do: register, case: c2, channel: HALL, site: "001", name: 李四光, phone: "13887654321", item: 落户, text: 窗口说缺材料。,
     category: SERVICE, source_id: h-2}
  - {at: +20m, do: triage, case: c1, grade: GENERAL, lead: 医保局, requirement: 查清报错原因。}
  - {at: +10m, do: withdraw, case: c2, reason: 已在别处办好。}
  - {at: +1h, do: sign, case: c1}
  - {at: +1h, do: contact, case: c1}
  - {at: 2026-10-13T09:00:00+08:00, do: answer, case: c1, result: RESOLVED,
     text: 经查系统接口升级后字段缺失，已于当日修复并代为重新提交，现备案成功，特此反馈说明。}
  - {at: +1h, do: verify, case: c1}
  - {at: +1d, do: follow_up, case: c1, resolved: true, stars: 5}
until: 2026-10-23T18:00:00+08:00
"""
NEEDLES = ("13812345678", "13887654321", "张三丰", "李四光")
ROWS = [f"PJ261123001000{place}" for place in range(1, 5)]
A_ROW = {
    "channel": "RATING", "source_id": "HCP-1", "digest": "d", "day": "2026-11-22", "site": "001", "unit": None, "item": "落户", "stars": 1,
    "imported_at": "2026-11-23T10:00:00+08:00", "by": "zhengwu-go",
}
YEARS = timedelta(days=3 * 366 + 30)


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_beyond_the_term_the_phone_is_nowhere_and_an_old_backup_forgets_again(
    places: tuple[str, str], prefix: str, tmp_path: Path
) -> None:
    """The clock moves on three years; stores are searched raw, before (all is there) and after (nothing is)."""
    keys, scenario = for_data(tmp_path / "keys"), parse_scenario(SCENARIO)
    sealer, where, reached = Sealer.from_environment(keys.seal_keys), Places(*places, prefix=prefix), Reached(*places, running=True, prefix=prefix)
    async with rehearsing(where, DISTRICT, keys, scenario) as (system, player):
        await player.play()
        await _a_row(reached, sealer, system.clock.now())
        await take(reached, DISTRICT, tmp_path / "old.tar")
        figures = await _figures(system)
        archived = await _archived(system)
        wanted = Wanted.of(archived | {ROWS[0]}, NEEDLES, sealer)
        before = await search(reached, DISTRICT, wanted)
        system.clock.move_to(system.clock.now() + YEARS)  # type: ignore[attr-defined]  # a rehearsal's clock
        await system.settle()
        after = await search(reached, DISTRICT, wanted)
        lines = await register_of(reached)
        now = system.clock.now()
        assert _same(await _figures(system), figures)
        await export(places, prefix, DISTRICT, tmp_path / "export", now=now)
    assert len(archived) == 2 and {line.case_no for line in lines} == archived
    assert len(_of_stores(before)) > 4 * len(archived) and sum(line.startswith("intake.evaluations") for line in before.left) == 2
    assert _of_stores(after) == []
    assert {row.name: row.breaches[:3] for row in audit(tmp_path / "export") if row.breaches} == {}
    await _restored(places, prefix, tmp_path, now, wanted)


async def _a_row(reached: Reached, sealer: Sealer, now: Any) -> None:
    """One imported 差评 as intake keeps it."""
    client, number = connect(reached.mongo_uri), ROWS[0]
    box = sealer.seal("13812345678", case_no=number, label="phone", masked="138****5678", under=sealer.new_case_key(number))
    state = {**A_ROW, "number": number, "imported_at": now.isoformat(), "phone": box.model_dump()}
    places = {"shard": 0, "index": {"imported": "1", "kept_since": now}, "unique": {"source": "RATING:HCP-1"}}
    await client[reached.database("intake")]["evaluations"].insert_one(
        {"_id": number, "version": 1, "seq": 0, "applied": {}, "outbox": [], "keys": {}, "state": state, **places}
    )
    client.close()


async def _rows(system: System, name: str) -> list[dict[str, Any]]:
    exports = {known: rows for running in system.running.values() for known, rows in running.service.exports.items()}
    return await exports[name]()


async def _archived(system: System) -> set[str]:
    return {row["case_no"] for row in await _rows(system, "ledger") if row["state"] == "ARCHIVED"}


async def _figures(system: System) -> dict[str, list[bytes]]:
    """What others judge by, as bytes."""
    return {name: [orjson.dumps(row) for row in await _rows(system, name)] for name in ("ledger", "supervisions", "monthly", "assessment")}


def _same(now: dict[str, list[bytes]], before: dict[str, list[bytes]]) -> bool:
    """Every row as it was; a month that began meanwhile is a row more."""
    return all(set(before[name]) <= set(now[name]) for name in before) and now["ledger"] == before["ledger"] != []


def _of_stores(found: Found) -> list[str]:
    """What is left in documents; a topic's line names partition and offset."""
    return [line for line in found.left if "@" not in line.partition("：")[0]]


async def _restored(places: tuple[str, str], prefix: str, tmp_path: Path, now: Any, wanted: Wanted) -> None:
    """From a backup three years old nothing comes back, neither in a store nor in a topic, before any service runs."""
    new = Reached(*places, running=False, prefix=f"{prefix}new-")
    held = Found()
    search_backup(tmp_path / "old.tar", wanted, held)
    assert held.left
    manifest = await put(tmp_path / "old.tar", new, DISTRICT, (), MovableClock(now))
    found = await search(new, DISTRICT, wanted)
    assert (manifest["forgotten"], found.left) == (len(wanted.cases), [])
    assert {line.case_no for line in await register_of(new)} | {ROWS[0]} == set(wanted.cases)
    assert [line.case_no for line in await rows_of(new, 3, now)] == [ROWS[0]]


@pytest.mark.real
@pytest.mark.slow
async def test_a_planted_leftover_is_found_and_a_case_forgotten_early_stays_forgotten(
    places: tuple[str, str], prefix: str, tmp_path: Path
) -> None:
    """A box put back into one document is named; the register outlives a backup that is younger than the term."""
    keys, scenario = for_data(tmp_path / "keys"), parse_scenario(SCENARIO)
    sealer, reached = Sealer.from_environment(keys.seal_keys), Reached(*places, running=True, prefix=prefix)
    async with rehearsing(Places(*places, prefix=prefix), DISTRICT, keys, scenario) as (system, player):
        await player.play()
        await take(reached, DISTRICT, tmp_path / "young.tar")
        now = system.clock.now()
        case_no = min(await _archived(system))
    new = Reached(*places, running=False, prefix=f"{prefix}new-")
    write_register(tmp_path / "register.jsonl", [Line(case_no, now, "REQUEST")])
    manifest = await put(tmp_path / "young.tar", new, DISTRICT, read_register(tmp_path / "register.jsonl"), MovableClock(now))
    wanted = Wanted.of({case_no}, (), sealer)
    assert (manifest["forgotten"], (await search(new, DISTRICT, wanted)).left) == (1, [])

    client = connect(places[1])
    box = sealer.seal("13812345678", case_no=case_no, label="phone", masked="138****5678", under=sealer.new_case_key(case_no))
    held = client[new.database("router")]["cases"]
    await held.update_one({"_id": case_no}, {"$set": {"state.contact.phone": box.model_dump()}})
    client.close()
    assert (await search(new, DISTRICT, wanted)).left == [f"router.cases {case_no}：phone 的密封内容和密钥"]


@pytest.mark.real
async def test_no_topic_keeps_what_the_stores_may_not(places: tuple[str, str], prefix: str) -> None:
    """As the broker itself says: 90 days, dead letters 365, far below three years."""
    topics = all_topics(sorted(DISTRICT.departments)[:2])
    await ensure_topics(places[0], topics, prefix=prefix)
    days = await kept_days(places[0], [prefix + topic.name for topic in topics])

    assert {name.removeprefix(prefix): kept for name, kept in days.items()} == {topic.name: topic.retention_days for topic in topics}
    assert max(days.values()) < 365 * DISTRICT.policy.retention.contact_years


def test_each_kind_of_leftover_is_found() -> None:
    """Planted one by one: box with key, box of the installation's key, index, digest, file, sandbox address, outbox, parked, dead letter, words."""
    sealer = Sealer.from_environment(new_keys())
    case = "PT2611230010001"
    wanted = Wanted.of({case}, ["13812345678"], sealer)
    own = sealer.seal("x", case_no=case, label="phone", masked="*", under=sealer.new_case_key(case)).model_dump()
    old = sealer.seal("x", case_no=case, label="phone", masked="*").model_dump()
    gone = {**own, "box": "", "wrapped_key": ""}
    body = orjson.dumps({"contact": {"phone": own}})
    filing = {"filing": {"digest": "d"}}
    planted: list[tuple[str, dict[str, Any]]] = [
        ("cases", {"_id": case, "state": {"contact": {"phone": own}}}), ("cases", {"_id": case, "state": {"matter": old}}),
        ("cases", {"_id": case, "state": {"contact": {"party_ref": "p"}}}), ("registrations", {"_id": case, "state": filing}),
        ("registrations", {"_id": case, "state": None, "index": {"same": "p|item"}}), ("files", {"_id": "f1", "state": {"case_no": case}}),
        ("sandbox_outbox", {"_id": "n1", "state": {"case_no": case, "channel": "SMS"}, "index": {"counted": "SMS/C01/ab"}}),
        ("cases", {"_id": case, "state": None, "outbox": [{"body": body.decode()}]}), ("parked", {"_id": case, "records": [{"value": body}]}),
        ("records", {"_id": case, "state": {"events": [orjson.dumps({"data": {"phone": own}}).decode()]}}),
        ("evaluations", {"_id": "PJ2611230010001", "state": {"case_no": case, "digest": "d"}}),
        ("evaluations", {"_id": "PJ2611230010001", "state": {"case_no": case, "digest": "", "phone": own}}),
        ("anything", {"_id": "x", "note": "打 13812345678"}), ("anything", {"_id": "x", "index": sealer.blind("13812345678", "party")}),
    ]
    letter = orjson.dumps({"key": case, "value": body.decode()})
    records = [KeptRecord("intake.cases", 0, 1, case.encode(), body, ()), KeptRecord("dead.sla", 0, 1, None, letter, ())]

    assert [place for place, document in planted if not list(in_document(place, document, wanted))] == []
    assert [record.topic for record in records if not list(in_record(record, wanted))] == []
    clean = {"_id": case, "state": {"contact": {"phone": gone, "party_ref": ""}, "filing": {"digest": ""}}, "index": {"same": None}}
    assert list(in_document("registrations", clean, wanted)) == []
    other = {"_id": "PT2611230010002", "state": {"contact": {"phone": own}}}
    assert list(in_document("cases", other, wanted)) == []


def test_a_register_is_read_as_it_was_written_or_refused(tmp_path: Path) -> None:
    """Number, moment, why; a line that is none is named."""
    lines = [Line("PT2611230010002", at("2027-01-01 10:00"), "REQUEST"), Line("PT2611230010001", at("2029-01-01 10:00"), "TERM")]
    write_register(tmp_path / "register.jsonl", lines)

    assert read_register(tmp_path / "register.jsonl") == sorted(lines, key=lambda line: line.case_no)
    assert read_register(None) == []
    (tmp_path / "bad.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(StackError, match="第 1 行"):
        read_register(tmp_path / "bad.jsonl")


def test_a_row_of_its_own_is_searched_once_its_term_is_over() -> None:
    """Told by its number: over by now, or let go before; what became a case goes with the case."""
    gone = {"forgotten_at": "2028-01-01T10:00:00+08:00"}
    changes: list[dict[str, str]] = [{}, {"imported_at": "2027-11-23T10:00:00+08:00"}, {"case_no": "PT2611230010001"}, gone]
    rows = [{"_id": number, "state": {**A_ROW, "number": number, **changed}} for number, changed in zip(ROWS, changes, strict=True)]

    found = rows_past_term(rows, 3, at("2029-11-23 10:00"))

    assert [(line.case_no, line.at) for line in found] == [(ROWS[0], at("2029-11-23 10:00")), (ROWS[3], at("2028-01-01 10:00"))]
    assert list(in_document("evaluations", rows[0], Wanted(frozenset({ROWS[0]})))) == ["导入内容的摘要"]

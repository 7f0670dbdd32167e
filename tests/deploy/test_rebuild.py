"""The sample day's sla, notifier and archive, made anew from the topics: the same documents, nothing sent, nothing said twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.__main__ import audit
from deploy.local.audit import export
from deploy.local.keys import for_data
from deploy.local.ledger.gathering import look
from deploy.local.reaching import Reached
from deploy.local.rebuild.running import rebuild
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import load_scenario
from deploy.local.system import Places
from services.archive.app import build
from services.archive.domain.reports.canonical import canonical
from services.archive.domain.verifying.findings import Kind
from shared.assembly import Ground, Scheme
from shared.clock import SystemClock
from shared.contracts.topics import EVENT_TOPICS
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.messaging.reading import ends_of
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.mongo import MongoStore, connect
from shared.storage.whole import DatabaseReader
from shared.testing.driver import DISTRICT
from tests.journeys.stage import SAMPLE

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1500)]


async def test_a_lost_service_is_made_anew_from_the_topics(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Compared with the documents that were there, then those are dropped and made again; the audit is clean afterwards."""
    where, keys = Places(*places, prefix=prefix), for_data(tmp_path / "keys")
    async with rehearsing(where, DISTRICT, keys, load_scenario(SAMPLE)) as (system, player):
        played = await player.play()
        now = system.clock.now()
    reached, sealer = Reached(*places, running=False, prefix=prefix), Sealer.from_environment(keys.seal_keys)
    topics = [prefix + topic.name for topic in EVENT_TOPICS]
    ends = await ends_of(places[0], topics)
    sent = await _sent(reached)
    assert played.failures == []

    for service in ("sla", "notifier", "archive"):
        compared = await rebuild(reached, DISTRICT, service, sealer, replace=False)
        assert (compared.differ, compared.documents, compared.parked, compared.new) == ([], [], [], []), service
        assert compared.cases >= 29

    await _lost(reached, "sla")
    made = await rebuild(reached, DISTRICT, "sla", sealer, replace=True)
    assert made.differ == []
    assert made.cases >= 30
    await export(places, prefix, DISTRICT, tmp_path / "export", now=now)
    assert {row.name: row.breaches[:3] for row in audit(tmp_path / "export") if row.breaches} == {}
    await _verified(reached, sealer)
    assert await ends_of(places[0], topics) == ends
    assert await _sent(reached) == sent > 0


async def _verified(reached: Reached, sealer: Sealer) -> None:
    """Issue 7: nobody changed the ledger; lost and made anew it has the same heads and seals; changed in the store it is named."""
    before, reports = await look(reached), await _reports(reached)
    await _lost(reached, "archive")
    made = await rebuild(reached, DISTRICT, "archive", sealer, replace=True)
    after = await look(reached)

    assert (before.found, after.found, made.differ) == ([], [], [])
    assert before.seals == after.seals != []
    assert (before.records, before.events) == (after.records, after.events)
    assert reports == await _reports(reached)

    client = connect(reached.mongo_uri)
    records = client[reached.database("archive")]["records"]
    changed = await records.find_one({"state.lock": {"$ne": None}})
    assert changed is not None
    await records.update_one({"_id": changed["_id"]}, {"$set": {"state.entry.stars": 99}, "$pop": {"state.events": -1}})
    found = (await look(reached)).found
    client.close()
    assert [(finding.kind, finding.number) for finding in found] == [(Kind.EVENT_MISSING, changed["_id"])]


async def _reports(reached: Reached) -> bytes:
    """Every 月台账 of a month with matters and every 双月评估, as bytes; a month that is only open is opened again by the job."""
    client = connect(reached.mongo_uri)
    store = MongoStore(client[reached.database("archive")])
    ground = Ground(
        clock=SystemClock(), store=store, courier=OutboxCourier(MemoryPublisher(), Progress()), scheme=Scheme(DISTRICT),
        sealer=Sealer.from_environment(new_keys()),
    )
    exports = build(ground).exports
    monthly = await exports["monthly"]()
    months = {row["month"] for row in monthly if row["lines"]}
    made = canonical([[row for row in monthly if row["month"] in months], await exports["assessment"]()])
    client.close()
    return made


async def _lost(reached: Reached, service: str) -> None:
    client = connect(reached.mongo_uri)
    await client.drop_database(reached.database(service))
    client.close()


async def _sent(reached: Reached) -> int:
    """How many messages the gateway ever took."""
    reader = DatabaseReader(reached.mongo_uri, reached.database("notifier"))
    try:
        return len([document async for document in reader.each("sandbox_outbox")])
    finally:
        reader.close()

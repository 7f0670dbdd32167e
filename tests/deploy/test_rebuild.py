"""The sample day's sla, notifier and archive, made anew from the topics: the same documents, nothing sent, nothing said twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.__main__ import audit
from deploy.local.audit import export
from deploy.local.keys import for_data
from deploy.local.reaching import Reached
from deploy.local.rebuild.running import rebuild
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import load_scenario
from deploy.local.system import Places
from shared.contracts.topics import EVENT_TOPICS
from shared.messaging.reading import ends_of
from shared.privacy.sealing import Sealer
from shared.storage.mongo import connect
from shared.storage.whole import DatabaseReader
from shared.testing.driver import DISTRICT
from tests.journeys.stage import SAMPLE

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(600)]


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
    assert (made.differ, made.cases) == ([], 30)
    await export(places, prefix, DISTRICT, tmp_path / "export", now=now)
    assert {row.name: row.breaches[:3] for row in audit(tmp_path / "export") if row.breaches} == {}
    assert await ends_of(places[0], topics) == ends
    assert await _sent(reached) == sent > 0


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

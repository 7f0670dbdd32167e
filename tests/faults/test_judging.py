"""What a run is judged by can fail: a planted double at the gateway, a planted loss, a stall."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from deploy.local.faults import StackError
from deploy.local.soak.judging import Judgement, gateway_breaches
from deploy.local.soak.reaching import Tally
from deploy.local.soak.running import Wish, soak, table
from deploy.local.soak.strikes import FAULTS
from services.notifier.gateways import gateway_number
from shared.messaging.kafka import make_broker

SENT = UUID(int=7)


def exported(folder: Path, taken: list[UUID]) -> Path:
    """An export of notifier: one notice that was sent, and what the gateway took."""
    (folder / "services").mkdir()
    notices = [{"notice_id": str(SENT), "status": "SENT"}]
    rows = [{"collection": "dispatches", "case_no": "PT1", "state": {"notices": notices}}]
    rows += [{"collection": "sandbox_outbox", "case_no": f"{place}", "state": {"gateway_id": gateway_number(one)}} for place, one in enumerate(taken)]
    (folder / "services" / "notifier.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.mark.parametrize(
    ("taken", "twice", "lost"),
    [([SENT], 0, 0), ([SENT, SENT], 1, 0), ([], 0, 1), ([SENT, UUID(int=8)], 1, 0)],
)
def test_the_gateways_log_is_held_against_ours(taken: list[UUID], twice: int, lost: int, tmp_path: Path) -> None:
    """Taken once is well; twice, never, or unasked is not."""
    found = gateway_breaches(exported(tmp_path, taken))

    assert {name: len(breaches) for name, breaches in found.items()} == {"gateway.once": twice, "gateway.lost": lost}


def test_breaches_are_counted_by_what_they_mean() -> None:
    """Lost, doubled, out of order."""
    judged = Judgement(1.0, {"submission.case": ["a"], "stream.body": ["b", "c"], "stream.order": ["d"], "ledger.digest": []})

    assert (judged.lost, judged.doubled, judged.disordered, judged.clean) == (1, 2, 1, False)
    assert judged.told()[0] == "submission.case: a"


def test_the_longest_stall_counts_the_edges() -> None:
    """From the blow to the first confirmation, between any two, and from the last to the end."""
    tally = Tally([1.0, 2.0, 6.0, 7.0])

    assert tally.longest_stall(0.0, 7.0) == pytest.approx(4.0)
    assert tally.longest_stall(2.5, 5.0) == pytest.approx(2.5)
    assert tally.longest_stall(6.5, 20.0) == pytest.approx(13.0)


async def test_an_unknown_fault_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """With the list of those there are."""
    with pytest.raises(StackError, match="没有名为“earthquake”的故障"):
        await soak(Wish(1, 1, ("earthquake",), data=tmp_path / "data"), tmp_path)

    assert not (tmp_path / "data").exists()
    assert {"kill", "points", "full", "brokers", "scale", "clock", "store-deaf", "kafka-stalled"} <= FAULTS.keys()


def test_the_table_has_a_row_a_fault() -> None:
    """As docs/reliability.md prints it."""
    row = {"title": "kill -9 of intake", "tried": 3, "in_flight": 9, "stall_s": 1.5}
    report = {
        "submissions": 5, "acts": 6, "seconds": 7, "events": 8, "asked_again": 9, "rested_s": 1, "seed": 1, "lost": 0, "doubled": 0,
        "disordered": 0, "stall_s": 2.0, "faults": [row], "breaches": [],
    }

    assert "| kill -9 of intake | 3 | 9 | 0 | 0 | 0 | 1.5 s |" in table(report)


def test_several_brokers_are_several_addresses() -> None:
    """Found by the three-broker fault test: a list in one text was taken for one host's name."""
    broker = make_broker("127.0.0.1:1,127.0.0.1:2,127.0.0.1:3")

    assert broker._connection_kwargs["bootstrap_servers"] == ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"]

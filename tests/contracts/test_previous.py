"""The last release and this one side by side: each reads what the other writes, so that services are upgraded one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from services.archive import app as archive
from services.sla import app as sla
from shared.contracts.event import UnknownEvent
from shared.contracts.schemas import breaks, schemas
from shared.contracts.wire import from_wire
from shared.messaging.records import KeptRecord
from shared.testing.driver import ServiceDriver
from shared.testing.events import CASE, a_case_registered, a_case_triaged
from tests.contracts.test_examples import EXAMPLES, parsed, read

PREVIOUS: dict[str, Any] = orjson.loads((Path(__file__).parent / "previous" / "schemas.json").read_bytes())


def needed(schema: dict[str, Any]) -> set[str]:
    """The fields a reader of this form cannot do without: those without a default."""
    return {name for name in schema.get("required", []) if "default" not in schema["properties"].get(name, {})}


@pytest.mark.parametrize("kind", sorted(PREVIOUS))
def test_the_previous_reader_finds_all_it_needs_in_what_is_written_now(kind: str) -> None:
    """What this version always writes covers what that one requires, in the same form."""
    now = schemas()[kind]

    assert needed(PREVIOUS[kind]) <= set(now["properties"])
    assert [said for said in breaks(PREVIOUS[kind], now) if "value" not in said] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_this_reader_takes_what_the_previous_version_writes(path: Path) -> None:
    """An example without the fields that are new since."""
    example = read(path)
    known = PREVIOUS.get(example["headers"]["ce_type"])
    if known is not None:
        example["data"] = {name: value for name, value in example["data"].items() if name in known["properties"]}

    assert not isinstance(parsed(example), UnknownEvent)


@pytest.mark.parametrize("app", [sla, archive], ids=["sla", "archive"])
async def test_a_service_works_on_beside_a_newer_one(app: Any) -> None:
    """Fields and a type nobody here knows stand in the stream: they count as seen, nothing is parked, what follows is done."""
    driver = ServiceDriver(app, "2026-11-23 10:00")
    newer = _of_the_future(driver, a_case_registered("2026-11-23 10:00"), kind=None)
    unknown = _of_the_future(driver, a_case_registered("2026-11-23 10:05"), kind="cn.putuo.bancheng.intake.CaseAdmired.v3")

    await driver.runner.run([newer, unknown])
    await driver.consumes(a_case_triaged("2026-11-23 11:00"))

    assert await driver.runner.parked() == []
    assert driver.dead() == []
    assert driver.runner.counts["handled"] == 4


def _of_the_future(driver: ServiceDriver, event: Any, kind: str | None) -> KeptRecord:
    record = driver._record(driver._placed(event))
    body = orjson.dumps({**orjson.loads(record.value or b"{}"), "of_the_future": {"much": 1}})
    headers = [(name, kind.encode() if kind and name == "ce_type" else value) for name, value in record.headers]
    assert from_wire(headers, body).case_no == CASE
    return KeptRecord(record.topic, record.partition, record.offset, record.key, body, headers)

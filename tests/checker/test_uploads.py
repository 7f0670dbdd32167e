"""Where the upload is required: a good history of it, then each thing it promises broken, and found (方案 六(一); 歧义 31)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.__main__ import audit
from checker.known import HEARD
from checker.table import Row
from services.archive.domain.uploading.owing import HAPPENINGS
from tests.checker.history import FIRST, History, Json, good

SC, PLATFORMS, OWED = f"SC{FIRST[2:]}", ("zhuomuniao", "city"), 6
Mutation = Callable[[History], object]


def uploaded(**changed: str) -> History:
    """The good history in a district that requires the upload: one platform by receipts, the other from the third on by hand."""
    history, when = good(), "17 09:59"
    history.meta |= {"sync_required": True, "platforms": list(PLATFORMS), "policy_version": "2023-2"}
    for platform in PLATFORMS:
        last = OWED if platform == "zhuomuniao" else 2
        for number in range(1, last + 1):
            given = {"of": FIRST, "platform": platform, "number": number, "receipt": f"R{number}"}
            history.say("archive", SC, "UploadReceived", when, **given)
    noted = {"of": FIRST, "platform": "city", "number": OWED, "receipt": "台账-1", "brought_on": "2026-10-17"}
    history.say("archive", SC, "UploadNoted", changed.get("noted", when), **noted)
    return history


def receipts(history: History) -> list[Json]:
    """Every UploadReceived."""
    return [record for record in history.topics["archive.records"] if ".UploadReceived." in dict(record["headers"])["ce_type"]]


def rewritten(record: Json, **facts: object) -> None:
    """The same event saying something else."""
    record["value"] = json.dumps(json.loads(record["value"]) | facts, ensure_ascii=False)


def found(history: History, folder: Path) -> dict[str, Row]:
    """What the audit says, by check."""
    return {row.name: row for row in audit(history.write(folder))}


def test_the_platforms_hear_of_what_the_checker_counts() -> None:
    """Written down twice; here the two are held against each other."""
    assert {kind.__name__ for kind in HAPPENINGS} == HEARD


def test_a_case_both_platforms_have_is_locked_soundly(tmp_path: Path) -> None:
    rows = found(uploaded(), tmp_path)

    assert {name: row.breaches for name, row in rows.items() if row.breaches} == {}
    assert (rows["upload.lock"].looked, rows["upload.once"].looked) == (len(PLATFORMS), OWED + 2 + 1 + len(PLATFORMS))


def locked_before_the_note(history: History) -> None:
    late = uploaded(noted="17 10:01")
    history.topics, history.documents = late.topics, late.documents


def locked_without_a_receipt(history: History) -> None:
    rewritten(receipts(history)[OWED - 1], number=OWED - 1)


def locked_with_nothing(history: History) -> None:
    history.topics, history.documents = good().topics, good().documents


def doubled(history: History) -> None:
    rewritten(receipts(history)[1], number=1)


def out_of_order(history: History) -> None:
    rewritten(receipts(history)[0], number=2)


def more_than_there_is(history: History) -> None:
    rewritten(history.find("archive.records", "UploadNoted"), number=OWED + 1)


@pytest.mark.parametrize(("plant", "check"), [
    (locked_before_the_note, "upload.lock"), (locked_without_a_receipt, "upload.lock"), (locked_with_nothing, "upload.lock"),
    (doubled, "upload.once"), (out_of_order, "upload.once"), (more_than_there_is, "upload.once"),
])
def test_a_planted_breach_is_named_by_its_check(plant: Mutation, check: str, tmp_path: Path) -> None:
    history = uploaded()
    plant(history)

    assert found(history, tmp_path)[check].breaches


def test_where_it_is_not_required_a_lock_waits_for_nothing(tmp_path: Path) -> None:
    history = uploaded(noted="17 10:01")
    history.meta["sync_required"] = False

    assert [row.name for row in found(history, tmp_path).values() if row.breaches] == []


def never_locked(history: History) -> None:
    history.topics["archive.records"] = [
        record for record in history.topics["archive.records"] if ".CaseArchived." not in dict(record["headers"])["ce_type"]
    ]
    document = history.documents["archive"][FIRST]
    document["seq"], document["state"]["lock"], document["state"]["entry"]["state"] = 0, None, "CLOSED"
    for service in ("intake", "router", "sla", "notifier"):
        history.documents[service][FIRST]["applied"].pop("archive", None)


def test_a_case_both_have_must_be_locked_and_one_that_lacks_a_receipt_need_not(tmp_path: Path) -> None:
    """The wait ends with the last receipt: then an entry that stays open is as wrong as one locked too soon."""
    history, waiting = uploaded(), uploaded()
    never_locked(history)
    never_locked(waiting)
    waiting.topics["archive.records"].pop()
    waiting.documents["archive"][SC]["seq"] -= 1
    for service in ("intake", "router", "sla", "notifier"):
        waiting.documents[service][SC]["applied"]["archive"] -= 1

    assert "没有归档" in "".join(found(history, tmp_path / "has")["ledger.entry"].breaches)
    assert {name for name, row in found(waiting, tmp_path / "waits").items() if row.breaches} == set()


def test_a_case_archived_under_other_rules_is_noted(tmp_path: Path) -> None:
    """A district that requires the upload from today did not do wrong yesterday."""
    history = uploaded(noted="17 10:01")
    headers = history.find("archive.records", "CaseArchived")["headers"]
    headers.append(["ce_policyversion", "2023-1"])
    rows = found(history, tmp_path)

    assert [row.name for row in rows.values() if row.breaches] == []
    assert len(rows["upload.lock"].notes) == 1


def test_receipts_on_their_way_blame_nobody(tmp_path: Path) -> None:
    """A running system: the outbox of the upload is not empty yet."""
    history = uploaded(noted="17 10:01")
    history.meta["at_rest"] = False
    history.documents["archive"][SC]["outbox"].append({"seq": 99})

    assert found(history, tmp_path)["upload.lock"].breaches == []

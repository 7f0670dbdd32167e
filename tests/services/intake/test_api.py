"""Matters coming in over HTTP: the counter and the channels (方案 二、六(一))."""

from __future__ import annotations

import asyncio
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from services import intake
from services.intake.api.desk import Desk, Sent
from services.intake.domain.submission import ChannelSubmission, HallSubmission
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded
from shared.contracts.terms import Channel
from shared.errors import TryAgain
from shared.privacy.signing import verify
from shared.storage.cases import Taken
from shared.testing.driver import at
from tests.services.intake.conftest import NOW, SECRETS, TEXT, House, a_channel_matter, a_matter, an_exit

SINGLE = ("SUISHENBAN", "YWTB")


def fields(answer: Any) -> set[str]:
    """Which fields a 422 names."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return {error["field"] for error in answer.json()["errors"]}


async def nothing_happened(house: House) -> bool:
    """Whether nothing was stored, published or numbered."""
    await house.courier.finish()
    return house.documents() == {} and house.published(Event) == [] and house.store._counters == {}


async def test_a_registered_matter_gets_its_receipt(house: House) -> None:
    answer = await house.at_the_counter(a_matter())
    assert answer.status_code == 201
    said = answer.json()
    assert said.pop("query").startswith("请记下工单编号")
    assert said == {
        "case_no": "PT2611230010001", "state": "REGISTERED", "received_at": "2026-11-23T10:00:00+08:00",
        "registered_at": "2026-11-23T10:00:00+08:00", "due_at": "2026-11-26T17:30:00+08:00", "provisional": False,
        "repeated": False,
    }


async def test_it_is_published_as_registered_with_everything_the_others_need(house: House) -> None:
    await house.at_the_counter(a_matter())
    await house.courier.finish()
    (event,) = house.published(CaseRegistered)
    assert (event.site, event.clerk, event.item_code) == ("001", "s001-cl1", "PT-YIBAO-001")
    assert house.topics_of(CaseRegistered) == ["intake.cases"]
    assert event.contact.name is not None and event.contact.phone is not None
    opened = [house.sealer.open(box, case_no=event.case_no) for box in (event.contact.name, event.contact.phone, event.matter)]
    assert opened == ["王大力", "13800000001", TEXT]
    assert (event.contact.name.masked, event.contact.phone.masked) == ("王**", "138****0001")


async def test_nothing_personal_lies_in_clear_in_the_store_or_in_kafka(house: House) -> None:
    said = a_matter(category="COMPLAINT", complained_person="李小明", item="王大力 13800000001", complained_unit="医保局")
    assert (await house.at_the_counter(said)).status_code == 201
    results = await house.batch(an_exit(exit_reason="王大力点了没用，打 13912345678", error_code="13800000001"))
    assert results[0]["status"] == "accepted"
    everything = await house.everything()
    for clear in ("王大力", "李小明", "13800000001", "13912345678"):
        assert clear not in everything


async def test_numbers_follow_each_other_by_day_and_site(house: House) -> None:
    numbers = [(await house.at_the_counter(a_matter(), key=f"k{place}")).json()["case_no"] for place in range(2)]
    numbers.append((await house.at_the_counter(a_matter(site="101"), key="k2")).json()["case_no"])
    house.clock.move_by(timedelta(days=1))
    numbers.append((await house.at_the_counter(a_matter(), key="k3")).json()["case_no"])
    assert numbers == ["PT2611230010001", "PT2611230010002", "PT2611231010001", "PT2611240010001"]


async def test_the_same_request_again_has_the_same_answer_even_days_later(house: House) -> None:
    first = await house.at_the_counter(a_matter(received_at=NOW.isoformat()))
    house.clock.move_by(timedelta(days=3))
    again = await house.at_the_counter(a_matter(received_at=NOW.isoformat(), anonymous=False, upstream_no=" "))
    assert again.status_code == 200
    assert again.json() == {**first.json(), "repeated": True}
    await house.courier.finish()
    assert len(house.published(Event)) == 1


@pytest.mark.parametrize("channel", SINGLE)
async def test_the_same_id_with_another_content_is_refused(house: House, channel: str) -> None:
    assert (await house.from_channel(a_channel_matter(), channel)).status_code == 201
    other = await house.from_channel(a_channel_matter(text="另一件事"), channel, message="msg-2")
    assert fields(other) == {"source_id"}
    assert len(house.documents()) == 1


async def test_the_counters_key_with_another_content_is_refused(house: House) -> None:
    await house.at_the_counter(a_matter())
    assert fields(await house.at_the_counter(a_matter(text="另一件事"))) == {"Idempotency-Key"}


async def test_each_channel_has_its_own_ids(house: House) -> None:
    first = await house.from_channel(a_channel_matter(), "SUISHENBAN")
    second = await house.from_channel(a_channel_matter(), "YWTB")
    assert (first.status_code, second.status_code) == (201, 201)
    assert [first.json()["case_no"], second.json()["case_no"]] == ["PT2611239000001", "PT2611239000002"]


async def test_twenty_identical_requests_at_once_make_one_case(house: House) -> None:
    answers = await asyncio.gather(*(house.from_channel(a_channel_matter()) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["case_no"] for answer in answers}) == 1 == len(house.documents())
    await house.courier.finish()
    assert len(house.published(Event)) == 1


async def test_two_contents_under_one_id_at_once_make_one_case_and_one_refusal(house: House) -> None:
    bodies = (a_channel_matter(), a_channel_matter(text="另一件事"))
    answers = await asyncio.gather(*(house.from_channel(body, message=f"m{place}") for place, body in enumerate(bodies)))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_a_message_id_is_good_for_one_content_only(house: House) -> None:
    assert (await house.from_channel(a_channel_matter("a-1"), message="same")).status_code == 201
    assert fields(await house.from_channel(a_channel_matter("a-2"), message="same")) == {"webhook-id"}
    assert (await house.from_channel(a_channel_matter("a-1"), message="same")).status_code == 200


@pytest.mark.parametrize("channel", SINGLE)
@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"secret": bytes(range(100, 132))}, "mismatch"), ({"content": b"{}"}, "mismatch"),
        ({"now": NOW - timedelta(seconds=301)}, "old"), ({"now": NOW + timedelta(seconds=301)}, "future"),
    ],
)
async def test_what_a_channel_did_not_sign_now_is_refused(house: House, channel: str, wrong: Any, code: str) -> None:
    answer = await house.from_channel(a_channel_matter(), channel, **wrong)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert await nothing_happened(house)


async def test_an_unsigned_request_is_refused(house: House) -> None:
    for path in ("suishenban", "ywtb", "portal-exit"):
        answer = await house.client.post(f"/api/intake/{path}", json=a_channel_matter())
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/signature")


async def test_one_channels_key_does_not_open_another_channel(house: House) -> None:
    answer = await house.from_channel(a_channel_matter(), "YWTB", secret=SECRETS["SUISHENBAN"])
    assert answer.status_code == 401


@pytest.mark.parametrize(("staff", "status"), [("s001-cl1", 201), ("s001-ws1", 201), ("yibao-dh", 403), ("nobody", 401)])
async def test_only_the_window_registers_at_the_counter(house: House, staff: str, status: int) -> None:
    assert (await house.at_the_counter(a_matter(), staff=staff)).status_code == status


async def test_every_fault_is_told_in_one_answer_and_nothing_is_kept(house: House) -> None:
    body = {
        "site": "999", "name": "王" * 61, "phone": "123", "item": "<b>x</b>", "text": "字" * 1001, "category": "OTHER",
        "item_code": "PT-X-1", "complained_unit": "火星办", "received_at": "2026-11-23T10:00:00", "anonymous": "yes",
        "confirm_method": "SHOUTED", "upstream_due": 1800000000, "surprise": 1,
    }
    answer = await house.at_the_counter(body, key=None)
    assert fields(answer) == {*body, "Idempotency-Key"}
    assert "王王" not in answer.text and "字字" not in answer.text
    assert await nothing_happened(house)


@pytest.mark.parametrize("text", ["有\u0000控制符", "翻\u202e转", "藏\u200b字", "<script>alert(1)</script>"])
async def test_control_characters_and_html_are_refused(house: House, text: str) -> None:
    assert fields(await house.at_the_counter(a_matter(text=text))) == {"text"}
    assert fields(await house.at_the_counter(a_matter(name=text))) == {"name"}


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b'{"text": "\\ud800"}'])
async def test_a_body_that_is_no_json_is_refused(house: House, body: bytes) -> None:
    answer = await house.from_channel(body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/json")


@pytest.mark.parametrize("body", [[], "x", 1, None])
async def test_json_that_is_no_object_is_refused(house: House, body: Any) -> None:
    assert "body" in fields(await house.from_channel(body))


async def test_a_body_over_a_megabyte_is_refused(house: House) -> None:
    assert (await house.from_channel(a_channel_matter(text="x" * 1_000_001))).status_code == 413
    assert await nothing_happened(house)


async def test_a_body_of_another_media_type_is_refused(house: House) -> None:
    headers = {"authorization": "Bearer correct-horse-battery", "x-staff": "s001-cl1", "content-type": "text/plain"}
    assert (await house.client.post("/api/intake/hall", content=b"{}", headers=headers)).status_code == 415


async def test_a_null_is_an_absent_field_and_a_long_strange_name_is_cut(house: House) -> None:
    assert (await house.at_the_counter(a_matter() | {"item_code": None, "anonymous": None})).status_code == 201
    strange = fields(await house.at_the_counter(a_matter() | {"x\u0007" * 80: 1}, key="k2"))
    assert strange == {"x�" * 30 + "…"}


async def test_a_matter_entered_later_keeps_its_real_time(house: House) -> None:
    body = a_matter(received_at="2026-11-20T09:30:00+08:00", backdated_reason="停电，先记在纸上")
    said = (await house.at_the_counter(body)).json()
    assert (said["received_at"], said["due_at"]) == ("2026-11-20T09:30:00+08:00", "2026-11-25T17:30:00+08:00")
    assert said["case_no"] == "PT2611230010001"


async def test_a_batch_is_answered_event_by_event_in_order(house: House) -> None:
    results = await house.batch(
        an_exit("e-1"), an_exit("e-2", wants_contact=False), an_exit("e-3", item_code="PT-X-1"), "no object", an_exit("e-1"),
        an_exit("e-1", exit_reason="另一原因"), an_exit(None, wants_contact=False),
    )
    told = [(result["status"], result.get("source_id"), result.get("case_no")) for result in results]
    assert told[:2] == [("accepted", "e-1", "PT2611239000001"), ("accepted", "e-2", "DD2611239000001")]
    assert told[2:4] == [("refused", "e-3", None), ("refused", None, None)]
    assert told[4:] == [("duplicate", "e-1", "PT2611239000001"), ("refused", "e-1", None), ("refused", None, None)]
    assert [error["field"] for error in results[2]["problem"]["errors"]] == ["item_code"]
    assert results[2]["problem"]["instance"] == "/api/intake/portal-exit#/events/2"
    assert [error["field"] for error in results[5]["problem"]["errors"]] == ["source_id"]
    await house.courier.finish()
    assert (len(house.published(CaseRegistered)), len(house.published(ChokepointRecorded))) == (1, 1)


async def test_a_chokepoint_has_no_clock_and_keeps_nobodys_data(house: House) -> None:
    (result,) = await house.batch(an_exit(wants_contact=False, text="传了五遍"))
    assert result["case_no"].startswith("DD") and "due_at" not in result and "state" not in result
    assert "堵点" in result["query"]
    (document,) = house.documents().values()
    assert document["state"]["papers"] is None and "传了五遍" not in repr(document)


async def test_the_same_batch_again_is_all_duplicates(house: House) -> None:
    batch = [an_exit("e-1"), an_exit("e-2", wants_contact=False)]
    first, again = await house.batch(*batch), await house.batch(*batch)
    assert [result["status"] for result in again] == ["duplicate"] * 2
    assert [result["case_no"] for result in again] == [result["case_no"] for result in first]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"events": []}, {"events"}), ({"events": [{}] * 101}, {"events"}), ({"events": {}}, {"events"}), ([], {"body"}),
        ({}, {"events"}), ({"events": [{}], "more": 1}, {"body"}),
    ],
)
async def test_a_batch_is_a_list_of_one_to_a_hundred(house: House, body: Any, wrong: set[str]) -> None:
    assert fields(await house.from_channel(body, "PORTAL_EXIT")) == wrong


async def test_an_accepted_matter_is_stored_with_its_event_even_when_the_broker_is_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_records: object) -> None:
        raise TryAgain("the broker does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(house._publisher, "publish", away)
        assert (await house.at_the_counter(a_matter())).status_code == 201
        await house.courier.finish()
    (document,) = house.documents().values()
    assert len(document["outbox"]) == 1
    await house.courier.sweep()
    assert len(house.published(CaseRegistered)) == 1


class Forgetful:
    """A register in which something is in the way that nobody can find again."""

    async def by_unique(self, _name: str, _value: str) -> None:
        return None

    async def count(self, _query: object) -> int:
        return 0

    async def change(self, case_no: str, _rule: object) -> None:
        raise Taken(case_no)


async def test_a_register_that_cannot_say_what_was_in_the_way_asks_to_try_again(house: House) -> None:
    sent = Sent(Channel.HALL, "form-0001", HallSubmission.model_validate(a_matter()))
    with pytest.raises(TryAgain):
        await Desk(house.ground, Forgetful()).take(sent)


async def test_the_openapi_document_describes_every_body_without_dangling_references(house: House) -> None:
    document = (await house.client.get("/api/openapi.json")).json()
    paths = {path for path in document["paths"] if path.startswith("/api/intake/")}
    assert paths == {f"/api/intake/{end}" for end in (
        "hall", "beside", "suishenban", "ywtb", "portal-exit", "clues", "clues/{clue_no}", "clues/{clue_no}/take"
    )}
    known = document["components"]["schemas"]
    references = [part.split('"')[0] for part in repr(document).replace("'", '"').split('"$ref": "')[1:]]
    assert all(reference.rpartition("/")[2] in known for reference in references)
    body = document["paths"]["/api/intake/portal-exit"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["events"]["maxItems"] == 100


async def test_the_front_page_counts_the_day(house: House) -> None:
    await house.at_the_counter(a_matter())
    await house.batch(an_exit(wants_contact=False))
    assert await house.service.tally() == {"今日受理": 1, "今日堵点": 1}
    house.clock.move_to(at("2026-11-24 00:00"))
    assert await house.service.tally() == {"今日受理": 0, "今日堵点": 0}


async def test_the_example_in_the_readme_is_a_request_the_door_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(intake.__file__).with_name("README.md")).read_text(encoding="utf-8")
    example = text.split("```python\n")[1].split("```")[0].replace('b64decode("…")', f'b64decode("{b64encode(SECRETS["SUISHENBAN"]).decode()}")')
    sent: list[urllib.request.Request] = []
    monkeypatch.setattr(urllib.request, "urlopen", lambda request: sent.append(request) or BytesIO(b"{}"))
    exec(compile(example, "README.md", "exec"), {"print": lambda *_: None})  # noqa: S102 - our own page
    (request,) = sent
    headers = {name.lower(): value for name, value in request.header_items()}
    now = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    opened = verify(
        [SECRETS["SUISHENBAN"]], headers, now=now, method="POST", path="/api/intake/suishenban", body=bytes(request.data or b"")
    )
    assert opened == "msg-0001"
    assert ChannelSubmission.model_validate_json(bytes(request.data or b"")).source_id == "ssb-20261123-0001"

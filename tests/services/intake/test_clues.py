"""线索箱: what is for 纪检 alone is found by nobody else, in no document and no record (方案 七(四); domain 12A.9)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from services.intake.domain.registration import Registration
from services.intake.handlers import inbox
from services.intake.store import ClueBox, open_register
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import ClueReceived
from shared.contracts.router_events import CaseTransferred
from shared.errors import RuleBroken
from shared.privacy.sealing import Sealer, Unsealable, new_keys
from shared.testing.driver import at
from tests.services.intake.conftest import House, a_matter

WORDS = "某街道有人收代办费帮人插队办证三百块一次"
CASE, CLUE = "PT2611230010001", "XS2611230010001"
BODY = {"text": WORDS, "unit": "医保局"}
OUTSIDERS = ("s001-cl1", "s001-tr1", "s001-ws1", "zhengwu-go", "zhengwu-gl1", "zhengwu-fu1", "yibao-dh", "jiwei-sh")
WHY = {"reason": "按程序初核"}


async def put(house: House, staff: str = "s001-cl1", key: str | None = None, **more: Any) -> dict[str, Any]:
    """The window puts a clue in."""
    answer = await house.asks("POST", "/clues", staff, json={**BODY, **more}, key=key)
    assert answer.status_code in (200, 201), answer.text
    said: dict[str, Any] = answer.json()
    return said


def moved(when: str = "2026-11-23 11:00", **more: Any) -> Event:
    """Router sends the first case of the day sealed to 纪检."""
    said = {"to": "纪委监委", "reason": "涉嫌违纪", "clue": True, **more}
    return CaseTransferred.model_validate({"case_no": CaseNo(CASE), "occurred_at": at(when), **said})


async def line(house: House) -> Registration:
    """The first case of the day in the register."""
    found = await open_register(house.ground, inbox).get(CASE)
    assert found is not None
    return found


@pytest.mark.parametrize("staff", ["s001-cl1", "s001-tr1", "s001-ws1"])
async def test_the_window_puts_it_in_and_gets_a_number_only(house: House, staff: str) -> None:
    """domain 歧义 22: XS, day, site, serial; nothing of it comes back."""
    said = await put(house, staff)

    assert said["clue_no"] == "XS2611230010001"
    assert set(said) == {"clue_no", "received_at", "repeated"}


async def test_nobody_but_the_window_puts_it_in(house: House) -> None:
    """domain §2, 线索箱: 投递 is CL, TR, WS; whoever calls back hands on to them."""
    answers = [await house.asks("POST", "/clues", staff, json=BODY) for staff in ("zhengwu-fu1", "zhengwu-go", "yibao-dh", "jiwei-jw1")]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]


async def test_its_words_stand_in_no_other_document_no_record_and_no_log(house: House) -> None:
    """domain 12A.9: grep over everything outside the box, and in the box nothing in clear."""
    with capture_logs() as logs:
        await put(house, key="k-1")

    outside = await house.outside_the_box() + repr(logs)
    box = repr(house.store._documents["clues"]._held)
    assert WORDS not in outside + box
    assert "yibao" not in outside + box and "s001-cl1" not in outside + box
    (said,) = house.published(Event)
    assert isinstance(said, ClueReceived)
    assert (said.case_no, said.site, said.actor) == (CLUE, "001", "system")


async def test_the_other_keys_do_not_open_it(house: House) -> None:
    """方案 七(四): its own keys; whoever holds those of the installation opens nothing."""
    await put(house)
    clue = await ClueBox(house.ground, inbox).get(CLUE)

    assert clue is not None
    with pytest.raises(Unsealable):
        house.sealer.open(clue.words["text"], case_no=CLUE)


@pytest.mark.parametrize("staff", OUTSIDERS)
async def test_nobody_but_jw_finds_anything(house: House, staff: str) -> None:
    """domain 12A.9: not even whoever put it in, nor the office's leader, nor another officer of 纪检."""
    await put(house)
    answers = [
        await house.asks("GET", "/clues", staff),
        await house.asks("GET", f"/clues/{CLUE}", staff),
        await house.asks("POST", f"/clues/{CLUE}/take", staff, json=WHY),
        await house.asks("GET", f"/clues/XS{'9' * 13}", staff),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert WORDS not in "".join(answer.text for answer in answers)


async def test_jw_sees_the_list_sealed_and_opens_one_for_a_reason(house: House) -> None:
    """方案 七(四): the list tells numbers; the words come with an opening that is written down first."""
    await put(house, case_no=CASE)
    await put(house, site="900")
    rows = (await house.asks("GET", "/clues", "jiwei-jw1")).json()
    one = await house.asks("GET", f"/clues/{CLUE}", "jiwei-jw1")
    opened = await house.asks("POST", f"/clues/{CLUE}/take", "jiwei-jw1", json=WHY)

    assert {row["clue_no"] for row in rows} == {CLUE, "XS2611239000001"}
    assert WORDS not in repr(rows) + one.text
    said = opened.json()
    assert (said["words"]["text"], said["words"]["unit"], said["case_no"]) == (WORDS, "yibao", CASE)
    assert (said["words"]["brought_by"], opened.headers["cache-control"]) == ("s001-cl1", "no-store")


async def test_every_opening_is_kept_with_who_when_and_why(house: House) -> None:
    """domain 数据保护 5: 一次一留痕; appended, never replaced."""
    await put(house)
    await house.asks("POST", f"/clues/{CLUE}/take", "jiwei-jw1", json=WHY)
    house.clock.move_to(at("2026-11-24 09:00"))
    await house.asks("POST", f"/clues/{CLUE}/take", "jiwei-jw1", json={"reason": "复核"})

    openings = (await house.asks("GET", f"/clues/{CLUE}", "jiwei-jw1")).json()["openings"]
    assert [(held["who"], held["reason"]) for held in openings] == [("jiwei-jw1", "按程序初核"), ("jiwei-jw1", "复核")]
    assert [held["at"][:16] for held in openings] == ["2026-11-23T10:00", "2026-11-24T09:00"]


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x"}, {"reason": "初核", "more": 1}])
async def test_without_a_reason_nothing_is_opened(house: House, body: dict[str, Any]) -> None:
    """A reason of two characters at least."""
    await put(house)
    answer = await house.asks("POST", f"/clues/{CLUE}/take", "jiwei-jw1", json=body)

    assert answer.status_code == 422
    assert WORDS not in answer.text
    assert (await house.asks("GET", f"/clues/{CLUE}", "jiwei-jw1")).json()["openings"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": None}, "text"),
        ({"text": ""}, "text"),
        ({"site": "555"}, "site"),
        ({"unit": "没有的局"}, "unit"),
        ({"case_no": "13812345678"}, "case_no"),
        ({"sitz": "001"}, "sitz"),
    ],
)
async def test_what_cannot_be_taken_is_told_without_repeating_it(
    house: House, body: dict[str, Any], field: str
) -> None:
    """Every fault with its field; the words are in no answer."""
    answer = await house.asks("POST", "/clues", "s001-cl1", json={**BODY, **body})

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]
    assert WORDS not in answer.text


async def test_the_same_request_again_is_the_same_clue(house: House) -> None:
    """design §3: same key and content, same number; another content is refused."""
    first = await put(house, key="k-1")
    again = await put(house, key="k-1")
    other = await house.asks("POST", "/clues", "s001-cl1", json={**BODY, "text": "另一条"}, key="k-1")

    assert (first["clue_no"], first["repeated"]) == (again["clue_no"], not again["repeated"])
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert len(house.published(ClueReceived)) == 1


async def test_an_unknown_clue_is_told_as_such(house: House) -> None:
    """To 纪检 only: everybody else hears that it is not theirs to ask."""
    one = await house.asks("GET", f"/clues/{CLUE}", "jiwei-jw1")
    opened = await house.asks("POST", f"/clues/{CLUE}/take", "jiwei-jw1", json=WHY)

    assert (one.json()["rule"], opened.json()["rule"]) == ("clue.unknown", "clue.unknown")


async def test_a_case_that_is_a_clue_moves_into_the_box(house: House) -> None:
    """方案 七(四): words, person and phone lie under the clue key, and no longer in the register."""
    await house.at_the_counter(a_matter(text=WORDS, item=WORDS, category="COMPLAINT", complained_unit="医保局"))
    await house.consumes(moved())

    said = (await house.asks("POST", f"/clues/{CLUE}/take", "jiwei-jw1", json=WHY)).json()
    assert said["words"] == {
        "text": WORDS, "name": "王大力", "phone": "13800000001", "item": WORDS, "unit": "yibao",
    }
    assert (said["transferred"], said["case_no"]) == (True, CASE)
    held = await line(house)
    assert held.papers is not None
    assert (held.papers.matter.masked, held.papers.matter.box, held.item) == ("（线索件，已密封）", "", "（线索件，已密封）")
    assert held.papers.contact.name is None
    stored = repr(house.documents()) + repr(house.store._documents["clues"]._held)
    assert WORDS not in stored and "王*" not in stored
    assert len(house.published(ClueReceived)) == 1


async def test_a_moved_case_is_not_there_for_the_window_any_more(house: House) -> None:
    """domain 12A.9: neither in the day's list, nor its counts, nor its slip."""
    await house.at_the_counter(a_matter(text=WORDS))
    await house.consumes(moved())
    await house.signed_in("s001-ws1")
    day = (await house.client.get("/intake/", headers={"accept": "text/html"})).text
    slip = await house.client.get(f"/intake/receipts/{CASE}", headers={"accept": "text/html"})

    assert CASE not in day
    assert '<span class="number">1' not in day
    assert slip.status_code == 404


async def test_a_matter_transferred_elsewhere_keeps_its_papers(house: House) -> None:
    """Only a clue goes into the box."""
    await house.at_the_counter(a_matter())
    await house.consumes(moved(clue=False, to="信访"))

    held = await line(house)
    assert held.papers is not None
    assert (held.clue, held.papers.contact.name is not None) == (False, True)
    assert (await house.asks("GET", "/clues", "jiwei-jw1")).json() == []


async def test_an_unknown_case_puts_nothing_in(house: House) -> None:
    """An event out of nowhere."""
    await house.consumes(moved())

    assert (await house.asks("GET", "/clues", "jiwei-jw1")).json() == []


async def test_without_its_keys_the_box_takes_nothing_and_says_so(house: House) -> None:
    """A clerk reads a sentence; nothing is kept under another key."""
    box = ClueBox(replace(house.ground, clue_sealer=None), inbox)
    with pytest.raises(RuleBroken, match="联系系统管理员"):
        await box.move(await registered(house), at("2026-11-23 11:00"))

    assert house.store._documents["clues"]._held == {}


async def registered(house: House) -> Registration:
    """A matter in the register."""
    await house.at_the_counter(a_matter())
    return await line(house)


async def test_a_lost_clue_key_is_said(house: House) -> None:
    """纪检 reads a sentence; the attempt is written down all the same."""
    await put(house)
    other = replace(house.ground, clue_sealer=Sealer.from_environment(new_keys()))
    with pytest.raises(RuleBroken, match="打不开"):
        await ClueBox(other, inbox).take(CLUE, "jiwei-jw1", "按程序初核")


def test_the_body_of_a_clue_is_no_secret_in_its_own_repr() -> None:
    """A stray log line of the request shows nothing."""
    from services.intake.api.clues import ClueWords

    assert WORDS not in repr(ClueWords.model_validate_json(orjson.dumps(BODY)))

"""Nothing personal that somebody types reaches an event in clear (个保法 51; domain 9; 12A.14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from services.router.api.acts import ACTS
from services.router.api.desk import CODES
from shared.contracts.event import Event
from shared.contracts.ids import order_number
from shared.contracts.replies import DepartmentReply
from shared.contracts.router_events import CitizenUrged, MaterialRequested, MaterialSupplied, OrderAnswered, ReplyRefused
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Result
from shared.testing.driver import ServiceDriver
from shared.testing.events import CASE, a_case_registered
from tests.services.router.web import OPENED, Client, asking

NAME, PHONE, NUMBER = "张三丰", "13912345678", "310107196001011234"
OTHER = "PT2609290010007"
SECRETS = (NAME, PHONE, NUMBER, "１３９１２３４５６７８", "张 三 丰")
DIRTY = f"请联系{NAME}（张 三 丰），电话{PHONE}或１３９１２３４５６７８，证件{NUMBER}，已告知办理进度。"
REASON = {"reason": DIRTY}
SAID = {"result": "RESOLVED", "text": DIRTY, "cause": DIRTY, "basis": DIRTY, "alternative": DIRTY, "lesson": DIRTY}
AGAIN = SAID | {"text": "重新核对了两地系统，退回的三笔费用已逐笔补记，款项将于次日到账，并向本人当面说明了经过。"}
TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": DIRTY, "reason": DIRTY}

WAYS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "through a unit and back twice": [
        ("s001-tr1", "start-triage", {}), ("s001-tr1", "triage", TRIAGE),
        ("s001-cl1", "urge", {"text": DIRTY}), ("yibao-do", "sign", {}), ("yibao-dh", "contact", {"agreed": DIRTY}),
        ("yibao-dh", "request-material", {"list": [DIRTY[:20], PHONE, f"{NAME}的身份证"]}), ("s001-cl1", "supply", {"text": DIRTY}),
        ("s001-ws1", "regrade", REASON | {"grade": "COMPLEX"}),
        ("yibao-sh", "request-extension", REASON | {"until": "2026-10-16"}), ("yibao-dl", "refuse-extension", REASON),
        ("yibao-sh", "request-extension", REASON | {"until": "2026-10-16"}), ("yibao-dl", "approve-extension", {}),
        ("zhengwu-go1", "approve-extension", {}),
        ("yibao-do", "request-return", REASON), ("s001-tr1", "rule-return", REASON | {"accepted": False}),
        ("yibao-dh", "answer", SAID), ("s001-tr1", "reject-answer", REASON), ("yibao-dh", "answer", SAID), ("s001-tr1", "verify", {}),
        ("zhengwu-fu1", "follow-up", REASON | {"resolved": False, "stars": 1}),
        ("s001-ws1", "screen", REASON | {"finding": "ACTIONABLE"}), ("zhengwu-fu1", "reopen", {}), ("yibao-dh", "answer", AGAIN),
        ("s001-tr1", "verify", {}), ("zhengwu-fu1", "follow-up", REASON | {"resolved": False, "stars": 1}),
        ("s001-ws1", "consult", REASON), ("zhengwu-go1", "conclude", {"outcome": DIRTY}),
        ("s001-cl1", "evaluate", {"resolved": True, "stars": 5, "text": DIRTY}),
        ("s001-ws1", "correct", REASON | {"field": "item", "value": DIRTY}),
    ],
    "refused, overruled, refused": [
        ("s001-tr1", "refuse", REASON | {"basis": DIRTY, "alternative": DIRTY}), ("s001-ws1", "overrule-refusal", REASON),
        ("s001-tr1", "refuse", REASON | {"basis": DIRTY, "alternative": DIRTY}), ("s001-ws1", "confirm-refusal", {}),
    ],
    "settled at once": [("s001-cl1", "resolve-now", {"text": DIRTY})],
    "transferred": [("s001-ws1", "transfer", REASON | {"to": f"信访，找{NAME}{PHONE}"})],
    "merged": [("s001-cl1", "merge", REASON | {"into": OTHER})],
    "withdrawn": [("s001-cl1", "withdraw", REASON)],
}


def published(driver: ServiceDriver) -> Iterator[str]:
    """Every record that left, headers, key and body."""
    for record in driver._publisher.records:
        yield f"{record.topic} {record.key} {dict(record.headers)} {record.body.decode()}"


async def carried_out(client: Client, steps: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Each step by its person; none may show what it was told."""
    main = a_case_registered(OPENED, OTHER, contact=SealedContact(party_ref="p1"))
    await client.driver.consumes(main)
    for staff, verb, body in steps:
        shown = str(await client.succeeds(staff, verb, body))
        assert not [secret for secret in SECRETS if secret in shown], verb
    await client.driver.courier.finish()


@pytest.mark.parametrize("way", list(WAYS))
async def test_no_record_holds_in_clear_what_was_typed(way: str) -> None:
    """domain 12A.14: a phone, an ID number and the person's name, typed into every field there is."""
    async with asking(NAME) as client:
        await carried_out(client, WAYS[way])

        records = list(published(client.driver))
        assert len(records) >= len(WAYS[way])
        for record in records:
            assert not [secret for secret in SECRETS if secret in record], record[:300]


def texts_of(command: type[BaseModel]) -> set[str]:
    """The fields of a request that a person fills with words of their own."""
    free = {name for name, field in command.model_fields.items() if name not in CODES and "str" in str(field.annotation)}
    return free | ({"to"} if command.__name__ == "Transfer" else set())


def test_every_field_of_every_request_was_typed_into() -> None:
    """A new act, or a new field of an old one, is to be tried here too."""
    typed: dict[str, set[str]] = {}
    for steps in WAYS.values():
        for _, verb, body in steps:
            typed.setdefault(verb, set()).update("items" if name == "list" else name for name in body)

    assert set(typed) == {act.path for act in ACTS}
    assert {act.path: texts_of(act.command) - typed[act.path] for act in ACTS if texts_of(act.command) - typed[act.path]} == {}


async def test_what_the_person_says_is_sealed_as_they_said_it() -> None:
    """domain 9: the box keeps the words whole for who may open it; the mask does not tell them."""
    async with asking(NAME) as client:
        await carried_out(client, WAYS["through a unit and back twice"][:7])

        for event in (client.driver.published(CitizenUrged)[0], client.driver.published(MaterialSupplied)[0]):
            assert event.words is not None
            assert client.driver.sealer.open(event.words, case_no=CASE) == DIRTY
            assert "139****5678" in event.words.masked
        assert client.driver.published(MaterialRequested)[0].items[1] == "139****5678"


async def test_a_departments_own_system_is_cleaned_too() -> None:
    """方案 六(四) over the topics: the answer, and what is told of a refused one."""
    async with asking(NAME) as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        place: dict[str, Any] = {"case_no": CASE, "order_no": order_number(CASE, 1), "step": "ANSWER"}
        said = SAID | {"result": Result.RESOLVED}
        await client.driver.hears("yibao", DepartmentReply(reply_id="r1", unit=f"{NAME}{PHONE}", **(place | said)))
        await client.driver.hears("yibao", DepartmentReply(reply_id="r2", unit="yibao", **(place | said)))

        assert len(client.driver.published(ReplyRefused)) == len(client.driver.published(OrderAnswered)) == 1
        for record in published(client.driver):
            assert not [secret for secret in SECRETS if secret in record], record[:300]


async def test_without_the_key_of_the_name_numbers_are_still_found() -> None:
    """docs/decisions/0009: a lost key does not stop the work."""
    async with asking() as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        await client.driver.courier.finish()

        assert not [record for record in published(client.driver) if PHONE in record or NUMBER in record]
        assert len(client.driver.published(Event)) == 2

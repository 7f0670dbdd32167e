"""domain 12A.3, .5, .6, .7: what departments do or leave undone, and what that costs them and not the person."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.stage import at, moment, play
from tests.journeys.texts import AGAIN, answer, day, register, scenario, step, triage

pytestmark = pytest.mark.real


async def test_a_unit_that_does_not_sign_gains_nothing(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.3: the limit stands, a working day signs for them, then 催办 and 督办 as due."""
    text = scenario("11-23 09:00", "12-01 18:00", register(day("11-23 10:00")), triage(day("11-23 10:30")))

    outcome = await play(text, places, prefix, tmp_path)

    row = outcome.ledger["c1"]
    order = row["orders"][0]
    assert moment(row["due_at"]) == at("2026-11-26 17:30")
    assert (order["auto_signed"], moment(order["signed_at"])) == (True, at("2026-11-24 17:30"))
    urged = [event["data"]["kind"] for event in outcome.events_of("c1", "OrderUrged")]
    assert urged == ["SIGN", "CONTACT", "ORDER"]
    assert [supervision["level"] for supervision in outcome.supervisions][:1] == ["YELLOW"]
    assert moment(outcome.supervisions[0]["issued_at"]) == at("2026-11-30 09:05")


async def test_a_return_gives_the_order_to_another_and_the_person_loses_nothing(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.5: returned, re-dispatched; the person's day stays; the ledger tells who held it how long."""
    text = scenario(
        "11-23 09:00", "11-30 18:00",
        register(day("11-23 10:00")), triage(day("11-23 10:30")), step("+30m", "sign"),
        step(day("11-24 17:30"), "request_return", reason="参保登记由人社部门办理。", suggest="人社局"),
        step(day("11-25 10:00"), "rule_return", accepted="true", to="人社局"),
        step("+1h", "sign"), step("+10m", "contact"), answer(day("11-26 15:00")), step("+1h", "verify"),
        step(day("11-27 10:00"), "follow_up", resolved="true", stars="5"),
    )

    outcome = await play(text, places, prefix, tmp_path)

    row = outcome.ledger["c1"]
    first, second = row["orders"]
    assert outcome.played.failures == []
    assert (first["state"], first["return_count"], first["unit"]) == ("RETURNED", 1, "yibao")
    assert (second["state"], second["unit"]) == ("ACCEPTED", "renshe")
    assert moment(row["due_at"]) == moment(second["due_at"]) == at("2026-11-26 17:30")
    assert (row["overdue"], row["state"]) == (False, "ARCHIVED")


async def test_a_minute_too_late_a_return_is_refused(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """domain §4: within a working day of signing; the last minute counts, the next does not."""
    text = scenario(
        "11-23 09:00", "11-25 18:00",
        register(day("11-23 10:00")), triage(day("11-23 10:30")), step("+30m", "sign"),
        step(day("11-24 17:31"), "request_return", reason="不是本局职责。", expect="refused"),
    )

    outcome = await play(text, places, prefix, tmp_path)

    assert outcome.played.failures == []
    assert [refusal["rule"] for refusal in outcome.refusals] == ["return.late"]


async def test_the_same_due_moment_three_times_makes_one_supervision(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.6: every record of the clocks and of the cases delivered three times: one 督办单, counted once, told once."""
    again = [step("+1m", "redeliver", None, topic=topic) for topic in ("sla.deadlines", "router.cases", "intake.cases") for _ in range(3)]
    text = scenario("11-23 09:00", "11-30 18:00", register(day("11-23 10:00")), triage(day("11-23 10:30")), step(day("11-30 10:00"), "urge"), *again)

    outcome = await play(text, places, prefix, tmp_path)

    row = outcome.ledger["c1"]
    assert outcome.played.failures == []
    assert (len(outcome.supervisions), row["supervision_count"], row["urge_count"]) == (1, 1, 4)
    told = [(notice["event_id"], notice["template"], notice["to_role"], notice["to"], notice["channel"]) for notice in outcome.notices]
    assert len(told) == len(set(told))


async def test_discontent_twice_leads_to_a_consultation(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.7: not content → 重办 (round 2, three days, 督办·黄) → not content again → 会商 → final answer."""
    text = scenario(
        "11-23 09:00", "12-11 18:00",
        register(day("11-23 10:00")), triage(day("11-23 10:30")), step("+30m", "sign"), step("+30m", "contact"),
        answer(day("11-24 10:00")), step("+1h", "verify"),
        step(day("11-25 10:00"), "follow_up", resolved="false", stars="1", reason="只是让我再等等。"),
        step("+30m", "screen", finding="ACTIONABLE"), step("+10m", "reopen"),
        step(day("11-26 09:00"), "sign"), answer(day("11-27 10:00"), text=AGAIN), step("+1h", "verify"),
        step(day("11-30 10:00"), "follow_up", resolved="false", stars="2", reason="还是没有办成。"),
        step("+10m", "reopen", expect="refused"), step("+10m", "consult", reason="两轮办理仍不满意。"),
        step(day("12-02 10:00"), "conclude", outcome="现行规定下只能办到这一步，已书面说明依据和其他途径。"),
        step(day("12-03 10:00"), "follow_up", resolved="false", stars="2", reason="知道了。"),
    )

    outcome = await play(text, places, prefix, tmp_path)

    row = outcome.ledger["c1"]
    assert outcome.played.failures == []
    assert (row["rounds"], row["state"], row["stars"], row["resolved"]) == (2, "ARCHIVED", 2, False)
    assert [order["round"] for order in row["orders"]] == [1, 2]
    assert moment(row["orders"][1]["due_at"]) == at("2026-11-30 17:30")
    assert "REDO" in [event["data"]["reason"] for event in outcome.events_of("c1", "SupervisionDrafted")]
    assert [refusal["rule"] for refusal in outcome.refusals] == ["redo.max"]
    assert moment(row["replied_at"]) == at("2026-11-24 10:00")

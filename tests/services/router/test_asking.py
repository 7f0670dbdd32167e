"""Between unit and person: 一次性告知, what the person brings, 催单 (domain: 状态机 11; L1)."""

from __future__ import annotations

import pytest

from services.router.domain import asking, orders
from services.router.domain.commands import RequestMaterial, Words
from shared.contracts.router_events import CitizenUrged, MaterialRequested, MaterialSupplied
from shared.contracts.terms import CaseState, OrderState
from tests.services.router.desk import CL, RECEIVER, Desk, an_answer

LIST = RequestMaterial(list=("出生证明",))


async def test_everything_missing_is_told_once(desk: Desk) -> None:
    """方案 六(四) 一次性告知: once a unit and order, and the clock runs on."""
    before = await desk.triaged()

    case = await desk.wants_material()

    assert (case.waiting_citizen, case.state, case.due_at) == (True, CaseState.HANDLING, before.due_at)
    assert case.orders[0].due_at == before.orders[0].due_at
    assert desk.said(MaterialRequested).items == ("参保凭证", "转诊单")
    told = await desk.refused(asking.request_material, "2026-10-08 11:00", RECEIVER, command=LIST)
    assert (told.rule, told.field) == ("material.once", "list")
    await desk.supplied()
    assert (await desk.refused(asking.request_material, "2026-10-08 16:00", RECEIVER, command=LIST)).rule == "material.once"


async def test_what_the_person_brings_ends_the_waiting(desk: Desk) -> None:
    """状态机 11: brought once; a second time nobody waits."""
    before = await desk.triaged()
    await desk.wants_material()

    case = await desk.supplied()

    assert (case.waiting_citizen, case.due_at) == (False, before.due_at)
    assert desk.said(MaterialSupplied).unit == "yibao"
    assert (await desk.refused(asking.supply, "2026-10-08 16:00", CL, command=Words())).rule == "material.not_asked"


async def test_every_unit_that_waits_is_told(desk: Desk) -> None:
    """状态机 11: two units asked, the person brings it all; and whoever asks later is told alone."""
    await desk.triaged(assist=("公安分局", "民政局"))
    await desk.wants_material(unit="医保局")
    await desk.wants_material(unit="公安分局")
    await desk.supplied()
    await desk.wants_material("2026-10-08 16:00", unit="民政局")

    await desk.supplied("2026-10-09 09:00")

    assert [event.unit for event in desk.driver.published(MaterialSupplied)] == ["yibao", "gongan", "minzheng"]


async def test_nobody_waits_for_the_person_once_the_asking_unit_is_done(desk: Desk) -> None:
    """waiting_citizen is shown while an open order waits: not after its answer, its return, nor in another round."""
    await desk.triaged()
    await desk.wants_material()
    assert not (await desk.answered()).waiting_citizen
    assert (await desk.sent_back()).waiting_citizen

    await desk.answered("2026-10-09 12:00")

    assert not (await desk.verified("2026-10-09 13:00")).waiting_citizen


async def test_nobody_waits_for_the_person_after_a_return(desk: Desk) -> None:
    """The next unit has asked for nothing yet."""
    await desk.triaged()
    await desk.wants_material("2026-09-30 11:00")
    await desk.asks_return("2026-10-08 10:00")

    assert not (await desk.rules_return(True, "2026-10-08 11:00", to="公安分局")).waiting_citizen


async def test_nothing_is_brought_that_nobody_asked_for(desk: Desk) -> None:
    """状态机 11: the refusal says whom to turn to."""
    await desk.triaged()

    told = await desk.refused(asking.supply, by=CL, command=Words(text="给你们"))

    assert told.rule == "material.not_asked"
    assert "请联系窗口" in told.message


async def test_the_lead_asks_where_no_unit_is_named(desk: Desk) -> None:
    """方案 六(三) 主办负责; after its answer a unit asks for nothing."""
    await desk.triaged(assist=("公安分局",))
    await desk.wants_material()
    assert desk.said(MaterialRequested).unit == "yibao"
    await desk.does(orders.answer, "2026-10-08 12:00", RECEIVER, command=an_answer(unit="公安分局"))

    told = await desk.refused(asking.request_material, "2026-10-08 13:40", RECEIVER, command=LIST.model_copy(update={"unit": "公安分局"}))

    assert told.rule == "order.answered"


@pytest.mark.parametrize("times", [1, 3])
async def test_the_person_may_ask_where_it_is_whenever_it_is_open(desk: Desk, times: int) -> None:
    """升级阶梯 L1 市民催单: each asking is an event, and changes nothing on the case."""
    before = await desk.triaged()

    for _ in range(times):
        assert await desk.does(asking.urge, by=CL, command=Words()) == before

    assert len(desk.driver.published(CitizenUrged)) == times


async def test_nobody_urges_what_has_ended(desk: Desk) -> None:
    """催单 of an ended case is refused with what to do instead."""
    await desk.withdrawn("2026-09-30 11:00")

    told = await desk.refused(asking.urge, "2026-09-30 12:00", CL, command=Words())

    assert (told.rule, "另行登记" in told.message) == ("state.withdrawn", True)


async def test_the_clock_runs_on_in_a_consultation_and_units_may_sign_and_contact(desk: Desk) -> None:
    """状态机 17: orders live on while the 会商 sits; only the answer waits for its conclusion."""
    before = await desk.triaged()
    await desk.wants_material()
    case = await desk.consulted("2026-10-08 14:00")
    assert (case.state, case.due_at, case.orders[0].due_at) == (CaseState.CONSULTATION, before.due_at, before.orders[0].due_at)

    assert (await desk.supplied()).state is CaseState.CONSULTATION
    case = await desk.does(orders.contact, "2026-10-08 15:30", RECEIVER, command=LIST.model_copy())

    assert case.orders[0].state is OrderState.PROCESSING
    assert (await desk.refused(orders.answer, "2026-10-08 16:00", RECEIVER, command=an_answer())).rule == "state.consultation"

"""Whose desk a case lies on and whose move it is: each unit finds its own, nobody a complaint about themselves (方案 六(四), 四(三)3)."""

from __future__ import annotations

import pytest

from services.router.domain import orders
from services.router.domain.commands import Contacted, UnitStep
from services.router.domain.desks import OFFICE, Move, Tray, approvals, desks, led, move, of_person, of_unit, owed_at, trays
from services.router.store import count_on_desk, in_state, kept_from, on_desk
from shared.contracts.router_events import CitizenContacted
from shared.contracts.terms import CaseState, Category, ContactWay
from shared.testing.driver import at
from shared.testing.events import CASE
from tests.services.router.desk import GL, GO, HEAD, LEADER, RECEIVER, Desk

SPOKEN = Contacted(spoke_at=at("2026-09-30 10:45"), way=ContactWay.PHONE, agreed="周五前补正")


async def standing(desk: Desk) -> tuple[tuple[Tray, ...], Move]:
    """Where the lead's order lies, and whose move it is."""
    case = await desk.case()
    order = case.orders[-1]
    return trays(case, order), move(case, order)


async def test_an_order_goes_through_the_trays_of_its_unit(desk: Desk) -> None:
    """方案 六(四): to be signed, to be contacted, in work, answered; each time somebody's move."""
    seen = []
    await desk.triaged()
    seen.append(await standing(desk))
    await desk.signed()
    seen.append(await standing(desk))
    await desk.does(orders.contact, "2026-09-30 11:00", HEAD, command=SPOKEN)
    seen.append(await standing(desk))
    await desk.answered()
    seen.append(await standing(desk))
    await desk.verified()
    seen.append(await standing(desk))

    assert seen == [
        ((Tray.OWED, Tray.TO_SIGN), Move.SIGN), ((Tray.OWED, Tray.TO_CONTACT), Move.CONTACT), ((Tray.OWED, Tray.WORKING), Move.ANSWER),
        ((Tray.ANSWERED,), Move.WINDOW), ((), Move.NOBODY),
    ]


async def test_a_case_stands_in_its_list_before_and_after_its_end_is_told(desk: Desk) -> None:
    """Decision 0046: a page that asks for a short time misses nobody; what nobody told an end of stands where it came."""
    seen = []
    for act in (None, desk.triaged):
        if act:
            await act()
        case = await desk.case()
        now = desk.driver.clock.now()
        seen.append((case.due_at is None, [held.case_no for held in await in_state(desk.cases, case.state, now, limit=1)]))
    assert [found for _, found in seen] == [[CASE], [CASE]] and seen[0][0]


async def test_what_was_sent_back_lies_where_it_lay(desk: Desk) -> None:
    """状态机 13: without a talk it waits for one, whatever its state says; a refused return keeps the talk there was."""
    await desk.triaged()
    await desk.answered("2026-09-30 15:00")
    await desk.sent_back("2026-09-30 16:00")
    assert await standing(desk) == ((Tray.OWED, Tray.TO_CONTACT), Move.CONTACT)
    await desk.does(orders.contact, "2026-09-30 16:30", RECEIVER, command=UnitStep())
    await desk.asks_return("2026-09-30 17:00")
    assert await standing(desk) == ((Tray.OWED, Tray.WORKING, Tray.ASKED), Move.WINDOW_RULES)
    await desk.rules_return(False, "2026-10-08 09:00")

    assert await standing(desk) == ((Tray.OWED, Tray.WORKING), Move.ANSWER)


async def test_whoever_is_asked_has_the_move(desk: Desk) -> None:
    """domain 状态机 10、11: the person for papers, the leader and then the office for more time."""
    await desk.triaged()
    await desk.does(orders.contact, "2026-10-08 09:30", RECEIVER, command=UnitStep())
    await desk.wants_material()
    assert await standing(desk) == ((Tray.OWED, Tray.WORKING, Tray.MATERIAL), Move.PERSON)
    await desk.supplied()
    await desk.asks_longer()
    assert await standing(desk) == ((Tray.OWED, Tray.WORKING, Tray.ASKED), Move.LEADER)
    assert approvals("yibao") in desks(await desk.case())
    await desk.approves(LEADER)
    assert (await standing(desk))[1] is Move.OFFICE
    assert {approvals("yibao"), approvals(OFFICE)} & set(desks(await desk.case())) == {approvals(OFFICE)}
    await desk.approves(GO, "2026-10-09 11:00")

    assert (await standing(desk), approvals(OFFICE) in desks(await desk.case())) == (((Tray.OWED, Tray.WORKING), Move.ANSWER), False)


async def test_of_two_units_the_first_to_answer_waits_for_the_other(desk: Desk) -> None:
    """方案 六(三): the window checks when all have answered; what is due first sorts the desk."""
    await desk.triaged(assist=("公安分局",))
    case = await desk.case()
    assert owed_at(case) == min(order.due_at for order in case.orders)
    await desk.answered(unit="公安分局")
    case = await desk.case()

    assert (move(case, case.orders[1]), move(case, case.orders[0])) == (Move.OTHERS, Move.SIGN)
    assert owed_at(case) == case.orders[0].due_at


async def test_a_second_return_is_the_offices_to_rule(desk: Desk) -> None:
    """domain 歧义 13."""
    await desk.triaged()
    await desk.asks_return()
    await desk.rules_return(True, to="公安分局")
    await desk.asks_return("2026-09-30 14:00", unit="公安分局")

    assert (await standing(desk))[1] is Move.OFFICE_RULES
    assert approvals(OFFICE) in desks(await desk.case())


async def test_in_a_consultation_the_office_has_the_move_once_the_unit_spoke(desk: Desk) -> None:
    """方案 五(二)."""
    await desk.triaged()
    await desk.consulted("2026-09-30 11:00")
    assert (await standing(desk))[1] is Move.SIGN
    await desk.does(orders.contact, "2026-09-30 11:30", RECEIVER, command=UnitStep())

    assert ((await desk.case()).state, (await standing(desk))[1]) == (CaseState.CONSULTATION, Move.TALKS)


async def test_a_desk_is_found_by_unit_by_person_and_by_tray(desk: Desk) -> None:
    """Who worked on it last finds it first; another unit finds nothing."""
    await desk.triaged()
    await desk.does(orders.contact, "2026-09-30 11:00", HEAD, command=SPOKEN)

    found = {
        word: [case.case_no for case in await on_desk(desk.cases, word)]
        for word in (of_unit("yibao", Tray.OWED), of_unit("yibao", Tray.TO_SIGN), of_unit("gongan", Tray.OWED),
                     of_person(HEAD.id, Tray.WORKING), of_person(RECEIVER.id, Tray.WORKING))
    }
    assert [len(numbers) for numbers in found.values()] == [1, 0, 0, 1, 0]
    assert await count_on_desk(desk.cases, of_unit("yibao", Tray.WORKING)) == 1


async def test_a_complaint_lies_on_no_desk_of_whom_it_is_about() -> None:
    """方案 四(三)3: the office's own only on its leader's; whom it names is known to be kept from it."""
    desk = await Desk.opened(category=Category.COMPLAINT, complained_unit="zhengwu", complained_staff=("yibao-dh",))
    await desk.triaged(lead="政务服务办", by=GL)

    assert set(desks(await desk.case())) == {of_unit(led("zhengwu"), Tray.OWED), of_unit(led("zhengwu"), Tray.TO_SIGN)}
    assert [case.case_no for case in await kept_from(desk.cases, "yibao-dh")] == [CASE]
    assert await kept_from(desk.cases, "yibao-do") == []


async def test_the_talk_is_written_down(desk: Desk) -> None:
    """domain 3.6 ①: when, by which way, what was agreed; it stands on the order and in the event."""
    await desk.triaged()
    await desk.does(orders.contact, "2026-09-30 11:00", HEAD, command=SPOKEN)
    order, said = await desk.order(), desk.said(CitizenContacted)

    assert (order.contact_way, order.agreed, order.handler) == (ContactWay.PHONE, "周五前补正", HEAD.id)
    assert (said.spoke_at, said.way, said.agreed) == (SPOKEN.spoke_at, ContactWay.PHONE, "周五前补正")


@pytest.mark.parametrize(("when", "rule"), [("2026-09-30 11:01", "contact.future"), ("2026-09-30 10:29", "contact.before_dispatch")])
async def test_a_talk_lies_between_the_order_and_now(desk: Desk, when: str, rule: str) -> None:
    """Nobody spoke tomorrow, or about an order there was not."""
    await desk.triaged()

    told = await desk.refused(orders.contact, "2026-09-30 11:00", HEAD, command=Contacted(spoke_at=at(when), way=ContactWay.VISIT))
    assert (told.rule, told.field) == (rule, "spoke_at")


async def test_a_message_counts_as_a_talk(desk: Desk) -> None:
    """Where nobody picks up, a message on the phone is a way too."""
    await desk.triaged()
    await desk.does(orders.contact, "2026-09-30 11:00", HEAD, command=Contacted(way=ContactWay.MESSAGE))

    assert (await desk.order()).contact_way is ContactWay.MESSAGE

"""更正, and what router notes of what others say (状态机 22; 附件2; domain 歧义 24)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.router.domain import correcting
from services.router.domain.commands import Correct
from shared.contracts.archive_events import CaseArchived
from shared.contracts.intake_events import RepeatNoted
from shared.contracts.router_events import CaseCorrected
from shared.contracts.sla_events import DeadlineSet, OrderUrged, SupervisionIssued, SupervisionVoided
from shared.contracts.terms import CaseState, Category, DeadlineKind, SupervisionLevel
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE
from tests.services.router.desk import WS, Desk

WHEN = at("2026-10-12 09:05")
ORDER: dict[str, Any] = {"case_no": CASE, "occurred_at": WHEN, "order_no": f"{CASE}-01", "unit": "yibao"}
SHEET = ORDER | {"number": "DB1", "level": SupervisionLevel.YELLOW}
A_CODE = next(iter(DISTRICT.items))


@pytest.mark.parametrize(
    ("field", "value", "before"),
    [("item", "医保异地就医", "异地就医备案"), ("item_code", A_CODE, ""), ("category", "CONSULT", "SERVICE")],
)
async def test_a_correction_keeps_what_stood_before(desk: Desk, field: str, value: str, before: str) -> None:
    """状态机 22: appended, with the former value; no deadline follows."""
    due = (await desk.triaged()).due_at

    case = await desk.does(correcting.correct, by=WS, command=Correct(field=field, value=value, reason="登记有误"))

    assert (getattr(case, field), case.due_at) == (value, due)
    said = desk.said(CaseCorrected)
    assert (said.field, said.before, said.after, said.reason) == (field, before, value, "登记有误")


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [("category", "其他", "correct.category"), ("item_code", "X-0", "correct.item_code"), ("item", "异地就医备案", "correct.same"),
     ("category", "SERVICE", "correct.same")],
)
async def test_a_correction_must_be_possible_and_change_something(desk: Desk, field: str, value: str, rule: str) -> None:
    """状态机 22: each refusal names the field."""
    told = await desk.refused(correcting.correct, by=WS, command=Correct(field=field, value=value, reason="x"))

    assert (told.rule, told.field) == (rule, "value")


@pytest.mark.parametrize("field", ["state", "due_at", "contact", "complained_unit", "itemx", ""])
def test_only_particulars_are_corrected(field: str) -> None:
    """状态机 22: neither a state nor a due moment, nor who the person is."""
    with pytest.raises(ValidationError):
        Correct(field=field, value="x", reason="x")


async def test_an_archived_case_may_be_corrected(desk: Desk) -> None:
    """状态机 22: 任意 state; the lock keeps what was."""
    await desk.withdrawn("2026-09-30 11:00")
    await desk.driver.consumes(CaseArchived(case_no=CASE, occurred_at=WHEN, digest="sm3:0", events=3))

    case = await desk.does(correcting.correct, "2026-10-12 10:00", WS, command=Correct(field="category", value="CONSULT", reason="x"))

    assert (case.state, case.category) == (CaseState.ARCHIVED, Category.CONSULT)


def issued(nth: int) -> SupervisionIssued:
    """A 督办单 was signed."""
    return SupervisionIssued(nth=nth, issuer="go", automatic=False, due_at=WHEN, overdue_days=1, **SHEET)


async def test_a_voided_supervision_is_not_counted(desk: Desk) -> None:
    """附件2 督办次数: what is valid now, however often an event comes."""
    await desk.triaged()
    await desk.driver.consumes(issued(1), issued(2))
    assert (await desk.order()).supervision_count == 2

    await desk.driver.consumes(SupervisionVoided(reason="误发", valid=1, **SHEET))

    assert (await desk.order()).supervision_count == 1


async def test_counts_stand_on_the_order_they_are_about(desk: Desk) -> None:
    """domain 歧义 15: 按承办单; 催办 is counted apart; an unknown order counts nowhere."""
    await desk.triaged(assist=("公安分局",))
    urged = {"kind": DeadlineKind.ORDER, "due_at": WHEN}

    await desk.driver.consumes(
        OrderUrged(nth=2, **(ORDER | urged | {"order_no": f"{CASE}-02", "unit": "gongan"})),
        OrderUrged(nth=1, **(ORDER | urged | {"order_no": f"{CASE}-09"})), issued(1),
    )

    case = await desk.case()
    assert [(order.urge_count, order.supervision_count) for order in case.orders] == [(0, 1), (2, 0)]


def due_set(kind: DeadlineKind, due: str, order_no: str | None = None) -> DeadlineSet:
    """A countdown ends at another moment."""
    return DeadlineSet(
        case_no=CASE, occurred_at=WHEN, kind=kind, order_no=order_no, due_at=at(due), started_at=at("2026-09-30 10:00"),
        provisional=True, calendar_version="cn-2026@2", recalculated=True,
    )


async def test_due_moments_are_noted_each_on_its_own(desk: Desk) -> None:
    """domain 时限规则: an imported calendar moves the person's clock and an order's apart; other clocks are not shown."""
    await desk.triaged(assist=("公安分局",))

    await desk.driver.consumes(
        due_set(DeadlineKind.ORDER, "2026-10-11 17:30", f"{CASE}-02"), due_set(DeadlineKind.ORDER, "2026-10-11 17:30", f"{CASE}-09"),
        due_set(DeadlineKind.ANSWER, "2026-10-12 17:30"), due_set(DeadlineKind.SIGN, "2026-10-01 17:30", f"{CASE}-01"),
    )

    case = await desk.case()
    assert (case.due_at, case.provisional) == (at("2026-10-12 17:30"), True)
    assert [order.due_at for order in case.orders] == [at("2026-10-10 17:30"), at("2026-10-11 17:30")]


async def test_how_often_the_person_came_again_is_noted(desk: Desk) -> None:
    """domain 歧义 24: 重复反映."""
    await desk.driver.consumes(*[
        RepeatNoted(case_no=CASE, occurred_at=WHEN, merged_from=f"PT260930001000{count}", count=count) for count in (2, 3)
    ])

    assert (await desk.case()).repeats == 3

"""Words of the closed lists that only the whole shows: rungs of an order nobody answers, a signature refused, a suggestion's days."""

from __future__ import annotations

import pytest

from services.intake.domain.checks import check
from services.sla.domain.state import CaseClocks
from services.sla.domain.steps import order_steps, sign_steps
from services.sla.handlers import inbox
from services.sla.store import open_clocks
from shared.contracts.sla_events import DeadlineSet
from shared.contracts.terms import Category, ConfirmMethod, DeadlineKind, Grade, Rung
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE
from tests.scheme.acting import Window, clocks, dispatched, ends, shown
from tests.services.intake.conftest import a_matter, filed

ISSUED, DUE = at("2026-11-23 10:30"), at("2026-11-26 17:30")


def test_the_rungs_of_an_order_in_their_order() -> None:
    """方案 七(四): 提醒, 催办, 到期, 督办拟单, 约谈."""
    assert [step.rung for step in order_steps(DISTRICT, ISSUED, DUE)] == [
        Rung.HALF_TIME, Rung.LAST_DAY, Rung.URGE, Rung.MISSED, Rung.SUPERVISION_DRAFT, Rung.INTERVIEW,
    ]


def test_the_rungs_of_a_signature_in_their_order() -> None:
    """domain: 提醒, 催办, 视同签收."""
    steps = sign_steps(DISTRICT, ISSUED, at("2026-11-23 16:00"))

    assert [step.rung for step in steps] == [Rung.LAST_DAY, Rung.URGE, Rung.AUTO_SIGN]


async def test_a_yellow_one_that_is_out_puts_a_red_one_on_the_order() -> None:
    """domain L3: two working days after it."""
    sla = await clocks(DISTRICT, "2026-11-30 10:00", *dispatched())
    case: CaseClocks | None = await open_clocks(sla.ground, inbox).get(CASE)

    order = case and case.order_clock(f"{CASE}-01")
    assert order is not None
    assert [(step.rung, shown(step.at)) for step in order.steps] == [(Rung.RED_DRAFT, "12-02 09:05"), (Rung.INTERVIEW, "12-03 09:05")]


def test_a_refused_signature_is_kept_with_its_witness() -> None:
    """附件1; domain §6: 拒签可记“拒签+见证人”; at a counter the person else signed."""
    refused = check(filed(a_matter(confirm_method="REFUSED_WITNESSED", witness="见证人")))

    assert refused.confirm_method is ConfirmMethod.REFUSED_WITNESSED
    assert check(filed(a_matter())).confirm_method is ConfirmMethod.SIGNED


@pytest.mark.parametrize(("category", "due"), [(Category.SUGGESTION, "11-26 17:30"), (Category.SERVICE, "12-02 17:30")])
async def test_router_and_sla_give_a_suggestion_the_same_days(category: Category, due: str) -> None:
    """domain 歧义 27: three working days, however hard it is."""
    window = Window(DISTRICT, category=category).triaged(Grade.COMPLEX, category=category)
    sla = await clocks(DISTRICT, "2026-11-23 12:00", *window.events)

    assert shown(window.case.due_at) == due
    assert ends(sla, DeadlineSet, kind=DeadlineKind.ANSWER)[-1] == due


def test_an_approved_extension_takes_a_suggestion_to_the_total_and_no_further() -> None:
    """方案 四(四)4: ten working days in all."""
    window = Window(DISTRICT, category=Category.SUGGESTION).triaged(Grade.COMPLEX, category=Category.SUGGESTION)

    assert window.asks_longer("2026-12-08") == "extension.total"
    assert window.asks_longer("2026-12-07") == ""

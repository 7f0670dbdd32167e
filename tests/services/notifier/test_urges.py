"""催办 says what is due: the answer, the signature, or the first contact."""

from __future__ import annotations

import pytest

from services.notifier import app
from shared.contracts.notifier_events import NoticeSent
from shared.contracts.sla_events import OrderUrged
from shared.contracts.terms import DeadlineKind
from shared.testing.driver import ServiceDriver, at
from shared.testing.events import CASE, a_case_registered, an_order_issued


@pytest.mark.parametrize(
    ("kind", "template", "word"),
    [
        (DeadlineKind.ORDER, "S04", "到期未反馈"),
        (DeadlineKind.SIGN, "S14", "前签收"),
        (DeadlineKind.CONTACT, "S15", "前联系当事人"),
    ],
)
async def test_the_text_names_what_is_due(kind: DeadlineKind, template: str, word: str) -> None:
    """A unit that answered nothing yet is not told that its signature was an answer."""
    notifier = ServiceDriver(app, "2026-11-23 09:00")
    await notifier.consumes(a_case_registered("2026-11-23 09:00"), an_order_issued("2026-11-23 09:10", "2026-11-26 17:30"))
    urged = OrderUrged(
        case_no=CASE, occurred_at=at("2026-11-23 14:40"), kind=kind, order_no=f"{CASE}-01", unit="yibao", due_at=at("2026-11-23 14:40"), nth=1
    )

    await notifier.consumes(urged)
    await notifier.wakes("2026-11-23 14:45")

    sent = [event for event in notifier.published(NoticeSent) if "催办" in event.text]
    assert {event.template for event in sent} == {template}
    assert all(word in event.text and "14:40" in event.text for event in sent)

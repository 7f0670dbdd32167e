"""After the term nobody is told any more, and politely so; the gateway's own books lose the number."""

from __future__ import annotations

from functools import partial

from services.notifier.domain.forgetting import REASON, forget
from services.notifier.domain.people import reachable
from services.notifier.domain.state import CITIZEN, Dispatches
from shared.contracts.archive_events import CaseForgotten
from shared.contracts.notifier_events import NoticeFailed
from shared.contracts.sealed import ANONYMISED
from shared.contracts.terms import NoticeStatus
from shared.decision import Decision
from shared.testing.driver import at
from shared.testing.events import CASE, happened
from tests.services.notifier.stage import PHONE, Stage

GONE = happened(CaseForgotten, "2029-11-23 10:00", archived_at=at("2026-11-27 10:00"))


def everything(stage: Stage) -> str:
    return repr({name: documents._held for name, documents in stage.driver.store._documents.items()})


async def test_the_number_and_what_finds_it_are_gone_everywhere() -> None:
    """The log's box, the sandbox's sealed address and its index of the number; staff's messages stay as they were."""
    stage = Stage()
    await stage.registered(party_ref="p-ref-1")
    await stage.dispatched()
    index = stage.driver.sealer.blind(PHONE, "sandbox")
    staff = [notice for notice in (await stage.log()).notices if notice.to_role != CITIZEN]
    assert index in everything(stage) and "p-ref-1" in everything(stage) and "'address'" in everything(stage)

    await stage.driver.consumes(GONE)

    after, log = everything(stage), await stage.log()
    assert index not in after and "p-ref-1" not in after and "138****0001" not in after
    assert {notice.to for notice in log.notices if notice.to_role == CITIZEN} == {ANONYMISED}
    assert [notice for notice in log.notices if notice.to_role != CITIZEN] == staff
    assert not reachable(log)


async def test_what_still_waits_does_not_leave_and_what_was_asked_is_refused_politely() -> None:
    """One waits, one was handed over and not answered: the first is replaced, the second fails and says why."""
    stage = Stage()
    await stage.registered()
    log = await stage.log()
    asked, *waiting = [notice for notice in log.notices if notice.to_role == CITIZEN]
    held = log.replacing(asked.model_copy(update={"asked": True}))
    await stage.logs.change(CASE, lambda _state: _as(held))

    await stage.driver.consumes(GONE)
    await stage.driver.wakes("2029-11-25 10:00")

    after = {notice.notice_id: notice for notice in (await stage.log()).notices}
    assert all(after[notice.notice_id].status is NoticeStatus.REPLACED and after[notice.notice_id].reason == REASON for notice in waiting)
    assert after[asked.notice_id].status is NoticeStatus.FAILED
    assert {event.reason for event in stage.driver.published(NoticeFailed)} == {f"{REASON}（contact.forgotten）"}


def _as(log: Dispatches) -> Decision[Dispatches | None]:
    """A rule that puts this log in place."""
    return Decision(log)


async def test_twice_is_as_once() -> None:
    """The event comes again after a restore."""
    stage = Stage()
    await stage.registered()
    once = forget(await stage.log(), GONE)

    assert forget(once.state, GONE).state == once.state
    assert partial(forget, event=GONE)(None).state is None

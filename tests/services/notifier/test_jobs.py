"""The sweep: quiet nights, outages, refusals and crashes; what is due leaves once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from services.notifier.gateways import OUTBOX, SandboxGateway
from services.notifier.jobs import find_due_notices
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.router_events import OrderAnswered
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Channel, NoticeChannel, NoticeStatus, OrderRole, Result
from shared.district.model import District
from shared.scheduling import Job
from shared.testing.driver import DISTRICT, at
from shared.testing.events import a_case_registered, of_order, sealed
from tests.services.notifier.stage import MONDAY, FlakyGateway, KilledError, Stage, fed_back, near, promised


def behind(stage: Stage, **trouble: Any) -> FlakyGateway:
    """From now on the stage's messages pass a gateway that makes trouble."""
    gateway = FlakyGateway(SandboxGateway(stage.driver.ground), **trouble)
    run = partial(find_due_notices, stage.driver.ground, stage.logs, gateway)
    stage.driver.service = replace(stage.driver.service, jobs=(Job("with_trouble", 1, run),))
    return gateway


async def test_idle_means_nothing_found(stage: Stage) -> None:
    """Without messages, and with all of them settled, the job answers 0."""
    [job] = stage.driver.service.jobs

    assert await job.run() == 0
    await stage.registered()
    assert await job.run() == 1
    assert await job.run() == 0
    assert await stage.driver.service.next_due() is None


async def test_a_receipt_of_the_night_leaves_in_the_morning() -> None:
    """Registered at 22:00: queued, then sent at eight."""
    stage = Stage("2026-11-28 22:00")
    await stage.registered("2026-11-28 22:00")
    await stage.driver.ticks()

    assert await stage.statuses() == [("C01", "SMS", NoticeStatus.QUEUED)]
    assert await stage.driver.service.next_due() == at("2026-11-29 08:00")
    await stage.driver.wakes("2026-11-29 09:00")
    [sent] = stage.driver.published(NoticeSent)
    assert sent.occurred_at == at("2026-11-29 08:00")


async def test_a_reminder_at_a_working_moment_goes_at_once_and_otherwise_next_morning(stage: Stage) -> None:
    """domain 12A.2: departments are not disturbed on days off."""
    await stage.registered()
    await stage.dispatched()
    await stage.driver.consumes(near("2026-11-27 16:02"))
    await stage.driver.ticks()
    await stage.driver.consumes(near("2026-11-28 11:00"))
    await stage.driver.wakes("2026-11-30 10:00")

    times = {notice.settled_at for notice in await stage.notices("S03")}
    assert times == {at("2026-11-27 16:02"), at("2026-11-30 09:05")}


async def test_wechat_comes_first_where_there_is_an_account(stage: Stage) -> None:
    """domain 通知: WeChat, and nothing else once it was taken."""
    await stage.registered(party_ref="openid-1", channel=Channel.SUISHENBAN)
    await stage.driver.ticks()

    assert await stage.statuses() == [("C01", "WECHAT", NoticeStatus.SENT)]


async def test_who_came_to_the_hall_gets_a_text_message(stage: Stage) -> None:
    """Nobody signed in there, so no WeChat account is known to take it, whatever stands for the person."""
    await stage.registered(party_ref="openid-1")
    await stage.driver.ticks()

    assert await stage.statuses() == [("C01", "SMS", NoticeStatus.SENT)]


async def test_a_number_out_of_service_ends_with_a_call_task(stage: Stage) -> None:
    """domain 失败链: no WeChat subscription, no text message, so a person calls."""
    await stage.registered(phone="13800000000", party_ref="openid-1", channel=Channel.YWTB)
    await stage.driver.ticks()

    assert await stage.statuses() == [
        ("C01", "WECHAT", NoticeStatus.FAILED),
        ("C01", "SMS", NoticeStatus.FAILED),
        ("C01", "CALL", NoticeStatus.CALL_TASK),
    ]
    failed = stage.driver.published(NoticeFailed)
    assert [event.next_channel for event in failed] == [NoticeChannel.SMS, NoticeChannel.CALL]
    assert [event.reason for event in failed] == ["用户未订阅或已拒收（43101）", "空号（MK:0001）"]


@pytest.mark.parametrize("who", [{"elderly_call_only": True}, {"phone": "021-12345678"}])
async def test_who_wants_calls_or_has_a_landline_is_called(stage: Stage, who: dict[str, Any]) -> None:
    """No failed text message comes before the call."""
    await stage.registered(**who)
    await stage.driver.ticks()

    assert await stage.statuses() == [("C01", "CALL", NoticeStatus.CALL_TASK)]


async def test_an_outage_loses_nothing_and_doubles_nothing(stage: Stage) -> None:
    """The gateway is silent four times; the message leaves afterwards, once, under the same id."""
    gateway = behind(stage, silent=4)
    await stage.registered()
    await stage.driver.wakes("2026-11-23 12:00")

    assert len(gateway.asked) == 5
    assert len({message.notice_id for message in gateway.asked}) == 1
    [sent] = stage.driver.published(NoticeSent)
    assert sent.occurred_at == at("2026-11-23 11:26")
    assert (await stage.notices())[0].attempts == 5


async def test_a_retry_keeps_the_night_quiet() -> None:
    """An outage in the evening: the next try would fall into the night and waits for the morning."""
    stage = Stage("2026-11-23 20:58")
    behind(stage, silent=2)
    await stage.registered("2026-11-23 20:58")
    await stage.driver.wakes("2026-11-24 09:00")

    [sent] = stage.driver.published(NoticeSent)
    assert sent.occurred_at == at("2026-11-24 08:00")


async def test_a_crash_between_gateway_and_store_shows_one_message(stage: Stage) -> None:
    """Killed after sending: it is sent again under the same id, and the gateway knows it."""
    gateway = behind(stage)
    gateway.dies_after_sending = True
    await stage.registered()

    with pytest.raises(KilledError):
        await stage.driver.ticks()
    await stage.driver.ticks()

    assert len(gateway.asked) == 2
    assert len(stage.driver.store._documents[OUTBOX]._held) == 1
    assert len(stage.driver.published(NoticeSent)) == 1


async def test_one_cases_fault_does_not_hold_up_another(stage: Stage) -> None:
    """Both are found; the fault is raised after the other one was sent."""
    gateway = behind(stage)
    gateway.dies_after_sending = True
    await stage.registered()
    await stage.registered(case_no="PT2611230010002")

    with pytest.raises(KilledError):
        await stage.driver.ticks()
    assert len(stage.driver.published(NoticeSent)) == 1
    await stage.driver.ticks()
    assert len(stage.driver.published(NoticeSent)) == 2


async def test_a_box_that_cannot_be_opened_is_a_refusal_and_not_a_loop(stage: Stage) -> None:
    """A lost key: the person is not reached, which the log says, and everything else goes on."""
    contact = SealedContact(phone=sealed("138****0001", "phone"))
    await stage.driver.consumes(a_case_registered(MONDAY, contact=contact), promised(MONDAY))
    await stage.driver.ticks()

    assert {status for *_, status in await stage.statuses()} == {NoticeStatus.FAILED}
    assert all("联系方式无法打开" in event.reason for event in stage.driver.published(NoticeFailed))


async def test_the_order_of_a_cases_messages_is_kept() -> None:
    """What waited for the morning leaves in the order in which it came about."""
    stage = Stage("2026-11-23 22:00")
    await stage.registered("2026-11-23 22:00")
    await stage.driver.consumes(fed_back("2026-11-23 22:30"))
    await stage.driver.wakes("2026-11-24 08:00")

    assert [event.template for event in stage.driver.published(NoticeSent)] == ["C01", "C07"]


async def test_a_template_or_colleague_the_district_gave_up_is_a_refusal(stage: Stage) -> None:
    """The district changed while messages waited for Monday."""
    await stage.registered()
    await stage.driver.ticks()
    await stage.driver.consumes(near("2026-11-28 11:00"))
    staff = {name: person for name, person in DISTRICT.staff.items() if name != "yibao-dh"}
    stage.driver.ground.scheme.replace(_district(staff=staff))
    await stage.driver.wakes("2026-11-30 09:30")
    ended = {(notice.to_id, notice.channel.value): notice.status for notice in await stage.notices("S03")}
    assert ended == {
        ("yibao-dh", "WECOM"): NoticeStatus.FAILED,
        ("yibao-dh", "SMS"): NoticeStatus.FAILED,
        ("yibao-do", "WECOM"): NoticeStatus.SENT,
    }

    await stage.driver.consumes(near("2026-12-05 11:00"))
    templates = {code: template for code, template in DISTRICT.templates.items() if code != "S03"}
    stage.driver.ground.scheme.replace(_district(templates=templates))
    await stage.driver.wakes("2026-12-07 09:30")
    assert NoticeStatus.QUEUED not in {notice.status for notice in await stage.notices()}


def _district(**changes: object) -> District:
    return DISTRICT.model_copy(update=changes)


async def test_what_the_gateway_was_given_is_not_written_down_as_replaced(stage: Stage) -> None:
    """The process dies after the gateway took a reminder and the order is answered meanwhile: it was sent, and the log says so."""
    await stage.registered()
    await stage.dispatched()
    await stage.driver.consumes(near("2026-11-24 10:00"))
    behind(stage).dies_after_sending = True
    with pytest.raises(KilledError):
        await stage.driver.wakes("2026-11-24 10:03")

    await stage.driver.consumes(of_order(OrderAnswered, "2026-11-24 10:04", role=OrderRole.LEAD, result=Result.RESOLVED, text="已办成"))
    await stage.driver.ticks()

    assert {notice.status for notice in await stage.notices("S03")} == {NoticeStatus.SENT}

"""The sandbox refuses what the real gateways refuse, takes each message once, and keeps nothing readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from services.notifier.domain.sending import Accepted, OutgoingMessage, Refused
from services.notifier.domain.texts import card
from services.notifier.gateways import OUTBOX, SandboxGateway
from shared.contracts.terms import NoticeChannel
from shared.district.model import District
from shared.errors import TryAgain
from shared.testing.driver import DISTRICT
from shared.testing.events import CASE
from tests.services.notifier.stage import PHONE, Stage

VALUES = {"no": CASE, "date": "2026年11月26日"}
TEXT = DISTRICT.templates["C12"].render(VALUES)


@pytest.fixture
def sandbox(stage: Stage) -> SandboxGateway:
    """The sandbox on the stage's store."""
    return SandboxGateway(stage.driver.ground)


def a_message(channel: NoticeChannel = NoticeChannel.SMS, **changes: object) -> OutgoingMessage:
    """C12, ready to leave."""
    by_wechat = channel is NoticeChannel.WECHAT
    message = OutgoingMessage(
        notice_id=uuid4(),
        case_no=CASE,
        channel=channel,
        template="C12",
        address="openid-1" if by_wechat else PHONE,
        masked="138****0001",
        text=TEXT,
        parameters=card(DISTRICT.templates["C12"], VALUES) if by_wechat else {"no": CASE},
    )
    return replace(message, **changes)  # type: ignore[arg-type]  # the names are those of the message


def by_wecom(**changes: object) -> OutgoingMessage:
    """S02 to a colleague by 企业微信."""
    text = DISTRICT.templates["S02"].render({"no": f"{CASE}-01"})
    said: dict[str, object] = {
        "template": "S02",
        "text": text,
        "address": "yibao-do",
        "parameters": {"no": f"{CASE}-01"},
    }
    return a_message(NoticeChannel.WECOM, **(said | changes))


@pytest.mark.parametrize(
    "message",
    [a_message(), a_message(NoticeChannel.WECHAT), a_message(NoticeChannel.CALL), by_wecom()],
    ids=lambda m: m.channel.value,
)
async def test_a_good_message_is_taken_once(
    sandbox: SandboxGateway, stage: Stage, message: OutgoingMessage
) -> None:
    """Asked again it gives the same number and shows nobody a second message."""
    first, second = await sandbox.send(message), await sandbox.send(message)

    assert isinstance(first, Accepted)
    assert first == second
    assert len(stage.driver.store._documents[OUTBOX]._held) == 1


async def test_what_it_took_outlives_a_restart(sandbox: SandboxGateway, stage: Stage) -> None:
    """A new process on the same store knows what the old one sent."""
    message = a_message()
    first = await sandbox.send(message)

    assert await SandboxGateway(stage.driver.ground).send(message) == first
    assert len(stage.driver.store._documents[OUTBOX]._held) == 1


async def test_it_keeps_the_address_sealed(sandbox: SandboxGateway, stage: Stage) -> None:
    """The phone is in the box and nowhere else, not even in the message's own text form."""
    message = a_message()
    await sandbox.send(message)

    [kept] = stage.driver.store._documents[OUTBOX]._held.values()
    assert PHONE not in str(kept) + repr(message)
    assert kept["state"]["to"] == "138****0001"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (a_message(template="C98"), "isv.SMS_TEMPLATE_ILLEGAL"),
        (a_message(NoticeChannel.WECOM), "isv.SMS_TEMPLATE_ILLEGAL"),
        (a_message(address="021-12345678"), "isv.MOBILE_NUMBER_ILLEGAL"),
        (a_message(address="12800000001"), "isv.MOBILE_NUMBER_ILLEGAL"),
        (a_message(text=TEXT[8:] + "【普陀政务服务】"), "isv.SMS_SIGNATURE_ILLEGAL"),
        (a_message(text=TEXT + "长" * 20), "isv.SMS_CONTENT_ILLEGAL"),
        (a_message(parameters={"no": "9" * 36}), "isv.TEMPLATE_PARAMS_ILLEGAL"),
        (a_message(parameters={}), "isv.SMS_CONTENT_MISMATCH_TEMPLATE"),
        (a_message(parameters={"no": "PT2609300010002"}), "isv.SMS_CONTENT_MISMATCH_TEMPLATE"),
        (a_message(address="13800000000"), "MK:0001"),
        (a_message(NoticeChannel.WECHAT, masked="138****0000"), "43101"),
        (a_message(NoticeChannel.WECHAT, parameters={"phrase1": "OK"}), "47003"),
        (a_message(NoticeChannel.CALL, address="110"), "call.number"),
        (by_wecom(address="gone"), "81013"),
        (by_wecom(text="长" * 700), "45002"),
    ],
)
async def test_what_a_real_gateway_refuses_it_refuses(
    sandbox: SandboxGateway, stage: Stage, message: OutgoingMessage, code: str
) -> None:
    """A typed refusal with a Chinese reason; nothing is kept."""
    answer = await sandbox.send(message)

    assert isinstance(answer, Refused)
    assert answer.code == code
    assert answer.reason
    assert not stage.driver.store._documents[OUTBOX]._held


@pytest.mark.parametrize("address", ["021-12345678", "021-12345678-801", "400-820-8820", "13800000000"])
async def test_a_call_can_be_made_to_any_phone(sandbox: SandboxGateway, address: str) -> None:
    """Also to a number that takes no text message."""
    assert isinstance(await sandbox.send(a_message(NoticeChannel.CALL, address=address)), Accepted)


async def test_a_silent_gateway_is_no_refusal(sandbox: SandboxGateway) -> None:
    """A phone ending 9999 stands for an outage."""
    with pytest.raises(TryAgain):
        await sandbox.send(a_message(address="13800009999"))


def limited(stage: Stage, **limits: int) -> None:
    """The district allows fewer messages from now on."""
    notice = DISTRICT.policy.notice
    sms = notice.sms.model_copy(update={name: most for name, most in limits.items() if name == "per_day"})
    wecom = notice.wecom.model_copy(update={name: most for name, most in limits.items() if name != "per_day"})
    policy = DISTRICT.policy.model_copy(
        update={"notice": notice.model_copy(update={"sms": sms, "wecom": wecom})}
    )
    stage.driver.ground.scheme.replace(_with(policy))


def _with(policy: object) -> District:
    return DISTRICT.model_copy(update={"policy": policy})


async def test_one_number_gets_one_text_so_often_a_day(sandbox: SandboxGateway, stage: Stage) -> None:
    """domain 通知: same template and number within 24 hours; one that was taken before is still known."""
    limited(stage, per_day=2)
    first = a_message()
    answers = [await sandbox.send(message) for message in (first, a_message(), a_message())]

    assert [type(answer) for answer in answers] == [Accepted, Accepted, Refused]
    assert isinstance(await sandbox.send(first), Accepted)
    assert isinstance(await sandbox.send(a_message(address="13800000002")), Accepted)
    stage.driver.clock.move_by(timedelta(hours=24, minutes=1))
    assert isinstance(await sandbox.send(a_message()), Accepted)


@pytest.mark.parametrize(
    ("limits", "wait"), [({"per_minute": 2}, timedelta(minutes=2)), ({"per_hour": 2}, timedelta(hours=2))]
)
async def test_a_colleague_is_not_flooded(
    sandbox: SandboxGateway, stage: Stage, limits: dict[str, int], wait: timedelta
) -> None:
    """The real 企业微信 drops silently what is too much; here it is tried again later, so nothing is lost."""
    limited(stage, **limits)
    await sandbox.send(by_wecom())
    await sandbox.send(by_wecom())

    late = by_wecom()
    with pytest.raises(TryAgain):
        await sandbox.send(late)
    stage.driver.clock.move_by(wait)
    assert isinstance(await sandbox.send(late), Accepted)

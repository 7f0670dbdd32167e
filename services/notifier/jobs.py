"""What time asks of notifier: find what may leave, ask the gateway, let the rule record the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from services.notifier.domain.forgetting import REASON
from services.notifier.domain.sending import Answer, OutgoingMessage, Refused, Unanswered, due_notices, hand_over, settle
from services.notifier.domain.state import CITIZEN, Dispatches, Notice
from services.notifier.domain.texts import card, parameters
from services.notifier.gateways import MessageGateway
from services.notifier.store import Logs
from shared.assembly import Ground, sweep_due
from shared.contracts.terms import NoticeChannel
from shared.errors import TryAgain
from shared.observability.metrics import Metric, count
from shared.points import point
from shared.privacy.sealing import Unsealable
from shared.scheduling import Job

TICK_S = 1.0


def make_jobs(ground: Ground, logs: Logs, gateway: MessageGateway) -> tuple[Job, ...]:
    """The one job of this service."""
    return (Job("notifier_due_notices", TICK_S, partial(find_due_notices, ground, logs, gateway)),)


async def find_due_notices(ground: Ground, logs: Logs, gateway: MessageGateway) -> int:
    """Sends what is due; how many cases it found. Killed anywhere, it asks again under the same ids."""
    now = ground.clock.now()

    async def send(case_no: str) -> None:
        await _send_due(ground, logs, gateway, case_no, now)

    return await sweep_due(logs, send, field_name="next_at", now=now, shards=ground.shards)


async def _send_due(ground: Ground, logs: Logs, gateway: MessageGateway, case_no: str, now: datetime) -> None:
    district = ground.scheme.district
    log = (await logs.change(case_no, partial(hand_over, district=district, now=now))).state
    answers = {
        notice.notice_id: await _asked(ground, gateway, log, notice)
        for notice in due_notices(log, district, now=now)
    }
    outcome = await logs.change(
        case_no, partial(settle, answers=answers, district=district, now=now), confirm=True
    )
    _count(outcome.state, answers)


async def _asked(ground: Ground, gateway: MessageGateway, log: Dispatches, notice: Notice) -> Answer:
    if log.forgotten and notice.to_role == CITIZEN:
        return Refused("contact.forgotten", REASON)
    try:
        answer = await gateway.send(_outgoing(ground, log, notice))
        point("gateway_answered")
        return answer
    except TryAgain as fault:
        return Unanswered(str(fault))
    except Unsealable:
        return Refused("contact.unsealable", "联系方式无法打开，请联系管理员核对密钥")


def _outgoing(ground: Ground, log: Dispatches, notice: Notice) -> OutgoingMessage:
    template = ground.scheme.district.templates.get(notice.template)
    fields: Mapping[str, str] = {}
    if template is not None:
        fields = (
            card(template, notice.values)
            if notice.channel is NoticeChannel.WECHAT
            else parameters(template, notice.values)
        )
    return OutgoingMessage(
        notice_id=notice.notice_id,
        case_no=log.case_no,
        channel=notice.channel,
        template=notice.template,
        address=_address(ground, log, notice),
        masked=notice.to,
        text=notice.text,
        parameters=fields,
    )


def _address(ground: Ground, log: Dispatches, notice: Notice) -> str:
    """The account or number in clear, at the moment of sending only (个保法 51)."""
    if notice.to_role == CITIZEN:
        if notice.channel is NoticeChannel.WECHAT:
            return log.contact.party_ref
        return ground.sealer.open(log.contact.phone, case_no=log.case_no) if log.contact.phone else ""
    person = ground.scheme.district.staff.get(notice.to_id)
    if notice.channel is NoticeChannel.WECOM or person is None:
        return notice.to_id
    return person.phone


def _count(log: Dispatches, answers: Mapping[UUID, Answer]) -> None:
    for notice in log.notices:
        if notice.notice_id in answers:
            count(Metric.NOTICES, channel=notice.channel.value, status=notice.status.value)

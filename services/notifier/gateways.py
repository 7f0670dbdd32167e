"""The way out to people, and its sandbox twin: it refuses what the real ones refuse and keeps what it took.

Magic numbers: who has a phone ending 0000 takes no text message (空号) and has not subscribed by WeChat; one
ending 9999 gets no answer from the text-message gateway, one ending 9998 its error 500, and with one ending 9997 the line
drops after the message was taken. Every other well-formed address is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from services.notifier.domain.sending import Accepted, OutgoingMessage, Receipt, Refused
from services.notifier.domain.texts import card_fault
from shared.assembly import Ground
from shared.contracts.sealed import ANONYMISED
from shared.contracts.terms import NoticeChannel
from shared.district.messages import places_of
from shared.district.model import Template
from shared.errors import TryAgain
from shared.messaging.shards import shard_of
from shared.storage.coalesce import Coalescer
from shared.storage.documents import Document, Layout, Query, Write

OUTBOX = "sandbox_outbox"
TOGETHER = 50
LAYOUT = Layout(indexed=("counted", "case_no"))
LONGEST_PARAMETER = 35  # 阿里云 domestic SMS: a template's value holds 1 to 35 characters
UNREACHABLE, SILENT, ERRING, DROPPING = "0000", "9999", "9998", "9997"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-\d{7,8}(-\d{1,6})?|[48]00-\d{3}-\d{4}")


class MessageGateway(Protocol):
    """Delivers one message; asked again with the same `notice_id` it delivers nothing more."""

    async def send(self, message: OutgoingMessage) -> Receipt:
        """Accepted, or Refused for good; raises TryAgain when it is not known whether it was taken."""
        ...

    async def forget(self, case_no: str) -> None:
        """Lets go of every number and account it kept for this case (个保法 19)."""
        ...


@dataclass(frozen=True)
class Limit:
    """At most `most` messages counted under one name within `within`."""

    counted: str
    most: int
    within: timedelta
    refusal: Refused | None


class SandboxGateway:
    """SMS, WeChat, 企业微信 and the call desk; what it took is in the service's own store, sealed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._documents = ground.store.documents(OUTBOX, LAYOUT)
        self._reads: Coalescer[str, Document | None] = Coalescer(self._read)
        self._writes: Coalescer[Write, bool] = Coalescer(self._documents.write)

    async def _read(self, ids: Sequence[str]) -> Sequence[Document | None]:
        found = await self._documents.fetch(sorted(set(ids)))
        return [found.get(one) for one in ids]

    async def send(self, message: OutgoingMessage) -> Receipt:
        """Takes the message once; a second time it only says so."""
        taken = Accepted(gateway_number(message.notice_id))
        if await self._reads.ask(str(message.notice_id)) is not None:
            return taken
        refusal = self._refusal(message) or await self._over_limit(message)
        if refusal is not None:
            return refusal
        await self._writes.ask(self._kept(message))  # not done: somebody else sent the very same one just now
        if message.channel is NoticeChannel.SMS and message.address.endswith(DROPPING):
            raise TryAgain("the line dropped before the text-message gateway answered")
        return taken

    async def forget(self, case_no: str) -> None:
        """What it took stays written down, without address and without the index of the number."""
        while found := await self._documents.find(Query(equal={"case_no": case_no}, limit=TOGETHER)):
            await self._documents.write([_forgotten(held) for held in found])

    def _refusal(self, message: OutgoingMessage) -> Refused | None:
        template = self._ground.scheme.district.templates.get(message.template)
        if template is None or message.channel not in template.channels:
            return Refused("isv.SMS_TEMPLATE_ILLEGAL", "模板未报备，或不能走这个渠道")
        match message.channel:
            case NoticeChannel.SMS:
                return self._no_sms(message, template)
            case NoticeChannel.WECHAT:
                return self._no_wechat(message)
            case NoticeChannel.WECOM:
                return self._no_wecom(message)
            case NoticeChannel.CALL:
                good = _PHONE.fullmatch(message.address)
                return None if good else Refused("call.number", "电话号码不完整，无法外呼")

    def _no_sms(self, message: OutgoingMessage, template: Template) -> Refused | None:
        rules = self._ground.scheme.district.policy.notice.sms
        values, text = message.parameters, message.text
        faults = (
            (not _MOBILE.fullmatch(message.address), "isv.MOBILE_NUMBER_ILLEGAL", "不是手机号码"),
            (not text.startswith(rules.signature), "isv.SMS_SIGNATURE_ILLEGAL", "短信须以签名开头"),
            (len(text) > rules.max_chars, "isv.SMS_CONTENT_ILLEGAL", f"短信超过{rules.max_chars}字"),
            (
                any(not 1 <= len(value) <= LONGEST_PARAMETER for value in values.values()),
                "isv.TEMPLATE_PARAMS_ILLEGAL",
                f"模板变量须为1至{LONGEST_PARAMETER}个字",
            ),
            (_filled(template, values) != text, "isv.SMS_CONTENT_MISMATCH_TEMPLATE", "与报备的模板不一致"),
            (message.address.endswith(UNREACHABLE), "MK:0001", "空号"),
        )
        if message.address.endswith(SILENT):
            raise TryAgain("the text-message gateway did not answer")
        if message.address.endswith(ERRING):
            raise TryAgain("the text-message gateway answered 500")
        return next((Refused(code, reason) for wrong, code, reason in faults if wrong), None)

    def _no_wechat(self, message: OutgoingMessage) -> Refused | None:
        if message.masked.endswith(UNREACHABLE):
            return Refused("43101", "用户未订阅或已拒收")
        fault = card_fault(message.parameters, self._ground.scheme.district.policy.notice.wechat)
        return Refused("47003", f"模板参数不合格：{fault}") if fault else None

    def _no_wecom(self, message: OutgoingMessage) -> Refused | None:
        district = self._ground.scheme.district
        if message.address not in district.staff:
            return Refused("81013", "收件人不在通讯录")
        most = district.policy.notice.wecom.max_bytes
        return Refused("45002", f"消息超过{most}字节") if len(message.text.encode()) > most else None

    async def _over_limit(self, message: OutgoingMessage) -> Refused | None:
        for limit in self._limits(message):
            since = self._ground.clock.now() - limit.within
            recent = await self._documents.find(
                Query(equal={"counted": limit.counted}, at_least={"at": since}, limit=limit.most)
            )
            if len(recent) < limit.most:
                continue
            if limit.refusal is None:
                raise TryAgain(
                    "too many messages to one person; the real gateway would drop this one silently"
                )
            return limit.refusal
        return None

    def _limits(self, message: OutgoingMessage) -> tuple[Limit, ...]:
        """So often a number and template a day, so often a colleague a minute and an hour (domain: 通知)."""
        rules, name = self._ground.scheme.district.policy.notice, self._counted(message)
        if message.channel is NoticeChannel.SMS:
            refusal = Refused(
                "isv.BUSINESS_LIMIT_CONTROL", f"同一号码同一模板一天内超过{rules.sms.per_day}条"
            )
            return (Limit(name, rules.sms.per_day, timedelta(days=1), refusal),)
        if message.channel is NoticeChannel.WECOM:
            return (
                Limit(name, rules.wecom.per_minute, timedelta(minutes=1), None),
                Limit(name, rules.wecom.per_hour, timedelta(hours=1), None),
            )
        return ()

    def _counted(self, message: OutgoingMessage) -> str:
        if message.channel is NoticeChannel.WECOM:
            return f"{message.channel}/{message.address}"
        return f"{message.channel}/{message.template}/{self._ground.sealer.blind(message.address, 'sandbox')}"

    def _kept(self, message: OutgoingMessage) -> Write:
        now = self._ground.clock.now()
        address = self._ground.sealer.seal(
            message.address, case_no=message.case_no, label="address", masked=message.masked
        )
        state = {
            "case_no": message.case_no,
            "channel": message.channel.value,
            "template": message.template,
            "to": message.masked,
            "address": address.model_dump(),
            "text": message.text,
            "parameters": dict(message.parameters),
            "at": now.isoformat(),
            "gateway_id": gateway_number(message.notice_id),
        }
        index = {"counted": self._counted(message), "at": now, "case_no": message.case_no}
        fields = {"seq": 0, "shard": shard_of(message.case_no), "index": index, "unique": {}, "state": state}
        return Write(str(message.notice_id), 0, fields)


def _forgotten(held: Document) -> Write:
    state = {name: value for name, value in held["state"].items() if name != "address"}
    staff = state["channel"] == NoticeChannel.WECOM.value
    index = {"at": held["index"]["at"]} | ({"counted": held["index"]["counted"]} if staff else {})
    fields = {"seq": 0, "shard": held["shard"], "index": index, "unique": {}, "state": state if staff else {**state, "to": ANONYMISED}}
    return Write(held["_id"], held["version"], fields)


def _filled(template: Template, values: Mapping[str, str]) -> str | None:
    """What the approved template says with these values; None when one of them is missing."""
    return template.render(dict(values)) if set(places_of(template)) <= set(values) else None


def gateway_number(notice_id: UUID) -> str:
    """The sandbox's own number of a message."""
    return f"SB{notice_id.hex[:16].upper()}"

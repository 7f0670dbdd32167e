"""Keys of messages: hours, channels, limits, texts, routes (domain: 通知)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from services.notifier.domain.hours import allowed_from
from services.notifier.domain.sending import OutgoingMessage, Refused
from services.notifier.domain.state import CITIZEN
from services.notifier.domain.texts import card_fault, fits
from services.notifier.gateways import SandboxGateway
from shared.contracts.terms import NoticeChannel
from shared.district.loading import scheme_problems
from shared.district.model import District
from shared.errors import TryAgain
from shared.testing.driver import DISTRICT, at
from tests.scheme.acting import shown
from tests.scheme.changing import RAW, Row, check, reading_of
from tests.services.notifier.stage import Stage, settled_at_once, urged
from tests.services.notifier.test_gateways import a_message, by_wecom

Look = Callable[[District], Any]
C12 = DISTRICT.templates["C12"]
VALUES = {"no": "PT2611230010012", "date": "2026年12月31日"}
ROUTES, SAMPLES = RAW["notice"]["routes"], RAW["notice"]["samples"]


def leaves(role: str, when: str) -> Look:
    """When a message queued at this moment leaves."""
    return lambda district: shown(allowed_from(district, role, at(when)))


def texts(template: str, part: str) -> Look:
    """What is written in this place, after a matter was registered, sent to a unit and settled."""

    async def look(district: District) -> str:
        stage = Stage(district=district)
        await stage.registered()
        await stage.dispatched()
        await stage.driver.consumes(settled_at_once("2026-11-23 11:00"))
        return "".join(re.findall(part, (await stage.notices(template))[0].text))

    return look


async def receivers(district: District) -> list[str]:
    """Who hears of a new order."""
    stage = Stage(district=district)
    await stage.registered()
    await stage.dispatched()
    return sorted({role for role, _ in await stage.told("S01")})


async def urged_twice(district: District) -> int:
    """How many messages by 企业微信 two 催办 of the same words within ten minutes become."""
    stage = Stage(district=district)
    await stage.registered()
    await stage.dispatched()
    await stage.driver.consumes(urged("2026-11-23 13:35"), urged("2026-11-23 13:45"))
    return len([notice for notice in await stage.notices("S04") if notice.channel is NoticeChannel.WECOM])


def sent(*messages: OutgoingMessage) -> Look:
    """What the gateway says to the last of these."""

    async def look(district: District) -> str:
        gateway = SandboxGateway(Stage(district=district).driver.ground)
        try:
            answers = [await gateway.send(message) for message in messages]
        except TryAgain:
            return "later"
        return answers[-1].code if isinstance(answers[-1], Refused) else "taken"

    return look


def carried(channel: NoticeChannel) -> Look:
    """Whether a channel carries C12."""
    return lambda district: fits(channel, C12, VALUES, district)


def card(**fields: str) -> Look:
    """What WeChat would refuse of a card."""
    return lambda district: card_fault(fields, district.policy.notice.wechat)


def faults(district: District) -> list[str]:
    """What check-scheme says of the texts."""
    return [problem.message for problem in scheme_problems(reading_of(district))][:1]


ROWS = (
    Row("notice.tel", "021-12345678", texts("C02", r"致电(.*)。"), "021-00000000", "021-12345678"),
    Row("notice.quiet.from", "20:00", leaves(CITIZEN, "2026-11-23 20:30"), "11-23 20:30", "11-24 08:00"),
    Row("notice.quiet.to", "07:00", leaves(CITIZEN, "2026-11-24 06:30"), "11-24 08:00", "11-24 07:00"),
    Row("notice.staff_working_days_only", False, leaves("DO", "2026-11-28 10:10"), "11-30 09:05", "11-28 10:10"),
    Row("notice.avoid_minutes", [0], leaves("DO", "2026-11-23 10:30"), "11-23 10:33", "11-23 10:30"),
    Row("notice.avoid_shift_minutes", 5, leaves("DO", "2026-11-23 10:30"), "11-23 10:33", "11-23 10:35"),
    Row("notice.sms.signature", "【青浦政务】", sent(a_message()), "taken", "isv.SMS_SIGNATURE_ILLEGAL"),
    Row("notice.sms.max_chars", 40, carried(NoticeChannel.SMS), True, False),
    Row("notice.sms.per_day", 1, sent(a_message(), a_message()), "taken", "isv.BUSINESS_LIMIT_CONTROL"),
    Row("notice.wechat.thing", 3, card(thing1="办事反映"), "", "thing1超过3字"),
    Row("notice.wechat.phrase", 2, card(phrase1="已受理"), "", "phrase1超过2字"),
    Row("notice.wechat.character_string", 10, card(character_string1="PT2611230010012"), "", "character_string1超过10字"),
    Row("notice.wechat.name", 1, card(name1="张三"), "", "name1超过1字"),
    Row("notice.wecom.max_bytes", 60, carried(NoticeChannel.WECOM), True, False),
    Row("notice.wecom.per_minute", 1, sent(by_wecom(), by_wecom()), "taken", "later"),
    Row("notice.wecom.per_hour", 1, sent(by_wecom(), by_wecom()), "taken", "later"),
    Row("notice.wecom.dedupe_seconds", 300, urged_twice, 3, 6),
    Row("notice.samples", SAMPLES | {"due": "二〇二六年十二月三十一日下午"}, faults, [], ["模板 C10 最长时有 75 字，超过模板上限 70 字。"]),
    Row("notice.routes", ROUTES | {"order.issued": [ROUTES["order.issued"][0], {"template": "S01", "to": ["DO"]}]}, receivers, ["DH", "DO"], ["DO"]),
    Row("grades.GENERAL.name", "普通", texts("S01", r"\((.*)\)"), "一般", "普通"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
async def test_a_changed_key_changes_what_is_sent(row: Row) -> None:
    """Each row: one key, another value, another message or none."""
    await check(row)

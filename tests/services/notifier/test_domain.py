"""The pure rules: hours, texts, channels, and what an answer of the gateway means."""

from __future__ import annotations

from datetime import time, timedelta
from uuid import uuid4

import pytest

from services.notifier.domain import telling
from services.notifier.domain.hours import allowed_from
from services.notifier.domain.occasions import ARCHIVED, RESOLVED_INSTANTLY
from services.notifier.domain.people import Recipient, channels_of, shown
from services.notifier.domain.sending import due_notices, settle
from services.notifier.domain.state import CITIZEN, Dispatches
from services.notifier.domain.texts import CARDS, card, card_fault, date_text, fits, parameters
from shared.contracts.event import Envelope
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Channel, NoticeChannel
from shared.district.model import District
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered, a_contact, sealed
from tests.services.notifier.stage import MONDAY, archived, settled_at_once

WECHAT = DISTRICT.policy.notice.wechat
MINUTE = timedelta(minutes=1)


def with_notice(**changes: object) -> District:
    """Putuo with other choices about messages."""
    notice = DISTRICT.policy.notice.model_copy(update=changes)
    return DISTRICT.model_copy(update={"policy": DISTRICT.policy.model_copy(update={"notice": notice})})


def a_log(**more: object) -> Dispatches:
    """A case nobody was told about yet."""
    said: dict[str, object] = {
        "case_no": CASE,
        "site": "001",
        "came_by": Channel.SUISHENBAN,
        "contact": a_contact(),
    }
    return Dispatches(**(said | more))  # type: ignore[arg-type]  # the names are those of the model


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("2026-11-28 20:59", "2026-11-28 20:59"),
        ("2026-11-28 21:00", "2026-11-29 08:00"),
        ("2026-11-28 23:30", "2026-11-29 08:00"),
        ("2026-11-29 00:10", "2026-11-29 08:00"),
        ("2026-11-29 07:59", "2026-11-29 08:00"),
        ("2026-11-29 08:00", "2026-11-29 08:00"),
    ],
)
def test_people_are_left_alone_at_night(asked: str, allowed: str) -> None:
    """domain 通知: quiet from 21:00 to 8:00, on every day of the week."""
    assert allowed_from(DISTRICT, CITIZEN, at(asked)) == at(allowed)


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("2026-11-23 08:30", "2026-11-23 08:33"),
        ("2026-11-23 09:05", "2026-11-23 09:05"),
        ("2026-11-23 12:30", "2026-11-23 12:33"),
        ("2026-11-23 10:29", "2026-11-23 10:29"),
        ("2026-11-23 10:30", "2026-11-23 10:33"),
        ("2026-11-23 17:30", "2026-11-23 17:30"),
        ("2026-11-23 17:31", "2026-11-24 09:05"),
        ("2026-11-23 07:00", "2026-11-23 09:05"),
        ("2026-11-28 10:00", "2026-11-30 09:05"),
        ("2026-09-30 18:00", "2026-10-08 09:05"),
        ("2026-10-10 10:00", "2026-10-10 10:03"),
    ],
)
def test_staff_hear_of_things_on_working_days_within_hours(asked: str, allowed: str) -> None:
    """Not in the National Day week (domain 12A.2); a make-up Saturday counts; noon is within the day.

    企业微信 asks to avoid full and half hours; at the close of the day the message leaves all the same.
    """
    assert allowed_from(DISTRICT, "DH", at(asked)) == at(allowed)


def test_a_district_may_let_its_staff_be_told_at_weekends() -> None:
    """Then only the night is quiet."""
    district = with_notice(staff_working_days_only=False)

    assert allowed_from(district, "DH", at("2026-11-28 10:01")) == at("2026-11-28 10:01")
    assert allowed_from(district, "DH", at("2026-11-28 22:00")) == at("2026-11-29 08:03")


@pytest.mark.parametrize(("asked", "allowed"), [("12:30", "14:00"), ("11:59", "11:59"), ("14:00", "14:00")])
def test_quiet_hours_need_not_span_midnight(asked: str, allowed: str) -> None:
    """A district that wants a quiet noon gets one."""
    quiet = DISTRICT.policy.notice.quiet.model_copy(update={"start": time(12), "end": time(14)})

    assert allowed_from(with_notice(quiet=quiet), CITIZEN, at(f"2026-11-23 {asked}")) == at(
        f"2026-11-23 {allowed}"
    )


def test_every_wechat_card_holds_its_longest_values() -> None:
    """domain 通知: thing ≤ 20, phrase ≤ 5 Chinese characters, character_string ≤ 32."""
    values = {"no": "PT2611230010012", "date": "2026年12月31日"}

    for code in CARDS:
        assert card_fault(card(DISTRICT.templates[code], values), WECHAT) == "", code


def test_every_text_for_people_by_wechat_has_its_words() -> None:
    """A template that may go by WeChat has a state and a hint."""
    by_wechat = {
        code for code, template in DISTRICT.templates.items() if NoticeChannel.WECHAT in template.channels
    }

    assert by_wechat == set(CARDS)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, "没有内容"),
        ({"thing1": "很" * 21}, "thing1超过20字"),
        ({"thing1": ""}, "thing1不能为空"),
        ({"phrase1": "已受理并转办"}, "phrase1超过5字"),
        ({"phrase1": "已受理1"}, "phrase1只能是汉字"),
        ({"character_string1": "P" * 33}, "character_string1超过32字"),
        ({"character_string1": "工单1"}, "character_string1只能是数字、字母或符号"),
        ({"name1": "很" * 11}, "name1超过10字"),
        ({"date1": "10月10日"}, "date1不是年月日"),
        ({"amount1": "5"}, "amount1不是模板的字段"),
        ({"thing1": "可", "date2": date_text(at("2026-10-10 17:30"))}, ""),
    ],
)
def test_a_card_that_wechat_would_refuse_is_found_before(fields: dict[str, str], fault: str) -> None:
    """The same limits as 47003 names."""
    assert card_fault(fields, WECHAT) == fault


def test_a_channel_that_cannot_carry_a_text_is_passed_over() -> None:
    """71 characters are two text messages, 2,049 bytes too many, a template without words no card."""
    long = DISTRICT.templates["C12"].model_copy(update={"text": "【普陀政务服务】" + "长" * 63})
    longer = long.model_copy(update={"text": "长" * 683, "code": "C99"})
    values = {"no": CASE, "date": "2026年12月31日"}

    assert not fits(NoticeChannel.SMS, long, values, DISTRICT)
    assert fits(NoticeChannel.WECOM, long, values, DISTRICT)
    assert not fits(NoticeChannel.WECOM, longer, values, DISTRICT)
    assert not fits(NoticeChannel.WECHAT, longer, values, DISTRICT)
    assert fits(NoticeChannel.CALL, longer, values, DISTRICT)


def test_a_gateway_gets_the_values_of_its_template_and_no_others() -> None:
    """Further values would be refused."""
    assert parameters(DISTRICT.templates["C12"], {"no": CASE, "tel": "1", "date": "2"}) == {"no": CASE}


@pytest.mark.parametrize(
    ("contact", "ways"),
    [
        (a_contact(), {"SMS", "CALL"}),
        (a_contact().model_copy(update={"party_ref": "openid-1"}), {"WECHAT", "SMS", "CALL"}),
        (a_contact().model_copy(update={"elderly_call_only": True, "party_ref": "openid-1"}), {"CALL"}),
        (SealedContact(phone=sealed("021-****5678", "phone")), {"CALL"}),
        (SealedContact(), {"CALL"}),
    ],
)
def test_the_contact_decides_which_channels_lead_to_a_person(contact: SealedContact, ways: set[str]) -> None:
    """「只打电话」 means calls; a landline takes no text; WeChat needs an account."""
    person = Recipient(role=CITIZEN, id="citizen")

    assert {way.value for way in channels_of(person, a_log(contact=contact), DISTRICT)} == ways


def test_a_recipient_is_written_down_masked() -> None:
    """Who left the district's list is three stars, and so is a person without a phone."""
    log, colleague = a_log(contact=SealedContact()), Recipient(role="DO", id="yibao-do")

    assert shown(Recipient(role=CITIZEN, id="citizen"), NoticeChannel.CALL, log, DISTRICT) == "***"
    assert shown(Recipient(role="DO", id="gone"), NoticeChannel.SMS, log, DISTRICT) == "***"
    assert shown(colleague, NoticeChannel.WECOM, log, DISTRICT).endswith("**")
    assert "****" in shown(colleague, NoticeChannel.SMS, log, DISTRICT)
    assert channels_of(Recipient(role="DO", id="gone"), log, DISTRICT) == frozenset()


def test_a_second_registration_changes_nothing() -> None:
    """The first one stands."""
    log = a_log()

    assert telling.open_log(log, a_case_registered(MONDAY, site="002")).state is log


def test_the_same_cause_never_yields_two_messages() -> None:
    """The id follows from event, template, role, recipient and channel."""
    envelope = Envelope(event_id=uuid4(), stream=f"archive/{CASE}", seq=1, recorded_at=at(MONDAY))
    event = archived(MONDAY).model_copy(update={"envelope": envelope})
    once = telling.tell(a_log(), event, DISTRICT, occasion=ARCHIVED).state
    assert isinstance(once, Dispatches)

    twice = telling.tell(once, event, DISTRICT, occasion=ARCHIVED).state

    assert twice is once
    assert len(once.notices) == 1


def test_rules_on_a_case_nobody_knows_keep_nothing() -> None:
    """Each rule answers with nothing."""
    assert telling.tell(None, settled_at_once(MONDAY), DISTRICT, occasion=RESOLVED_INSTANTLY).state is None
    assert due_notices(None, DISTRICT, now=at(MONDAY)) == []
    assert settle(None, {}, DISTRICT, now=at(MONDAY)).state is None

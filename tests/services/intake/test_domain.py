"""The rules of registration, as plain functions (方案 六(一), 附件1; domain §3.4, §10 rows 23 and 32)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.intake.domain.checks import check
from services.intake.domain.following import stand
from services.intake.domain.matter import Matter
from services.intake.domain.registration import Filing, Papers, Registration, number_prefix, register
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import CaseState, Category, Channel, ConfirmMethod
from shared.decision import Decision
from shared.errors import FieldFault, InputRefused, RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import sealed
from tests.services.intake.conftest import NOW, a_channel_matter, a_matter, an_exit, filed

CASE = CaseNo("PT2611230010001")
PAPERS = Papers(matter=sealed("点了三次都报错"), contact=SealedContact(phone=sealed("138****0001", "phone")))
FILING = Filing(source_id="form-0001", digest="d", clerk="s001-cl1")


def refused(body: dict[str, Any], channel: Channel = Channel.HALL, source_id: str | None = "form-0001") -> dict[str, str]:
    """The fields at fault and their codes."""
    with pytest.raises(InputRefused) as caught:
        check(filed(body, channel, source_id))
    return {fault.field: fault.code for fault in caught.value.faults}


def taken(body: dict[str, Any], channel: Channel = Channel.HALL) -> Matter:
    """The matter it becomes."""
    return check(filed(body, channel))


def registered(matter: Matter, papers: Papers | None = PAPERS, state: Registration | None = None) -> Decision[Any]:
    """What registering it decides."""
    return register(state, case_no=CASE, matter=matter, papers=papers, filing=FILING, district=DISTRICT, now=NOW)


def test_every_missing_field_is_told_at_once() -> None:
    assert refused({}, source_id=None) == {
        "Idempotency-Key": "missing", "site": "missing", "item": "missing", "text": "missing", "name": "missing",
        "phone": "missing",
    }


def test_a_channel_without_a_site_belongs_to_the_site_on_line() -> None:
    assert taken(a_channel_matter(), Channel.SUISHENBAN).site == "900"
    assert taken(a_channel_matter(site="005"), Channel.SUISHENBAN).site == "005"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("site", "999", "unknown"), ("site", "1", "unknown"), ("item_code", "PT-NOBODY-001", "unknown"),
        ("complained_unit", "火星办事处", "unknown"), ("phone", "12345", "phone"), ("phone", "6234567", "phone"),
    ],
)
def test_what_the_district_does_not_know_is_refused(field: str, value: str, code: str) -> None:
    assert refused(a_matter(**{field: value})) == {field: code}


def test_the_faults_of_form_come_first_and_are_not_told_twice() -> None:
    form = FieldFault("phone", "过长。", "string_too_long")
    with pytest.raises(InputRefused) as caught:
        check(filed(a_matter(phone=None, site="999")), [form])
    assert [fault.field for fault in caught.value.faults] == ["phone", "site"]


@pytest.mark.parametrize("value", ["有汉字", "两 个", "-x", "x" * 65])
def test_the_senders_id_is_plain_and_short(value: str) -> None:
    assert set(refused(a_matter(), source_id=value)) == {"Idempotency-Key"}


@pytest.mark.parametrize("value", ["13912345678", "310107199001011234", "SSB-13800000001"])
def test_the_senders_id_tells_nobodys_number(value: str) -> None:
    assert refused(a_channel_matter(value), Channel.YWTB) == {"source_id": "personal"}
    assert refused(a_matter(upstream_no=value)) == {"upstream_no": "personal"}


def test_a_number_built_of_division_day_and_serial_is_nobodys_id_number() -> None:
    assert taken(a_channel_matter("310107202611230001"), Channel.YWTB).channel is Channel.YWTB


def test_a_known_item_gets_its_code_and_an_unknown_one_stays_in_the_persons_words() -> None:
    assert taken(a_matter(item="异地备案")).item_code == "PT-YIBAO-001"
    free = taken(a_matter(item="给太奶奶办的那个证"))
    assert (free.item, free.item_code) == ("给太奶奶办的那个证", None)


def test_names_and_numbers_in_free_words_are_masked_before_anybody_reads_them() -> None:
    matter = taken(
        a_matter(item="王大力的备案 13912345678", received_at="2026-11-23T09:00:00+08:00", backdated_reason="打 13912345678 补")
    )
    assert matter.item == "王**的备案 139****5678"
    assert matter.backdated_reason == "打 139****5678 补"
    assert "王大力" not in matter.masked_text and "13912345678" not in matter.masked_text


def test_what_stands_in_a_list_stands_on_one_line_and_the_record_keeps_its_lines() -> None:
    matter = taken(a_matter(name=" 王\n大力 ", item="异地\t就医\r\n备案", text="第一行\n第二行"))
    assert (matter.name, matter.item, matter.text) == ("王 大力", "异地 就医 备案", "第一行\n第二行")


@pytest.mark.parametrize("category", ["COMPLAINT", "SUGGESTION"])
def test_a_complaint_or_suggestion_may_be_anonymous(category: str) -> None:
    matter = taken(a_matter(anonymous=True, name=None, phone=None, category=category))
    assert matter.anonymous and matter.name is None and matter.phone is None


def test_an_anonymous_persons_name_is_not_kept_and_a_phone_left_is() -> None:
    matter = taken(a_matter(anonymous=True, category="COMPLAINT"))
    assert (matter.name, matter.phone) == (None, "13800000001")


@pytest.mark.parametrize("category", ["SERVICE", "CONSULT"])
def test_a_matter_to_be_handled_may_not_be_anonymous(category: str) -> None:
    assert refused(a_matter(anonymous=True, category=category)) == {"anonymous": "anonymous"}


def test_an_anonymous_matter_says_its_category() -> None:
    assert refused(a_matter(anonymous=True, category=None)) == {"category": "anonymous"}


def test_a_complained_unit_is_known_by_any_of_its_names() -> None:
    assert taken(a_matter(category="COMPLAINT", complained_unit="医保局")).complained_unit == "yibao"


def test_how_the_person_confirmed_follows_from_the_channel() -> None:
    assert taken(a_matter()).confirm_method is ConfirmMethod.SIGNED
    assert taken(a_matter(confirm_method="SCANNED")).confirm_method is ConfirmMethod.SCANNED
    assert taken(a_channel_matter(), Channel.YWTB).confirm_method is ConfirmMethod.REAL_NAME
    hidden = a_channel_matter(anonymous=True, category="COMPLAINT")
    assert taken(hidden, Channel.YWTB).confirm_method is None
    assert taken(an_exit(), Channel.PORTAL_EXIT).confirm_method is None


def test_the_clock_runs_from_now_unless_the_matter_came_in_earlier() -> None:
    assert taken(a_matter()).received_at == NOW
    late = a_matter(received_at="2026-11-20T01:30:00Z", backdated_reason="停电，先记在纸上")
    assert taken(late).received_at == at("2026-11-20 09:30")


def test_two_clocks_may_differ_by_a_minute() -> None:
    for seconds in (-60, 60):
        given = (NOW + timedelta(seconds=seconds)).isoformat()
        assert taken(a_matter(received_at=given)).received_at == NOW


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"received_at": "2026-11-23T10:01:01+08:00"}, {"received_at": "future"}),
        ({"received_at": "9999-12-31T23:59:59-12:00"}, {"received_at": "future"}),
        ({"received_at": "2026-11-23T09:58:59+08:00"}, {"backdated_reason": "missing"}),
        ({"received_at": "2006-11-23T09:00:00+08:00", "backdated_reason": "旧表"}, {"received_at": "old"}),
        ({"upstream_due": "9999-12-31T23:59:59+08:00"}, {"upstream_due": "far"}),
    ],
)
def test_a_time_that_cannot_be_true_is_refused(changed: dict[str, str], fault: dict[str, str]) -> None:
    assert refused(a_matter(**changed)) == fault


def test_a_district_that_does_not_backdate_refuses_it() -> None:
    backdate = DISTRICT.policy.backdate.model_copy(update={"allow": False})
    strict = DISTRICT.model_copy(update={"policy": DISTRICT.policy.model_copy(update={"backdate": backdate})})
    body = filed(a_matter(received_at="2026-11-20T09:30:00+08:00", backdated_reason="停电"))
    with pytest.raises(InputRefused) as caught:
        check(type(body)(body.submission, body.channel, body.source_id, strict, body.now))
    assert [fault.code for fault in caught.value.faults] == ["backdated"]


def test_a_portal_exit_tells_itself_where_the_person_wrote_nothing() -> None:
    matter = taken(an_exit(), Channel.PORTAL_EXIT)
    assert matter.item == "食品经营许可" and matter.wants_answer
    assert matter.text == "在“上传平面图”环节退出；原因：一直转圈；报错码：UP-504"
    assert taken(an_exit(error_code=None), Channel.PORTAL_EXIT).text == "在“上传平面图”环节退出；原因：一直转圈"


@pytest.mark.parametrize("changed", [{"wants_contact": False}, {"phone": None}, {"wants_contact": False, "name": None}])
def test_a_portal_exit_nobody_can_or_may_be_called_about_is_no_case(changed: dict[str, Any]) -> None:
    matter = taken(an_exit(**changed), Channel.PORTAL_EXIT)
    assert not matter.wants_answer and number_prefix(matter, DISTRICT) == "DD"


def test_a_portal_exit_says_where_why_and_whether_to_call() -> None:
    nothing = an_exit(exit_step=None, exit_reason=None, wants_contact=None, item_code=None)
    assert set(refused(nothing, Channel.PORTAL_EXIT)) == {"item", "exit_step", "exit_reason", "wants_contact"}


def test_registering_promises_an_answer_and_says_so_once() -> None:
    """方案 四(四)2: three working days after Monday 23 November is Thursday 26 November."""
    decision = registered(taken(a_matter()))
    (event,) = decision.events
    assert isinstance(event, CaseRegistered)
    assert decision.state.due_at == at("2026-11-26 17:30") and decision.state.state is CaseState.REGISTERED
    assert (event.actor, event.clerk, event.occurred_at, event.received_at) == ("s001-cl1", "s001-cl1", NOW, NOW)
    assert (event.item_code, event.source_id, event.site) == ("PT-YIBAO-001", "form-0001", "001")


def test_an_earlier_city_limit_is_promised() -> None:
    matter = taken(a_matter(upstream_no="SH20261123", upstream_due="2026-11-24T04:00:00Z"))
    assert registered(matter).state.due_at == at("2026-11-24 12:00")


def test_a_chokepoint_is_counted_without_a_clock_and_without_anybodys_data() -> None:
    decision = registered(taken(an_exit(wants_contact=False), Channel.PORTAL_EXIT), None)
    (event,) = decision.events
    assert isinstance(event, ChokepointRecorded) and event.portal_exit.error_code == "UP-504"
    assert decision.state.is_chokepoint and decision.state.papers is None and decision.state.due_at is None


def test_a_number_is_never_given_twice() -> None:
    matter = taken(a_matter())
    with pytest.raises(RuleBroken) as caught:
        registered(matter, state=registered(matter).state)
    assert caught.value.rule == "case.number_taken"


def test_the_register_shows_where_the_case_stands_until_it_is_archived() -> None:
    line = registered(taken(a_matter(category=None))).state
    handled = stand(line, CaseState.HANDLING, Category.SERVICE).state
    assert handled is not None and (handled.state, handled.category) == (CaseState.HANDLING, Category.SERVICE)
    archived = stand(handled, CaseState.ARCHIVED).state
    assert archived is not None and stand(archived, CaseState.CLOSED).state == archived


def test_a_chokepoint_and_an_unknown_case_stand_nowhere() -> None:
    counted = registered(taken(an_exit(wants_contact=False), Channel.PORTAL_EXIT), None).state
    assert stand(counted, CaseState.CLOSED).state == counted
    assert stand(None, CaseState.CLOSED).state is None

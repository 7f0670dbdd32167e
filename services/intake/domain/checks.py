"""What must be right before a matter is registered; every fault is told at once (方案 六(一), domain §3.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from services.intake.domain.confirmation import check_witness
from services.intake.domain.matter import Filed, Matter, matter_of
from services.intake.domain.submission import LONGEST_ID, ExitSubmission
from shared.clock import shanghai
from shared.contracts.terms import Category, Channel
from shared.errors import FieldFault, InputRefused
from shared.privacy.masking import normalise_phone

PHONE_WANTED = "电话号码不对，请填 11 位手机号，或带区号的固定电话，如 021-62345678；境外号码以 + 和国家（地区）代码开头。"
TOLERANCE = timedelta(seconds=60)  # two clocks never agree; what lies within this is now
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#@+=-]*")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_ID_CARD = re.compile(r"[1-9]\d{5}((?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx]")
Faults = Iterator[FieldFault]


def check(filed: Filed, faults: Sequence[FieldFault] = ()) -> Matter:
    """The matter, if nothing is wrong; raises InputRefused with `faults` of form and every fault found here."""
    known_wrong = {fault.field for fault in faults}
    found = [fault for rule in RULES for fault in rule(filed) if fault.field not in known_wrong]
    if faults or found:
        raise InputRefused([*faults, *found])
    return matter_of(filed, _received(filed), _local(filed.submission.upstream_due))


def source_field(channel: Channel) -> str:
    """Where a channel writes its own id: the counter in a header, the others in the body."""
    return "Idempotency-Key" if channel is Channel.HALL else "source_id"


def check_source(filed: Filed) -> Faults:
    """The sender's own id is there and tells nobody's number: it is published in clear."""
    field = source_field(filed.channel)
    given = {field: filed.source_id, "upstream_no": filed.submission.upstream_no}
    if not filed.source_id:
        yield _missing(field, "本次提交的唯一编号")
    for name, value in given.items():
        if value and len(value) > LONGEST_ID:
            yield FieldFault(name, f"过长，最多 {LONGEST_ID} 个字符。", "string_too_long")
        elif value and not _ID.fullmatch(value):
            yield FieldFault(name, "编号只用字母、数字和 . _ : / # @ + = -，以字母或数字开头。", "pattern")
        elif value and _tells_a_person(value, filed):
            yield FieldFault(name, "编号里不能用电话号码或身份证号，请换成系统编号。", "personal")


def _tells_a_person(value: str, filed: Filed) -> bool:
    """A system's number may be built of division, date and serial like an ID number: only of a day this year."""
    number = (normalise_phone(filed.submission.phone or "") or "").replace("-", "")
    card = _ID_CARD.fullmatch(value)
    born_before = card is not None and int(card[1]) < filed.now.year
    return bool(_MOBILE.fullmatch(value) or born_before or (number and number in value))


def check_place(filed: Filed) -> Faults:
    """方案 三: the matter belongs to one of the district's sites."""
    if not filed.site:
        yield _missing("site", "反映点位")
    elif filed.site not in filed.district.sites:
        yield FieldFault("site", "没有这个反映点位，请填点位目录中的三位码。", "unknown")


def check_thing(filed: Filed) -> Faults:
    """附件1: what could not be done, and what happened; a portal exit tells it by its own fields."""
    sent = filed.submission
    left_portal = isinstance(sent, ExitSubmission)
    if not sent.item and not (left_portal and sent.item_code):
        yield _missing("item", "事项")
    if not sent.text and not left_portal:
        yield _missing("text", "情况记录")
    if sent.item_code and sent.item_code not in filed.district.items:
        yield FieldFault("item_code", "没有这个事项编码，请填事项目录中的编码，或留空只写事项名称。", "unknown")


def check_exit(filed: Filed) -> Faults:
    """方案 二: where and why the person left the portal, and whether they want to be called."""
    sent = filed.submission
    if not isinstance(sent, ExitSubmission):
        return
    if not sent.exit_step:
        yield _missing("exit_step", "退出环节")
    if not sent.exit_reason:
        yield _missing("exit_reason", "退出原因")
    if sent.wants_contact is None:
        yield _missing("wants_contact", "是否愿被联系")


def check_person(filed: Filed) -> Faults:
    """附件1, domain §10 row 23: who it is and how to reach them, unless the scheme lets them stay unnamed."""
    sent = filed.submission
    if not filed.wants_answer:
        return
    if sent.anonymous:
        yield from _check_anonymous(filed)
    elif not sent.name:
        yield _missing("name", "办理对象姓名")
    if not sent.phone and not sent.anonymous:
        yield _missing("phone", "联系电话")
    elif sent.phone and normalise_phone(sent.phone) is None:
        yield FieldFault("phone", PHONE_WANTED, "phone")


def _check_anonymous(filed: Filed) -> Faults:
    allowed = filed.district.policy.anonymous.allow
    names = "、".join(filed.district.category_name(category) for category in allowed)
    if filed.submission.category is None:
        yield FieldFault("category", f"匿名反映须写明类别；可以匿名的是{names}。", "anonymous")
    elif filed.submission.category not in allowed:
        words = f"{_called(filed, filed.submission.category)}须能联系到本人，不能匿名；可以匿名的是{names}。"
        yield FieldFault("anonymous", words, "anonymous")


def _called(filed: Filed, category: Category) -> str:
    return filed.district.category_name(category)


def check_complaint(filed: Filed) -> Faults:
    """方案 四(三)3: the unit complained of is one of the district's, so that it never gets the complaint."""
    unit = filed.submission.complained_unit
    if unit and filed.district.unit(unit) is None:
        yield FieldFault("complained_unit", "没有这个单位，请填部门名录中的编码或名称。", "unknown")


def check_times(filed: Filed) -> Faults:
    """domain §10 row 32: the real time of receipt, never a future one, and why it was entered late."""
    sent, policy = filed.submission, filed.district.policy
    longest = timedelta(days=366 * policy.retention.contact_years)
    if sent.received_at is not None and sent.received_at > filed.now + TOLERANCE:
        yield FieldFault("received_at", "受理时间不能晚于现在，请核对日期和钟点。", "future")
    elif sent.received_at is not None and sent.received_at < filed.now - longest:
        years = policy.retention.contact_years
        yield FieldFault("received_at", f"受理时间早于 {years} 年前，已超过联系方式保存年限，请核对年份。", "old")
    elif is_backdated(filed) and not policy.backdate.allow:
        yield FieldFault("received_at", "本区不办补录，请删去受理时间。", "backdated")
    elif is_backdated(filed) and not sent.backdated_reason:
        yield FieldFault("backdated_reason", "受理时间早于现在，属于补录，请写明补录原因。", "missing")
    if sent.upstream_due is not None and abs(sent.upstream_due - filed.now) > longest:
        yield FieldFault("upstream_due", "市级期限与现在相差太远，请核对年份。", "far")


def is_backdated(filed: Filed) -> bool:
    """Whether the matter came in earlier than it is entered."""
    received = filed.submission.received_at
    return received is not None and received < filed.now - TOLERANCE


def _received(filed: Filed) -> datetime:
    """方案 四(四): the moment the person's clock runs from; within the tolerance of two clocks it is now."""
    received = filed.submission.received_at
    return shanghai(received) if received is not None and is_backdated(filed) else filed.now


def _local(moment: datetime | None) -> datetime | None:
    return shanghai(moment) if moment is not None else None


def _missing(field: str, called: str) -> FieldFault:
    return FieldFault(field, f"{called}必填，不能缺少。", "missing")


def check_confirmation(filed: Filed) -> Faults:
    """附件1「办理对象确认」, domain §6: who refuses to sign does so before a witness."""
    yield from check_witness(filed.submission.confirm_method, filed.submission.witness, filed.submission.name)


RULES = (check_source, check_place, check_thing, check_exit, check_person, check_confirmation, check_complaint, check_times)

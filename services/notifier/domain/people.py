"""Who is told, and over which channels they can be reached (方案 六(四)、七(一); domain: 升级阶梯、通知)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from services.notifier.domain.state import CITIZEN, CITIZEN_ID, OWNER, Dispatches
from shared.contracts.event import Frozen
from shared.contracts.terms import Channel, NoticeChannel
from shared.district.model import District, StaffMember
from shared.district.notice_rules import Recipient as RouteRole
from shared.district.roles import Role
from shared.privacy.masking import mask_name, mask_phone

OF_UNIT = {Role.DO: "receiver", Role.DH: "operator", Role.SH: "section_head", Role.DL: "leader"}
OF_SITE = frozenset({Role.CL, Role.TR, Role.WS})
REAL_NAME = frozenset({Channel.SUISHENBAN, Channel.YWTB})  # signed in, so there is an account to write to
UNKNOWN = "***"
_MASKED_MOBILE = re.compile(r"1\d\d\*{4}\d{4}")


class Recipient(Frozen):
    """Somebody a message goes to: a role and a staff number, or the person who came."""

    role: str
    id: str


def recipients(role: RouteRole, log: Dispatches, unit: str | None, district: District) -> Iterator[Recipient]:
    """The people of one role for one case and unit; nobody who is complained of, nor of that unit (domain: 12A.8)."""
    if role == CITIZEN:
        if reachable(log):
            yield Recipient(role=CITIZEN, id=CITIZEN_ID)
        return
    if role == OWNER:
        if log.owner in district.staff:
            yield Recipient(role=OWNER, id=log.owner)
        return
    if unit is not None and unit == log.complained_unit:
        if unit != district.policy.complaint.route:
            return
        role = district.policy.complaint.self_route_role if role in OF_UNIT else role
    for person in _staff(Role(role), log, unit, district):
        if may_hear(log, district, person.id, person.unit, person.roles):
            yield Recipient(role=role, id=person.id)


def may_hear(log: Dispatches, district: District, who: str, unit: str | None, roles: Collection[str]) -> bool:
    """方案 四(三)3: of a complaint about the office only its own leader hears, of another nobody it is about (歧义 21)."""
    rules = district.policy.complaint
    if who in log.complained_staff:
        return False
    if log.complained_unit is None or unit != log.complained_unit:
        return True
    return log.complained_unit == rules.route and rules.self_route_role in roles


def reachable(log: Dispatches) -> bool:
    """Whether the person can be told anything: not when anonymous, not without a phone, not after the term."""
    return not log.anonymous and not log.forgotten and log.contact.phone is not None


def _staff(role: Role, log: Dispatches, unit: str | None, district: District) -> tuple[StaffMember, ...]:
    if role not in OF_UNIT:
        return district.staff_with(role, site=log.site if role in OF_SITE else None)
    department = district.departments.get(unit or "")
    person = district.staff.get(getattr(department, OF_UNIT[role])) if department else None
    return (person,) if person else ()


def channels_of(person: Recipient, log: Dispatches, district: District) -> frozenset[NoticeChannel]:
    """What leads to this person: 「只打电话」 means calls, a landline no text, WeChat a real-name account."""
    if person.role != CITIZEN:
        known = person.id in district.staff
        return frozenset({NoticeChannel.WECOM, NoticeChannel.SMS} if known else ())
    contact = log.contact
    ways = {NoticeChannel.CALL}
    if contact.elderly_call_only:
        return frozenset(ways)
    if contact.phone is not None and _MASKED_MOBILE.fullmatch(contact.phone.masked):
        ways.add(NoticeChannel.SMS)
    if contact.party_ref and log.came_by in REAL_NAME:
        ways.add(NoticeChannel.WECHAT)
    return frozenset(ways)


def shown(person: Recipient, channel: NoticeChannel, log: Dispatches, district: District) -> str:
    """How the recipient is written down: masked, always."""
    if person.role == CITIZEN:
        return log.contact.phone.masked if log.contact.phone else UNKNOWN
    colleague = district.staff.get(person.id)
    if colleague is None:
        return UNKNOWN
    return mask_name(colleague.name) if channel is NoticeChannel.WECOM else mask_phone(colleague.phone)

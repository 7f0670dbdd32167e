"""Approvals on a phone: one card a case with all its grounds, agreed to or refused where it stands (方案 四(四)4; domain 歧义 13)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.router.api.acts import ACTS
from services.router.api.desk import Desk
from services.router.api.form_options import named
from services.router.domain.commands import Command, Explained, Nothing, RuleReturn
from services.router.domain.desks import OFFICE, Tray, approvals, disputed, of_unit
from services.router.domain.due_reason import due_reason
from services.router.domain.extending import days_offered
from services.router.domain.state import CaseFile, Order
from services.router.domain.timing import TimeLeft, time_left
from services.router.store import on_desk
from shared.web.signin import Staff

MOST = 30
BY_PATH = {act.path: act for act in ACTS}
APPROVERS = frozenset({"GO", "GL"})
EXTENSION, RETURN = "extension", "return"
PHRASES: Mapping[str, tuple[str, ...]] = {
    EXTENSION: ("现有材料已可答复，请按期反馈", "理由不充分，请写明阶段进展", "请先联系群众说明情况", "请改报较短的期限"),
    RETURN: ("职责清楚，由本单位承办", "首接负责，请先行办理", "确属其他单位职责，同意改派", "请与建议单位协同办理"),
}
ACT_OF = {
    (EXTENSION, True): "approve-extension", (EXTENSION, False): "refuse-extension", (RETURN, True): "rule-return", (RETURN, False): "rule-return",
}


@dataclass(frozen=True)
class Card:
    """One thing to decide: `cannot` says in a sentence why this person may not, before they try."""

    kind: str
    case: CaseFile
    order: Order
    unit: str
    asked_by: str
    endorsed_by: str
    left: TimeLeft
    why_due: str
    nth: int
    cannot: str
    phrases: Sequence[str]
    suggested: str = ""
    once: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    error: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


class Approvals:
    """What waits for somebody's decision, found by the desk of the unit's leader or of the office."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def cards(self, staff: Staff) -> list[Card]:
        """Everything that waits for this person, and of their own section what waits for others; what is due first at the top."""
        cases: dict[str, CaseFile] = {}
        for word in self._desks(staff):
            cases |= {case.case_no: case for case in await on_desk(self.desk.cases, word, limit=MOST)}
        seen = [case for case in cases.values() if self.desk.sees(case, staff)]
        found = [card for case in seen for card in self.of_case(case, staff)]
        return sorted(found, key=lambda card: (bool(card.cannot), card.order.due_at))

    def _desks(self, staff: Staff) -> list[str]:
        found = [approvals(OFFICE)] if staff.roles & APPROVERS else []
        if "DL" in staff.roles and staff.unit:
            found.append(approvals(staff.unit))
        if staff.roles & {"SH", "DL"} and staff.unit:
            found.append(of_unit(staff.unit, Tray.ASKED))
        return found

    def of_case(self, case: CaseFile, staff: Staff) -> list[Card]:
        """What is to be decided on one case, as far as it concerns this person."""
        found = [self._card(EXTENSION, case, case.lead, staff)] if case.extension and case.lead else []
        found += [self._card(RETURN, case, order, staff) for order in disputed(case)]
        office = bool(staff.roles & APPROVERS)
        return [card for card in found if office or card.order.unit == staff.unit]

    def _card(self, kind: str, case: CaseFile, order: Order, staff: Staff) -> Card:
        district = self.desk.ground.scheme.district
        asked = case.extension if kind == EXTENSION else None
        asker = asked.requested_by if asked else order.handler or ""
        days = days_offered(case, district) if asked else ()
        nth = next((count.counted or 0 for count in days if asked and count.day == asked.until.date()), 0)
        return Card(
            kind, case, order, self._unit(order.unit), self._name(asker), self._name(asked.endorsed_by or "") if asked else "",
            time_left(order.due_at, self.desk.ground.clock.now(), district.calendar), due_reason(case, order, district).words, nth,
            self._cannot(kind, case, order, staff), PHRASES[kind], self._unit(order.suggested) if order.suggested else "",
        )

    def _cannot(self, kind: str, case: CaseFile, order: Order, staff: Staff) -> str:
        """提出人≠批准人 (domain SoD), and whose turn it is."""
        office = self.desk.may(case, BY_PATH["rule-return"], staff) and bool(staff.roles & APPROVERS)
        if kind == RETURN:
            return "" if office else "再次退单由政务服务办督办岗裁定。"
        asked = case.extension
        if asked is not None and asked.requested_by == staff.id:
            return "这是您本人提出的申请。提出人不能批准自己的申请，须由另一位审批人办理。"
        if asked is not None and asked.endorsed_by is None:
            mine = "DL" in staff.roles and order.unit == staff.unit
            return "" if mine else "先由主办单位分管领导审批，再报政务服务办核准。"
        return "" if office else "分管领导已同意，现由政务服务办督办岗核准。"

    def _unit(self, code: str) -> str:
        return named(self.desk.ground.scheme.district, [code])[0][1]

    def _name(self, staff_id: str) -> str:
        person = self.desk.ground.scheme.district.staff.get(staff_id)
        return person.name if person else ""


def decision(kind: str, typed: Mapping[str, str], *, agree: bool) -> Command:
    """The request behind a button."""
    reason = typed.get("reason", "").strip() or typed.get("phrase", "").strip()
    if kind == RETURN:
        return RuleReturn(unit=typed.get("unit") or None, accepted=agree, to=(typed.get("to") or "").strip() or None, reason=reason)
    return Nothing() if agree else Explained(reason=reason)

"""Events that speak: `a_case_registered(at="2026-09-30 10:00")`; only what a test is about need be said."""

from __future__ import annotations

from typing import Any, TypeVar

from shared.contracts.event import Event
from shared.contracts.ids import CaseNo, order_number
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import CaseClosed, CaseFedBack, CaseTriaged, OrderAnswered, OrderIssued, OrderSigned
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import Category, Channel, Grade, OrderRole, Result
from shared.testing.driver import DISTRICT, at

CASE = CaseNo("PT2609300010001")
E = TypeVar("E", bound=Event)


def sealed(masked: str, label: str = "matter") -> Sealed:
    """A box nobody opens in this test."""
    return Sealed(key_id="test", algorithm="AES-256-GCM", label=label, box="AAAA", masked=masked)


def a_contact() -> SealedContact:
    """Somebody with a name and a phone."""
    return SealedContact(name=sealed("张*", "name"), phone=sealed("138****0001", "phone"))


def a_case_registered(when: str, case_no: str = CASE, **more: Any) -> CaseRegistered:
    """A service matter from the hall of site 001."""
    said: dict[str, Any] = {
        "channel": Channel.HALL, "site": "001", "received_at": at(when), "category": Category.SERVICE, "item": "异地就医备案",
        "matter": sealed("备案点了三次都报错"), "contact": a_contact(),
    }
    return CaseRegistered(case_no=CaseNo(case_no), occurred_at=at(when), **(said | more))


def a_case_triaged(when: str, grade: Grade = Grade.GENERAL, **more: Any) -> CaseTriaged:
    """Graded and given to the health insurance bureau."""
    said: dict[str, Any] = {"category": Category.SERVICE, "grade": grade, "lead": "yibao", "requirement": "查清报错原因", "due_at": at(when)}
    return CaseTriaged(case_no=CASE, occurred_at=at(when), **(said | more))


def an_order_issued(when: str, due: str, unit: str = "yibao", place: int = 1, role: OrderRole = OrderRole.LEAD, **more: Any) -> OrderIssued:
    """One 承办单 to one unit."""
    sign_due = DISTRICT.calendar.add_working_time(at(when), DISTRICT.policy.sign.due_hours * 60)
    said: dict[str, Any] = {
        "order_no": order_number(CASE, place), "unit": unit, "unit_name": DISTRICT.departments[unit].name, "role": role,
        "grade": Grade.GENERAL, "category": Category.SERVICE, "requirement": "查清报错原因", "due_at": at(due), "sign_due_at": sign_due,
        "item": "异地就医备案", "site": "001", "matter": sealed("备案点了三次都报错"), "contact": a_contact(),
    }
    return OrderIssued(case_no=CASE, occurred_at=at(when), **(said | more))


def an_order_signed(when: str, unit: str = "yibao", place: int = 1, **more: Any) -> OrderSigned:
    """The unit signed."""
    return OrderSigned(case_no=CASE, occurred_at=at(when), order_no=order_number(CASE, place), unit=unit, **more)


def an_order_answered(when: str, unit: str = "yibao", place: int = 1, **more: Any) -> OrderAnswered:
    """The unit answered."""
    said: dict[str, Any] = {"role": OrderRole.LEAD, "result": Result.RESOLVED, "text": "已查清参保地登记错误并当日改正，备案已办成。"}
    return OrderAnswered(case_no=CASE, occurred_at=at(when), order_no=order_number(CASE, place), unit=unit, **(said | more))


def a_case_fed_back(when: str, replied: str | None = None) -> CaseFedBack:
    """The window checked the answer."""
    return CaseFedBack(
        case_no=CASE, occurred_at=at(when), replied_at=at(replied or when), result=Result.RESOLVED, text="已办成", lead="yibao", lead_name="医保局"
    )


def a_case_closed(when: str) -> CaseClosed:
    """Settled, and the person is content."""
    return CaseClosed(case_no=CASE, occurred_at=at(when), result=Result.RESOLVED, resolved=True, stars=5, replied_at=at(when))


def happened(kind: type[E], when: str, **more: Any) -> E:
    """Any event of the case by its class."""
    return kind(case_no=CASE, occurred_at=at(when), **more)


def of_order(kind: type[E], when: str, unit: str = "yibao", place: int = 1, **more: Any) -> E:
    """Any event about one order of the case."""
    return happened(kind, when, order_no=order_number(CASE, place), unit=unit, **more)

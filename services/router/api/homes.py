"""Where somebody does their work on a case: a department's people on their order's page, everybody else on the case's."""

from __future__ import annotations

from services.router.api.desk import DEPARTMENT
from services.router.domain.state import CaseFile, Order
from shared.web.signin import Staff


def own_order(case: CaseFile, staff: Staff) -> Order | None:
    """The latest order of the person's unit."""
    return next((order for order in reversed(case.orders) if order.unit == staff.unit), None)


def home_of(case: CaseFile, staff: Staff) -> str:
    """The page of the case for this person."""
    order = own_order(case, staff) if staff.roles and staff.roles <= DEPARTMENT else None
    return f"/router/work/{order.order_no}" if order else f"/router/cases/{case.case_no}"


def list_of(staff: Staff) -> str:
    """The list this person works through."""
    return "/router/work" if staff.roles and staff.roles <= DEPARTMENT else "/router/analysis"

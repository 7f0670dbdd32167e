"""督办单 as a paper: what stands in it, from the case's clocks and the district's rules (方案 七(四); domain 附属文书字段)."""

from __future__ import annotations

from services.sla.domain.state import CaseClocks, Supervision
from services.sla.domain.supervision import overdue_days
from shared.assembly import Ground
from shared.contracts.terms import SupervisionLevel
from shared.district.model import District
from shared.district.roles import Role
from shared.papers.supervision import SupervisionPaper
from shared.web.names import zh

BOOK = "普政督"


async def paper_of(ground: Ground, case: CaseClocks, card: Supervision) -> SupervisionPaper:
    """The paper of an issued 督办单; its number of the year is given when it first becomes a paper, and stays."""
    district, issued_at = ground.scheme.district, card.issued_at
    if issued_at is None:
        raise LookupError(f"{card.number} was never issued")
    unit, clock = district.departments.get(card.unit), case.order_clock(card.order_no)
    serial = await ground.store.number_of(f"{BOOK}{issued_at.year}", card.number)
    return SupervisionPaper(
        year=issued_at.year, serial=serial, number=card.number, red=card.level is SupervisionLevel.RED,
        unit=unit.full_name if unit else card.unit, case_no=case.case_no, order_no=card.order_no, nth=card.nth,
        reason=zh(card.reason), order_due_at=clock.due_at if clock else None,
        overdue_days=overdue_days(case, card.order_no, district, issued_at), issued_at=issued_at, due_at=card.due_at,
        signed_by=_signer(card, district), copies=_copies(card, district),
    )


def _signer(card: Supervision, district: District) -> str:
    person = district.staff.get(card.issuer or "")
    return person.name if person else "系统按规则自动签发"


def _copies(card: Supervision, district: District) -> tuple[str, ...]:
    """Who gets a copy: the unit's 分管领导, of a red one the unit's head and the office's leader too (domain: 升级阶梯 L2、L3)."""
    unit = district.departments.get(card.unit)
    name = unit.name if unit else card.unit
    copies = [f"{name}分管领导"]
    if card.level is SupervisionLevel.RED:
        copies += [f"{name}主要负责人", Role.GL.chinese]
    return tuple(copies)

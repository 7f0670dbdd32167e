"""Where tests of SLA begin: a case of Monday 23 November 2026 with one order due on Thursday the 26th at close."""

from __future__ import annotations

from typing import Any

from services.sla import app
from services.sla.domain.state import CaseClocks
from services.sla.handlers import inbox
from services.sla.store import Clocks, open_clocks
from shared.contracts.sealed import SealedContact
from shared.contracts.sla_events import DeadlineMet, DeadlineMissed, DeadlineSet
from shared.contracts.terms import DeadlineKind, Grade
from shared.testing.driver import ServiceDriver
from shared.testing.events import CASE, a_case_registered, a_case_triaged, an_order_issued

ORDER = f"{CASE}-01"


async def a_matter(**more: Any) -> ServiceDriver:
    """Registered at ten, not analysed yet."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    contact = SealedContact(name=sla.sealer.seal("张三", case_no=CASE, label="name", masked="张*"))
    await sla.consumes(a_case_registered("2026-11-23 10:00", **({"contact": contact} | more)))
    return sla


async def an_order(grade: Grade = Grade.GENERAL, due: str = "2026-11-26 17:30", **more: Any) -> ServiceDriver:
    """Analysed and dispatched to the health insurance bureau half an hour later."""
    sla = await a_matter(**more)
    await sla.consumes(a_case_triaged("2026-11-23 10:30", grade), an_order_issued("2026-11-23 10:30", due))
    return sla


def clocks_of(sla: ServiceDriver) -> Clocks:
    """The service's own store."""
    return open_clocks(sla.ground, inbox)


async def case_of(sla: ServiceDriver) -> CaseClocks:
    """What the service remembers of the case."""
    case = await clocks_of(sla).get(CASE)
    assert case is not None
    return case


def ends(sla: ServiceDriver, kind: DeadlineKind) -> list[str]:
    """Every end this kind of countdown was given, in order."""
    return [f"{event.due_at:%m-%d %H:%M}" for event in sla.published(DeadlineSet) if event.kind is kind]


def met(sla: ServiceDriver, kind: DeadlineKind) -> list[tuple[str, bool]]:
    """When this kind of countdown was met, and whether late."""
    return [(f"{event.met_at:%m-%d %H:%M}", event.late) for event in sla.published(DeadlineMet) if event.kind is kind]


def missed(sla: ServiceDriver, kind: DeadlineKind) -> list[str]:
    """When this kind of countdown was missed."""
    return [f"{event.occurred_at:%m-%d %H:%M}" for event in sla.published(DeadlineMissed) if event.kind is kind]

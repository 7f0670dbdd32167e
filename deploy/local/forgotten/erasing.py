"""A restored backup forgets again: by the services' own rules, before anything of it is served (domain §9.3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from deploy.local.forgotten.registering import Line
from deploy.local.reaching import Reached
from services.archive.domain.forgetting import forget_again
from services.archive.handlers import inbox as archive_inbox
from services.archive.store import open_ledger
from services.intake.domain.forgetting import forget as forget_line
from services.intake.domain.forgetting import forget_row
from services.intake.handlers import inbox as intake_inbox
from services.intake.store import open_evaluations, open_register
from services.notifier.domain.forgetting import forget as forget_log
from services.notifier.gateways import SandboxGateway
from services.notifier.handlers import inbox as notifier_inbox
from services.notifier.store import open_logs
from services.router.domain.forgetting import forget as forget_case
from services.router.handlers import inbox as router_inbox
from services.router.store import open_cases
from services.sla.domain.forgetting import forget as forget_clocks
from services.sla.handlers import inbox as sla_inbox
from services.sla.store import open_clocks
from shared.assembly import Ground, Scheme
from shared.clock import Clock
from shared.contracts.archive_events import CaseForgotten
from shared.contracts.ids import CaseNo
from shared.district.model import District
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.documents import Documents
from shared.storage.mongo import MongoStore, connect
from shared.storage.sealed_files import SealedFiles

Erase = Callable[[Line], Awaitable[object]]


class _Waits(OutboxCourier):
    """What is said stays in the outbox: the service sends it when it starts."""

    def __init__(self) -> None:
        super().__init__(MemoryPublisher(), Progress())

    async def deliver(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Nothing leaves while a backup is put back."""

    def deliver_soon(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Nothing leaves while a backup is put back."""


async def erase(places: Reached, district: District, lines: Sequence[Line], clock: Clock) -> None:
    """Every service lets go of these cases' contact data, keys, indexes and files; the archive says so when it starts."""
    client = connect(places.mongo_uri)
    try:
        for name, make in ERASERS.items():
            ground = Ground(
                clock=clock, store=MongoStore(client[places.database(name)]), courier=_Waits(), scheme=Scheme(district),
                sealer=Sealer.from_environment(new_keys()),  # nothing is opened here, and nothing sealed
            )
            forget = make(ground)
            for line in lines:
                await forget(line)
    finally:
        client.close()


def _said(line: Line) -> CaseForgotten:
    return CaseForgotten(case_no=CaseNo(line.case_no), occurred_at=line.at, archived_at=line.at)


def _intake(ground: Ground) -> Erase:
    register, files = open_register(ground, intake_inbox), SealedFiles(ground.store, ground.sealer, ground.clock)
    rows = open_evaluations(ground, intake_inbox)

    async def forget(line: Line) -> None:
        held = await register.get(line.case_no)
        await files.forget_these([file.id for file in held.filing.attached] if held else [])
        row = await rows.by_unique("source", held.source) if held else await rows.get(line.case_no)
        if row is not None:
            await rows.change(row.number, partial(forget_row, at=line.at))
        await register.change(line.case_no, forget_line)

    return forget


def _router(ground: Ground) -> Erase:
    cases, files = open_cases(ground, router_inbox), SealedFiles(ground.store, ground.sealer, ground.clock)

    async def forget(line: Line) -> None:
        held = await cases.get(line.case_no)
        await files.forget_these([file.id for file in held.files] if held else [])
        await cases.change(line.case_no, partial(forget_case, event=_said(line)))

    return forget


def _sla(ground: Ground) -> Erase:
    clocks = open_clocks(ground, sla_inbox)
    return lambda line: clocks.change(line.case_no, forget_clocks)


def _notifier(ground: Ground) -> Erase:
    logs, gateway = open_logs(ground, notifier_inbox), SandboxGateway(ground)

    async def forget(line: Line) -> None:
        await gateway.forget(line.case_no)
        await logs.change(line.case_no, partial(forget_log, event=_said(line)))

    return forget


def _archive(ground: Ground) -> Erase:
    ledger = open_ledger(ground, archive_inbox)
    return lambda line: ledger.change(line.case_no, partial(forget_again, at=line.at))


ERASERS: Mapping[str, Callable[[Ground], Erase]] = {
    "intake": _intake, "router": _router, "sla": _sla, "notifier": _notifier, "archive": _archive,
}

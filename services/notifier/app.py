"""Notifier put together: dispatch logs, the gateway, the job, endpoints and pages."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from services.notifier.api import make_api, make_pages
from services.notifier.gateways import SandboxGateway
from services.notifier.handlers import inbox
from services.notifier.jobs import make_jobs
from services.notifier.store import notices_of, open_logs
from shared.assembly import Ground, Service, earliest


def build(ground: Ground) -> Service:
    """The service on this ground; messages go to the sandbox, the only gateway of this version."""
    logs = open_logs(ground, inbox)
    gateway = SandboxGateway(ground)
    bound = inbox.bound(logs=logs, scheme=ground.scheme, gateway=gateway)
    return Service(
        "notifier",
        bound,
        make_api(logs, ground.scheme, ground.clock),
        make_pages(logs, ground.scheme, ground.clock),
        page_folder=Path(__file__).parent / "pages",
        jobs=make_jobs(ground, logs, gateway),
        next_due=partial(earliest, logs, "next_at", lambda log: log.next_at),
        exports={"notices": partial(notices_of, logs)},
    )

"""Puts SLA together; the only file that knows all of its rooms."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from services.sla.api import make_api, make_pages
from services.sla.handlers import inbox
from services.sla.jobs import make_jobs
from services.sla.store import open_clocks, tally, waiting
from shared.assembly import Ground, Service, earliest

NAME = "sla"


def build(ground: Ground) -> Service:
    """The service on this ground."""
    clocks = open_clocks(ground, inbox)
    bound = inbox.bound(clocks=clocks, scheme=ground.scheme)
    return Service(
        NAME, bound, make_api(ground, clocks), make_pages(ground, clocks), page_folder=Path(__file__).with_name("pages"),
        jobs=make_jobs(ground, clocks), next_due=partial(earliest, clocks, "next_at", lambda case: case.next_at),
        tally=partial(tally, clocks, ground.clock),
        waiting=partial(waiting, clocks, ground.clock),
    )

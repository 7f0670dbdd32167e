"""Puts router together; the only file that knows all of its rooms."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from services.router.api import make_api, make_pages
from services.router.handlers import inbox
from services.router.store import open_cases, tally
from shared.assembly import Ground, Service

NAME = "router"


def build(ground: Ground) -> Service:
    """The service on this ground."""
    cases = open_cases(ground, inbox)
    inbox.bind(cases=cases, scheme=ground.scheme, clock=ground.clock, sealer=ground.sealer)
    return Service(
        NAME, inbox, make_api(ground, cases), make_pages(ground, cases), page_folder=Path(__file__).with_name("pages"),
        tally=partial(tally, cases),
    )

"""Puts router together; the only file that knows all of its rooms."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from services.router.api import make_api, make_pages
from services.router.handlers import inbox
from services.router.store import open_cases, tally, waiting
from shared.assembly import Ground, Service
from shared.storage.sealed_files import SealedFiles

NAME = "router"


def build(ground: Ground) -> Service:
    """The service on this ground."""
    cases = open_cases(ground, inbox)
    files = SealedFiles(ground.store, ground.sealer, ground.clock)
    bound = inbox.bound(cases=cases, scheme=ground.scheme, clock=ground.clock, sealer=ground.sealer, files=files)
    return Service(
        NAME, bound, make_api(ground, cases), make_pages(ground, cases), page_folder=Path(__file__).with_name("pages"),
        tally=partial(tally, cases), waiting=partial(waiting, cases),
    )

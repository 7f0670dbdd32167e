"""Puts intake together; the only file that knows all of its rooms."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from services.intake.api import make_api, make_pages
from services.intake.handlers import inbox
from services.intake.jobs import make_jobs
from services.intake.store import ClueBox, open_evaluations, open_register, tally, waiting
from shared.assembly import Ground, Service
from shared.storage.sealed_files import SealedFiles

NAME = "intake"


def build(ground: Ground) -> Service:
    """The service on this ground; raises BadKeys for channel keys that cannot be used."""
    register = open_register(ground, inbox)
    clues, files = ClueBox(ground, inbox), SealedFiles(ground.store, ground.sealer, ground.clock)
    rows = open_evaluations(ground, inbox)
    bound = inbox.bound(register=register, clues=clues, files=files, rows=rows)
    return Service(
        NAME, bound, make_api(ground, register, clues), make_pages(ground, register, clues, files, rows),
        page_folder=Path(__file__).with_name("pages"), jobs=make_jobs(ground, rows), tally=partial(tally, register, ground.clock),
        waiting=partial(waiting, register, clues, ground.clock),
    )

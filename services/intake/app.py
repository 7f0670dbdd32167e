"""Puts intake together; the only file that knows all of its rooms."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from services.intake.api import make_api, make_pages
from services.intake.handlers import inbox
from services.intake.store import ClueBox, open_register, tally
from shared.assembly import Ground, Service

NAME = "intake"


def build(ground: Ground) -> Service:
    """The service on this ground; raises BadKeys for channel keys that cannot be used."""
    register = open_register(ground, inbox)
    clues = ClueBox(ground, inbox)
    inbox.bind(register=register, clues=clues)
    return Service(
        NAME, inbox, make_api(ground, register, clues), make_pages(ground, register),
        page_folder=Path(__file__).with_name("pages"), tally=partial(tally, register, ground.clock),
    )

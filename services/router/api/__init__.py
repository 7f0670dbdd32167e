"""What people and departments ask of router: JSON endpoints and pages."""

from __future__ import annotations

from fastapi import APIRouter

from services.router.api.desk import Desk
from services.router.api.endpoints import make_api
from services.router.api.files import add_staff_files
from services.router.api.letters import add_staff_letters
from services.router.api.pages import make_pages as make_staff_pages
from services.router.api.person import Door, Folder, person_pages
from services.router.store import Cases
from shared.assembly import Ground
from shared.clock import SystemClock

__all__ = ["make_api", "make_pages"]


def make_pages(ground: Ground, cases: Cases) -> APIRouter:
    """The pages of router: staff's, the letters, and the person's own, whose visits follow the machine's clock."""
    pages, desk, folder = make_staff_pages(ground, cases), Desk(ground, cases), Folder(ground, cases)
    add_staff_letters(pages, desk)
    add_staff_files(pages, desk, folder)
    pages.routes.extend(person_pages(ground, cases, Door(ground.sealer, SystemClock()), folder).routes)
    return pages

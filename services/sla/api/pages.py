"""The pages of SLA: the board, one case's clocks, the calendar."""

from __future__ import annotations

from fastapi import APIRouter

from services.sla.api.asking import add_asking_pages
from services.sla.api.board import Board, add_board
from services.sla.api.calendar import add_calendar
from services.sla.api.casepage import CasePages, add_case_pages
from services.sla.api.desk import Desk
from services.sla.api.mine import add_mine
from services.sla.store import Clocks
from shared.assembly import Ground


def make_pages(ground: Ground, clocks: Clocks) -> APIRouter:
    """The pages of SLA."""
    pages = APIRouter(prefix="/sla")
    board = Board(ground, clocks)
    add_board(pages, board)
    add_calendar(pages, board)
    cases = CasePages(Desk(ground, clocks), board)
    add_case_pages(pages, cases)
    add_asking_pages(pages, cases)
    add_mine(pages, Desk(ground, clocks))
    return pages

"""Archive's pages: the 台账, and one case with everything that happened."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from services.archive.api.endpoints import Anybody, Asked, CaseNumber, Filters, listed, seen
from services.archive.domain.titles import FIELDS
from services.archive.store import Ledger
from shared.assembly import Ground
from shared.contracts.terms import CaseState, Category, Channel
from shared.district.model import District
from shared.web.names import zh
from shared.web.pages import page

STATES = tuple(state for state in CaseState if state is not CaseState.RECEIVED)  # nothing lies here before it is registered


def make_pages(ground: Ground, ledger: Ledger) -> APIRouter:
    """The pages of archive."""
    pages = APIRouter(prefix="/archive")

    @pages.get("/")
    async def ledger_page(request: Request, staff: Anybody, asked: Asked) -> Response:
        """台账, the newest first."""
        rows = await listed(ground, ledger, asked, staff)
        choices = _choices(ground.scheme.district)
        back = max(asked.skip - asked.limit, 0) if asked.skip else None
        more, less = _page(asked, rows.next_skip), _page(asked, back)
        return page(
            request, "archive/ledger.html", rows=rows, asked=asked, choices=choices, more=more, back=less
        )

    @pages.get("/cases/{case_no}")
    async def case_page(request: Request, case_no: CaseNumber, staff: Anybody) -> Response:
        """One case with its timeline."""
        case = await seen(ground, ledger, case_no, staff)
        names = _choices(ground.scheme.district)["sites"]
        units = {code: unit.name for code, unit in ground.scheme.district.departments.items()}
        site = names.get(case.entry.site, case.entry.site)
        return page(
            request, "archive/case.html", case=case, entry=case.entry, units=units, site=site, fields=FIELDS
        )

    return pages


def _choices(district: District) -> dict[str, dict[str, str]]:
    """What each filter offers: identifier and Chinese name."""
    return {
        "sites": {code: site.name for code, site in district.sites.items()},
        "states": {state.value: zh(state) for state in STATES},
        "categories": {category.value: zh(category) for category in Category},
        "channels": {channel.value: zh(channel) for channel in Channel},
    }


def _page(asked: Filters, skip: int | None) -> str:
    """The address of another page with the same filters; "" where there is none."""
    if skip is None:
        return ""
    filters = {
        "case_no": asked.case_no,
        "state": asked.state,
        "site": asked.site,
        "category": asked.category,
        "channel": asked.channel,
    }
    given = {name: value for name, value in filters.items() if value}
    return "?" + urlencode(given | {"skip": skip, "limit": asked.limit})

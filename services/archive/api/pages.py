"""Archive's pages: the 台账, and one case with everything that happened."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from services.archive.api.endpoints import Asked, Filters, listed, seen
from services.archive.api.filing_pages import Place, make_filing_pages
from services.archive.api.forgetting import AGREEING, ASKERS, Forgetter, add_forgetting_pages
from services.archive.api.library import PROPOSERS, Shelf
from services.archive.api.library_pages import make_library_pages
from services.archive.api.library_search import Searching, make_search_pages
from services.archive.api.person_proof import Keepsake, add_proof_sheet, person_proof
from services.archive.api.readers import Anybody
from services.archive.api.report_pages import make_report_pages
from services.archive.api.reports import Desk
from services.archive.api.seals import add_seal_pages
from services.archive.api.summaries import Office
from services.archive.api.uploads import OVERSEERS, WORDS, UploadDesk
from services.archive.api.views import CaseDetail
from services.archive.domain.retention import Asked as ForgettingAsked
from services.archive.domain.titles import FIELDS
from services.archive.store import Kept
from shared.assembly import Ground
from shared.contracts.terms import CaseState, Category, Channel
from shared.district.model import District
from shared.web.names import zh
from shared.web.numbers import CaseNumber
from shared.web.pages import page

STATES = tuple(state for state in CaseState if state is not CaseState.RECEIVED)  # nothing lies here before it is registered


def make_pages(ground: Ground, kept: Kept, searching: Searching, uploads: UploadDesk) -> APIRouter:
    """The pages of archive."""
    ledger, filings = kept.ledger, kept.filings
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
        district = ground.scheme.district
        site = district.site_names.get(case.entry.site, case.entry.site)
        return page(
            request, "archive/case.html", case=case, entry=case.entry, units=district.unit_names, site=site, fields=FIELDS,
            asks=not staff.roles.isdisjoint(ASKERS), agrees=not staff.roles.isdisjoint(AGREEING), asker=_name(case.forget_asked, district),
            entry_id=secrets.token_hex(16), proposes=not staff.roles.isdisjoint(PROPOSERS) and _teachable(case),
            tracks=await uploads.tracks(case_no), words=WORDS, oversees=not staff.roles.isdisjoint(OVERSEERS),
        )

    pages.include_router(make_filing_pages(Place(ground, ledger, filings, kept.library, Office(ground, filings, kept.summaries))))
    pages.include_router(make_search_pages(searching))
    add_seal_pages(pages, kept)
    keepsake = Keepsake(ground, kept)
    add_proof_sheet(pages, keepsake)
    add_forgetting_pages(pages, Forgetter(ground, ledger))
    pages.include_router(make_report_pages(Desk(ground, kept)))
    pages.include_router(make_library_pages(Shelf(ground, ledger, kept.library)))
    pages.routes.extend(person_proof(keepsake).routes)
    return pages


def _name(asked: ForgettingAsked | None, district: District) -> str:
    """Who asked that the case be forgotten."""
    person = district.staff.get(asked.by) if asked else None
    return person.name if person else ""


def _teachable(case: CaseDetail) -> bool:
    """Whether it may be put up for the library; the rule looks again (方案 四(三))."""
    entry = case.entry
    return case.digest is not None and entry.category is not Category.COMPLAINT and not entry.complained_unit and not entry.clue


def _choices(district: District) -> dict[str, dict[str, str]]:
    """What each filter offers: identifier and Chinese name."""
    return {
        "sites": district.site_names,
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

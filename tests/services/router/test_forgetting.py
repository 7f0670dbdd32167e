"""After the term nobody reads who it was; the person's own page still says how it went."""

from __future__ import annotations

from services.router.handlers import inbox
from services.router.store import open_cases
from shared.contracts.archive_events import CaseForgotten
from shared.contracts.sealed import ANONYMISED
from shared.testing.driver import at
from shared.testing.events import CASE, happened
from tests.services.router.visiting import visiting
from tests.services.router.web import asking

NAME = "欧阳望舒"
WHY = {"reason": "先行联系办理对象"}
GONE = happened(CaseForgotten, "2029-11-23 10:00", archived_at=at("2026-11-27 10:00"))


async def test_what_was_shown_is_refused_and_says_why() -> None:
    """The office could see it yesterday; today nobody can, and the sentence tells the term, not a fault."""
    async with asking(NAME) as client:
        assert (await client.asks("s001-ws1", "reveal", WHY)).json()["name"] == NAME
        await client.driver.consumes(GONE)
        for staff in ("s001-ws1", "zhengwu-go1"):
            refused = await client.asks(staff, "reveal", WHY)
            assert (refused.status_code, refused.json()["rule"]) == (409, "reveal.forgotten")
        case = await open_cases(client.driver.ground, inbox).get(CASE)
        assert case is not None and case.contact.name is not None
        assert (case.contact.name.masked, case.contact.name.box, case.contact.party_ref, case.matter.box) == (ANONYMISED, "", "", "")
        assert case.matter.masked and case.files == ()


async def test_the_persons_page_still_says_how_it_went() -> None:
    """The code on the slip is of the number, not of the person: the page opens, and names nobody."""
    async with visiting() as visitor:
        await visitor.driver.consumes(GONE)
        assert (await visitor.enters()).status_code == 303
        page = await visitor.reads()
        assert CASE in page.replace(" ", "") and "138****0001" not in page

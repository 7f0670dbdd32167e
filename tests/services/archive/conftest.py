"""An archive on memory parts, and a site with its pages for any member of staff."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest

from shared.testing.driver import DISTRICT
from shared.web.frame import make_web
from shared.web.signin import SignIn, Staff
from tests.services.archive.lives import Archive

CODE = "the-code-of-this-test"


class Directory:
    """The district's staff for the sign-in."""

    def find(self, staff_id: str) -> Staff | None:
        person = DISTRICT.staff.get(staff_id)
        if person is None:
            return None
        return Staff(person.id, person.name, frozenset(map(str, person.roles)), person.unit, person.site)

    def listing(self) -> Sequence[Staff]:
        return ()


Visiting = Callable[[str], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def archive() -> Archive:
    """An archive on the morning before the holidays."""
    return Archive()


@pytest.fixture
def visiting(archive: Archive) -> Visiting:
    """A client signed in as the member of staff with this number."""
    door = SignIn(Directory(), archive.clock, access_code=CODE, session_key="the-session-key-of-this-test")
    site = make_web("台账", clock=archive.clock, signin=door)
    site.include_router(archive.service.api)
    site.include_router(archive.service.pages)
    folder = archive.service.page_folder
    assert folder is not None
    site.state.pages.add("archive", folder)

    @asynccontextmanager
    async def visit(staff: str) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"authorization": f"Bearer {CODE}", "x-staff": staff}
        transport = httpx.ASGITransport(site)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://testserver", headers=headers
        ) as client:
            yield client

    return visit

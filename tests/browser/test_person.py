"""The person who came: number and code, no account; evaluates, urges, and may do no more than that."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page

from deploy.local.screens.chromium import PHONE, SCREEN
from tests.browser import looking
from tests.browser.desk import Desk


async def opened(desk: Desk, label: str, size: tuple[int, int] = PHONE, *, scripts: bool = True) -> Page:
    """The person's page of a case, by what stands on the slip."""
    page = await desk.screen(size, scripts=scripts)
    number = desk.number(label)
    await desk.go(page, "/p")
    await page.fill("#case_no", number)
    await page.fill("#code", desk.window.stage.code(number))
    await page.locator("form#door button").click()
    await page.wait_for_url(f"**/p/{number}*")
    return page


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_person_urges_with_and_without_script(desk: Desk, scripts: bool) -> None:
    """催单 from a phone; the event is on the topic."""
    label = "missing" if scripts else "answering"
    before = (await desk.window.names(label)).count("CitizenUrged")
    page = await opened(desk, label, scripts=scripts)
    await page.locator("a[href$='/urge']").first.click()
    await page.wait_for_url("**/urge")
    await page.locator("main form button").first.click()
    await page.wait_for_load_state()

    assert (await desk.window.names(label)).count("CitizenUrged") == before + 1


async def test_a_person_evaluates(desk: Desk) -> None:
    """五级 and 解决; it counts as a call (方案 六(六))."""
    page = await opened(desk, "checked_before")
    await page.locator("a[href$='/evaluate']").first.click()
    await page.wait_for_url("**/evaluate")
    await page.locator("label:has([name=resolved][value=true])").click()
    await page.locator("label:has([name=stars][value='5'])").click()
    await page.locator("main form button").first.click()
    await page.wait_for_load_state()

    assert "FollowUpRecorded" in await desk.window.names("checked_before")


async def test_a_wrong_code_opens_nothing_and_says_the_same_for_a_number_nobody_has(desk: Desk) -> None:
    """No telling which numbers exist."""
    page, said = await desk.screen(), []
    for number in (desk.number("idle"), "PT2611270019999"):
        await desk.go(page, "/p")
        await page.fill("#case_no", number)
        await page.fill("#code", "0000-0000")
        await page.locator("form#door button").click()
        await page.wait_for_load_state()
        said.append(re.sub(r"\d", "", await page.locator(".summary").inner_text()))

    assert said[0] == said[1] != ""


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("label", ["missing", "done", "call", "gone"])
async def test_the_persons_page_is_open_to_everybody(desk: Desk, label: str, large: bool) -> None:
    """axe-core, narrow screens, 200 %, keyboard, large print; the door too."""
    page = await opened(desk, label, SCREEN)
    if large:
        await desk.go(page, f"/large-print?on=1&back=/p/{desk.number(label)}")
    for path in (f"/p/{desk.number(label)}", "/p"):
        answer = await desk.go(page, path)
        faults = await looking.policy(page, answer.headers) + await looking.grave(page) + await looking.roomy(page)
        faults += await looking.touchable(page) + await looking.walkable(page) + await looking.titled(page)
        assert faults == [], path

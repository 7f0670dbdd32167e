"""Signing in and out, as a person at the window does it."""

from __future__ import annotations

from tests.browser.desk import Desk


async def test_a_page_asked_for_is_there_after_the_sign_in(desk: Desk) -> None:
    """Nobody is sent to the front page from where they wanted to go."""
    page = await desk.screen()
    await desk.go(page, "/router/")
    assert "/signin" in page.url
    await page.fill("[name=staff]", "s001-tr1")
    await page.fill("[name=password]", await desk.password("s001-tr1"))
    await page.press("[name=password]", "Enter")
    await page.wait_for_url("**/router/")

    assert await page.locator("h1").count() == 1


async def test_after_signing_out_the_back_key_shows_nothing(desk: Desk) -> None:
    """A shared computer keeps no page of the one who left."""
    page = await desk.enter("s001-tr1")
    await desk.go(page, "/router/")
    await page.get_by_role("button", name="退出").click()
    await page.wait_for_url("**/signin*")
    await desk.go(page, "/router/")

    assert "/signin" in page.url


async def test_a_wrong_password_is_told_and_the_number_stays(desk: Desk) -> None:
    """One sentence, at the top, read aloud by a screen reader; what was typed is kept."""
    page = await desk.screen()
    await desk.go(page, "/signin")
    await page.fill("[name=staff]", "s001-tr1")
    await page.fill("[name=password]", "wrong")
    await page.press("[name=password]", "Enter")

    assert "不对" in await page.get_by_role("alert").inner_text()
    assert await page.input_value("[name=staff]") == "s001-tr1"

"""The counter: a registration without a mouse in under two minutes, without script too, and nothing typed is lost."""

from __future__ import annotations

from time import monotonic

from playwright.async_api import Page, expect

from tests.browser.desk import Desk

WORDS = "医保电子凭证激活了三次都提示信息不一致，柜台让我回单位改，单位说不归他们。"
TABS = 60


async def tab_to(page: Page, selector: str) -> None:
    """By Tab alone."""
    for _ in range(TABS):
        if await page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}")


async def registered_number(page: Page) -> str:
    """The number on the slip one is led to."""
    await page.wait_for_url("**/intake/receipts/*")
    return page.url.rstrip("/").rsplit("/", 1)[1].split("?")[0]


async def test_a_matter_is_registered_by_keyboard_alone_within_two_minutes(desk: Desk) -> None:
    """usability §6.7: from the empty form to the slip by Tab and typing; the case stands in Kafka, its contact sealed."""
    page = await desk.enter("s001-cl1")
    await desk.go(page, "/intake/register")
    begun = monotonic()
    for selector, words in (("#phone", "13812340071"), ("#name", "欧阳青岚"), ("#item", "医保电子凭证激活"), ("#text", WORDS)):
        await tab_to(page, selector)
        await page.keyboard.type(words)
    await tab_to(page, "[name=category]")
    await page.keyboard.press("ArrowLeft")
    await tab_to(page, "[name=confirm_method]")
    await page.keyboard.press("ArrowRight")  # from the drawn signature to the printed form that is signed by hand
    await tab_to(page, "form#register p.go button")
    await page.keyboard.press("Enter")
    number = await registered_number(page)

    assert monotonic() - begun < 120
    events = await desk.window.events(number, "intake.cases")
    assert [type(event).__name__ for event in events] == ["CaseRegistered"]
    assert "欧阳青岚" not in str(events) and "13812340071" not in str(events)


async def test_what_was_typed_is_there_again_after_the_tab_was_killed(desk: Desk) -> None:
    """usability §6.8: two seconds after the last key the server has it; a new tab of the same person shows it."""
    page = await desk.enter("s001-cl2")
    await desk.go(page, "/intake/register")
    await page.locator("#name").press_sequentially("司徒望舒")
    async with page.expect_response(lambda answer: "/api/site/drafts/" in answer.url and answer.request.method == "PUT", timeout=10_000):
        await page.locator("#text").press_sequentially(WORDS)
    await page.wait_for_function("() => document.querySelector('.draft-said')?.textContent.includes('已暂存')")
    context = page.context
    await page.close(run_before_unload=False)
    again = await context.new_page()
    await desk.go(again, "/intake/register")

    await expect(again.locator("#text")).to_have_value(WORDS)
    await expect(again.locator("#name")).to_have_value("司徒望舒")


async def test_a_reload_keeps_what_was_typed(desk: Desk) -> None:
    """The same for the key people press first."""
    page = await desk.enter("s002-cl1")
    await desk.go(page, "/intake/register")
    await page.locator("#text").press_sequentially(WORDS)
    await page.reload()

    await expect(page.locator("#text")).to_have_value(WORDS)


async def test_the_form_works_without_script(desk: Desk) -> None:
    """A browser that runs none registers too: the printed form is signed by hand instead of the pad."""
    page = await desk.enter("s001-cl1", scripts=False)
    await desk.go(page, "/intake/register")
    await page.fill("#phone", "13812340072")
    await page.fill("#name", "慕容雪")
    await page.fill("#item", "医保电子凭证激活")
    await page.fill("#text", WORDS)
    await page.check("[name=category][value=SERVICE]")
    await page.check("[name=confirm_method][value=SIGNED]")
    await page.locator("form#register p.go button").click()
    number = await registered_number(page)

    assert await desk.window.names(number, "intake.cases") == ["CaseRegistered"]

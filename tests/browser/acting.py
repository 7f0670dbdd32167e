"""How somebody does an act on a page: opens the case, fills the form in, sends it; or tries it past the page."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.async_api import Locator, Page
from playwright.async_api import TimeoutError as TooLate

from tests.browser.desk import Desk

POST = """async ([path, fields]) => {
  const body = new FormData();
  const token = document.querySelector("input[name=form_token]");
  body.set("form_token", token ? token.value : "");
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(body), redirect: "manual", headers: { Accept: "text/html" } });
  return [answer.type === "opaqueredirect" ? 303 : answer.status, answer.type === "opaqueredirect" ? "" : await answer.text()];
}"""
Fields = Mapping[str, str]


async def fill(form: Locator, fields: Fields) -> None:
    """Types into what takes text, picks what is to be picked."""
    for name, value in fields.items():
        places = form.locator(f"[name='{name}']")
        kind = await places.first.get_attribute("type") or await places.first.evaluate("(part) => part.localName")
        if kind in ("radio", "checkbox"):
            await form.locator(f"[name='{name}'][value='{value}']" if value else f"[name='{name}']").first.check()
        elif kind == "select":
            await (places.first.select_option(value) if value else places.first.select_option(index=1))
        else:
            await places.first.fill(value)


async def act(desk: Desk, page: Page, label: str, verb: str, fields: Fields) -> None:
    """From the case's page to the sentence that it is done."""
    await desk.go(page, f"/router/cases/{desk.number(label)}")
    form = page.locator(f"form[action$='/{verb}']")
    if not await form.count():
        await page.locator(f"a[href$='/{verb}']").first.click()
        await page.wait_for_load_state()
    await fill(form.first, fields)
    await form.first.locator("button:not([name=then]):not([type=button]):not([formaction])").first.click()
    try:
        await page.wait_for_url(lambda url: f"done={verb}" in url)
    except TooLate as late:
        raise AssertionError(f"{page.url}: {await page.locator('main').inner_text()}") from late


async def tried(page: Page, path: str, fields: Fields) -> tuple[int, str]:
    """What a write past the page is answered: status and text; the page's own form token goes with it."""
    status, text = await page.evaluate(POST, [path, dict(fields)])
    return int(status), str(text)

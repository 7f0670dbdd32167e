"""What is looked at on every page: access for everybody, the policy against foreign script, room on small screens, the keyboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

GRAVE = ("serious", "critical")
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
NARROW, ZOOMED = (320, 640), (683, 384)  # reflow at 320 px; 1366×768 at 200 %
MOST_TABS = 500
TOUCH, TOUCH_LARGE = 44, 60

OVERFLOW = """() => {
  const page = document.documentElement, room = page.clientWidth;
  if (page.scrollWidth <= room + 1) return [];
  const wide = [...document.querySelectorAll("body *")].filter((part) => {
    if (part.closest(".scroll") && !part.matches(".scroll")) return false;
    const box = part.getBoundingClientRect();
    return box.width && box.right > room + 1;
  });
  const deepest = wide.filter((part) => !wide.some((other) => other !== part && part.contains(other)));
  return deepest.slice(0, 4).map((part) => part.outerHTML.slice(0, 120)).concat(wide.length ? [] : ["?"]);
}"""
SMALL = """(least) => [...document.querySelectorAll("button, select, textarea, input, .button, summary, nav a")].filter((part) => {
  if (part.type === "hidden" || !part.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
  const held = (part.type === "checkbox" || part.type === "radio") && part.closest("label") || part;
  const box = held.getBoundingClientRect();
  return box.height && (box.height < least - 0.6 || box.width < 24);
}).map((part) => `${part.outerHTML.slice(0, 110)} ${Math.round(part.getBoundingClientRect().height)}px`)"""
CONTROLS = """() => {
  const parts = [...document.querySelectorAll("form input, form select, form textarea, form button")].filter((part) =>
    part.type !== "hidden" && !part.disabled && part.checkVisibility({ visibilityProperty: true }));
  parts.forEach((part, place) => { part.dataset.walked = place; });
  return parts.map((part) => [part.type === "radio" ? `radio ${part.name}` : String(part.dataset.walked), part.outerHTML.slice(0, 110)]);
}"""
LISTEN = """() => {
  document.activeElement?.blur();
  scrollTo(0, 0);
  window.walked = [];
  document.addEventListener("focusin", (event) => {
    const part = event.target, style = getComputedStyle(part), held = part.dataset.walked;
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none";
    window.walked.push([held === undefined ? "" : part.type === "radio" ? `radio ${part.name}` : held, seen, part.outerHTML.slice(0, 110)]);
  });
}"""
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((part) => part.type !== "hidden" && part.checkVisibility({ visibilityProperty: true }))
  .reduce((stops, part) => stops + (/^(date|time|month|week)/.test(part.type) ? 8 : 1), 0)"""
CHANGING = re.compile(r'(name="(form_token|entry|once)"[^>]*|value="[\w=-]{12,}"|PT\d{13}\S*|[A-Z]\d{6,}|\d+)')


async def shape(page: Page) -> str:
    """Two pages with this in common differ in numbers only, and need not both be looked at closely."""
    return sha256(CHANGING.sub("", await page.inner_html("body")).encode()).hexdigest()


async def grave(page: Page) -> list[str]:
    """What axe-core holds serious or critical, with the first place of each."""
    found = (await Axe().run(page, options=AXE)).response["violations"]
    return [
        f"axe {one['id']}: {one['help']} {len(one['nodes'])}× {node['html'][:160]} {_contrast(node)}"
        for one in found if one["impact"] in GRAVE for node in one["nodes"][:2]
    ]


def _contrast(node: Mapping[str, Any]) -> str:
    data = next((one.get("data") for one in node.get("any", []) if isinstance(one.get("data"), dict)), {})
    return f"{data.get('fgColor')} on {data.get('bgColor')}: {data.get('contrastRatio')}" if data and "fgColor" in data else ""


async def policy(page: Page, headers: Mapping[str, str]) -> list[str]:
    """The policy is there, allows nothing unsafe, and the page lives by it."""
    said = headers.get("content-security-policy", "")
    faults = [] if said and "unsafe" not in said and "default-src 'self'" in said else [f"policy: {said or 'none'}"]
    inline = await page.evaluate("""() => [...document.querySelectorAll("script:not([src]), style, [style]")]
      .filter((part) => !part.type || part.type !== "application/json").map((part) => part.outerHTML.slice(0, 100))""")
    handlers = await page.evaluate("""() => [...document.querySelectorAll("*")].filter((part) =>
      [...part.attributes].some((held) => held.name.startsWith("on"))).map((part) => part.outerHTML.slice(0, 100))""")
    return faults + [f"inline: {part}" for part in (*inline, *handlers)]


async def roomy(page: Page) -> list[str]:
    """Nothing makes the page scroll sideways on a narrow screen or at 200 %."""
    held, faults = page.viewport_size, list[str]()
    for width, height in (NARROW, ZOOMED):
        await page.set_viewport_size({"width": width, "height": height})
        faults += [f"too wide at {width}: {part}" for part in await page.evaluate(OVERFLOW)]
    if held:
        await page.set_viewport_size(held)
    return faults


async def touchable(page: Page) -> list[str]:
    """Every control is high enough for a finger: 44 px, 60 in large print."""
    large = await page.evaluate("document.documentElement.classList.contains('large')")
    return [f"too small: {part}" for part in await page.evaluate(SMALL, TOUCH_LARGE if large else TOUCH)]


async def walkable(page: Page) -> list[str]:
    """Tab reaches every control of every form, and one sees where one is."""
    wanted = dict(await page.evaluate(CONTROLS))
    if not wanted:
        return []
    await page.evaluate(LISTEN)
    for _ in range(min(MOST_TABS, await page.evaluate(STOPS) + 2)):
        await page.keyboard.press("Tab")
    faults = set[str]()
    for key, seen, html in await page.evaluate("window.walked"):
        wanted.pop(key, None)
        if not seen:
            faults.add(f"focus not seen: {html}")
    return sorted(faults) + [f"never reached by Tab: {html}" for html in wanted.values()]


async def titled(page: Page) -> list[str]:
    """One h1, a title, a language."""
    count = await page.locator("h1").count()
    return ([f"{count} h1"] if count != 1 else []) + ([] if await page.title() else ["no title"])

"""What every answer carries and every page shows."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from jinja2 import UndefinedError

from shared.web.pages import HOME, Pages

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OUTSIDE = re.compile(r"""(?:src|href|action|url)\s*[=(]\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)


@pytest.mark.parametrize(
    "path",
    ["/signin", "/static/site.css", "/api/docs", "/api/openapi.json", "/nowhere", "/api/sample/fault/bug"],
)
async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy and "unsafe-eval" not in policy and "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"


async def test_only_static_files_may_be_kept(client: httpx.AsyncClient) -> None:
    assert (await client.get("/static/site.css")).headers["cache-control"].startswith("public")
    for path in ("/signin", "/api/openapi.json", "/api/me", "/static/none.css"):
        assert (await client.get(path)).headers["cache-control"] == "no-store"


async def test_static_files_stay_in_their_folder(client: httpx.AsyncClient) -> None:
    for path in ("/static/../frame.py", "/static/%2e%2e/frame.py", "/static/..%2fframe.py"):
        assert (await client.get(path)).status_code == 404


async def test_a_trace_goes_on_and_a_broken_one_is_replaced(client: httpx.AsyncClient) -> None:
    goes_on = (await client.get("/signin", headers={"traceparent": TRACE})).headers["traceparent"]
    assert goes_on.split("-")[1] == TRACE.split("-")[1] and goes_on != TRACE
    for broken in ("", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "x" * 5000):
        fresh = (await client.get("/signin", headers={"traceparent": broken})).headers["traceparent"]
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", fresh)


async def test_the_metric_is_told_the_pattern_and_never_the_path(
    client: httpx.AsyncClient, measured: list[tuple[str, str, int, float]]
) -> None:
    await client.get("/api/sample/fault/rule")
    await client.get("/api/13912345678")
    await client.request("BREW", "/signin")
    await client.get("/api/sample/fault/bug")
    assert [told[:3] for told in measured] == [
        ("GET", "/api/sample/fault/{kind}", 409),
        ("GET", "none", 404),
        ("other", "/signin", 405),
        ("GET", "/api/sample/fault/{kind}", 500),
    ]
    assert all(0 <= told[3] < 60 for told in measured)


async def test_markup_in_a_value_is_shown_as_text(browser: httpx.AsyncClient, site: FastAPI) -> None:
    text = (await browser.get("/sample/echo")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>" not in text
    site.state.sample = True
    listed = (await browser.get("/signin")).text
    assert "&lt;b&gt;赵&lt;/b&gt;" in listed and "<b>赵" not in listed
    back = (await browser.get('/signin?next=/"><script>&staff="><script>')).text
    assert "<script>" not in back


@pytest.mark.parametrize("path", ["/signin", "/api/docs", "/sample/echo", "/nowhere", "/problems/rule"])
async def test_a_page_is_chinese_reachable_by_keyboard_and_takes_nothing_from_outside(
    browser: httpx.AsyncClient, path: str
) -> None:
    text = (await browser.get(path)).text
    assert '<html lang="zh-CN">' in text and "「办不成事」反映窗口" in text and "普陀区" in text
    assert 'class="skip" href="#main"' in text and '<main id="main"' in text
    assert text.count("<h1") <= 1 and "viewport" in text
    assert not OUTSIDE.search(text)
    assert " style=" not in text and "<style" not in text and " onclick=" not in text


async def test_every_field_of_the_sign_in_page_has_a_label(client: httpx.AsyncClient) -> None:
    text = (await client.get("/signin")).text
    inputs = re.findall(r'<(?:input|select|textarea) (?![^>]*type="hidden")[^>]*id="(\w+)"', text)
    assert inputs == ["staff", "password"]
    assert all(f'<label for="{name}">' in text for name in inputs)


async def test_the_list_of_endpoints_is_our_own(client: httpx.AsyncClient) -> None:
    listing = (await client.get("/api/docs")).text
    assert "/api/sample/form" in listing and "cdn" not in listing.lower() and "swagger" not in listing.lower()
    document: dict[str, Any] = (await client.get("/api/openapi.json")).json()
    assert (await client.get("/api/openapi.json")).json() == document
    answers = document["paths"]["/api/sample/form"]["post"]["responses"]
    assert all("application/problem+json" in answers[status]["content"] for status in ("400", "401", "403", "409", "413", "422", "503"))
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await client.get(path)).status_code == 404


def test_a_template_that_lacks_a_value_says_so(site: FastAPI) -> None:
    environment = site.state.pages._environment
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nothing.here }}").render()


def test_macros_tell_by_word_and_shape_not_by_colour_alone(clock: Any) -> None:
    environment = Pages()._environment
    macros = '{% from "macros.html" import due, field, token, table, summary %}'
    late = environment.from_string(macros + "{{ due(at, now) }}").render(at=clock.now(), now=clock.now())
    assert "●" in late or "◆" in late
    clock.move_to(clock.now().replace(hour=10))
    late = environment.from_string(macros + "{{ due(at, now) }}").render(
        at=clock.now().replace(hour=9), now=clock.now()
    )
    assert "▲" in late and "已逾期" in late
    wrong = environment.from_string(
        macros + "{{ field('phone', '电话', value='\"><i>', error='请填写。') }}"
    ).render()
    assert 'aria-invalid="true"' in wrong and "错误：" in wrong and "<i>" not in wrong
    assert 'value="abc"' in environment.from_string(macros + "{{ token('abc') }}").render()
    filled = environment.from_string(macros + "{% call table('件', ['号']) %}<tr></tr>{% endcall %}").render()
    assert '<th scope="col">号</th>' in filled and "<tr></tr>" in filled
    errors = environment.from_string(macros + "{{ summary({'phone': '请填写电话。'}) }}").render()
    assert 'role="alert"' in errors and 'href="#phone"' in errors


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by the formula of WCAG 2."""

    def light(colour: str) -> float:
        full = "".join(2 * digit for digit in colour) if len(colour) == 3 else colour
        parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_the_style_keeps_the_norms_of_contrast_and_size() -> None:
    style = (HOME / "static" / "site.css").read_text(encoding="utf-8")
    colour = dict(re.findall(r"--([\w-]+):#([0-9a-f]{3,6})", style))
    pairs = [
        ("ink", "paper"), ("ink", "ground"), ("soft", "paper"), ("soft", "ground"), ("brand", "paper"),
        ("paper", "brand"), ("paper", "brand-deep"), ("amber", "amber-ground"), ("accent", "red-ground"),
        ("green", "green-ground"), ("brand", "blue-ground"),
    ]  # fmt: skip
    assert {
        pair: ratio for pair in pairs if (ratio := contrast(colour[pair[0]], colour[pair[1]])) < 4.5
    } == {}
    assert "font-size:18px" in style and "line-height:1.6" in style and "@media print" in style
    assert ":focus-visible" in style and "http" not in style and "@import" not in style
    assert min(int(size) for size in re.findall(r"font-size:(\d+)px", style)) >= 16


async def test_large_print_is_a_tap_away_and_kept(client: httpx.AsyncClient) -> None:
    """MIIT 适老化: 30 px, on every page, remembered; back leads nowhere else."""
    answer = await client.get("/large-print", params={"on": "1", "back": "/signin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
    client.cookies.set("bancheng_large", "1")
    assert '<html lang="zh-CN" class="large">' in (await client.get("/signin")).text
    elsewhere = await client.get("/large-print", params={"on": "0", "back": "//evil.example/"})
    assert elsewhere.headers["location"] == "/"

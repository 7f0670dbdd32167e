"""Every fault as a problem document in Chinese that names the field, never what was sent, never a trace."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from structlog.typing import EventDict

from shared.web.limits import MOST_BYTES
from shared.web.problems import KINDS, MEDIA

FORM = "/api/sample/form"
JSON = {"content-type": "application/json"}
HAN = re.compile("[\u4e00-\u9fff]")


def checked(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The document, after what all of them share was checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["type"] in KINDS
    assert HAN.search(document["title"]) and HAN.search(document["detail"])
    assert document["instance"] == answer.request.url.path
    assert document["traceparent"] == answer.headers["traceparent"]
    assert "content-security-policy" in answer.headers
    return document


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"text": None}, "text", "文字"),
        ({"text": " "}, "text", "不能为空"),
        ({"text": "很" * 11}, "text", "最多 10 个字"),
        ({"text": "<script>"}, "text", "HTML 标签"),
        ({"text": "甲\u202e乙"}, "text", "方向控制符"),
        ({"text": "甲\u0000"}, "text", "控制字符"),
        ({"reason": "短"}, "reason", "至少 4 个字"),
        ({"grade": "EASY"}, "grade", "SIMPLE、GENERAL、COMPLEX、SPECIAL"),
        ({"level": "BLUE"}, "level", "YELLOW、RED"),
        ({"at": "明天"}, "at", "时间读不懂"),
        ({"at": "2026-11-24T09:00:00"}, "at", "+08:00"),
        ({"day": "2026-13-01"}, "day", "日期读不懂"),
        ({"day": []}, "day", "2026-09-30"),
        ({"stars": 9}, "stars", "不能大于 5"),
        ({"stars": 0}, "stars", "不能小于 1"),
        ({"stars": "多"}, "stars", "整数"),
        ({"stars": 1.5}, "stars", "小数"),
        ({"size": 0}, "size", "大于 0"),
        ({"size": 10}, "size", "小于 10"),
        ({"size": "大"}, "size", "数字"),
        ({"reached": "也许"}, "reached", "true"),
        ({"units": "yibao"}, "units", "列表"),
        ({"units": []}, "units", "至少 1 项"),
        ({"units": ["a", "b", "c"]}, "units", "最多 2 项"),
        ({"units": ["a", 7]}, "units.1", "文字"),
        ({"person": 3}, "person", "JSON 对象"),
        ({"person": {"phone": "abc"}}, "person.phone", "格式"),
        ({"person": {"path": 1}}, "person.path", "没有这个字段"),
        ({"surplus": 1}, "surplus", "没有这个字段"),
    ],
)
async def test_each_kind_of_fault_is_said_in_chinese_at_its_field(
    client: httpx.AsyncClient, sent: dict[str, Any], field: str, words: str
) -> None:
    document = checked(await client.post(FORM, json={"text": "好", **sent}), 422)
    (error,) = document["errors"]
    assert error["field"] == field
    assert error["pointer"] == "#/" + field.replace(".", "/")
    assert words in error["message"] and HAN.search(error["message"])
    assert error["code"]


async def test_a_missing_field_and_a_wrong_query_are_named(client: httpx.AsyncClient) -> None:
    missing = checked(await client.post(FORM, json={}), 422)["errors"][0]
    assert (missing["field"], missing["message"]) == ("text", "必填，不能缺少。")
    query = checked(await client.get("/api/sample/listing?limit=999"), 422)["errors"][0]
    assert (query["field"], query["message"]) == ("limit", "不能大于 200。")


async def test_what_was_sent_is_never_repeated(client: httpx.AsyncClient) -> None:
    secret = "13912345678"
    sent = {"text": secret, "grade": secret, "at": secret, "person": {"phone": secret + "9"}, "stars": secret}
    answer = await client.post(FORM, json=sent)
    assert len(checked(answer, 422)["errors"]) >= 4
    assert secret not in answer.text


async def test_strange_field_names_do_no_harm(client: httpx.AsyncClient) -> None:
    names = {"\u202e" * 3: 1, "x" * 5000: 1, "a/b~c": 1} | {f"n{number}": 1 for number in range(500)}
    answer = await client.post(FORM, json={"text": "好", **names})
    errors = checked(answer, 422)["errors"]
    assert len(errors) == 50 and len(answer.text) < 20_000 and "\u202e" not in answer.text
    assert "#/a~1b~0c" in {error["pointer"] for error in errors}
    halves = await client.post(FORM, content=b'{"text":"x","\\ud800":1}', headers=JSON)
    checked(halves, 422)


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b"nonsense", b'{"a":' + b"9" * 5000 + b"}"]
)
async def test_a_body_that_is_no_json_is_a_400(client: httpx.AsyncClient, body: bytes) -> None:
    checked(await client.post(FORM, content=body, headers=JSON), 400)


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
async def test_another_media_type_is_a_415(client: httpx.AsyncClient, media: str) -> None:
    sent = json.dumps({"text": "好"}).encode()
    assert (
        "application/json"
        in checked(await client.post(FORM, content=sent, headers={"content-type": media}), 415)["detail"]
    )


async def in_pieces(pieces: int, counted: list[int]) -> AsyncIterator[bytes]:
    for number in range(pieces):
        counted.append(number)
        yield b"x" * 100_000


async def test_a_body_over_the_limit_is_a_413_announced_or_not(client: httpx.AsyncClient) -> None:
    announced = checked(await client.post(FORM, content=b"x" * (MOST_BYTES + 1), headers=JSON), 413)
    assert "1 MB" in announced["detail"]
    streamed = client.build_request("POST", FORM, content=in_pieces(50, []), headers=JSON)
    assert "content-length" not in streamed.headers
    checked(await client.send(streamed), 413)


async def test_reading_stops_at_the_limit(client: httpx.AsyncClient) -> None:
    counted: list[int] = []
    checked(await client.post(FORM, content=in_pieces(500, counted), headers=JSON), 413)
    assert len(counted) < 20


async def test_a_body_at_the_limit_is_read(client: httpx.AsyncClient) -> None:
    padded = b'{"text":"x"' + b" " * (MOST_BYTES - 12) + b"}"
    assert (await client.post(FORM, content=padded, headers=JSON)).status_code == 200


async def test_a_lying_length_does_not_help(client: httpx.AsyncClient) -> None:
    headers = {**JSON, "content-length": "10"}
    checked(await client.post(FORM, content=in_pieces(50, []), headers=headers), 413)


async def test_refused_input_names_each_field(client: httpx.AsyncClient) -> None:
    document = checked(await client.get("/api/sample/fault/input"), 422)
    assert document["errors"] == [
        {
            "field": "person.phone",
            "pointer": "#/person/phone",
            "code": "needed",
            "message": "请填写联系电话。",
        },
        {"field": "a/b", "pointer": "#/a~1b", "code": "invalid", "message": "不对。"},
    ]


async def test_a_broken_rule_is_a_409_with_its_name(client: httpx.AsyncClient) -> None:
    document = checked(await client.get("/api/sample/fault/rule"), 409)
    assert (document["rule"], document["message"]) == ("state.closed", "此件已办结，不能再签收。")
    assert checked(await client.get("/api/sample/fault/rule-field"), 409)["errors"][0]["field"] == "unit"
    checked(await client.get("/api/sample/fault/unknown"), 404)


async def test_later_comes_with_a_time_and_no_address(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/sample/fault/later")
    checked(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
    assert "10.0.0.9" not in answer.text


async def test_what_the_framework_refuses_is_said_in_our_words(client: httpx.AsyncClient) -> None:
    assert checked(await client.get("/api/nowhere"), 404)["type"] == "/problems/not-found"
    other = await client.put(FORM)
    checked(other, 405)
    assert "POST" in other.headers["allow"]
    assert checked(await client.get("/api/sample/fault/chinese"), 404)["detail"] == "没有这张承办单。"
    assert "no such" not in checked(await client.get("/api/sample/fault/english"), 404)["detail"]


async def test_a_bug_shows_an_incident_and_nothing_else(
    client: httpx.AsyncClient, lines: list[EventDict]
) -> None:
    answer = await client.get("/api/sample/fault/bug")
    incident = checked(answer, 500)["incident"]
    assert (
        "hunter2" not in answer.text and "Traceback" not in answer.text and "RuntimeError" not in answer.text
    )
    assert [line["incident"] for line in lines if line["event"] == "unforeseen"] == [incident]


async def test_a_browser_gets_a_page_with_the_same_words(client: httpx.AsyncClient) -> None:
    html = {"accept": "text/html,application/xhtml+xml"}
    for kind, status, words in (
        ("rule", 409, "此件已办结"),
        ("bug", 500, "系统出错"),
        ("input", 422, "联系电话"),
    ):
        answer = await client.get(f"/sample/fault/{kind}", headers=html)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert words in answer.text and "hunter2" not in answer.text
    checked(await client.get("/api/sample/fault/rule", headers=html), 409)


async def test_each_type_leads_to_a_page(client: httpx.AsyncClient) -> None:
    for kind, words in KINDS.items():
        answer = await client.get(kind)
        assert answer.status_code == 200 and words[:8] in answer.text
    checked(await client.get("/problems/unheard-of"), 404)

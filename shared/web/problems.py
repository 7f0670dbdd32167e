"""Every refusal as an RFC 9457 problem document in Chinese: which field, why, and what to do."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from shared.errors import FieldFault, InputRefused, RuleBroken, TryAgain
from shared.observability.logs import logger
from shared.privacy.signing import BadSignature
from shared.web.words import sentence

log = logger("web")
MEDIA = "application/problem+json"
TITLES = {
    400: "请求读不懂",
    401: "尚未登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    406: "格式不支持",
    409: "按规定现在不能这样办",
    410: "已不再提供",
    412: "内容已被他人改动",
    413: "内容过大",
    415: "格式不支持",
    422: "填写的内容有误",
    429: "操作过于频繁",
    500: "系统出错",
    503: "系统暂时不可用",
}
# What stands behind each `type`; the page /problems/<name> shows the same words.
KINDS = {
    "/problems/input": "提交的内容有不符合要求之处，errors 逐项写明字段、原因和改法；改正后重新提交。",
    "/problems/rule": "内容没有写错，但按工作方案此时不能这样办，rule 是规则名，message 是原因。",
    "/problems/json": "请求内容不是可读的 JSON（UTF-8 编码）。",
    "/problems/media-type": "请求头 Content-Type 与接口要求不符。",
    "/problems/too-large": "请求内容超过 1 MB。",
    "/problems/sign-in": "没有登录，或登录已过期。",
    "/problems/role": "已登录，但所任角色不能办这一步。",
    "/problems/audit": "须留痕的操作没有办理，因为访问记录暂时写不进去；Retry-After 秒后可重试。",
    "/problems/cross-site": "请求不是从本系统的页面发出的。",
    "/problems/link": "一次性登录链接已用过或已过期。",
    "/problems/oidc": "统一身份平台的登录未通过，code 是原因代号。",
    "/problems/locked": "连续输错，暂停登录；Retry-After 是还须等待的秒数。",
    "/problems/scope": "API 令牌没有这项服务或这种操作的范围，scope 是所缺的范围。",
    "/problems/signature": "渠道签名不被接受，code 是原因代号。",
    "/problems/not-found": "没有这个地址，或没有这件事项，或您无权看到它。",
    "/problems/method": "这个地址不支持所用的方法，Allow 列出支持的方法。",
    "/problems/unavailable": "存储或消息系统暂时没有应答，操作没有生效；Retry-After 秒后可原样重发。",
    "/problems/busy": "请求过多，或待发的消息过多，这一次没有受理、没有改动；Retry-After 秒后可原样重发。",
    "/problems/unforeseen": "系统出错，已按编号记录，请把编号告诉管理员。",
    "/problems/http": "请求未完成。",
}
RETRY_AFTER_S = "5"
NO_SUCH = frozenset({
    "case.unknown", "supervision.unknown_case", "clue.unknown", "library.unknown", "pattern.unknown", "root.unknown",
})  # not there, or not there for this person
SEE_OTHER = 303
IN_A_PATH = "/:@!$&'()*+,;=-._~"  # what may stand in a path as it is (RFC 3986); `instance` is a reference, whatever was asked for
MOST_ERRORS = 50
NAMED_FIELDS = 5
_BY_STATUS = {
    400: ("/problems/json", "请求内容读不懂，请检查格式和编码（UTF-8）后重发。"),
    404: ("/problems/not-found", "没有这个地址，请核对后再试。"),
    405: ("/problems/method", "这个地址不支持这种操作，请核对请求方法。"),
    413: ("/problems/too-large", "内容超过 1 MB，没有保存。请缩短文字，大文件请作为附件另行提交。"),
    415: ("/problems/media-type", "请用 Content-Type: application/json 提交。"),
}
_PLACES = frozenset({"body", "query", "path", "header", "cookie"})
_HAN = re.compile("[\u4e00-\u9fff]")
_UNREADABLE_BODY = frozenset(
    {"model_attributes_type", "model_type", "dict_type", "list_type", "tuple_type", "missing", "bytes_type"}
)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_LONGEST_NAME = 60


@dataclass
class Problem(Exception):
    """A refusal ready to be answered; `errors` are FieldFault-like rows, `more` further members."""

    status: int
    detail: str
    kind: str = "about:blank"
    errors: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def document(self, instance: str, traceparent: str = "") -> dict[str, Any]:
        """The problem document."""
        said: dict[str, Any] = {
            "type": self.kind,
            "title": TITLES.get(self.status, "请求未完成"),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
        }
        trace = {"traceparent": traceparent} if traceparent else {}
        errors = {"errors": [dict(error) for error in self.errors]} if self.errors else {}
        return said | trace | dict(self.more) | errors


AsPage = Callable[[Request, Problem], Response]


def of_faults(faults: Sequence[FieldFault]) -> Problem:
    """A 422 that names each field."""
    errors = [_row(fault.field, fault.code, fault.message) for fault in faults[:MOST_ERRORS]]
    names = list(dict.fromkeys(row["field"] for row in errors))
    named = "、".join(names[:NAMED_FIELDS]) + (f" 等 {len(names)} 处" if len(names) > NAMED_FIELDS else "")
    return Problem(422, f"请改正后重新提交：{named}。", "/problems/input", errors)


def of_rule(broken: RuleBroken) -> Problem:
    """A 409 that names the rule; 404 when there is no such case, or none that this person may see."""
    errors = [_row(broken.field, broken.rule, broken.message)] if broken.field else []
    status, kind = (404, "/problems/not-found") if broken.rule in NO_SUCH else (409, "/problems/rule")
    return Problem(
        status, broken.message, kind, errors, more={"rule": broken.rule, "message": broken.message}
    )


def of_validation(fault: RequestValidationError, content_type: str = "") -> Problem:
    """What a request's own form lacks, said in Chinese, without repeating what was sent."""
    rows = fault.errors()
    if any(row["type"] == "json_invalid" for row in rows):
        return Problem(400, "请求内容不是有效的 JSON，请检查格式后重发。", "/problems/json")
    if _wrong_media(rows, content_type, fault.body):
        return _by_status(415, "", {})
    return of_faults(
        [FieldFault(_field(row["loc"]), sentence(row), _code(row)) for row in rows[:MOST_ERRORS]]
    )


def _wrong_media(rows: Sequence[Mapping[str, Any]], content_type: str, body: Any) -> bool:
    """Whether the body could not be read only because of its media type: FastAPI then hands on its bytes."""
    media = content_type.partition(";")[0].strip().lower()
    if not isinstance(body, bytes) or media == "application/json" or media.endswith("+json"):
        return False
    return any(row["loc"][:1] == ("body",) and row["type"] in _UNREADABLE_BODY for row in rows)


def _code(row: Mapping[str, Any]) -> str:
    return str((row.get("ctx") or {}).get("code", row["type"]))


def _field(place: Sequence[object]) -> str:
    parts = [_tidy(str(part)) for part in (place[1:] if place and place[0] in _PLACES else place)]
    return ".".join(parts) or "body"


def _tidy(name: str) -> str:
    """A field's name as sent, harmless to show: no control characters, no half characters, not endless."""
    shown = "".join(letter if letter.isprintable() else "�" for letter in name)
    return shown if len(shown) <= _LONGEST_NAME else shown[:_LONGEST_NAME] + "…"


def _row(name: str, code: str, message: str) -> dict[str, str]:
    parts = (part.replace("~", "~0").replace("/", "~1") for part in name.split("."))
    pointer = "#" if name == "body" else "#/" + "/".join(parts)
    return {"field": name, "pointer": pointer, "code": code, "message": message}


def of_any(fault: Exception, content_type: str = "") -> Problem:  # noqa: PLR0911 - one line a kind
    """The problem that stands for a fault; what nobody foresaw gets an incident number and is logged."""
    match fault:
        case Problem():
            return fault
        case InputRefused():
            return of_faults(fault.faults)
        case RuleBroken():
            return of_rule(fault)
        case RequestValidationError():
            return of_validation(fault, content_type)
        case BadSignature():
            return Problem(
                401, f"签名不被接受：{fault.reason}", "/problems/signature", more={"code": fault.code}
            )
        case TryAgain():
            words = "系统暂时不可用，您的操作没有生效，请稍后重试。"
            return Problem(503, words, "/problems/unavailable", headers={"Retry-After": RETRY_AFTER_S})
        case HTTPException():
            return _by_status(fault.status_code, str(fault.detail), fault.headers or {})
    return _unforeseen(fault)


def _by_status(status: int, detail: str, headers: Mapping[str, str]) -> Problem:
    """A refusal of the framework in our words; a detail already in Chinese is kept."""
    kind, words = _BY_STATUS.get(status, ("/problems/http", TITLES.get(status, "请求未完成") + "。"))
    return Problem(status, detail if _HAN.search(detail) else words, kind, headers=headers)


def _unforeseen(fault: Exception) -> Problem:
    incident = secrets.token_hex(6)
    log.error("unforeseen", incident=incident, kind=type(fault).__name__, exc_info=fault)
    words = f"系统出错，已记录（编号 {incident}）。请稍后重试；若仍不行，请把编号告诉管理员。"
    return Problem(500, words, "/problems/unforeseen", more={"incident": incident})


def add_problems(app: FastAPI, as_page: AsPage) -> None:
    """From now on every foreseen fault of this app is answered as a problem; the Gate answers the others."""
    app.state.problem_page = as_page

    async def answer(request: Request, fault: Exception) -> Response:
        return respond(request, of_any(fault, request.headers.get("content-type", "")))

    for kind in (
        Problem,
        InputRefused,
        RuleBroken,
        RequestValidationError,
        BadSignature,
        TryAgain,
        HTTPException,
    ):
        app.add_exception_handler(kind, answer)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks: JSON under /api/ and for everybody who does not name HTML."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def respond(request: Request, problem: Problem) -> Response:
    """The answer for a client: a page for a browser, else the document."""
    if problem.status == SEE_OTHER:
        return RedirectResponse(problem.headers["Location"], SEE_OTHER)
    if wants_page(request):
        as_page: AsPage = request.app.state.problem_page
        return as_page(request, problem)
    document = problem.document(quote(request.url.path, safe=IN_A_PATH), getattr(request.state, "traceparent", ""))
    headers = {"Content-Language": "zh-CN", **problem.headers}
    return JSONResponse(document, problem.status, headers=headers, media_type=MEDIA)

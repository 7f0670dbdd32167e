"""What the site says about itself: its endpoints, how they answer, what each kind of problem means."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from shared.web.pages import page
from shared.web.problems import KINDS, MEDIA, TITLES
from shared.web.signin import current

_TEXT = {"type": "string"}
_ERROR = {
    "type": "object",
    "required": ["field", "pointer", "code", "message"],
    "properties": {
        "field": {**_TEXT, "description": "字段名，以点号分层"},
        "pointer": {**_TEXT, "description": "指向请求内容中这一处的 JSON Pointer"},
        "code": {**_TEXT, "description": "不变的代号，供程序判断"},
        "message": {**_TEXT, "description": "原因与改法"},
    },
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 问题文档",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {**_TEXT, "format": "uri-reference", "description": "问题种类；按此地址可读到说明"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {**_TEXT, "description": "原因与改法，可直接念给办事人听"},
        "instance": {**_TEXT, "format": "uri-reference"},
        "traceparent": {**_TEXT, "description": "W3C 追踪号，查日志用"},
        "rule": {**_TEXT, "description": "409：规则名"},
        "message": _TEXT,
        "incident": {**_TEXT, "description": "500：事故编号"},
        "errors": {"type": "array", "items": _ERROR},
    },
}
WRITES = frozenset({"post", "put", "patch", "delete"})


def add_listing(app: FastAPI) -> None:
    """Adds `/api/docs`, `/problems/…`, and our own problem document to the OpenAPI document."""
    _describe_problems(app)

    @app.get("/api/docs", include_in_schema=False)
    async def listing(request: Request) -> Response:
        """Every endpoint with its answers, rendered from the OpenAPI document."""
        current(request)
        return page(request, "endpoints.html", operations=_operations(app.openapi()), kinds=KINDS)

    @app.get("/problems/{name}", include_in_schema=False)
    async def kind(request: Request, name: str) -> Response:
        """What one kind of problem means."""
        current(request)
        if f"/problems/{name}" not in KINDS:
            raise HTTPException(404)
        return page(request, "kind.html", name=name, words=KINDS[f"/problems/{name}"])


def _describe_problems(app: FastAPI) -> None:
    """FastAPI would describe its own form of a 422, which nobody ever gets here."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            schemas["Problem"] = PROBLEM_SCHEMA
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            for path, methods in document.get("paths", {}).items():
                for method, operation in methods.items():
                    _document_refusals(path, method, operation)
        return document

    app.openapi = described  # type: ignore[method-assign]  # the way FastAPI's own guide shows


def _document_refusals(path: str, method: str, operation: dict[str, Any]) -> None:
    """Every refusal this operation can answer with: what is not listed here is not answered (tests/deploy/test_openapi.py)."""
    held = operation["responses"]
    held.pop("422", None)
    for status in sorted(_refusals(path, method, operation)):
        held.setdefault(str(status), _answer(status))


def _refusals(path: str, method: str, operation: dict[str, Any]) -> set[int]:
    """By what an operation has: a door, a body, parameters, a name in its path, a rule that may say no (to a case the body names, too)."""
    found = {503}
    found |= {401, 403, 429} if path.startswith("/api/") else set()
    found |= {400, 413, 415, 422} if "requestBody" in operation else set()
    found |= {422} if operation.get("parameters") else set()
    found |= {404} if "{" in path else set()
    return found | ({404, 409, 413} if method in WRITES else set())


def _answer(status: int) -> dict[str, Any]:
    return {"description": TITLES[status], "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def or_empty(kind: type[StrEnum]) -> dict[str, Any]:
    """For a filter: one of these words, or the empty text a form sends for any."""
    return {"anyOf": [{"type": "string", "enum": ["", *(word.value for word in kind)]}, {"type": "null"}]}


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": said.get("summary", ""),
            "description": said.get("description", ""),
            "tag": (said.get("tags") or ["site"])[0],
            "answers": list(said.get("responses", {})),
        }
        for path, methods in document.get("paths", {}).items()
        for method, said in methods.items()
    ]

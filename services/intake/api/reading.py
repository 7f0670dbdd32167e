"""From bytes to a submission and all that is wrong with its form; nothing of what was sent is repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
from fastapi import HTTPException, Request
from pydantic import BaseModel, ValidationError

from services.intake.domain.submission import Submission
from shared.errors import FieldFault
from shared.web.words import sentence

S = TypeVar("S", bound=Submission)
LONGEST_SHOWN = 60


async def read_json(request: Request) -> Any:
    """The JSON of a body; raises a 415 or a 400 for what is none."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        raise HTTPException(415)
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise HTTPException(400, "请求内容不是有效的 JSON（UTF-8 编码），请检查格式后重发。") from None


def read_submission(model: type[S], body: object) -> tuple[S, list[FieldFault]]:
    """What could be read, and a fault for each field that could not; an absent field and a null are the same."""
    if not isinstance(body, Mapping):
        return model(), [FieldFault("body", "须是 JSON 对象。", "dict_type")]
    fields = model.model_fields
    given = {str(name): value for name, value in body.items() if value is not None or name not in fields}
    try:
        return model.model_validate(given), []
    except ValidationError as broken:
        rows = broken.errors(include_url=False, include_input=False)
    wrong = {str(row["loc"][0]) for row in rows}
    readable = model.model_validate({name: value for name, value in given.items() if name not in wrong})
    return readable, [FieldFault(_shown(str(row["loc"][0])), sentence(row), _code(row)) for row in rows]


def _code(row: Mapping[str, Any]) -> str:
    return str((row.get("ctx") or {}).get("code", row["type"]))


def _shown(name: str) -> str:
    """A field's name as sent, harmless to show."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in name)
    return plain if len(plain) <= LONGEST_SHOWN else plain[:LONGEST_SHOWN] + "…"


def described(model: type[BaseModel], *, batch: str | None = None, most: int = 0) -> dict[str, Any]:
    """The request body for the OpenAPI document, with its lists of words written out in place."""
    schema = model.model_json_schema()
    words = schema.pop("$defs", {})
    plain = _written_out(schema, words)
    if batch is not None:
        listed = {"type": "array", "items": plain, "minItems": 1, "maxItems": most}
        plain = {"type": "object", "required": [batch], "properties": {batch: listed}, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": plain}}}}


def _written_out(schema: Any, words: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_written_out(part, words) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return words[schema["$ref"].rpartition("/")[2]]
    return {name: _written_out(part, words) for name, part in schema.items()}

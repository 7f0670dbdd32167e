"""How a request names a case and itself, in every service."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Header, Path

CaseNumber = Annotated[str, Path(pattern=r"^PT[0-9A-Z]{13,18}$", description="工单编号")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255, description="同一请求重发时用同一个键")]
Entry = Annotated[str, Form(min_length=8, max_length=64)]  # the same of a page's form: made with the page, sent back with it

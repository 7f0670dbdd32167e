"""What a department's own system writes on `dept.<code>.replies` (方案 六(四))."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.terms import Result

ShortText = Field(default="", max_length=500)


class DepartmentReply(BaseModel):
    """One step of one order; `reply_id` is the sender's own id and makes a repeated reply harmless.

    `result` and `text` are needed with ANSWER. Unknown fields are refused, so that a slip is noticed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reply_id: str = Field(min_length=1, max_length=64)
    case_no: str = Field(min_length=15, max_length=20)
    order_no: str = Field(min_length=18, max_length=24)
    unit: str = Field(min_length=1, max_length=40)
    step: Literal["SIGN", "CONTACT", "ANSWER"]
    by: str = Field(default="", max_length=40)
    result: Result | None = None
    text: str = Field(default="", max_length=5000)
    cause: str = ShortText
    basis: str = ShortText
    alternative: str = ShortText
    lesson: str = ShortText

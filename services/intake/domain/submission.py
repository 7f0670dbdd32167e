"""What each channel sends, as to form only; whether it may be registered is for the checks (方案 六(一), 附件1)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool
from pydantic_core import PydanticKnownError

from shared.contracts.terms import Category, ConfirmMethod
from shared.text import PlainText

LONGEST_TEXT, LONGEST_ITEM, LONGEST_ID = 1000, 100, 64
LONGEST_NAME, LONGEST_PHONE, LONGEST_REASON = 60, 40, 200
_DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]")


def _written_out(value: object) -> object:
    """A moment is a text with date and time; a bare number would be read as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE_AND_TIME.match(value)):
        return value
    raise PydanticKnownError("datetime_type")


def _on_one_line(text: str) -> str:
    """Names, items and ids stand in one cell of a list: every run of blanks and line ends is one blank."""
    return " ".join(text.split())


ONE_LINE = AfterValidator(_on_one_line)
Id = Annotated[str, PlainText(LONGEST_ID), ONE_LINE]
Name = Annotated[str, PlainText(LONGEST_NAME), ONE_LINE]
Words = Annotated[str, PlainText(LONGEST_ITEM), ONE_LINE]
Reason = Annotated[str, PlainText(LONGEST_REASON), ONE_LINE]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]


class Submission(BaseModel):
    """One matter as a person or channel brings it; every field may be absent here, so that all faults are told.

    Texts are cleaned. Unknown fields are refused, so that a slip is noticed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"required": ["name", "phone", "item", "text"]})

    site: Id | None = Field(None, description="反映点位，三位码；线上渠道不填即 900")
    name: Name | None = Field(None, description="办理对象姓名；匿名的投诉、建议可不填", repr=False)
    phone: Annotated[str, PlainText(LONGEST_PHONE)] | None = Field(
        None, description="联系电话：手机或带区号的固话", repr=False
    )
    item: Words | None = Field(None, description="事项，可用群众自己的说法")
    item_code: Id | None = Field(None, description="事项编码；事项名称与目录相符时自动带出")
    text: Annotated[str, PlainText(LONGEST_TEXT)] | None = Field(None, description="“办不成事”情况记录", repr=False)
    category: Category | None = Field(None, description="类别：咨询、办事、投诉、建议；可留待研判")
    anonymous: StrictBool = Field(False, description="匿名；只限投诉、建议")
    confidential: StrictBool = Field(False, description="要求保密")
    elderly_call_only: StrictBool = Field(False, description="只打电话，不发短信")
    upstream_no: Id | None = Field(None, description="市级编号")
    upstream_due: Instant | None = Field(None, description="市级期限；与本区期限取早者")
    received_at: Instant | None = Field(None, description="补录时的实际受理时间；不填即现在")
    backdated_reason: Reason | None = Field(None, description="补录原因；补录时必填")
    complained_unit: Name | None = Field(None, description="被投诉单位，编码或名称")
    complained_person: Name | None = Field(None, description="被投诉人员", repr=False)
    confirm_method: ConfirmMethod | None = Field(None, description="办理对象确认方式；大厅默认签字")
    witness: Name | None = Field(None, description="拒签时的见证人；拒签必填", repr=False)


class HallSubmission(Submission):
    """The clerk's form at a counter; its id is the Idempotency-Key of the request."""

    model_config = ConfigDict(json_schema_extra={"required": ["site", "name", "phone", "item", "text"]})


class ChannelSubmission(Submission):
    """One matter from 随申办 or 一网通办, under the channel's own id."""

    model_config = ConfigDict(json_schema_extra={"required": ["source_id", "name", "phone", "item", "text"]})

    source_id: Id | None = Field(None, description="渠道自己的编号，同号同内容只登记一次")


class ExitSubmission(ChannelSubmission):
    """Somebody left the city portal half-way (方案 二「中途退出」), and wants an answer or not."""

    model_config = ConfigDict(
        json_schema_extra={"required": ["source_id", "item_code", "exit_step", "exit_reason", "wants_contact"]}
    )

    exit_step: Words | None = Field(None, description="退出环节")
    exit_reason: Reason | None = Field(None, description="退出原因")
    error_code: Id | None = Field(None, description="报错码")
    wants_contact: StrictBool | None = Field(None, description="是否愿被联系；否则只计入堵点统计")

"""提前匿名 over HTTP and as two buttons: one person writes down that the case's person asked, another agrees (个保法 47)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.archive.api.readers import seen_record
from services.archive.domain.forgetting import ask, confirm
from services.archive.domain.record import CaseRecord
from services.archive.store import Ledger
from shared.assembly import Ground, write_once
from shared.errors import FieldFault, InputRefused
from shared.privacy.masking import scrub
from shared.storage.cases import Rule
from shared.text import PlainText
from shared.web.numbers import CaseNumber, Key
from shared.web.signin import Staff, acting

ASKERS, AGREEING = ("WS", "GO"), ("GL",)
Asker = Annotated[Staff, acting(*ASKERS)]
Agreeing = Annotated[Staff, acting(*AGREEING)]
TypedWords = Annotated[str, Form(max_length=400)]
WRONG = "请写明缘由，2 至 200 个字，如“本人来窗口申请”；不要写姓名和电话。"


class Wish(BaseModel):
    """Why the contact data is to go before its term; names and numbers in it are taken out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Annotated[str, PlainText(200), Field(min_length=2, description="缘由，如“本人来窗口申请”；不要写姓名和电话")]


class Agreement(BaseModel):
    """A request that needs no words."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ForgettingView(BaseModel):
    """How far it is: asked for, or done."""

    case_no: str
    asked_by: str | None
    asked_at: datetime | None
    forgotten_at: datetime | None
    confirmed_by: str | None


def view(record: CaseRecord) -> ForgettingView:
    """The record's own word."""
    done = record.forgotten
    asked = record.forget_asked or (done.asked if done else None)
    return ForgettingView(
        case_no=record.case_no, asked_by=asked.by if asked else None, asked_at=asked.at if asked else None,
        forgotten_at=done.at if done else None, confirmed_by=done.confirmed_by if done else None,
    )


class Forgetter:
    """Where it is asked and agreed; who may not see a case may not forget it either."""

    def __init__(self, ground: Ground, ledger: Ledger) -> None:
        self.ground = ground
        self.ledger = ledger

    async def ask(self, case_no: str, wish: Wish, staff: Staff, key: str | None) -> ForgettingView:
        """Writes down that the person asked."""
        await seen_record(self.ground, self.ledger, case_no, staff)
        rule = partial(ask, by=staff.id, words=scrub(wish.words), now=self.ground.clock.now())
        return await self._written(case_no, rule, staff, key, wish)

    async def confirm(self, case_no: str, staff: Staff, key: str | None) -> ForgettingView:
        """Agrees to what somebody else wrote down; nobody can take it back."""
        await seen_record(self.ground, self.ledger, case_no, staff)
        return await self._written(case_no, partial(confirm, by=staff.id, now=self.ground.clock.now()), staff, key, Agreement())

    async def _written(self, case_no: str, rule: Rule[CaseRecord], staff: Staff, key: str | None, body: BaseModel) -> ForgettingView:
        return view((await write_once(self.ledger, case_no, rule, key=key, who=staff.id, body=body)).state)


def add_forgetting(api: APIRouter, forgetter: Forgetter) -> None:
    """The JSON endpoints."""

    @api.post("/cases/{case_no}/forget")
    async def ask_to_forget(case_no: CaseNumber, wish: Wish, staff: Asker, key: Key = None) -> ForgettingView:
        """记下本人要求提前匿名已归档工单的联系方式，写明缘由."""
        return await forgetter.ask(case_no, wish, staff, key)

    @api.post("/cases/{case_no}/forget/confirm")
    async def confirm_forgetting(case_no: CaseNumber, _nothing: Agreement, staff: Agreeing, key: Key = None) -> ForgettingView:
        """另一人确认；联系方式、密钥、附件随即销毁，不能恢复."""
        return await forgetter.confirm(case_no, staff, key)


def add_forgetting_pages(pages: APIRouter, forgetter: Forgetter) -> None:
    """The two buttons of a case's page; refused, the sentence comes as a page."""

    @pages.post("/cases/{case_no}/forget")
    async def ask_on_page(case_no: CaseNumber, staff: Asker, words: TypedWords = "") -> RedirectResponse:
        """提出提前匿名."""
        await forgetter.ask(case_no, _wish(words), staff, None)
        return RedirectResponse(f"/archive/cases/{case_no}", 303)

    @pages.post("/cases/{case_no}/forget/confirm")
    async def confirm_on_page(case_no: CaseNumber, staff: Agreeing) -> RedirectResponse:
        """确认提前匿名."""
        await forgetter.confirm(case_no, staff, None)
        return RedirectResponse(f"/archive/cases/{case_no}", 303)


def _wish(words: str) -> Wish:
    try:
        return Wish(words=words)
    except ValidationError:
        raise InputRefused([FieldFault("words", WRONG, "string_too_short")]) from None

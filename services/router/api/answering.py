"""An answer while it is written: which parts it still lacks, and exactly what the person will read (方案 六(四); domain 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError

from services.router.api.acts import UNIT
from services.router.api.desk import Desk
from services.router.api.flashes import FORMS
from services.router.api.form_kinds import body_of, kept_of
from services.router.api.forms import BY_PATH, ONCE, shown
from services.router.api.views import view
from services.router.domain.commands import AnswerDraft
from services.router.domain.orders import answerable
from services.router.domain.quality import parts
from services.router.domain.state import CaseFile, Order
from services.router.store import names_on
from shared.errors import FieldFault, InputRefused, RuleBroken
from shared.privacy.masking import scrub
from shared.web.names import zh
from shared.web.numbers import CaseNumber
from shared.web.pages import page
from shared.web.signin import Staff, acting

Writer = Annotated[Staff, acting(*UNIT, "GL")]
FIELDS = tuple(AnswerDraft.model_fields)


class PartView(BaseModel):
    """One part of an answer: there or not, and what to write."""

    field: str
    name: str
    there: bool
    lacks: str


class PreviewView(BaseModel):
    """What the person will read, word for word."""

    unit_name: str
    result: str
    text: str
    basis: str
    alternative: str


class AnswerCheck(BaseModel):
    """How far an answer is; the server decides the same way when it is sent."""

    complete: bool
    parts: list[PartView]
    preview: PreviewView


def checked(desk: Desk, case: CaseFile, order: Order, draft: AnswerDraft) -> AnswerCheck:
    """The parts of a draft and its preview, free of personal data as the answer itself will be."""
    district = desk.ground.scheme.district
    held = [PartView(field=part.field, name=part.name, there=not part.lacks, lacks=part.lacks) for part in parts(case, order, draft, district)]
    names = names_on(case, desk.ground.sealer)
    unit = district.departments.get(order.unit)
    preview = PreviewView(
        unit_name=unit.name if unit else order.unit, result=zh(draft.result) if draft.result else "", text=scrub(draft.text, names),
        basis=scrub(draft.basis, names), alternative=scrub(draft.alternative, names),
    )
    return AnswerCheck(complete=all(part.there for part in held), parts=held, preview=preview)


def drafted(typed: Mapping[str, Any]) -> AnswerDraft:
    """What stands in the form, as far as it can be read: a field with a fault counts as empty."""
    said = {name: typed.get(name, "") for name in FIELDS if typed.get(name)}
    while True:
        try:
            return AnswerDraft.model_validate(said)
        except ValidationError as wrong:
            for row in wrong.errors():
                said.pop(str(row["loc"][0]), None)


def own(case: CaseFile, staff: Staff) -> Order | None:
    """The order of the writer's unit in the present round."""
    return next((order for order in case.this_round if order.unit == staff.unit), None)


async def beside_answer(desk: Desk, case: CaseFile, typed: Mapping[str, Any], staff: Staff) -> dict[str, Any]:
    """What stands beside the form of an answer: its parts as far as they are written."""
    order = own(case, staff)
    return {"checked": checked(desk, case, order, drafted(typed)) if order else None, "previewed": False}


def add_answer_check(api: APIRouter, desk: Desk) -> None:
    """The JSON endpoint the form's script asks."""

    @api.post("/cases/{case_no}/answer-check")
    async def check_an_answer(case_no: CaseNumber, draft: AnswerDraft, staff: Writer) -> AnswerCheck:
        """检查正在写的反馈还缺什么、群众将看到什么；不保存 (方案 六(四))."""
        case = await desk.see(case_no, staff)
        desk.leads(case, BY_PATH["answer"], staff)
        if own(case, staff) is None:
            raise RuleBroken("order.not_yours", "此件没有派给本单位的承办单。", field="unit")
        case, order = answerable(case, draft.model_copy(update={"unit": staff.unit}), desk.ground.scheme.district)
        return checked(desk, case, order, draft)


def add_answer_preview(pages: APIRouter, desk: Desk) -> None:
    """The same without script: the form comes back with everything typed, its parts, and the preview."""

    @pages.post("/cases/{case_no}/answer/preview", include_in_schema=False)
    async def preview(request: Request, case_no: CaseNumber, staff: Writer) -> Response:
        """Nothing is kept; what is wrong stands beside its field."""
        case = await desk.see(case_no, staff)
        desk.leads(case, BY_PATH["answer"], staff)
        if (order := own(case, staff)) is None:
            raise InputRefused([FieldFault("order", "此件没有派给本单位的承办单。", "order.not_yours")])
        typed = await request.form()
        fields = FORMS["answer"].fields
        kept = kept_of(fields, typed)
        found = checked(desk, case, order, drafted(body_of(fields, typed)))
        errors = {part.field: part.lacks for part in found.parts if not part.there and part.field != "contact"}
        held = shown(desk, case, "answer", kept, errors, str(typed.get(ONCE, ""))[:100])
        return page(
            request, "router/answer.html", case=view(desk.ground, case), shown=held, title=held.title, why="", checked=found, previewed=True
        )

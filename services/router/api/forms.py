"""Acts done from a page: the form of each, what was typed read into its command, and what is shown afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.router.api.acts import ACTS, Act
from services.router.api.desk import Desk
from services.router.api.flashes import FORMS
from services.router.api.form_kinds import RANK_OF_NO_MAIN_ACT, ActForm, Field, Kind, Typed, body_of, kept_of
from services.router.api.form_options import options_of
from services.router.api.homes import home_of, list_of
from services.router.api.views import view
from services.router.domain.commands import Command
from services.router.domain.guards import Doer
from services.router.domain.openings import Asked, Opening, opening
from services.router.domain.orders import answer_whole, contact_told
from services.router.domain.state import CaseFile
from services.router.store import in_state
from shared.errors import FieldFault, InputRefused, RuleBroken, TryAgain
from shared.web.numbers import CaseNumber
from shared.web.pages import page
from shared.web.problems import of_any
from shared.web.signin import Staff, acting
from shared.web.words import sentence

BY_PATH: dict[str, Act] = {act.path: act for act in ACTS}
AT_THE_FORM = {  # a person writes every part, a unit's own system sends what it has
    "answer": replace(BY_PATH["answer"], rule=answer_whole), "contact": replace(BY_PATH["contact"], rule=contact_told),
}
ONCE, THEN, PREVIEW, KEY = "once", "then", "preview", "Idempotency-Key"
REUSED = "这张表已经提交过别的内容。请回到此件，重新打开再填。"
NOT_NOW = "此件现在不能办这一步，可能刚被同事办过。请回到此件看现状。"
MISSING = "必填，不能缺少。"
NEXTS = 20
FAULTY = (InputRefused, RuleBroken, TryAgain)
More = Callable[[Desk, CaseFile, Mapping[str, Any], Staff], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class ShownField:
    """One field as it is drawn."""

    name: str
    label: str
    kind: Kind
    hint: str
    required: bool
    most: int
    options: tuple[tuple[str, str], ...]
    value: Any
    error: str = ""


@dataclass(frozen=True)
class ShownForm:
    """One form as it is drawn; `errors` maps a field, or `once` for the form as a whole, to its sentence."""

    act: str
    title: str
    effect: str
    action: str
    once: str
    grave: bool
    nexts: bool
    draft: str
    fields: tuple[ShownField, ...]
    errors: Mapping[str, str] = field(default_factory=dict)

    def one(self, name: str) -> ShownField:
        """The field of this name."""
        return next(held for held in self.fields if held.name == name)


@dataclass(frozen=True)
class Offer:
    """An act this person finds on the case: with a sentence `why`, it is there and not for them."""

    form: ActForm
    href: str
    why: str = ""


def opening_of(desk: Desk, case: CaseFile, act: Act, staff: Staff) -> Opening:
    """Whether this person may do the act on the case now; None too for who has no role for it."""
    if not desk.may(case, act, staff):
        return None
    by = Doer(staff.id, frozenset(staff.roles), staff.unit)
    return opening(act.path, Asked(case, by, desk.ground.scheme.district, desk.ground.clock.now()))


def offers(desk: Desk, case: CaseFile, staff: Staff) -> list[Offer]:
    """What this person finds to do on the case, the next step first."""
    found = [
        Offer(FORMS[act.path], f"/router/cases/{case.case_no}/{act.path}", why)
        for act in ACTS if (why := opening_of(desk, case, act, staff)) is not None
    ]
    return sorted(found, key=lambda offer: (bool(offer.why), offer.form.rank))


def main_of(found: list[Offer]) -> Offer | None:
    """The act whose form stands on the case page itself."""
    return next((offer for offer in found if not offer.why and offer.form.rank < RANK_OF_NO_MAIN_ACT), None)


def shown(
    desk: Desk, case: CaseFile, act: str, typed: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None, once: str = ""
) -> ShownForm:
    """A form as it is drawn: empty under a fresh id, or with what was typed and what is wrong with it."""
    form, typed, errors = FORMS[act], typed or {}, errors or {}
    fields = tuple(_field(one, desk, case, typed, errors.get(one.name, "")) for one in form.fields)
    return ShownForm(
        act, form.title, form.effect, f"/router/cases/{case.case_no}/{act}", once or secrets.token_urlsafe(24), form.grave, form.nexts,
        f"router/{act}/{case.case_no}" if form.has_sentences else "", fields, errors,
    )


def _field(one: Field, desk: Desk, case: CaseFile, typed: Mapping[str, Any], error: str) -> ShownField:
    value = typed.get(one.name, [] if one.kind is Kind.MANY else "")
    options = options_of(one, desk.ground.scheme.district, case)
    return ShownField(one.name, one.label, one.kind, one.hint, one.required, one.most, options, value, error)


def add_forms(pages: APIRouter, desk: Desk, more: Mapping[str, More]) -> None:
    """A page and a target for the form of every act; `more` gives what a page of its own shows beside."""
    for act in (AT_THE_FORM.get(act.path, act) for act in ACTS):
        _add_form(pages, _Target(desk, act, FORMS[act.path], more.get(act.path, _nothing_more)))


async def _nothing_more(_desk: Desk, _case: CaseFile, _typed: Mapping[str, Any], _staff: Staff) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class _Target:
    """Where one act's form is shown and where it is sent."""

    desk: Desk
    act: Act
    form: ActForm
    more: More

    async def show(self, request: Request, case_no: str, staff: Staff) -> Response:
        """The empty form, or why there is none now."""
        case = await self.desk.see(case_no, staff)
        self.desk.leads(case, self.act, staff)  # refuses, as the act itself would, a leader who does it on other cases only
        why = opening_of(self.desk, case, self.act, staff)
        if why != "":
            return self._not_now(request, case, why or NOT_NOW)
        begun = kept_of(self.form.fields, request.query_params)
        known = {"category": case.category.value} if case.category and not begun.get("category") else {}
        return await self._drawn(request, case, staff, shown(self.desk, case, self.act.path, {**begun, **known}))

    async def take(self, request: Request, case_no: str, staff: Staff) -> Response:
        """Does the act, or shows the form again with everything typed."""
        typed, case = await request.form(), await self.desk.see(case_no, staff)
        self.desk.leads(case, self.act, staff)
        once, kept, then = str(typed.get(ONCE, ""))[:100], kept_of(self.form.fields, typed), typed.get(THEN)
        if then == PREVIEW:
            return await self._drawn(request, case, staff, shown(self.desk, case, self.act.path, kept, {}, once))
        try:
            await self.desk.act(case_no, self.act, _command(self.act, self.form, typed), staff, once or None)
        except FAULTY as fault:
            held = shown(self.desk, case, self.act.path, kept, _errors(fault, self.form), once)
            return await self._drawn(request, case, staff, held, of_any(fault).status)
        return RedirectResponse(await _after(self.desk, case, self.act, staff, to_next=then == "next"), 303)

    async def _drawn(self, request: Request, case: CaseFile, staff: Staff, held: ShownForm, status: int = 200) -> Response:
        beside = await self.more(self.desk, case, {one.name: one.value for one in held.fields}, staff)
        seen = view(self.desk.ground, case)
        return page(request, self.form.template, status, case=seen, shown=held, title=held.title, why="", home=home_of(case, staff), **beside)

    def _not_now(self, request: Request, case: CaseFile, why: str) -> Response:
        return page(request, "router/act.html", case=view(self.desk.ground, case), shown=None, title=self.form.title, why=why)


def _add_form(pages: APIRouter, target: _Target) -> None:
    async def form_page(request: Request, case_no: CaseNumber, staff: Any) -> Response:
        return await target.show(request, case_no, staff)

    async def carry_out(request: Request, case_no: CaseNumber, staff: Any) -> Response:
        return await target.take(request, case_no, staff)

    act = target.act
    leader = (target.desk.complaints.self_route_role,) if act.led else ()
    rights = {"staff": Annotated[Staff, acting(*act.roles, *leader)]}
    for write, method in ((form_page, pages.get), (carry_out, pages.post)):
        write.__annotations__ |= rights
        method(f"/cases/{{case_no}}/{act.path}", name=f"{write.__name__}_{act.path}", description=act.says, include_in_schema=False)(write)


def _command(act: Act, form: ActForm, typed: Typed) -> Command:
    body = body_of(form.fields, typed)
    faults = [FieldFault(one.name, MISSING, "missing") for one in form.fields if one.required and body.get(one.name) in (None, [])]
    try:
        command = act.command.model_validate(form.compose(body) if form.compose else body)
    except ValidationError as fault:
        named = {one.field for one in faults}
        rows = [FieldFault(str(row["loc"][0]), sentence(row), row["type"]) for row in fault.errors()]
        raise InputRefused([*faults, *(row for row in rows if row.field not in named)]) from None
    if faults:
        raise InputRefused(faults)
    return command


def _errors(fault: Exception, form: ActForm) -> dict[str, str]:
    """A sentence for each field of the form; what is about none of them stands at the top."""
    if isinstance(fault, InputRefused):
        said = [(held.field, REUSED if held.field == KEY else held.message) for held in fault.faults]
    elif isinstance(fault, RuleBroken):
        said = [(fault.field or ONCE, fault.message)]
    else:
        said = [(ONCE, of_any(fault).detail)]
    names = {one.name for one in form.fields}
    found: dict[str, str] = {}
    for name, words in said:
        found.setdefault(name if name in names else ONCE, words)
    return found


async def _after(desk: Desk, case: CaseFile, act: Act, staff: Staff, *, to_next: bool) -> str:
    """Where to go when it is done: to the case, to the next one that stood where it stood, or to the list when it is gone."""
    said = f"done={act.path}&of={case.case_no}"
    if to_next:
        waiting = await in_state(desk.cases, case.state, desk.ground.clock.now(), limit=NEXTS)
        other = next((held for held in waiting if held.case_no != case.case_no and desk.sees(held, staff)), None)
        return f"/router/cases/{other.case_no}?{said}" if other else f"/router/analysis?{said}"
    after = await desk.cases.get(case.case_no)
    return f"{home_of(after, staff)}?{said}" if after and desk.sees(after, staff) else f"{list_of(staff)}?{said}"

"""催单, 补充材料, 评价 and 撤回 by the person: a form, the rule's word, a redirect; done once however often it is sent (方案 六、六(六))."""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.router.api.person.files import handed_in, noted
from services.router.api.person.forms import FIELDS, Filled, empty, filled, refused, texts
from services.router.api.person.hall import KEPT, Hall
from services.router.domain.commands import Command
from services.router.domain.state import CaseFile
from shared.errors import InputRefused, RuleBroken
from shared.web.limits import takes_uploads
from shared.web.signin import FORM_FIELD, own_page
from shared.web.uploads import Upload
from shared.web.visits import Visit

WITH_FILES: Final = "supply"
NOTHING: Final = {"text": "请写补充的内容，或者选要交的文件。"}


def add_acts(pages: APIRouter, hall: Hall) -> None:
    """A page and a form of each act."""
    for path in FIELDS:
        _add_act(pages, hall, path)


def _add_act(pages: APIRouter, hall: Hall, path: str) -> None:
    async def act_page(request: Request, case_no: str) -> Response:
        """The form, or why this is not possible now."""
        visit, case = await hall.visited(request, case_no)
        if visit is None or case is None:
            return hall.at_the_door(request, case_no)
        return _form(request, hall, visit, empty(path), 200, hall.desk.why_not(case, path))

    async def act(request: Request, case_no: str) -> Response:
        """The person does it: 303 to the case, or the form again with everything typed."""
        own_page(request, unless_silent=True)
        visit, case = await hall.visited(request, case_no)
        uploads, faults = await handed_in(request) if path == WITH_FILES else ([], {})
        sent = await texts(request)
        if path == WITH_FILES and not (uploads or faults or sent.get("text", "").strip()):
            faults = NOTHING
        form = filled(path, sent, faults)
        if visit is None or case is None:
            kept = {f"{KEPT}{name}": value for name, value in form.typed.items()} | {f"{KEPT}act": path}
            return hall.at_the_door(request, case_no, {"code": "离开太久，请再填一次查询码。您写的内容还在。"}, kept, 401)
        if not compare_digest(sent.get(FORM_FIELD, "").encode(), visit.form.encode()):
            stale = {FIELDS[path][0]: "这张表已失效，没有提交。请再按一次按钮。"}
            return _form(request, hall, visit, Filled(path, form.typed, stale, once=form.once), 403)
        return await _done(request, hall, visit, case, form, uploads)

    pages.get(f"/{{case_no}}/{path}", name=f"own_{path}_page")(act_page)
    pages.post(f"/{{case_no}}/{path}", name=f"own_{path}")(act)
    if path == WITH_FILES:
        takes_uploads(f"/p/{{case_no}}/{path}")


async def _done(
    request: Request, hall: Hall, visit: Visit, case: CaseFile, form: Filled, uploads: Sequence[Upload]
) -> Response:
    if form.command is None:
        return _form(request, hall, visit, form, 422)
    if form.path == "withdraw" and not form.sure:
        return _form(request, hall, visit, form, 200, hall.desk.why_not(case, form.path), ask=True)
    if wait := hall.door.act_wait(visit):
        words = f"提交得太勤了，这一次没有收下。请过 {-(-wait // 60)} 分钟再试，或打窗口电话。"
        answer = _form(request, hall, visit, Filled(form.path, form.typed, {FIELDS[form.path][0]: words}, once=form.once), 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    try:
        await _carried_out(hall, case, form, form.command, uploads)
    except RuleBroken as broken:
        return _form(request, hall, visit, refused(form, broken), 409)
    except InputRefused as fault:
        return _form(request, hall, visit, refused(form, fault), 422)
    answer = RedirectResponse(f"/p/{visit.case_no}?done={form.path}#said", 303)
    return hall.door.keep(request, answer, visit)


async def _carried_out(hall: Hall, case: CaseFile, form: Filled, command: Command, uploads: Sequence[Upload]) -> None:
    """The act with its files: the case's when it was done now, nothing of them when it was refused or had been done before."""
    kept = await hall.folder.keep(case.case_no, uploads)
    try:
        repeated = await hall.desk.does(case, form.act, command, form.once, noted(kept))
    except (RuleBroken, InputRefused):
        await hall.folder.forget(kept)
        raise
    await (hall.folder.forget(kept) if repeated else hall.folder.settle(case.case_no, kept))


def _form(request: Request, hall: Hall, visit: Visit, form: Filled, status: int, why_not: str = "", *, ask: bool = False) -> Response:
    template = "router/person_sure.html" if ask and not why_not else "router/person_act.html"
    return hall.page(request, template, status, visit=visit, form=form, why_not=why_not)

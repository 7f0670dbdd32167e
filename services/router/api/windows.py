"""The pages of the window's larger acts: 研判, guided 不予受理, its second look, 核查 (方案 六(二)(六), 四(四)5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.router.api.beside import previewed, previews, similar, suggested
from services.router.api.calls import beside_call
from services.router.api.desk import Desk
from services.router.api.flashes import FORMS
from services.router.api.forms import BY_PATH, More, Offer, opening_of
from services.router.api.window_forms import refusal_of
from services.router.domain.checking import checks, to_check
from services.router.domain.previewing import preview
from services.router.domain.state import CaseFile
from services.router.domain.timing import TimeLeft, time_left
from services.router.store import names_on
from shared.contracts.terms import Category, Grade
from shared.district.limits import same_day
from shared.privacy.masking import scrub
from shared.web.signin import Staff

INSTEAD = ("resolve-now", "refuse", "transfer", "merge")


def _left(desk: Desk, case: CaseFile) -> TimeLeft | None:
    calendar = desk.ground.scheme.district.calendar
    return time_left(case.due_at, desk.ground.clock.now(), calendar) if case.due_at else None


async def beside_triage(desk: Desk, case: CaseFile, typed: Mapping[str, Any], staff: Staff) -> dict[str, Any]:
    """Suggestions, similar cases, what each grade would promise, and the ways that send no order."""
    grade, category = _word(Grade, typed.get("grade")), _word(Category, typed.get("category"))
    found = preview(case, grade, category, desk.ground.scheme.district) if grade else None
    ways = [(FORMS[path], opening_of(desk, case, BY_PATH[path], staff)) for path in INSTEAD]
    return {
        "suggested": await suggested(desk, case), "similar": await similar(desk, case, staff), "previews": previews(desk, case, category),
        "chosen": previewed(grade, found) if grade and found else None, "left": _left(desk, case),
        "ways": [Offer(form, f"/router/cases/{case.case_no}/{form.act}") for form, why in ways if why == ""],
        "analyse_by": same_day(desk.ground.scheme.district, case.received_at).due_at,
    }


def _word(kind: type[Any], typed: object) -> Any:
    return kind(typed) if typed in {member.value for member in kind} else None


async def beside_refusal(desk: Desk, case: CaseFile, typed: Mapping[str, Any], staff: Staff) -> dict[str, Any]:
    """The notice the person would get, once enough of it is written; and the other ways, for what is no ground of the scheme."""
    names = names_on(case, desk.ground.sealer)
    notice = {name: scrub(words, names) for name, words in refusal_of(typed).items()}  # what is really sent
    whole = all(str(notice.get(name, "")).strip() for name in ("reason", "basis", "alternative"))
    ways = [(FORMS[path], opening_of(desk, case, BY_PATH[path], staff)) for path in ("triage", "transfer", "resolve-now")]
    site = desk.ground.scheme.district.sites.get(case.site)
    return {
        "notice": notice if whole else None, "left": _left(desk, case), "site": site,
        "ways": [Offer(form, f"/router/cases/{case.case_no}/{form.act}") for form, why in ways if why == ""],
    }


async def beside_review(desk: Desk, case: CaseFile, _typed: Mapping[str, Any], _staff: Staff) -> dict[str, Any]:
    """The notice as proposed, and by whom."""
    reason, basis, alternative = case.refusal or ("", "", "")
    by = desk.ground.scheme.district.staff.get(case.proposed_by or "")
    return {
        "notice": {"reason": reason, "basis": basis, "alternative": alternative}, "proposed_by": by.name if by else "",
        "site": desk.ground.scheme.district.sites.get(case.site), "left": _left(desk, case),
    }


async def beside_answer(desk: Desk, case: CaseFile, _typed: Mapping[str, Any], _staff: Staff) -> dict[str, Any]:
    """Each answer of the round with the five rules beside it."""
    district = desk.ground.scheme.district
    answers = [
        (order, district.departments[order.unit].name if order.unit in district.departments else order.unit, checks(order, district))
        for order in to_check(case)
    ]
    return {"answers": answers, "left": _left(desk, case), "requirement": case.requirement}


MORE: dict[str, More] = {
    "triage": beside_triage, "refuse": beside_refusal, "confirm-refusal": beside_review, "overrule-refusal": beside_review,
    "verify": beside_answer, "reject-answer": beside_answer, "follow-up": beside_call,
}

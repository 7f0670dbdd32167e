"""The two letters a case may bring its person: 《不予受理告知书》 and 《延时告知书》 (方案 四(四)4、四(四)5)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from services.router.api.desk import Desk
from services.router.api.reveal import Why, revealed
from services.router.domain.journal import LETTERS, last
from services.router.domain.state import CaseFile
from shared.district.model import District
from shared.papers.letters import EXTENSION_TITLE, REFUSAL_TITLE, ExtensionLetter, Letter, RefusalLetter
from shared.text import PlainText
from shared.web.numbers import CaseNumber
from shared.web.pages import paper
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

REFUSAL, EXTENSION = "refusal", "extension"
TITLES = {REFUSAL: REFUSAL_TITLE, EXTENSION: EXTENSION_TITLE}
Kind = Annotated[str, Path(pattern=f"^({REFUSAL}|{EXTENSION})$", description="哪一种告知书")]
Reason = Annotated[str, PlainText(200), Field(pattern="^$|.{2}"), Query(description="印上姓名的原因，记入查看记录；不写则姓名脱敏")]
LetterReader = Annotated[Staff, acting("TR", "WS", "CL", "GO")]


def letter(case: CaseFile, kind: str, district: District, addressee: str | None = None) -> Letter:
    """The letter; without `addressee` the person's name is masked, as on their page. Raises Problem 404 where there is none."""
    line = last(case, LETTERS[kind])
    if line is None:
        raise Problem(404, f"此件没有《{TITLES[kind]}》。", "/problems/not-found")
    site, name = district.sites.get(case.site), case.contact.name
    said: dict[str, Any] = {
        "case_no": case.case_no, "addressee": addressee or (name.masked if name else "反映人"), "received_at": case.received_at, "dated": line.at,
        "office": district.departments[district.policy.complaint.route].full_name,
        "place": "，".join(part for part in (site.name, site.address) if part) if site else "“办不成事”反映窗口",
        "tel": site.phone if site else district.policy.notice.tel,
    }
    if kind == REFUSAL:
        return RefusalLetter(**said, reason=line.words[0], basis=line.words[1], alternative=line.words[2])
    most = district.policy.limits_wd.special_total
    return ExtensionLetter(**said, most_days=most, before=line.before or line.at, until=line.until or line.at, reason=line.words[0])


def add_staff_letters(pages: APIRouter, desk: Desk) -> None:
    """The window prints a letter for who came without a phone."""

    @pages.get("/cases/{case_no}/letters/{kind}.pdf")
    async def staff_letter(request: Request, case_no: CaseNumber, kind: Kind, staff: LetterReader, reason: Reason = "") -> Response:
        """《不予受理告知书》 or 《延时告知书》, for the window and the office; with a reason, which is kept, the name in clear."""
        case = await desk.see(case_no, staff)
        made = letter(case, kind, desk.ground.scheme.district)
        if reason:
            shown = await revealed(request, desk, case_no, staff, Why(reason=reason))
            made = letter(case, kind, desk.ground.scheme.district, shown.name)
        return paper(await made.pdf(), f"{case.case_no}-{kind}")

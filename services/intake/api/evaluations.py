"""好差评 and 12345 brought in from files, listed, and a 差评 made a case by one press (方案 七(三); domain 歧义 29)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from services.intake.api.desk import Desk, Sent
from services.intake.api.importing import LARGEST, rows_in, template
from services.intake.api.reading import read_submission
from services.intake.domain import evaluations as rules
from services.intake.domain.evaluations import Evaluation, Said
from services.intake.domain.matter import ONLINE_SITE
from services.intake.domain.submission import ChannelSubmission
from services.intake.store import Evaluations, find_evaluations, source_of_row
from shared.contracts.ids import case_number
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Category, Channel
from shared.errors import InputRefused, RuleBroken
from shared.privacy.masking import mask_name, mask_phone, scrub
from shared.storage.cases import Taken
from shared.web.limits import takes_uploads
from shared.web.pages import page
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

Reader = Annotated[Staff, acting("CL", "TR", "WS", "GO", "GL")]
Importer = Annotated[Staff, acting("WS", "GO")]
Clerk = Annotated[Staff, acting("CL", "TR", "WS")]
Number = Annotated[str, Path(pattern=r"^PJ[0-9]{9}[0-9A-HJ-NP-Z][0-9]{3,6}$", description="评价行的编号")]
Source = Annotated[str, Path(pattern="^(rating|hotline)$", description="rating 好差评，hotline 12345")]
Low = Annotated[bool, Query(description="只看差评")]
Skip = Annotated[int, Query(ge=0, le=100_000, description="跳过多少行")]
KINDS = {"rating": Channel.RATING, "hotline": Channel.HOTLINE_12345}
ROWS, MOST_TOLD = 50, 200
PURPOSE = "evaluation"


@dataclass(frozen=True)
class Refused:
    """A cell that kept its row out."""

    row: int
    column: str
    why: str


@dataclass
class Report:
    """What became of a file."""

    new: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def rows_refused(self) -> int:
        """How many rows were not taken."""
        return len({held.row for held in self.refused})


class Importing:
    """Where rows of other systems are kept."""

    def __init__(self, desk: Desk, evaluations: Evaluations) -> None:
        self.desk, self.ground, self.evaluations = desk, desk.ground, evaluations

    async def take(self, content: bytes, channel: Channel, staff: Staff) -> Report:
        """Every good row once, every bad one named; the same file again adds nothing. Raises InputRefused for no such file."""
        report, district, today = Report(), self.ground.scheme.district, self.ground.clock.now().date()
        for place, cells in await asyncio.to_thread(rows_in, content, channel):
            said = rules.read(cells, channel, district, today)
            if isinstance(said, Said):
                await self._take_row(place, said, staff, report)
            else:
                report.refused += [Refused(place, fault.column, fault.why) for fault in said]
        return report

    async def _take_row(self, place: int, said: Said, staff: Staff, report: Report) -> None:
        known = await self._known(said)
        if known is None:
            try:
                await self._keep(said, staff)
            except Taken:  # the same row came twice at once
                known = await self._known(said)
        if known is None:
            report.new += 1
        elif known.forgotten_at or self.ground.sealer.matches(_content(said), PURPOSE, known.digest):  # after the term nothing is left to compare
            report.known += 1
        else:
            words = f"这个编号已经导入过（{known.number}），内容却不同；没有改动，请核对来源系统。"
            report.refused.append(Refused(place, rules.COLUMNS[said.channel][0], words))

    async def _known(self, said: Said) -> Evaluation | None:
        return await self.evaluations.by_unique("source", source_of_row(said.channel, said.source_id))

    async def _keep(self, said: Said, staff: Staff) -> None:
        now, place = self.ground.clock.now(), said.site or ONLINE_SITE
        counter = f"{rules.PREFIX}{now:%y%m%d}{place}"
        number = case_number(now.date(), place, await self.ground.store.next_number(counter), rules.PREFIX)
        facts = {name: getattr(said, name) for name in rules.FACTS}
        own = {"number": number, "digest": self.ground.sealer.blind(_content(said), PURPOSE), "imported_at": now, "by": staff.id}
        row = Evaluation.model_validate({**facts, **self._sealed(number, said), **own})
        await self.evaluations.change(number, partial(rules.keep, evaluation=row))

    def _sealed(self, number: str, said: Said) -> dict[str, Sealed]:
        """个保法 51: what is personal leaves the clear here."""
        seal = partial(self.ground.sealer.seal, case_no=number, under=self.ground.sealer.new_case_key(number))
        masked = {"text": scrub(said.text, [said.name] if said.name else []), "name": mask_name(said.name), "phone": mask_phone(said.phone)}
        wanted = rules.needed(said, self.ground.scheme.district)
        return {name: seal(text, label=name, masked=masked[name]) for name in wanted if (text := getattr(said, name))}

    async def register(self, row: Evaluation, staff: Staff) -> str:
        """domain 歧义 29: the 差评 becomes a case under the row's own id, so that it never becomes two."""
        if row.case_no is not None:
            return row.case_no
        rules.may_become_case(row, self.ground.scheme.district)
        submission, faults = read_submission(ChannelSubmission, self._submission(row))
        sent = Sent(Channel.RATING, row.source_id, submission, faults, clerk=staff.id)
        case_no = (await self.desk.take(sent)).state.case_no
        await self.evaluations.change(row.number, partial(rules.became, case_no=case_no))
        return case_no

    def _submission(self, row: Evaluation) -> dict[str, Any]:
        """Who can be reached is registered by name; of whom nothing is known it is an unnamed complaint about the unit."""
        text = self._opened(row, row.text) or "评价人没有留下文字。"
        said = {"source_id": row.source_id, "site": rules.site_of(row), "item": row.item or "好差评差评", "upstream_no": row.source_id,
                "text": f"{text}（好差评 {row.stars} 星，{row.day:%Y-%m-%d} 评价）"}
        name, phone = self._opened(row, row.name), self._opened(row, row.phone)
        if name and phone:
            return said | {"name": name, "phone": phone, "category": Category.SERVICE.value}
        return said | {"anonymous": True, "category": Category.COMPLAINT.value, "complained_unit": row.unit}

    def _opened(self, row: Evaluation, box: Sealed | None) -> str:
        return self.ground.sealer.open(box, case_no=row.number) if box else ""


def _content(said: Said) -> str:
    return repr(said.__dict__)


def add_evaluations(pages: APIRouter, importing: Importing) -> None:
    """The pages of 评价."""
    _add_list(pages, importing)
    _add_import(pages, importing)
    _add_register(pages, importing)


def _add_list(pages: APIRouter, importing: Importing) -> None:
    @pages.get("/evaluations")
    async def evaluations(request: Request, staff: Reader, low: Low = False, skip: Skip = 0) -> Response:
        """The rows, the newest first; a window sees its own site's and those without one."""
        return await _shown(request, importing, staff, low=low, skip=skip)

    @pages.get("/evaluations/{source}.csv")
    async def evaluation_template(source: Source, staff: Reader) -> Response:  # noqa: ARG001 - its right is checked by its type
        """The template with its headings and an example."""
        headers = {"Content-Disposition": f"attachment; filename={source}.csv"}
        return Response(template(KINDS[source]), media_type="text/csv; charset=utf-8", headers=headers)


def _add_import(pages: APIRouter, importing: Importing) -> None:
    @pages.post("/evaluations/{source}")
    async def import_evaluations(request: Request, source: Source, staff: Importer) -> Response:
        """Takes a file in and tells row by row what was not taken."""
        async with request.form() as form:
            part = form.get("file")
            content = await part.read(LARGEST + 1) if isinstance(part, UploadFile) else b""
        try:
            return await _shown(request, importing, staff, report=await importing.take(content, KINDS[source], staff))
        except InputRefused as refused:
            return await _shown(request, importing, staff, fault=refused.faults[0].message)

    takes_uploads("/intake/evaluations/{source}")


def _add_register(pages: APIRouter, importing: Importing) -> None:
    @pages.post("/evaluations/{row_no}/case")
    async def register_evaluation(request: Request, row_no: Number, staff: Clerk) -> Response:
        """差评一键转工单: registers it, once however often the button is pressed."""
        row = await importing.evaluations.get(row_no)
        if row is None or (row.site and staff.site and row.site != staff.site):
            raise Problem(404, "没有这一行评价，请从评价列表进入。", "/problems/not-found")
        try:
            case_no = await importing.register(row, staff)
        except RuleBroken as broken:
            return await _shown(request, importing, staff, fault=broken.message)
        except InputRefused as refused:
            return await _shown(request, importing, staff, fault="；".join(held.message for held in refused.faults))
        return RedirectResponse(f"/intake/receipts/{case_no}", 303)


async def _shown(
    request: Request, importing: Importing, staff: Staff, *, low: bool = False, skip: int = 0, report: Report | None = None, fault: str = ""
) -> Response:
    district = importing.ground.scheme.district
    found = await find_evaluations(importing.evaluations, site=staff.site, low=low, skip=skip, limit=ROWS + 1)
    return page(
        request, "intake/evaluations.html", 422 if fault else 200, rows=[(row, row.is_low(district)) for row in found[:ROWS]],
        sites=district.site_names, units=district.unit_names,
        low=low, skip=skip, more=skip + ROWS if len(found) > ROWS else None, report=report, told=report.refused[:MOST_TOLD] if report else [],
        fault=fault, may_import=bool(staff.roles & {"WS", "GO"}), may_register=bool(staff.roles & {"CL", "TR", "WS"}),
    )

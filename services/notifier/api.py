"""What staff ask of notifier: which messages went out, to whom (masked), and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, BeforeValidator, Field

from services.notifier.domain.people import may_hear
from services.notifier.domain.state import Dispatches, Notice
from services.notifier.domain.texts import parts_of
from services.notifier.store import Logs, Row, newest, word
from shared.assembly import Scheme
from shared.clock import Clock
from shared.contracts.terms import Category, NoticeChannel, NoticeStatus
from shared.district.model import District
from shared.district.roles import Role
from shared.web.listing import or_empty
from shared.web.pages import page
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

BRIEF = 12
PATTERN = r"^(PT|DD)[0-9A-Z]{13,18}$"
CaseNumber = Annotated[str, Path(pattern=PATTERN, description="工单编号")]
EMPTY_IS_ANY = BeforeValidator(lambda text: text or None)  # it asks for any
Window = Annotated[Staff, acting("CL", "TR", "WS", "GO", "GL", "FU")]


class NoticeView(BaseModel):
    """One message as shown: the recipient masked, no address."""

    case_no: str
    notice_id: UUID
    event_id: UUID
    template: str
    to_role: str
    to: str
    channel: NoticeChannel
    text: str
    status: NoticeStatus
    at: datetime
    queued_at: datetime
    not_before: datetime
    next_at: datetime | None
    attempts: int
    gateway_id: str
    reason: str
    length: int = Field(description="字数，含签名")
    parts: int = Field(description="短信按几条计费；其他渠道为 1")


class OutboxView(BaseModel):
    """One page of messages, the newest first; `next_offset` is None on the last page."""

    notices: list[NoticeView]
    offset: int
    next_offset: int | None


class LogView(BaseModel):
    """The messages of one case, oldest first, and what whoever calls the person must heed."""

    case_no: str
    category: Category | None
    anonymous: bool
    confidential: bool
    call_only: bool
    next_at: datetime | None
    notices: list[NoticeView]


@dataclass(frozen=True)
class Wanted:
    """Which messages: every field that is given holds."""

    case_no: Annotated[str | None, Query(pattern=f"^$|{PATTERN}", description="工单编号"), EMPTY_IS_ANY] = None
    template: Annotated[
        str | None, Query(pattern=r"^([CS][0-9]{2})?$", description="模板编码，如 C01"), EMPTY_IS_ANY
    ] = None
    status: Annotated[NoticeStatus | None, Query(description="消息状态", json_schema_extra=or_empty(NoticeStatus)), EMPTY_IS_ANY] = None
    channel: Annotated[NoticeChannel | None, Query(description="渠道", json_schema_extra=or_empty(NoticeChannel)), EMPTY_IS_ANY] = None
    offset: Annotated[int, Query(ge=0, le=5000)] = 0
    limit: Annotated[int, Query(ge=1, le=200)] = 50

    def fits(self, notice: Notice) -> bool:
        """Whether this message is one of them."""
        return (
            self.template in (None, notice.template)
            and self.status in (None, notice.status)
            and self.channel in (None, notice.channel)
        )


def view(log: Dispatches, notice: Notice) -> NoticeView:
    """The message as staff see it."""
    same = notice.model_dump(include=set(NoticeView.model_fields))
    parts = parts_of(notice.text) if notice.channel is NoticeChannel.SMS else 1
    return NoticeView(case_no=log.case_no, event_id=notice.about, at=notice.at, length=len(notice.text), parts=parts, **same)


def visible(log: Dispatches, staff: Staff, district: District) -> bool:
    """Nobody sees the messages of a complaint about themselves or their unit, and of a clue only 纪检 knows."""
    if log.clue and Role.JW not in staff.roles:
        return False
    return may_hear(log, district, staff.id, staff.unit, staff.roles)


async def outbox(logs: Logs, wanted: Wanted, staff: Staff, district: District, now: datetime) -> OutboxView:
    """One page of the messages this person may see."""
    last = wanted.offset + wanted.limit
    found = await _found(logs, wanted, staff, district, last + 1, now)
    shown = [view(log, notice) for log, notice in found[wanted.offset : last]]
    return OutboxView(notices=shown, offset=wanted.offset, next_offset=last if len(found) > last else None)


async def _found(logs: Logs, wanted: Wanted, staff: Staff, district: District, most: int, now: datetime) -> list[Row]:
    if wanted.case_no is None:
        told = word(wanted.template, wanted.status, wanted.channel)
        return await newest(logs, most, lambda log, notice: wanted.fits(notice) and visible(log, staff, district), now, told)
    log = await logs.get(wanted.case_no)
    if log is None or not visible(log, staff, district):
        return []
    return [
        (log, notice)
        for notice in sorted(log.notices, key=lambda notice: notice.at, reverse=True)
        if wanted.fits(notice)
    ]


def make_api(logs: Logs, scheme: Scheme, clock: Clock) -> APIRouter:
    """The JSON endpoints of notifier."""
    api = APIRouter(prefix="/api/notifier", tags=["notifier"])

    @api.get("/outbox")
    async def read_outbox(staff: Window, wanted: Annotated[Wanted, Depends()]) -> OutboxView:
        """Messages over all cases, the newest first, of the 2,000 cases told of last that have any the filters want."""
        return await outbox(logs, wanted, staff, scheme.district, clock.now())

    @api.get("/cases/{case_no}/notices")
    async def notices_of_case(case_no: CaseNumber, staff: Window) -> LogView:
        """The messages of one case, oldest first."""
        log = await logs.get(case_no)
        if log is None or not visible(log, staff, scheme.district):
            raise Problem(404, "查无此件，请核对工单编号。", "/problems/rule")
        same = log.model_dump(include={"case_no", "category", "anonymous", "confidential", "next_at"})
        shown = [view(log, notice) for notice in log.notices]
        return LogView(**same, next_at=log.next_at, call_only=log.contact.elderly_call_only, notices=shown)

    return api


def make_pages(logs: Logs, scheme: Scheme, clock: Clock) -> APIRouter:
    """The page of notifier: the sandbox outbox."""
    pages = APIRouter(prefix="/notifier")

    @pages.get("/")
    async def outbox_page(request: Request, staff: Window, wanted: Annotated[Wanted, Depends()]) -> Response:
        """What went out, the newest first."""
        shown = await outbox(logs, wanted, staff, scheme.district, clock.now())
        roles = {role.value: role.chinese for role in Role}
        return page(
            request,
            "notifier/outbox.html",
            outbox=shown,
            wanted=wanted,
            roles=roles,
            more=_more(wanted, shown.next_offset),
            first=_more(wanted, 0),
            templates=_briefly(scheme.district),
            statuses=list(NoticeStatus),
            channels=list(NoticeChannel),
        )

    return pages


def _briefly(district: District) -> list[tuple[str, str]]:
    """Each template's code and the beginning of its words."""
    signature = district.policy.notice.sms.signature
    return [(code, held.text.removeprefix(signature)[:BRIEF]) for code, held in sorted(district.templates.items())]


def _more(wanted: Wanted, offset: int | None) -> str:
    """The address of the next page with the same filters; "" after the last."""
    if offset is None:
        return ""
    filters = {
        "case_no": wanted.case_no,
        "template": wanted.template,
        "status": wanted.status,
        "channel": wanted.channel,
    }
    return "?" + urlencode(
        {name: value for name, value in filters.items() if value} | {"offset": offset, "limit": wanted.limit}
    )

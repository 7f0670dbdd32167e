"""Where matters come in over HTTP: the counter, 随申办, 一网通办, the city portal's batches (方案 二、六(一))."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from services.intake.api.beside import add_beside
from services.intake.api.clues import add_clues
from services.intake.api.desk import Desk, Sent
from services.intake.api.reading import described, read_json, read_submission
from services.intake.api.signed import Door
from services.intake.api.views import BatchReceipt, ExitResult, Receipt, receipt
from services.intake.domain.submission import ChannelSubmission, ExitSubmission, HallSubmission
from services.intake.store import ClueBox, Register
from shared.assembly import Ground
from shared.contracts.terms import Channel
from shared.errors import FieldFault, InputRefused
from shared.web.problems import of_faults
from shared.web.signin import Staff, acting

Clerk = Annotated[Staff, acting("CL", "TR", "WS")]
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", description="必填，最多 64 个字符；同一请求重发时用同一个键")
]
MOST_EVENTS = 100
SAME = "此前已登记的同一提交，工单编号不变"
REPEATED: dict[int | str, dict[str, Any]] = {200: {"description": SAME, "model": Receipt}}


def make_api(ground: Ground, lines: Register, clues: ClueBox) -> APIRouter:
    """The JSON endpoints of intake; raises BadKeys for channel keys that cannot be used."""
    api = APIRouter(prefix="/api/intake", tags=["intake"])
    desk, door = Desk(ground, lines), Door(ground.clock, ground.channel_keys)
    _add_hall(api, desk)
    _add_channel(api, desk, door, Channel.SUISHENBAN)
    _add_channel(api, desk, door, Channel.YWTB)
    _add_portal_exit(api, desk, door)
    add_clues(api, ground, clues)
    add_beside(api, ground, lines)
    return api


def _add_hall(api: APIRouter, desk: Desk) -> None:
    @api.post("/hall", status_code=201, responses=REPEATED, openapi_extra=described(HallSubmission))
    async def register_at_the_counter(request: Request, response: Response, staff: Clerk, key: Key = None) -> Receipt:
        """大厅登记 (方案 六(一), 附件1)."""
        submission, faults = read_submission(HallSubmission, await read_json(request))
        return await _answered(desk, Sent(Channel.HALL, key, submission, faults, clerk=staff.id), response)


def _add_channel(api: APIRouter, desk: Desk, door: Door, channel: Channel) -> None:
    described_as = "随申办" if channel is Channel.SUISHENBAN else "一网通办"

    @api.post(
        f"/{channel.value.lower()}", status_code=201, responses=REPEATED, openapi_extra=described(ChannelSubmission),
        name=f"register_from_{channel.value.lower()}", description=f"{described_as}提交一件 (方案 二)；请求须签名.",
    )
    async def register_from_channel(request: Request, response: Response) -> Receipt:
        message = await door.opened(request, channel)
        submission, faults = read_submission(ChannelSubmission, await read_json(request))
        sent = Sent(channel, submission.source_id, submission, faults, f"{channel.value}:{message}")
        return await _answered(desk, sent, response)


def _add_portal_exit(api: APIRouter, desk: Desk, door: Door) -> None:
    @api.post(
        "/portal-exit", status_code=207, response_model_exclude_none=True,
        openapi_extra=described(ExitSubmission, batch="events", most=MOST_EVENTS),
    )
    async def register_portal_exits(request: Request) -> BatchReceipt:
        """门户中途退出，成批 (方案 二「中途退出」)；请求须签名，逐条答复."""
        message = await door.opened(request, Channel.PORTAL_EXIT)
        events = _events(await read_json(request))
        message = f"{Channel.PORTAL_EXIT.value}:{message}"
        path = request.url.path
        results = [
            await _result(desk, place, event, f"{message}#{place}", path) for place, event in enumerate(events)
        ]
        return BatchReceipt(results=results)


def _events(body: object) -> list[Any]:
    """The events of a batch; raises InputRefused for anything that is none."""
    if not isinstance(body, dict):
        raise InputRefused([FieldFault("body", "须是 JSON 对象，形如 {\"events\": […]}。", "dict_type")])
    faults: list[FieldFault] = []
    if set(body) - {"events"}:
        faults.append(FieldFault("body", "除 events 外没有其他字段，请删除多余的。", "extra_forbidden"))
    events = body.get("events")
    if not isinstance(events, list) or not 1 <= len(events) <= MOST_EVENTS:
        faults.append(FieldFault("events", f"须是列表，1 至 {MOST_EVENTS} 条。", "list_type"))
    if faults or not isinstance(events, list):
        raise InputRefused(faults)
    return events


async def _answered(desk: Desk, sent: Sent, response: Response) -> Receipt:
    done = await desk.take(sent)
    if done.repeated:
        response.status_code = 200
    return receipt(done.state, desk.ground.scheme.district, repeated=done.repeated)


async def _result(desk: Desk, place: int, event: object, message: str, path: str) -> ExitResult:
    """One event's own answer; what the others are does not touch it."""
    submission, faults = read_submission(ExitSubmission, event)
    source_id = submission.source_id
    try:
        done = await desk.take(Sent(Channel.PORTAL_EXIT, source_id, submission, faults, message))
    except InputRefused as refused:
        problem = of_faults(refused.faults).document(f"{path}#/events/{place}")
        return ExitResult(place=place, source_id=source_id, status="refused", problem=problem)
    said = receipt(done.state, desk.ground.scheme.district, repeated=done.repeated)
    same = said.model_dump(include=set(ExitResult.model_fields))
    return ExitResult(
        place=place, source_id=source_id, status="duplicate" if done.repeated else "accepted", **same
    )

"""双平台上传 over HTTP: how far each platform is, what waits and what was refused; try now, send again, note 线下补传 (方案 六(一); 歧义 31)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.archive.domain.access import Reader, may_see
from services.archive.domain.entry import Entry
from services.archive.domain.uploading.outage import told_from
from services.archive.domain.uploading.sending import State, note_by_hand, send_again, try_now
from services.archive.domain.uploading.state import Uploads, upload_number
from services.archive.domain.uploading.track import Track
from services.archive.store import Ledger
from services.archive.store.uploads import (
    Upward,
    count_with,
    failing,
    listed_uploads,
    oldest_failing,
    oldest_owed,
    owing,
    refused,
    uploads_of,
)
from shared.assembly import Ground, Link, Uplink, write_once
from shared.district.roles import Role
from shared.errors import RuleBroken
from shared.storage.cases import Rule
from shared.web.numbers import CaseNumber, Key
from shared.web.signin import Staff, acting

OVERSEERS = ("CL", "TR", "WS", "GO", "GL")
Overseer = Annotated[Staff, acting(*OVERSEERS)]
MENDERS = ("TR", "WS", "GO")
Mender = Annotated[Staff, acting(*MENDERS)]
MOST_SHOWN, MOST_TRIED = 50, 500
UNKNOWN = RuleBroken("case.unknown", "查无此件的上传记录，请核对工单编号。", field="case_no")


class PlatformWanted(BaseModel):
    """Which platform."""

    model_config = ConfigDict(extra="forbid")

    platform: str = Field(pattern=r"^[a-z][a-z0-9]{0,31}$", description="平台代号，如 city")


class NoteWanted(PlatformWanted):
    """线下补传: under which number of the platform, on which day."""

    receipt: str = Field(min_length=1, max_length=64, description="平台编号或补传单号")
    brought_on: date = Field(description="补传日期，如 2026-11-30")


class PlatformView(BaseModel):
    """One platform as a whole; `oldest` of what it has not got; `since` when the oldest message without an answer was first tried."""

    platform: str
    name: str
    link: Link
    waiting: int
    refused: int
    oldest: datetime | None
    since: datetime | None
    silent: int


class TrackView(BaseModel):
    """One platform's part of one case."""

    platform: str
    name: str
    standing: str
    done: int
    owed: int
    next_at: datetime | None
    attempts: int
    code: str
    reason: str
    receipt: str
    by: str
    at: datetime | None


class CaseUploads(BaseModel):
    """One case's upload."""

    case_no: str
    site: str
    tracks: list[TrackView]


class UploadState(BaseModel):
    """All of it: per platform, and the cases a person must look at, the oldest first."""

    platforms: list[PlatformView]
    refused: list[CaseUploads]
    waiting: list[CaseUploads]


@dataclass(frozen=True)
class UploadDesk:
    """What the endpoints and pages ask and do."""

    ground: Ground
    ledger: Ledger
    upward: Upward
    links: Mapping[str, Link]

    def name_of(self, platform: str) -> str:
        """A platform's name."""
        mapping = self.ground.scheme.district.uploads.get(platform)
        return mapping.name if mapping else platform

    async def overview(self, staff: Staff) -> UploadState:
        """How far both platforms are; of the cases those this person may see."""
        platforms = self.ground.scheme.district.policy.sync.platforms
        views = [await self._platform(platform) for platform in platforms]
        stopped = await asyncio.gather(*(self._listed(refused(platform), staff) for platform in platforms))
        waiting = await asyncio.gather(*(self._listed(owing(platform), staff) for platform in platforms))
        held = {one.case_no: one for cases in stopped for one in cases}
        rest = {one.case_no: one for cases in waiting for one in cases if one.case_no not in held}
        return UploadState(platforms=views, refused=list(held.values()), waiting=list(rest.values())[:MOST_SHOWN])

    async def _platform(self, platform: str) -> PlatformView:
        since, silent = await oldest_failing(self.upward, platform)
        stopped = await count_with(self.upward, refused(platform))
        return PlatformView(
            platform=platform, name=self.name_of(platform), link=self.links.get(platform, Link.NOT_CONNECTED), since=since, silent=silent,
            waiting=await count_with(self.upward, owing(platform)) - stopped, refused=stopped, oldest=await oldest_owed(self.upward, platform),
        )

    async def uplinks(self) -> list[Uplink]:
        """How the platforms stand, for whoever runs the installation."""
        views = [await self._platform(platform) for platform in self.ground.scheme.district.policy.sync.platforms]
        return [Uplink(view.name, view.link, view.waiting, view.refused, view.oldest, self._urgent(view)) for view in views]

    def _urgent(self, view: PlatformView) -> bool:
        """Whether a person must look: something was refused, W10, or what must be uploaded before the lock goes nowhere."""
        district = self.ground.scheme.district
        silent = view.since is not None and told_from(view.since, district) <= self.ground.clock.now()
        held_up = district.policy.sync.required and view.link is Link.NOT_CONNECTED and view.waiting > 0
        return view.refused > 0 or silent or held_up

    async def tracks(self, case_no: str) -> list[TrackView]:
        """How far each platform is with one case, for who sees that case; none where nothing is owed."""
        held = await uploads_of(self.upward, case_no)
        return self.view(held).tracks if held else []

    async def _listed(self, field: str, staff: Staff) -> list[CaseUploads]:
        found = await listed_uploads(self.upward, field, skip=0, limit=MOST_SHOWN)
        seen = await asyncio.gather(*(self._seen(held.of, staff) for held in found))  # asked at once they are read at once
        return [self.view(held) for held, entry in zip(found, seen, strict=True) if entry is not None]

    async def _seen(self, case_no: str, staff: Staff) -> Entry | None:
        record = await self.ledger.get(case_no)
        entry = record.entry if record else None
        reader = Reader.of(self.ground.scheme.district.policy, staff.unit, staff.roles, staff.id)
        return entry if entry is not None and may_see(entry, reader) else None

    def view(self, uploads: Uploads) -> CaseUploads:
        """One case as people see it."""
        return CaseUploads(case_no=uploads.of, site=uploads.site, tracks=[self._track(uploads, track) for track in uploads.tracks])

    def _track(self, uploads: Uploads, track: Track) -> TrackView:
        last = track.settled[-1] if track.settled else None
        person = self.ground.scheme.district.staff.get(last.by) if last else None
        return TrackView(
            platform=track.platform, name=self.name_of(track.platform), standing=uploads.standing(track).value, done=track.done,
            owed=len(uploads.messages), next_at=track.next_at, attempts=track.attempts, code=track.code, reason=track.reason,
            receipt=last.receipt if last else "", by=person.name if person else "", at=last.at if last else None,
        )

    async def one(self, case_no: str, staff: Staff) -> CaseUploads:
        """One case, if this person may see it."""
        held = await self.upward.cases.get(upload_number(case_no))
        if held is None or await self._seen(case_no, staff) is None:
            raise UNKNOWN
        return self.view(held)

    async def again(self, case_no: str, wanted: PlatformWanted, staff: Staff, key: str | None) -> CaseUploads:
        """What was refused, or waits, leaves now."""
        record = await self.ledger.get(case_no)
        rule = partial(send_again, platform=wanted.platform, line=len(record.events) if record else 0, by=staff.id, now=self.ground.clock.now())
        return await self._done(case_no, rule, wanted, staff, key)

    async def note(self, case_no: str, wanted: NoteWanted, staff: Staff, key: str | None) -> CaseUploads:
        """线下补传."""
        said = {"platform": wanted.platform, "receipt": wanted.receipt, "brought_on": wanted.brought_on}
        rule: Callable[[State], object] = partial(note_by_hand, **said, by=staff.id, now=self.ground.clock.now())  # type: ignore[arg-type]  # by name
        return await self._done(case_no, rule, wanted, staff, key)  # type: ignore[arg-type]  # a rule of the store

    async def _done(self, case_no: str, rule: Rule[Uploads], wanted: BaseModel, staff: Staff, key: str | None) -> CaseUploads:
        entry = await self._seen(case_no, staff)
        if entry is None:
            raise UNKNOWN
        if Role.GO not in staff.roles and staff.site != entry.site:
            raise RuleBroken("upload.other_site", "只能处理本点位的件，请由该点位或督办岗处理。", field="case_no")
        outcome = await write_once(self.upward.cases, upload_number(case_no), rule, key=key, who=staff.id, body=wanted)
        return self.view(outcome.state)

    async def retry(self, wanted: PlatformWanted) -> int:
        """Everything that waits for its next try at one platform is tried now; how many."""
        found = await listed_uploads(self.upward, failing(wanted.platform), skip=0, limit=MOST_TRIED)
        for held in found:
            await self.upward.cases.change(held.number, partial(try_now, platform=wanted.platform, now=self.ground.clock.now()))
        return len(found)


class Tried(BaseModel):
    """How many cases are tried again now."""

    tried: int


def add_uploads(api: APIRouter, desk: UploadDesk) -> None:
    """The endpoints."""

    @api.get("/uploads")
    async def state(staff: Overseer) -> UploadState:
        """双平台上传状态 (方案 六(一))."""
        return await desk.overview(staff)

    @api.get("/uploads/{case_no}")
    async def one_case(case_no: CaseNumber, staff: Overseer) -> CaseUploads:
        """一件的上传状态."""
        return await desk.one(case_no, staff)

    @api.post("/uploads/retry")
    async def retry(wanted: PlatformWanted, staff: Mender) -> Tried:  # noqa: ARG001 - its right is checked by its type
        """没有应答的，立即重试."""
        return Tried(tried=await desk.retry(wanted))

    @api.post("/uploads/{case_no}/again")
    async def again(case_no: CaseNumber, wanted: PlatformWanted, staff: Mender, key: Key = None) -> CaseUploads:
        """更正后重新上传."""
        return await desk.again(case_no, wanted, staff, key)

    @api.post("/uploads/{case_no}/note")
    async def note(case_no: CaseNumber, wanted: NoteWanted, staff: Mender, key: Key = None) -> CaseUploads:
        """登记线下补传 (歧义 31)."""
        return await desk.note(case_no, wanted, staff, key)


WORDS = {"WAITING": "待上传", "SENT": "已发出，待回执", "RECEIVED": "已收到", "REFUSED": "被退回", "MANUAL": "线下补传"}

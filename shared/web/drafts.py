"""What somebody typed and has not sent yet, kept for themselves until they send it (docs/decisions/0030).

A draft may hold a person's name and words: it lies sealed in the site's store, under who typed it, the form and what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Protocol

import orjson
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field, RootModel

from shared.clock import Clock
from shared.contracts.sealed import Sealed
from shared.errors import FieldFault, InputRefused, TryAgain
from shared.privacy.sealing import Sealer, Unsealable
from shared.storage.documents import Document, Documents, Layout, Query, Write
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

LAYOUT = Layout(indexed=("owner", "saved_at"))
KEPT = timedelta(days=7)
MOST, LARGEST, FORGOTTEN_AT_ONCE = 50, 40_000, 20
LABEL, MASKED = "draft", "草稿"

Somebody = Annotated[Staff, acting()]
FormName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,40}$", description="表单")]
About = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", description="所办的工单，或 new")]


class Typed(RootModel[dict[Annotated[str, Field(max_length=60)], str | list[str]]]):
    """The fields of a form by name; several values for a group of boxes."""


class Draft(BaseModel):
    """What was typed, and when it was kept."""

    saved_at: datetime
    fields: dict[str, str | list[str]] = Field(repr=False)


class DraftNote(BaseModel):
    """That there is a draft, without what it says."""

    form: str
    about: str
    saved_at: datetime


class Keeping(Protocol):
    """A database in which documents lie."""

    def documents(self, name: str, layout: Layout) -> Documents:
        """The documents called `name`."""
        ...


@dataclass(frozen=True)
class Place:
    """Whose draft of which form about what."""

    owner: str
    form: str
    about: str

    @property
    def id(self) -> str:
        """The name of its document."""
        return sha256(f"{self.owner}\n{self.form}\n{self.about}".encode()).hexdigest()


class Drafts:
    """At most 50 drafts a person, 40 kB each, for seven days; nobody finds another's."""

    def __init__(self, store: Keeping, sealer: Sealer, clock: Clock) -> None:
        self._documents = store.documents("drafts", LAYOUT)
        self._sealer = sealer
        self._clock = clock

    async def keep(self, place: Place, fields: Mapping[str, Any]) -> datetime:
        """Keeps what was typed in place of what was kept before; raises InputRefused for too much, TryAgain after a race."""
        text = orjson.dumps(fields).decode()
        if len(text.encode()) > LARGEST:
            raise InputRefused([FieldFault("body", "草稿超过 40 KB，没有暂存；请先提交或删去一些内容。", "too_large")])
        now = self._clock.now()
        held = (await self._documents.fetch([place.id])).get(place.id)
        if held is None or held["state"] is None:
            await self._make_room(place.owner, now)
        box = self._sealer.seal(text, case_no=place.id, label=LABEL, masked=MASKED)
        state = {"form": place.form, "about": place.about, "saved_at": now.isoformat(), "typed": box.model_dump()}
        await self._put(place.id, held, state, {"owner": place.owner, "saved_at": now})
        return now

    async def of(self, place: Place) -> Draft | None:
        """The draft kept there; None when there is none, it is too old, or its key is gone."""
        held = (await self._documents.fetch([place.id])).get(place.id)
        if held is None or held["state"] is None or self._is_old(held):
            return None
        try:
            text = self._sealer.open(Sealed.model_validate(held["state"]["typed"]), case_no=place.id)
        except Unsealable:
            return None
        return Draft(saved_at=held["state"]["saved_at"], fields=orjson.loads(text))

    async def all_of(self, owner: str) -> list[DraftNote]:
        """What somebody has not sent yet, the newest first."""
        found = await self._documents.find(Query(equal={"owner": owner}, limit=MOST))
        notes = [DraftNote.model_validate(held["state"]) for held in found if not self._is_old(held)]
        return sorted(notes, key=lambda note: note.saved_at, reverse=True)

    async def forget(self, place: Place) -> None:
        """Removes a draft, be it there or not."""
        held = (await self._documents.fetch([place.id])).get(place.id)
        if held is not None and held["state"] is not None:
            await self._put(place.id, held, None, {})

    async def forget_old(self) -> int:
        """Removes drafts older than seven days, some at a time; how many."""
        long_ago = self._clock.now() - KEPT
        old = await self._documents.find(Query(at_most={"saved_at": long_ago}, sort="saved_at", limit=FORGOTTEN_AT_ONCE))
        for held in old:
            await self._put(held["_id"], held, None, {})
        return len(old)

    def _is_old(self, held: Document) -> bool:
        return datetime.fromisoformat(held["state"]["saved_at"]) <= self._clock.now() - KEPT

    async def _make_room(self, owner: str, now: datetime) -> None:
        await self.forget_old()
        if await self._documents.count(Query(equal={"owner": owner}, at_least={"saved_at": now - KEPT})) >= MOST:
            words = f"未提交的草稿已满 {MOST} 份，这一份没有暂存；请先提交或放弃一些。"
            raise InputRefused([FieldFault("body", words, "too_many")])

    async def _put(self, name: str, held: Document | None, state: Document | None, index: Mapping[str, Any]) -> None:
        fields = {"state": state, "index": dict(index), "unique": {}, "shard": 0}
        (done,) = await self._documents.write([Write(name, held["version"] if held else 0, fields)])
        if not done and state is not None:
            raise TryAgain("the draft was kept from two windows at once")


def draft_endpoints(drafts: Drafts) -> APIRouter:
    """Where the pages' script keeps and finds drafts; each of the person who asks, and of nobody else."""
    api = APIRouter(prefix="/api/site/drafts", tags=["site"])
    _add_finding(api, drafts)
    _add_keeping(api, drafts)
    return api


def _add_finding(api: APIRouter, drafts: Drafts) -> None:
    @api.get("")
    async def list_drafts(staff: Somebody) -> list[DraftNote]:
        """本人未提交的草稿清单, without what they say."""
        return await drafts.all_of(staff.id)

    @api.get("/{form}/{about}")
    async def one_draft(form: FormName, about: About, staff: Somebody) -> Draft:
        """本人的一份草稿; another person's is not there."""
        found = await drafts.of(Place(staff.id, form, about))
        if found is None:
            raise Problem(404, "没有未提交的草稿。", "/problems/not-found")
        return found


def _add_keeping(api: APIRouter, drafts: Drafts) -> None:
    @api.put("/{form}/{about}")
    async def keep_draft(form: FormName, about: About, typed: Typed, staff: Somebody) -> DraftNote:
        """暂存一份草稿: at most 40 kB."""
        saved_at = await drafts.keep(Place(staff.id, form, about), typed.root)
        return DraftNote(form=form, about=about, saved_at=saved_at)

    @api.delete("/{form}/{about}", status_code=204)
    async def forget_draft(form: FormName, about: About, staff: Somebody) -> Response:
        """放弃一份草稿, be it there or not."""
        await drafts.forget(Place(staff.id, form, about))
        return Response(status_code=204)

"""What stands beside the clerk's form while it is filled: who the phone belongs to, which item is meant, what is like it.

Asked by POST, so that no phone and no words stand in an address or a log (方案 五(四)、六(一); domain 歧义 24).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.desk import PARTY
from services.intake.api.views import phone_words
from services.intake.domain.access import barred_for, marks_of
from services.intake.domain.registration import Registration
from services.intake.domain.suggesting import ENDED, Like, alike, item_hints
from services.intake.store import Register, lines_of_item, lines_of_person, newest_lines
from shared.assembly import Ground
from shared.privacy.masking import normalise_phone
from shared.web.names import zh
from shared.web.pages import short
from shared.web.signin import Staff, acting

Clerk = Annotated[Staff, acting("CL", "TR", "WS")]
MOST_OWN, LONGEST_ANSWER = 6, 80
LIKE_WITHIN, RECENT_WITHIN = timedelta(days=180), timedelta(days=30)


class Typing(BaseModel):
    """What is typed so far; anything may still be half a word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phone: str = Field("", max_length=60, repr=False)
    item: str = Field("", max_length=200)
    text: str = Field("", max_length=20_000, repr=False)


class Card(BaseModel):
    """One matter beside the form, masked."""

    case_no: str
    state: str
    ended: bool
    item: str
    person: str
    site: str
    received: str
    due: str
    why: str = ""
    answer: str = ""
    same_item: bool = False


class Hint(BaseModel):
    """One item of the district's list."""

    name: str
    unit: str
    why: str


class Beside(BaseModel):
    """Everything there is to show: `phone` is the number as it was understood, `fault` why it was not."""

    phone: str = ""
    fault: str = ""
    own: list[Card] = []
    items: list[Hint] = []
    like: list[Card] = []


def add_beside(api: APIRouter, ground: Ground, lines: Register) -> None:
    """The one endpoint the form's script asks."""

    @api.post("/beside")
    async def what_is_known(typing: Typing, staff: Clerk) -> Beside:
        """登记时的提示: repeats of this person within 90 days, likely items, similar matters; masked."""
        shown = Showing(ground, lines, barred_for(ground.scheme.district.policy, staff.unit, staff.roles, staff.id))
        return await shown.beside(typing)


class Showing:
    """One look into the register on behalf of one clerk; what is barred for them is not there."""

    def __init__(self, ground: Ground, lines: Register, barred: tuple[str, ...]) -> None:
        self._ground, self._lines, self._barred = ground, lines, barred
        self._now = ground.clock.now()
        self._district = ground.scheme.district

    async def beside(self, typing: Typing) -> Beside:
        """All of it, in at most four looks at the store."""
        phone, words = normalise_phone(typing.phone), f"{typing.item} {typing.text}".strip()
        hints = item_hints(self._district, typing.item or typing.text)
        named = self._district.item_named(typing.item) if typing.item.strip() else None
        code = named.code if named else None
        own = await self._of_person(phone) if phone else []
        like = await self._like(code or (hints[0].item.code if hints else None), words) if words else []
        told = phone_words(typing.phone, phone)
        return Beside(
            phone=told if phone else "", fault="" if phone else told, own=[self._own(line, typing.item, code) for line in own],
            items=[] if named else [self._hint(hint.item.name, hint.item.department, hint.why) for hint in hints],
            like=[self._card(found.line, found.why) for found in like if found.line.case_no not in {line.case_no for line in own}],
        )

    async def _of_person(self, phone: str) -> list[Registration]:
        since = self._now - timedelta(days=self._district.policy.repeat.window_days)
        parties = self._ground.sealer.blinds(phone, PARTY)
        return self._visible(await lines_of_person(self._lines, parties, since, self._barred, MOST_OWN))

    async def _like(self, code: str | None, words: str) -> list[Like]:
        about = await lines_of_item(self._lines, code, self._now - LIKE_WITHIN, self._barred) if code else []
        recent = await newest_lines(self._lines, self._now - RECENT_WITHIN, self._barred)
        found = {line.case_no: line for line in (*about, *recent)}
        return alike(self._visible(list(found.values())), code, words)

    def _visible(self, lines: list[Registration]) -> list[Registration]:
        return [line for line in lines if marks_of(line).isdisjoint(self._barred)]

    def _own(self, line: Registration, item: str, code: str | None) -> Card:
        same = line.item_code == code if code else bool(item.strip()) and line.item == item.strip()
        return self._card(line, "").model_copy(update={"same_item": same})

    def _card(self, line: Registration, why: str) -> Card:
        contact, site = line.papers.contact if line.papers else None, self._district.sites.get(line.site)
        answer = line.replies[-1].text[:LONGEST_ANSWER] if line.replies and line.category else ""
        return Card(
            case_no=line.case_no, state=zh(line.state), ended=line.state in ENDED, item=line.item, why=why, answer=answer,
            person=contact.name.masked if contact and contact.name else "匿名", site=site.name if site else line.site,
            received=short(line.received_at), due=short(line.due_at),
        )

    def _hint(self, name: str, unit: str, why: str) -> Hint:
        department = self._district.departments.get(unit)
        return Hint(name=name, unit=department.name if department else unit, why=why)

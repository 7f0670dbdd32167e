"""One case as its person sees it: masked, in plain words, and of a complaint nothing that tells a by-stander (usability §3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.router.api.letters import REFUSAL, TITLES
from services.router.api.person.coming import Step, steps
from services.router.api.person.days import Progress, progress
from services.router.api.person.standing import Standing, standing
from services.router.api.person.telling import Line, Reply, own_words, replies, told
from services.router.domain.declining import is_complaint
from services.router.domain.journal import last, letters_of
from services.router.domain.state import CaseFile, Noted
from shared.assembly import Ground


@dataclass(frozen=True)
class Whole:
    """All that stands on the page."""

    case_no: str
    received_at: datetime
    standing: Standing
    progress: Progress | None
    steps: list[Step]
    extension: Noted | None
    replies: list[Reply]
    refusal: tuple[str, ...]
    told: list[Line]
    own: list[Line]
    item: str
    matter: str
    files: int
    person: str
    phone: str
    discreet: bool
    asked: tuple[str, ...]
    letters: tuple[tuple[str, str], ...]
    withdrawal_noted: bool


def whole(ground: Ground, case: CaseFile) -> Whole:
    """The case in words, as it stands now."""
    district, contact = ground.scheme.district, case.contact
    now = ground.clock.now()
    letters, asked = letters_of(case), last(case, "MaterialRequested")
    return Whole(
        case.case_no, case.received_at, standing(case, district, district.sites.get(case.site)), progress(case, district.calendar, now),
        steps(case, district), last(case, "CaseExtended"), replies(case, district), case.refusal if REFUSAL in letters else (),
        told(case, district), own_words(case), case.item, case.matter.masked, len(case.files),
        contact.name.masked if contact.name else "匿名", contact.phone.masked if contact.phone else "没有留电话",
        is_complaint(case), asked.words[1:] if asked and case.waiting_citizen else (),
        tuple((kind, TITLES[kind]) for kind in letters), case.withdrawal_noted,
    )

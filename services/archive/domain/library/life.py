"""The life of a library case: each rule makes one event, and the state is what the events say (domain §2, §7, §9.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from services.archive.domain.library.case import LibraryCase, Stage, State, told
from services.archive.domain.library.months import months_on
from services.archive.domain.library.sources import answering_units, refuse_unfit, worth
from services.archive.domain.record import CaseRecord
from shared.clock import shanghai
from shared.contracts.event import SYSTEM
from shared.contracts.ids import library_number
from shared.contracts.library_events import (
    LibraryCaseDrafted,
    LibraryCaseProposed,
    LibraryCasePublished,
    LibraryCaseReturned,
    LibraryCaseUsed,
    LibraryCaseViewed,
    LibraryCaseWithdrawn,
    LibraryEvent,
    LibraryWords,
)
from shared.contracts.terms import LibraryUse
from shared.decision import Decision, unchanged
from shared.district.model import District
from shared.errors import RuleBroken
from shared.privacy.deidentify import Proposal, certain, propose

PARTS = {"problem": "问题", "cause": "原因", "basis": "依据", "way": "解决办法", "conditions": "适用条件"}


@dataclass(frozen=True)
class Person:
    """Who acts: staff number, unit, site."""

    id: str
    unit: str | None = None
    site: str | None = None


@dataclass(frozen=True)
class Wording:
    """What a person wrote for the library."""

    words: LibraryWords
    tags: tuple[str, ...]
    valid_until: date
    excuse: str = ""


def _said(state: State, event: LibraryEvent) -> Decision[State]:
    return Decision(told(event, state), [event])


def propose_case(state: State, record: CaseRecord, by: Person, why: str, now: datetime) -> Decision[State]:
    """方案 五(四): somebody puts an archived case up for the library; once. Raises RuleBroken where it may not enter."""
    refuse_unfit(record)
    if state is not None:
        raise RuleBroken("library.known", f"这件已列入案例库（{state.number}，{state.stage.chinese}）。", field="case_no")
    return _said(None, _proposal(record, by.id, why, now, automatic=False))


def propose_by_rule(state: State, record: CaseRecord, district: District) -> Decision[State]:
    """domain §7: 亮点 and hard cases are put up by themselves where the policy says so, as of their lock, whenever the sweep came by."""
    why = worth(record, district)
    if state is not None or not why or record.lock is None:
        return unchanged(state)
    return _said(None, _proposal(record, SYSTEM, why, record.lock.at, automatic=True))


def _proposal(record: CaseRecord, by: str, why: str, now: datetime, *, automatic: bool) -> LibraryCaseProposed:
    entry = record.entry
    if entry is None or entry.category is None:
        raise RuleBroken("library.no_result", "这件没有定类，不入案例库。", field="case_no")
    return LibraryCaseProposed(
        case_no=library_number(record.case_no), occurred_at=now, actor=by, source=record.case_no, item=entry.item, item_code=entry.item_code,
        category=entry.category, grade=entry.grade, unit=entry.lead, units=answering_units(record), automatic=automatic, why=why,
    )


def draft_case(state: State, wording: Wording, by: Person, district: District, now: datetime) -> Decision[State]:
    """domain §9.2: the first person writes it down without anything that identifies anyone; again after it came back, or as a new version."""
    held = _there(state)
    if held.stage is Stage.CHECK and held.draft is not None and held.draft.by != by.id:
        raise RuleBroken("library.in_check", "这条正在等待审核，请由审核人退回后再改。", field="words")
    refuse_wording(wording, district, now)
    return _said(held, LibraryCaseDrafted(
        case_no=held.number, occurred_at=now, actor=by.id, revision=len(held.versions) + 1, words=wording.words, tags=wording.tags,
        valid_until=wording.valid_until, excuse=wording.excuse,
    ))


def refuse_wording(wording: Wording, district: District, now: datetime) -> None:
    """Raises RuleBroken for words that are missing, hold too long, or still name somebody without a reason given."""
    today, longest = shanghai(now).date(), district.policy.library.valid_months
    if not wording.words.problem.strip() or not wording.words.way.strip():
        raise RuleBroken("library.empty", "请写明问题和解决办法，这两项不能空。", field="problem")
    if wording.valid_until <= today:
        raise RuleBroken("library.expired", "有效期须在今天之后，请重新填写。", field="valid_until")
    if wording.valid_until > months_on(today, longest):
        raise RuleBroken("library.too_long", f"有效期最长 {longest} 个月，到期复核后可再延。", field="valid_until")
    refuse_leftovers(wording.words, wording.excuse)


def refuse_leftovers(words: LibraryWords, excuse: str) -> None:
    """domain §9.2: what surely names somebody may not stay, unless a person says why it names nobody."""
    left = leftovers(words)
    if left and not excuse.strip():
        places = "、".join(f"「{PARTS[part]}」第 {found.start + 1}–{found.end} 字像是{found.kind.chinese}" for part, found in left[:5])
        raise RuleBroken("library.leftover", f"还有 {len(left)} 处可能识别到人：{places}。请去除；确非个人信息的，请写明理由。", field=left[0][0])


def leftovers(words: LibraryWords) -> list[tuple[str, Proposal]]:
    """Part by part what surely looks like somebody's."""
    return [(part, found) for part in PARTS for found in propose(getattr(words, part)) if certain(found)]


def return_draft(state: State, reason: str, by: Person, now: datetime) -> Decision[State]:
    """The second person sends it back with the reason."""
    held = _checked_by(state, by)
    if not reason.strip():
        raise RuleBroken("library.no_reason", "请写明退回的原因，便于整理人修改。", field="reason")
    version = held.draft.version if held.draft else 0
    return _said(held, LibraryCaseReturned(case_no=held.number, occurred_at=now, actor=by.id, revision=version, reason=reason.strip()))


def publish_case(state: State, by: Person, excuse: str, district: District, now: datetime) -> Decision[State]:
    """domain §9.2 双审: published by a second person, never of a unit that answered; what is left is looked for once more."""
    held = _checked_by(state, by)
    draft = held.draft
    if draft is None:
        raise RuleBroken("library.not_in_check", "这条没有待审核的稿子。", field="words")
    reasons = "；".join(dict.fromkeys(said.strip() for said in (draft.excuse, excuse) if said.strip()))
    refuse_leftovers(draft.words, excuse.strip() and reasons)
    carried = {name: getattr(held, name) for name in ("source", "item", "item_code", "category", "grade", "unit")}
    return _said(held, LibraryCasePublished(
        case_no=held.number, occurred_at=now, actor=by.id, revision=draft.version, words=draft.words, tags=draft.tags,
        valid_until=draft.valid_until, drafted_by=draft.by, excuse=reasons, basis_version=basis_of(district), **carried,
    ))


def basis_of(district: District) -> str:
    """The scheme the words rest on: the policy's version without its own revision."""
    return district.policy.version.partition("@")[0]


def _checked_by(state: State, by: Person) -> LibraryCase:
    held = _there(state)
    if held.stage is not Stage.CHECK or held.draft is None:
        raise RuleBroken("library.not_in_check", f"这条现在是「{held.stage.chinese}」，没有待审核的稿子。", field="words")
    if held.draft.by == by.id:
        raise RuleBroken("library.same_person", "整理人不能审核自己的稿子，请由另一位同事审核（双人去标识）。", field="words")
    if by.unit is not None and by.unit in held.units:
        raise RuleBroken("library.own_unit", "答复本件的单位不能审核本条，请由窗口或政务服务办审核。", field="words")
    return held


def withdraw_case(state: State, reason: str, by: Person, now: datetime) -> Decision[State]:
    """Out of the library, or never into it; the reason stays."""
    held = _there(state)
    if not reason.strip():
        raise RuleBroken("library.no_reason", "请写明撤下的原因。", field="reason")
    published = held.current is not None
    return _said(held, LibraryCaseWithdrawn(case_no=held.number, occurred_at=now, actor=by.id, reason=reason.strip(), published=published))


def use_case(state: State, where: LibraryUse, used_in: str | None, by: Person, now: datetime) -> Decision[State]:
    """引用: who, when, where; counted each time, the same person in the same case once."""
    held = _there(state)
    if held.current is None:
        raise RuleBroken("library.not_published", "这条还没有发布，不能引用。", field="library_no")
    if used_in and any(use.by == by.id and use.used_in == used_in and use.where is where for use in held.uses):
        return unchanged(held)
    return _said(held, LibraryCaseUsed(
        case_no=held.number, occurred_at=now, actor=by.id, where=where, used_in=used_in, unit=by.unit, site=by.site,
    ))


def view_case(state: State, by: Person, now: datetime) -> Decision[State]:
    """查看, counted once a person and day and apart from 引用."""
    if state is None or state.current is None or state.viewed_by(by.id, now):
        return unchanged(state)
    return _said(state, LibraryCaseViewed(case_no=state.number, occurred_at=now, actor=by.id))


def _there(state: State) -> LibraryCase:
    if state is None:
        raise RuleBroken("library.unknown", "案例库里没有这一条，请核对案例编号。", field="library_no")
    if state.withdrawn_at is not None:
        raise RuleBroken("library.withdrawn", "这条已撤下，不能再办理；确需恢复的，请用同类的另一件重新列入。", field="library_no")
    return state

"""举一反三 as people do it: who may see which pattern, and each act on a root cause as one write (方案 七(二); domain §2)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.archive.api.readers import reader_of
from services.archive.domain.access import Reader, may_see
from services.archive.domain.entry import Entry
from services.archive.domain.patterns import root as rules
from services.archive.domain.patterns.measuring import Figures, days_of, figures
from services.archive.domain.patterns.pattern import Pattern, dismiss, group
from services.archive.domain.patterns.root import Form, Naming, Plan, Root
from services.archive.store import Ledger, Patterns, open_ones, roots_of
from shared.assembly import Ground, write_once
from shared.clock import shanghai
from shared.contracts.ids import case_number
from shared.contracts.pattern_events import PatternKind
from shared.errors import FieldFault, InputRefused, RuleBroken
from shared.privacy.masking import scrub
from shared.storage.cases import Rule, Taken
from shared.web.signin import Staff, acting

Seer = Annotated[Staff, acting("TR", "WS", "DO", "DH", "SH", "DL", "GO", "GL", "JW")]
NAMERS, OWNERS = ("WS", "GO"), ("DH", "SH", "DL", "GO")
Namer = Annotated[Staff, acting(*NAMERS)]
Owner = Annotated[Staff, acting(*OWNERS)]
PREFIX, SITE = "JY", "000"
MOST_SHOWN = 50
PatternNo = Annotated[str, Field(pattern=r"^TL[0-9]{13}$")]
Words = Annotated[str, Field(min_length=5, max_length=1000)]


class Body(BaseModel):
    """What is asked for; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class PlanWanted(Body):
    """Who improves what until when."""

    person: str = Field(min_length=1, max_length=40, description="责任人工号；责任单位即其所在单位")
    plan: Words = Field(description="改什么、怎么改")
    due_on: date = Field(description="完成期限")


class NameWanted(PlanWanted):
    """提出根因: the patterns behind which it stands, the cause, and the plan."""

    patterns: tuple[PatternNo, ...] = Field(min_length=1, max_length=50, description="同类问题编号")
    title: str = Field(min_length=2, max_length=80, description="根因标题")
    cause: str = Field(min_length=1, max_length=40, description="原因分类")
    text: Words = Field(description="根因是什么")


class JoinWanted(Body):
    """More patterns under a root cause that was named."""

    patterns: tuple[PatternNo, ...] = Field(min_length=1, max_length=50)


class DoneWanted(Body):
    """Since when it is done and what was changed."""

    done_on: date = Field(description="完成日")
    text: str = Field(min_length=10, max_length=1000, description="改了什么")


class ReasonWanted(Body):
    """Why."""

    reason: str = Field(min_length=2, max_length=400, description="理由")


class Nothing(Body):
    """A request that needs no words."""


@dataclass(frozen=True)
class Seen:
    """A root cause with what this reader may see of it; `counts` None where a part of it is not for them."""

    root: Root
    patterns: list[Pattern]
    counts: Figures | None
    cases: list[Entry]
    received: list[date]


@dataclass(frozen=True)
class PatternDesk:
    """Where patterns and root causes are read and worked on."""

    ground: Ground
    ledger: Ledger
    patterns: Patterns

    def reader(self, staff: Staff) -> Reader:
        """The reader somebody is."""
        return reader_of(self.ground, staff)

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return shanghai(self.ground.clock.now()).date()

    async def open_ones(self, staff: Staff) -> list[Pattern]:
        """What nobody has looked at, the oldest first."""
        return await open_ones(self.patterns, self.reader(staff))

    async def roots(self, staff: Staff, *, over: bool = False) -> list[Root]:
        """Root causes this person may see, in work or over."""
        reader = self.reader(staff)
        return [root for root in await roots_of(self.patterns, reader, over=over) if _may_see_root(root, reader)]

    async def pattern(self, number: str, staff: Staff) -> Pattern:
        """One pattern, if this person may see it; otherwise it is as if there were none."""
        found, reader = await self.patterns.patterns.get(number), self.reader(staff)
        root = await self.patterns.roots.get(found.root) if found and found.root else None
        if found is None or not _may_see(found, root, reader):
            raise RuleBroken("pattern.unknown", "没有这个同类问题，请从举一反三清单里选。", field="pattern_no")
        return found

    async def cases(self, patterns: Sequence[Pattern], staff: Staff) -> list[Entry]:
        """The newest matters behind patterns that this person may see; of complaints none, they are counted (domain 12A.8)."""
        shown = [one for pattern in patterns if pattern.kind is not PatternKind.WINDOW for one in pattern.cases]
        numbers = list(dict.fromkeys(one.case_no for one in sorted(shown, key=lambda one: one.at, reverse=True)))
        reader, records = self.reader(staff), await asyncio.gather(*(self.ledger.get(number) for number in numbers[: 2 * MOST_SHOWN]))
        entries = [record.entry for record in records if record is not None and record.entry is not None]
        return [entry for entry in entries if may_see(entry, reader)][:MOST_SHOWN]

    async def root(self, number: str, staff: Staff) -> Seen:
        """One root cause, if this person may see it; otherwise it is as if there were none."""
        root, reader = await self.patterns.roots.get(number), self.reader(staff)
        if root is None or not _may_see_root(root, reader):
            raise RuleBroken("root.unknown", "没有这个编号的根因，请从举一反三清单里选。", field="root_no")
        every = await self.patterns.of_root(number)
        seen = [pattern for pattern in every if _may_see(pattern, root, reader)]
        received, whole = days_of(seen), len(seen) == len(every)
        counts = figures(received, root.report.done_on, self._days(root)) if root.report and whole else None
        return Seen(root, seen, counts, await self.cases(seen, staff), received if whole else [])

    def _days(self, root: Root) -> int:
        return root.watch_days or self.ground.scheme.district.policy.repeat.measure_days

    async def dismiss(self, number: str, wanted: ReasonWanted, staff: Staff, key: str | None) -> Pattern:
        """Nothing common to improve."""
        await self.pattern(number, staff)
        rule = partial(dismiss, reason=scrub(wanted.reason), by=staff.id, now=self.ground.clock.now())
        return (await write_once(self.patterns.patterns, number, rule, key=key, who=staff.id, body=wanted)).state

    async def name(self, wanted: NameWanted, staff: Staff, key: str | None) -> Root:
        """提出根因; sent twice, it is one. The patterns follow it."""
        chosen = [await self.pattern(number, staff) for number in dict.fromkeys(wanted.patterns)]
        taken = next((pattern for pattern in chosen if pattern.root), None)
        form = Form(key=f"{staff.id}/{key}", digest=sha256(wanted.model_dump_json().encode()).hexdigest()) if key else None
        root = await self._known(form)
        if root is None and taken is not None:
            raise RuleBroken("pattern.grouped", f"「{taken.words}」已归入 {taken.root}，请到该页查看。", field="patterns")
        root = root or await self._named(wanted, chosen, staff, form)
        await self._group(root, chosen, staff)
        return root

    async def _named(self, wanted: NameWanted, chosen: Sequence[Pattern], staff: Staff, form: Form | None) -> Root:
        now, district = self.ground.clock.now(), self.ground.scheme.district
        marks = tuple(sorted({mark for pattern in chosen for mark in pattern.marks}))
        naming = Naming(
            title=scrub(wanted.title), cause=wanted.cause, text=scrub(wanted.text), marks=marks, **self._planned(wanted).model_dump(),
        )
        day = shanghai(now).date()
        number = case_number(day, SITE, await self.ground.store.next_number(f"{PREFIX}{day:%y%m%d}"), PREFIX)
        rule = partial(rules.name_root, number=number, naming=naming, form=form, district=district, by=staff.id, now=now)
        try:
            return (await self.patterns.roots.change(number, rule)).state
        except Taken:  # the same form came twice at once
            known = await self._known(form)
            if known is None:
                raise
            return known

    async def _known(self, form: Form | None) -> Root | None:
        """The root cause this very form made; raises InputRefused when its id came before with other words."""
        known = await self.patterns.roots.by_unique("form", form.key) if form else None
        if known is not None and known.form != form:
            words = "这个幂等键已用于另一内容的请求；内容不同请换一个新键。"
            raise InputRefused([FieldFault("Idempotency-Key", words, "reused")])
        return known

    def _planned(self, wanted: PlanWanted) -> Plan:
        person = self.ground.scheme.district.staff.get(wanted.person)
        unit = person.unit if person and person.unit else ""
        return Plan(unit=unit, person=wanted.person, plan=scrub(wanted.plan), due_on=wanted.due_on)

    async def _group(self, root: Root, chosen: Sequence[Pattern], staff: Staff) -> None:
        rule = partial(group, root=root.number, by=staff.id, now=self.ground.clock.now())
        for pattern in chosen:
            await self.patterns.patterns.change(pattern.number, rule)

    async def join(self, number: str, wanted: JoinWanted, staff: Staff) -> Root:
        """More patterns under it; complaints about a window get a root cause of their own, for not everybody may see it."""
        root = (await self.root(number, staff)).root
        chosen = [await self.pattern(one, staff) for one in dict.fromkeys(wanted.patterns)]
        if any(not set(pattern.marks) <= set(root.marks) for pattern in chosen):
            raise RuleBroken("pattern.marked", "涉及投诉的同类问题请单独提出根因，不能并入别的。", field="patterns")
        await self._group(root, chosen, staff)
        return root

    async def replan(self, number: str, wanted: PlanWanted, staff: Staff, key: str | None) -> Root:
        """Another plan."""
        rule = partial(rules.replan, plan=self._planned(wanted), district=self.ground.scheme.district)
        return await self._acted(number, partial(rule, by=staff.id, now=self.ground.clock.now()), wanted, staff, key)

    async def done(self, number: str, wanted: DoneWanted, staff: Staff, key: str | None) -> Root:
        """The owner's unit says it is done."""
        told: dict[str, Any] = {"done_on": wanted.done_on, "text": scrub(wanted.text), "by": staff.id, "unit": staff.unit}
        return await self._acted(number, partial(rules.report_done, **told, now=self.ground.clock.now()), wanted, staff, key)

    async def accept(self, number: str, staff: Staff, key: str | None) -> Root:
        """The office accepts it."""
        rule = partial(rules.accept, district=self.ground.scheme.district, by=staff.id, now=self.ground.clock.now())
        return await self._acted(number, rule, Nothing(), staff, key)

    async def send_back(self, number: str, wanted: ReasonWanted, staff: Staff, key: str | None) -> Root:
        """The office does not accept it."""
        rule = partial(rules.send_back, reason=scrub(wanted.reason), by=staff.id, now=self.ground.clock.now())
        return await self._acted(number, rule, wanted, staff, key)

    async def _acted(self, number: str, rule: Rule[Root], wanted: Body, staff: Staff, key: str | None) -> Root:
        await self.root(number, staff)
        return (await write_once(self.patterns.roots, number, rule, key=key, who=staff.id, body=wanted)).state


def _may_see(pattern: Pattern, root: Root | None, reader: Reader) -> bool:
    """A department sees what is about it, and what stands under a root cause of its own."""
    if not set(pattern.marks).isdisjoint(reader.barred):
        return False
    own = pattern.unit == reader.unit or (root is not None and root.unit == reader.unit)
    return own or not reader.own_only


def _may_see_root(root: Root, reader: Reader) -> bool:
    """A department sees its own improvements; nobody else one that rests on complaints about them."""
    return root.unit == reader.unit if reader.own_only else set(root.marks).isdisjoint(reader.barred)

"""Takes one submission in: seen before, checked, numbered, sealed, registered, in this order (方案 六(一))."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import orjson

from services.intake.domain.checks import check, source_field
from services.intake.domain.matter import Filed, Matter
from services.intake.domain.paper import Attached
from services.intake.domain.registration import (
    Filing,
    Papers,
    Registration,
    number_prefix,
    register,
    source_of,
)
from services.intake.domain.submission import Submission
from services.intake.store import Register, count_same
from shared.assembly import Ground
from shared.contracts.ids import CaseNo, case_number
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Channel
from shared.errors import FieldFault, InputRefused, TryAgain
from shared.observability.logs import logger
from shared.privacy.masking import mask_name, mask_phone
from shared.privacy.sealing import Sealer
from shared.storage.cases import Outcome, Taken

log = logger("intake")
PURPOSE, PARTY = "submission", "party"


@dataclass(frozen=True)
class Sent:
    """A submission as it was read: by whom, under which id, with which faults of form."""

    channel: Channel
    source_id: str | None
    submission: Submission
    faults: list[FieldFault] = field(default_factory=list)
    message: str | None = None
    clerk: str | None = None
    attached: tuple[Attached, ...] = ()


class Desk:
    """The one way into the register."""

    def __init__(self, ground: Ground, lines: Register) -> None:
        self.ground = ground
        self.lines = lines

    async def take(self, sent: Sent) -> Outcome[Registration]:
        """Registers a matter once; the same submission again is answered with the same line.

        Raises InputRefused with every fault, or when the same id came before with another content.
        """
        district, now = self.ground.scheme.district, self.ground.clock.now()
        filed = Filed(sent.submission, sent.channel, sent.source_id, district, now)
        if not sent.faults and (known := await self._known(sent)):
            return known
        matter = check(filed, sent.faults)
        try:
            return await self._registered(sent, filed, matter)
        except Taken:
            return await self._overtaken(sent)

    async def _registered(self, sent: Sent, filed: Filed, matter: Matter) -> Outcome[Registration]:
        case_no = await self._number(filed, matter)
        filing = Filing(
            source_id=sent.source_id or "", digest=self.ground.sealer.blind(_content(sent), PURPOSE),
            message=sent.message, clerk=sent.clerk, repeats=await self._repeats(filed, matter), attached=sent.attached,
        )
        rule = partial(
            register, case_no=case_no, matter=matter, papers=_sealed(self.ground.sealer, case_no, matter),
            filing=filing, district=filed.district, now=filed.now,
        )
        done = await self.lines.change(case_no, rule)
        log.info("registered", case_no=case_no, channel=matter.channel.value, site=matter.site)
        return done

    async def _repeats(self, filed: Filed, matter: Matter) -> int:
        """domain 歧义 24: how often this person came about this item within the policy's days; nobody unnamed is counted."""
        if not matter.phone or matter.anonymous or not matter.wants_answer:
            return 0
        since = filed.now - timedelta(days=filed.district.policy.repeat.window_days)
        parties = self.ground.sealer.blinds(matter.phone, PARTY)
        return await count_same(self.lines, parties, matter.item_code or matter.item, since)

    async def _number(self, filed: Filed, matter: Matter) -> CaseNo:
        """工单编号 by the day of registration; 堵点 count by themselves, so that cases have no holes for them."""
        prefix, day = number_prefix(matter, filed.district), filed.now.date()
        counter = f"{'' if matter.wants_answer else prefix}{day:%y%m%d}{matter.site}"
        return case_number(day, matter.site, await self.ground.store.next_number(counter), prefix)

    async def _known(self, sent: Sent) -> Outcome[Registration] | None:
        """The line of a submission seen before; raises InputRefused when its content was another."""
        if not sent.source_id:
            return None
        line = await self.lines.by_unique("source", source_of(sent.channel, sent.source_id))
        if line is None:
            return None
        if not self.ground.sealer.matches(_content(sent), PURPOSE, line.filing.digest):
            words = f"这个编号已用于另一内容的提交（{line.case_no}）；内容不同请换一个新编号。"
            raise InputRefused([FieldFault(source_field(sent.channel), words, "reused")])
        return Outcome(line, repeated=True)

    async def _overtaken(self, sent: Sent) -> Outcome[Registration]:
        """Another request was quicker: with the same source it is answered alike, with the same message refused."""
        if known := await self._known(sent):
            return known
        if sent.message and await self.lines.by_unique("message", sent.message):
            words = "这个 webhook-id 已用于另一内容的请求；内容不同请换一个新的。"
            raise InputRefused([FieldFault("webhook-id", words, "reused")])
        raise TryAgain("the register took neither this submission nor the one that was in its way")


def _content(sent: Sent) -> str:
    """What was said, in one order; what was left empty is as if not sent, and so are fields yet to be invented."""
    said = sent.submission.model_dump(mode="json")
    return orjson.dumps({name: value for name, value in said.items() if value}, option=orjson.OPT_SORT_KEYS).decode()


def _sealed(sealer: Sealer, case_no: CaseNo, matter: Matter) -> Papers | None:
    """方案 六(一), 个保法 51: what is personal leaves the clear here; None where nobody waits for an answer."""
    if not matter.wants_answer:
        return None
    seal = partial(sealer.seal, case_no=case_no, under=sealer.new_case_key(case_no))
    name, phone, person, witness = matter.name, matter.phone, matter.complained_person, matter.witness
    contact = SealedContact(
        name=seal(name, label="name", masked=mask_name(name)) if name else None,
        phone=seal(phone, label="phone", masked=mask_phone(phone)) if phone else None,
        party_ref=sealer.blind(phone, PARTY) if phone and not matter.anonymous else "",
        elderly_call_only=matter.elderly_call_only,
    )
    return Papers(
        matter=seal(matter.text, label="matter", masked=matter.masked_text), contact=contact,
        complained_person=seal(person, label="complained_person", masked=mask_name(person)) if person else None,
        witness=seal(witness, label="witness", masked=mask_name(witness)) if witness else None,
    )

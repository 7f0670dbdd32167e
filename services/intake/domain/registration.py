"""Registering a matter, and where its case stands afterwards (方案 六(一))."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime

from services.intake.domain.matter import Matter
from services.intake.domain.paper import Attached, Look, Reply
from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded, PortalExit
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import CaseState, Category, Channel, ConfirmMethod
from shared.decision import Decision
from shared.district.limits import promised_due
from shared.district.model import District
from shared.errors import RuleBroken

CHOKEPOINT_PREFIX = "DD"


class Filing(Frozen):
    """Who brought it: the sender's own id, the keyed digest of the content, the signed message, the clerk.

    `repeats` is how often the same person had come about the same item within the policy's days; `attached` are the files
    handed in with it, the drawn signature among them.
    """

    source_id: str
    digest: str
    message: str | None = None
    clerk: str | None = None
    repeats: int = 0
    attached: tuple[Attached, ...] = ()


class Papers(Frozen):
    """The personal part of a matter, sealed for one case number."""

    matter: Sealed
    contact: SealedContact
    complained_person: Sealed | None = None
    witness: Sealed | None = None


class Registration(Frozen):
    """One line of the register: a case, or a 堵点 (`state` None) that is only counted."""

    case_no: CaseNo
    state: CaseState | None
    channel: Channel
    site: str
    filing: Filing
    received_at: AwareDatetime
    registered_at: AwareDatetime
    due_at: AwareDatetime | None = None
    provisional: bool = False
    category: Category | None = None
    item: str
    item_code: str | None = None
    papers: Papers | None = None
    anonymous: bool = False
    confidential: bool = False
    complained_unit: str | None = None
    complained_staff: tuple[str, ...] = ()
    late_registered: bool = False
    repeats: int = 0
    portal_exit: PortalExit | None = None
    confirm_method: ConfirmMethod | None = None
    clue: bool = False
    units: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()
    looks: tuple[Look, ...] = ()

    @property
    def is_chokepoint(self) -> bool:
        """Whether nobody waits for an answer."""
        return self.state is None

    @property
    def source(self) -> str:
        """The identity the matter came with."""
        return source_of(self.channel, self.filing.source_id)


Line = Registration | None


def source_of(channel: Channel, source_id: str) -> str:
    """A channel's own id, apart from every other channel's."""
    return f"{channel.value}:{source_id}"


def number_prefix(matter: Matter, district: District) -> str:
    """How its number begins: a case's or a 堵点's."""
    return district.policy.case_no.prefix if matter.wants_answer else CHOKEPOINT_PREFIX


def register(
    state: Line, *, case_no: CaseNo, matter: Matter, papers: Papers | None, filing: Filing, district: District, now: datetime
) -> Decision[Line]:
    """方案 六(一): the matter gets its number; a case starts the person's clock, a 堵点 is only counted."""
    if state is not None:
        raise RuleBroken("case.number_taken", "这个工单编号已经用过，本次没有登记，请重新提交。")
    if not matter.wants_answer or papers is None:
        return _count(case_no, matter, filing, now)
    promised = promised_due(district, matter.received_at, matter.category, matter.upstream_due)
    line = Registration(
        case_no=case_no, state=CaseState.REGISTERED, channel=matter.channel, site=matter.site, filing=filing,
        received_at=matter.received_at, registered_at=now, due_at=promised.due_at, provisional=promised.provisional,
        category=matter.category, item=matter.item, item_code=matter.item_code, papers=papers,
        anonymous=matter.anonymous, confidential=matter.confidential, complained_unit=matter.complained_unit,
        complained_staff=matter.complained_staff, late_registered=is_late(matter.received_at, district, now),
        repeats=filing.repeats, portal_exit=matter.portal_exit, confirm_method=matter.confirm_method,
    )
    return Decision(line, [_registered(line, matter, papers)])


def _registered(line: Registration, matter: Matter, papers: Papers) -> CaseRegistered:
    return CaseRegistered(
        case_no=line.case_no, occurred_at=line.registered_at, actor=line.filing.clerk or line.channel.value,
        channel=line.channel, site=line.site, clerk=line.filing.clerk, received_at=line.received_at,
        source_id=line.filing.source_id, category=line.category, item=line.item, item_code=line.item_code,
        matter=papers.matter, contact=papers.contact, anonymous=line.anonymous, confidential=line.confidential,
        confirm_method=matter.confirm_method, backdated_reason=matter.backdated_reason,
        complained_unit=line.complained_unit, complained_person=papers.complained_person,
        portal_exit=line.portal_exit, upstream_no=matter.upstream_no, upstream_due=matter.upstream_due,
        late_registered=line.late_registered, repeats=line.repeats, complained_staff=line.complained_staff,
    )


def is_late(received_at: datetime, district: District, now: datetime) -> bool:
    """domain 歧义 32 迟录: entered more than the allowed working days after it came in."""
    return now > district.calendar.due_after(received_at, district.policy.backdate.late_after_wd).due_at


def _count(case_no: CaseNo, matter: Matter, filing: Filing, now: datetime) -> Decision[Line]:
    """A 堵点 keeps nothing about a person: nobody asked for an answer (个保法 6)."""
    left = matter.portal_exit or PortalExit(exit_step="", exit_reason="")
    line = Registration(
        case_no=case_no, state=None, channel=matter.channel, site=matter.site, filing=filing,
        received_at=matter.received_at, registered_at=now, item=matter.item, item_code=matter.item_code, portal_exit=left,
    )
    event = ChokepointRecorded(
        case_no=case_no, occurred_at=now, actor=line.channel.value, channel=line.channel, site=line.site,
        source_id=filing.source_id, item_code=line.item_code, item=line.item, portal_exit=left,
        upstream_no=matter.upstream_no,
    )
    return Decision(line, [event])

"""A submission that passed every check, in the words of the scheme and the district's codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, Field

from services.intake.domain.complaints import complained_of
from services.intake.domain.submission import ChannelSubmission, ExitSubmission, Submission
from shared.contracts.event import Frozen
from shared.contracts.intake_events import PortalExit
from shared.contracts.terms import Category, Channel, ConfirmMethod
from shared.district.model import District
from shared.privacy.masking import normalise_phone, scrub

ONLINE_SITE = "900"  # 方案 五(一): the one site on line, run by 区政务服务办


@dataclass(frozen=True)
class Filed:
    """A submission on the counter: by which channel, under which id of theirs, when, under which rules."""

    submission: Submission
    channel: Channel
    source_id: str | None
    district: District
    now: datetime

    @property
    def wants_answer(self) -> bool:
        """Whether it is a case at all: a portal exit nobody can or may be called about is a 堵点 (方案 二)."""
        sent = self.submission
        return not isinstance(sent, ExitSubmission) or bool(sent.wants_contact and sent.phone)

    @property
    def site(self) -> str | None:
        """The site it goes to: what comes on line without one belongs to the site on line."""
        online = isinstance(self.submission, ChannelSubmission)
        return self.submission.site or (ONLINE_SITE if online else None)


class Matter(Frozen):
    """What is registered, still in clear: never stored, logged or published as it is."""

    channel: Channel
    site: str
    item: str
    item_code: str | None
    category: Category | None
    text: str = Field(repr=False)
    masked_text: str = Field(repr=False)
    name: str | None = Field(repr=False)
    phone: str | None = Field(repr=False)
    anonymous: bool
    confidential: bool
    elderly_call_only: bool
    received_at: AwareDatetime
    backdated_reason: str | None
    upstream_no: str | None
    upstream_due: AwareDatetime | None
    complained_unit: str | None
    complained_person: str | None = Field(repr=False)
    complained_staff: tuple[str, ...] = ()
    confirm_method: ConfirmMethod | None
    witness: str | None = Field(None, repr=False)
    portal_exit: PortalExit | None
    wants_answer: bool


def known_item(filed: Filed) -> tuple[str, str | None]:
    """The person's words for the item and its code in the district's list, either found by the other."""
    sent, items = filed.submission, filed.district.items
    code = sent.item_code
    if code is None and sent.item and (named := filed.district.item_named(sent.item)):
        code = named.code
    return sent.item or (items[code].name if code else ""), code


def portal_exit(sent: Submission, names: Sequence[str]) -> PortalExit | None:
    """Where and why the person left, freed of anything about a person; None for the other channels."""
    if not isinstance(sent, ExitSubmission):
        return None
    step, reason, code = (scrub(text or "", names) for text in (sent.exit_step, sent.exit_reason, sent.error_code))
    return PortalExit(exit_step=step, exit_reason=reason, error_code=code or None)


def matter_of(filed: Filed, received_at: datetime, upstream_due: datetime | None) -> Matter:
    """The matter of a submission without faults; what is published in clear is freed of names and numbers."""
    sent, district = filed.submission, filed.district
    names = [name for name in (sent.name, sent.complained_person, sent.witness) if name]
    item, item_code = known_item(filed)
    left = portal_exit(sent, names)
    text = sent.text or (_of_exit(sent) if isinstance(sent, ExitSubmission) else "")
    unit, people = complained_of(sent, district)
    return Matter(
        channel=filed.channel, site=filed.site or "", item=scrub(item, names), item_code=item_code,
        category=sent.category, text=text, masked_text=scrub(text, names),
        name=None if sent.anonymous else sent.name, phone=normalise_phone(sent.phone or ""),
        anonymous=sent.anonymous, confidential=sent.confidential, elderly_call_only=sent.elderly_call_only,
        received_at=received_at, backdated_reason=scrub(sent.backdated_reason or "", names) or None,
        upstream_no=sent.upstream_no, upstream_due=upstream_due, complained_unit=unit, complained_person=sent.complained_person,
        complained_staff=people, confirm_method=_confirmed(filed), witness=sent.witness, portal_exit=left,
        wants_answer=filed.wants_answer,
    )


def _confirmed(filed: Filed) -> ConfirmMethod | None:
    """附件1「办理对象确认」: signed at a counter, by the real name in 随申办 and 一网通办 unless anonymous."""
    if filed.submission.confirm_method or filed.channel is Channel.PORTAL_EXIT:
        return filed.submission.confirm_method
    if filed.channel is Channel.HALL:
        return ConfirmMethod.SIGNED
    return None if filed.submission.anonymous else ConfirmMethod.REAL_NAME


def _of_exit(sent: ExitSubmission) -> str:
    """What happened, told by the portal's own fields where the person wrote nothing."""
    code = f"；报错码：{sent.error_code}" if sent.error_code else ""
    return f"在“{sent.exit_step}”环节退出；原因：{sent.exit_reason}{code}"

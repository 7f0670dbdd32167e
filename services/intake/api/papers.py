"""What stands on a 《登记表》 (附件1): the matter in clear, for the window alone, each look written down first."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from services.intake.domain.following import look
from services.intake.domain.registration import Registration
from services.intake.store import Register
from shared.assembly import Ground
from shared.contracts.sealed import Sealed
from shared.contracts.terms import ConfirmMethod
from shared.district.model import District
from shared.errors import RuleBroken
from shared.papers.annexes import Form, day
from shared.privacy.masking import scrub
from shared.privacy.sealing import Unsealable
from shared.storage.sealed_files import SealedFiles
from shared.web.names import zh
from shared.web.signin import Staff

ANONYMOUS, ONLINE = "匿名", "线上受理"
BY_HAND = (None, ConfirmMethod.SIGNED)  # the paper itself is what is signed


async def seen_form(
    ground: Ground, lines: Register, files: SealedFiles, line: Registration, staff: Staff, reason: str
) -> tuple[Form, str]:
    """附件1 of a line this person may see, and the reason as it was kept; raises RuleBroken where its boxes do not open."""
    name, phone, matter = (_open(ground, line, box) for box in _boxes(line))
    why = scrub(reason, [name] if name else [])
    done = await lines.change(line.case_no, partial(look, who=staff.id, reason=why, now=ground.clock.now()))
    form = _form(done.state, ground.scheme.district, name or ANONYMOUS, phone, matter)
    witness = _open(ground, line, line.papers.witness) if line.papers else ""
    return replace(form, confirmed_by=f"拒签，见证人{witness}" if witness else form.confirmed_by, **await _drawn(files, done.state)), why


async def _drawn(files: SealedFiles, line: Registration) -> dict[str, Any]:
    """附件1「办理对象确认（签字、日期）」: the signature drawn at the counter and its day; nothing where none was drawn."""
    drawn = await files.find([held.id for held in line.filing.attached if held.kind == "signature"])
    try:
        return {"signature": await files.read(drawn[-1]), "confirmed_on": line.registered_at} if drawn else {}
    except Unsealable:
        return {}  # the paper is signed by hand then


def _boxes(line: Registration) -> tuple[Sealed | None, Sealed | None, Sealed | None]:
    """What is sealed of a line: name, phone, matter; nothing of a clue, which lies in another box."""
    if line.papers is None or line.clue:
        raise RuleBroken("case.unknown", "查无此件，请核对工单编号。", field="case_no")
    return line.papers.contact.name, line.papers.contact.phone, line.papers.matter


def _open(ground: Ground, line: Registration, box: Sealed | None) -> str:
    try:
        return ground.sealer.open(box, case_no=line.case_no) if box else ""
    except Unsealable:
        words = "此件的密封内容打不开，登记表不能打印，请联系系统管理员核对密钥。"
        raise RuleBroken("paper.sealed", words, field="case_no") from None


def _form(line: Registration, district: District, name: str, phone: str, matter: str) -> Form:
    clerk, by_hand = district.staff.get(line.filing.clerk or ""), line.confirm_method in BY_HAND
    return Form(
        case_no=line.case_no, name=name, phone=phone, clerk=clerk.name if clerk else f"{ONLINE}（{zh(line.channel)}）",
        received_at=line.received_at, matter=matter, confirmed_by="" if by_hand else zh(line.confirm_method),
        confirmed_on=None if by_hand else line.registered_at,
        reply="\n".join(f"{reply.unit}（{day(reply.at)}）：{reply.text}" for reply in line.replies),
    )

"""What stands on a 《登记表》 (附件1): the matter in clear, for the window alone, each look written down first."""

from __future__ import annotations

from functools import partial

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
from shared.web.names import zh
from shared.web.signin import Staff

ANONYMOUS, ONLINE = "匿名", "线上受理"
BY_HAND = (None, ConfirmMethod.SIGNED)  # the paper itself is what is signed


async def seen_form(ground: Ground, lines: Register, line: Registration, staff: Staff, reason: str) -> Form:
    """附件1 of a line this person may see; raises RuleBroken where its boxes do not open."""
    name, phone, matter = (_open(ground, line, box) for box in _boxes(line))
    why = scrub(reason, [name] if name else [])
    done = await lines.change(line.case_no, partial(look, who=staff.id, reason=why, now=ground.clock.now()))
    return _form(done.state, ground.scheme.district, name or ANONYMOUS, phone, matter)


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

"""附件1「办理对象确认」: by a drawn signature, on paper, or refused before a witness (domain §6)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from shared.contracts.terms import ConfirmMethod
from shared.errors import FieldFault


class Way(StrEnum):
    """How a form at the counter is confirmed: on the pad, on the printed form, on a paper that was scanned, or not at all."""

    PAD = "PAD"
    PRINTED = "SIGNED"
    SCANNED = "SCANNED"
    REFUSED = "REFUSED_WITNESSED"


METHODS = {
    Way.PAD: ConfirmMethod.SIGNED, Way.PRINTED: ConfirmMethod.SIGNED, Way.SCANNED: ConfirmMethod.SCANNED,
    Way.REFUSED: ConfirmMethod.REFUSED_WITNESSED,
}


def method_of(way: str) -> str:
    """The scheme's word for a way of the form; what is no way is handed on, to be refused by its name."""
    return METHODS[Way(way)].value if way in set(Way) else way


def check_evidence(way: str, *, signed: bool, scanned: bool) -> Iterator[FieldFault]:
    """附件1: what was chosen is there: a drawing for the pad, a file for the scan."""
    if way == Way.PAD and not signed:
        yield FieldFault("signature", "请办理对象在签名框内签名，或改选其他确认方式。", "missing")
    if way == Way.SCANNED and not scanned:
        yield FieldFault("scan", "请上传已签字的登记表扫描件或照片，或改选其他确认方式。", "missing")


def check_witness(method: ConfirmMethod | None, witness: str | None, name: str | None) -> Iterator[FieldFault]:
    """domain §6「拒签+见证人」: who refuses to sign does so before somebody else."""
    if method is ConfirmMethod.REFUSED_WITNESSED and not witness:
        yield FieldFault("witness", "办理对象拒签时，须写明见证人姓名。", "missing")
    elif witness and method is not ConfirmMethod.REFUSED_WITNESSED:
        yield FieldFault("witness", "只有拒签才填写见证人；请改选“拒签”，或删去见证人。", "needless")
    elif witness and witness == name:
        yield FieldFault("witness", "见证人不能是办理对象本人。", "same")

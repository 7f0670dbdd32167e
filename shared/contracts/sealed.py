"""Personal data as it travels: a sealed box and a masked form, never clear text."""

from __future__ import annotations

from shared.contracts.event import Frozen


class Sealed(Frozen):
    """One text under authenticated encryption; `masked` is what may be shown (docs/decisions/0009).

    `box` is base64url of nonce and ciphertext; the case number and `label` are authenticated with it.
    """

    key_id: str
    algorithm: str
    label: str
    box: str
    masked: str


class SealedContact(Frozen):
    """Who the person is and how to reach them (附件1「办理对象姓名」「联系电话」)."""

    name: Sealed | None = None
    phone: Sealed | None = None
    party_ref: str = ""
    elderly_call_only: bool = False

"""Personal data as it travels: a sealed box and a masked form, never clear text."""

from __future__ import annotations

from shared.contracts.event import Frozen

DESTROYED, ANONYMISED = "", "已匿名"


class Sealed(Frozen):
    """One text under authenticated encryption; `masked` is what may be shown (docs/decisions/0009).

    `box` is base64url of nonce and ciphertext; the case number and `label` are authenticated with it. `wrapped_key` is the
    case's own key, under which the box is, wrapped by the installation's key `key_id`; without one the box is under `key_id`
    itself, with an empty one the key was destroyed and nothing opens it (docs/decisions/0045).
    """

    key_id: str
    algorithm: str
    label: str
    box: str
    masked: str
    wrapped_key: str | None = None

    def forgotten(self, masked: str | None = None) -> Sealed:
        """What is left after the term: what may be shown, no box and no key."""
        return self.model_copy(update={"box": "", "wrapped_key": DESTROYED, "masked": self.masked if masked is None else masked})


class SealedContact(Frozen):
    """Who the person is and how to reach them (附件1「办理对象姓名」「联系电话」)."""

    name: Sealed | None = None
    phone: Sealed | None = None
    party_ref: str = ""
    elderly_call_only: bool = False

    def forgotten(self) -> SealedContact:
        """个保法 19: nobody is told from it any more; that there was a name and a phone still shows."""
        name, phone = (box and box.forgotten(ANONYMISED) for box in (self.name, self.phone))
        return self.model_copy(update={"name": name, "phone": phone, "party_ref": ""})

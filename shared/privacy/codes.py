"""查询码: what opens the person's own page beside the 工单编号 (domain §9; usability: number and code, no account).

Any service computes it from the sealing keys, so no event carries it and no document keeps it.
"""

from __future__ import annotations

import hmac
import unicodedata

from shared.privacy.sealing import Sealer

PURPOSE = "person-code"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
LENGTH = 8
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def person_code(sealer: Sealer, case_no: str) -> str:
    """`7K3MQ2VX`: eight characters, 40 bits, of one case, under the active key."""
    return _spelt(sealer.blind(case_no, PURPOSE))


def grouped(code: str) -> str:
    """`7K3M-Q2VX`, as it stands on a slip."""
    return f"{code[:4]}-{code[4:]}"


def opens(sealer: Sealer, case_no: str, given: str) -> bool:
    """Whether `given`, however it was typed, is this case's code under any key; every wrong one takes the same time."""
    typed = cleaned(given).encode()
    same = [hmac.compare_digest(_spelt(index).encode(), typed) for index in sealer.blinds(case_no, PURPOSE)]
    return any(same)


def cleaned(given: str) -> str:
    """What was typed, without blanks, dashes, full-width forms and letters easily mistaken; at most 40 characters are read."""
    plain = unicodedata.normalize("NFKC", given[:40]).upper().translate(READ_AS)
    return "".join(letter for letter in plain if letter in ALPHABET)


def _spelt(index: str) -> str:
    number = int(index[:10], 16)
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))

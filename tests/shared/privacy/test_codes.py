"""查询码: one for a case, read as people type it, still good while keys rotate."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.privacy.codes import ALPHABET, LENGTH, grouped, opens, person_code
from shared.privacy.sealing import Sealer

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
CASE, OTHER = "PT2611270010001", "PT2611270010002"


@pytest.fixture
def sealer() -> Sealer:
    return Sealer({"k1": OLD}, "k1")


def test_a_code_is_short_plain_and_of_its_case_alone(sealer: Sealer) -> None:
    code = person_code(sealer, CASE)
    assert len(code) == LENGTH and set(code) <= set(ALPHABET)
    assert code == person_code(sealer, CASE) != person_code(sealer, OTHER)
    assert opens(sealer, CASE, code) and not opens(sealer, OTHER, code)


def as_letters(code: str) -> str:
    return f" {code.replace('0', 'o').replace('1', 'l')} "


@pytest.mark.parametrize("typed", [str.lower, grouped, as_letters])
def test_it_is_read_as_people_type_it(sealer: Sealer, typed: Callable[[str], str]) -> None:
    for number in range(50):
        case_no = f"PT26112700100{number:02d}"
        assert opens(sealer, case_no, typed(person_code(sealer, case_no)))


def test_full_width_characters_are_read(sealer: Sealer) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in person_code(sealer, CASE))
    assert opens(sealer, CASE, wide)


@pytest.mark.parametrize("wrong", ["", "-", "0" * 8, "x" * 10_000, "工单", "\u202e"])
def test_anything_else_opens_nothing(sealer: Sealer, wrong: str) -> None:
    assert not opens(sealer, CASE, wrong)


def test_a_slip_printed_under_the_old_key_still_opens(sealer: Sealer) -> None:
    rotated = Sealer({"k2": NEW, "k1": OLD}, "k2")
    assert opens(rotated, CASE, person_code(sealer, CASE))
    assert person_code(rotated, CASE) != person_code(sealer, CASE)

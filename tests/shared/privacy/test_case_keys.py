"""A case has a key of its own: with it everything opens, without it nothing, and the installation's key is replaced by wrapping anew."""

from __future__ import annotations

import pytest

from shared.contracts.sealed import ANONYMISED, SealedContact
from shared.privacy.boxes import Algorithm
from shared.privacy.sealing import Forgotten, Sealer, Unsealable, new_keys, sm4_available

CASE, OTHER = "PT2611230010001", "PT2611230010002"
PHONE = "13812345678"
OLD, NEW = new_keys(), new_keys()
ALGORITHMS: list[Algorithm] = ["AES-256-GCM", "SM4-GCM"]
pytestmark = pytest.mark.skipif(not sm4_available(), reason="the cryptographic library has no SM4")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_it_opens_for_its_case_only(algorithm: Algorithm) -> None:
    """Neither another case's number nor another case's key opens it."""
    sealer = Sealer.from_environment(NEW, algorithm)
    box = sealer.seal(PHONE, case_no=CASE, label="phone", masked="138****5678", under=sealer.new_case_key(CASE))
    other = sealer.seal(PHONE, case_no=CASE, label="phone", masked="138****5678", under=sealer.new_case_key(CASE))

    assert sealer.open(box, case_no=CASE) == PHONE
    with pytest.raises(Unsealable):
        sealer.open(box, case_no=OTHER)
    with pytest.raises(Unsealable):
        sealer.open(box.model_copy(update={"wrapped_key": other.wrapped_key}), case_no=CASE)
    with pytest.raises(Unsealable):
        sealer.open(box.model_copy(update={"wrapped_key": None}), case_no=CASE)


def test_more_is_sealed_under_the_same_key() -> None:
    """What a person says later goes with what they said first; another case's box lends no key."""
    sealer = Sealer.from_environment(NEW)
    first = sealer.seal("机主", case_no=CASE, label="name", masked="机*", under=sealer.new_case_key(CASE))
    key = sealer.case_key(first, case_no=CASE)
    words = sealer.seal("我很急", case_no=CASE, label="words", masked="我很急", under=key)

    assert sealer.open(words, case_no=CASE) == "我很急"
    swapped = words.model_copy(update={"wrapped_key": first.wrapped_key})
    assert sealer.open(swapped, case_no=CASE) == "我很急"
    with pytest.raises(Unsealable):
        sealer.case_key(first, case_no=OTHER)


def test_what_was_sealed_before_still_opens() -> None:
    """A box without a key of its own is the installation's, as it always was, and lends no key."""
    sealer = Sealer.from_environment(NEW)
    box = sealer.seal(PHONE, case_no=CASE, label="phone", masked="138****5678")

    assert box.wrapped_key is None
    assert sealer.open(box, case_no=CASE) == PHONE
    assert sealer.case_key(box, case_no=CASE) is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_new_installation_key_only_wraps_anew(algorithm: Algorithm) -> None:
    """The box stays, its key is wrapped again, and the old key is needed no longer."""
    before, both, after = (Sealer.from_environment(keys, algorithm) for keys in (OLD, f"{NEW},{OLD}", NEW))
    box = before.seal(PHONE, case_no=CASE, label="phone", masked="138****5678", under=before.new_case_key(CASE))
    again = both.reseal(box, case_no=CASE)

    assert again.box == box.box
    assert again.wrapped_key != box.wrapped_key
    assert after.open(again, case_no=CASE) == PHONE
    with pytest.raises(Unsealable):
        before.open(again, case_no=CASE)


def test_another_algorithm_seals_anew_under_a_key_of_the_case() -> None:
    """From AES to SM4 the text itself is sealed again."""
    aes, sm4 = Sealer.from_environment(NEW), Sealer.from_environment(NEW, "SM4-GCM")
    box = aes.seal(PHONE, case_no=CASE, label="phone", masked="138****5678", under=aes.new_case_key(CASE))
    again = sm4.reseal(box, case_no=CASE)

    assert (again.algorithm, bool(again.wrapped_key)) == ("SM4-GCM", True)
    assert sm4.open(again, case_no=CASE) == PHONE


def test_a_destroyed_key_is_told_from_a_broken_box() -> None:
    """After the term there is neither box nor key; it says that it was forgotten, and nothing can be sealed under it."""
    sealer = Sealer.from_environment(NEW)
    under = sealer.new_case_key(CASE)
    contact = SealedContact(
        name=sealer.seal("张三", case_no=CASE, label="name", masked="张*", under=under),
        phone=sealer.seal(PHONE, case_no=CASE, label="phone", masked="138****5678", under=under), party_ref="ab12",
    )
    gone = contact.forgotten()

    assert (gone.party_ref, gone.name and gone.name.masked, gone.phone and gone.phone.box) == ("", ANONYMISED, "")
    assert gone.phone is not None
    with pytest.raises(Forgotten):
        sealer.open(gone.phone, case_no=CASE)
    assert sealer.case_key(gone.phone, case_no=CASE) is None

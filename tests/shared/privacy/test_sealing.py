"""A sealed text opens for its own case and key, unchanged, or not at all."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.sealed import Sealed
from shared.privacy.boxes import Sm4Gcm
from shared.privacy.sealing import Algorithm, BadKeys, Sealer, Unsealable, new_keys, sm4_available

CASE = "PT2611230010001"
OLD, NEW = new_keys(), new_keys()
ALGORITHMS: list[Algorithm] = ["AES-256-GCM", "SM4-GCM"]
RANDOM_32 = base64.b64encode(bytes(range(32))).decode()
SEALERS = {algorithm: Sealer.from_environment(NEW, algorithm) for algorithm in ALGORITHMS}
pytestmark = pytest.mark.skipif(not sm4_available(), reason="the cryptographic library has no SM4")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(text=st.text(alphabet=st.characters()), label=st.text(max_size=20))
def test_what_was_sealed_opens(algorithm: Algorithm, text: str, label: str) -> None:
    """Any text, lone surrogates too, and never twice the same box."""
    sealer = SEALERS[algorithm]
    sealed = sealer.seal(text, case_no=CASE, label=label, masked="*")
    assert sealer.open(sealed, case_no=CASE) == text
    assert sealer.seal(text, case_no=CASE, label=label, masked="*").box != sealed.box
    assert Sealed.model_validate_json(sealed.model_dump_json()) == sealed


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_any_flipped_bit_is_noticed(algorithm: Algorithm) -> None:
    """Every bit of nonce, text and tag, one after another."""
    sealer = SEALERS[algorithm]
    sealed = sealer.seal("13812345678", case_no=CASE, label="phone", masked="138****5678")
    raw = base64.urlsafe_b64decode(sealed.box + "==")
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        box = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        with pytest.raises(Unsealable):
            sealer.open(sealed.model_copy(update={"box": box}), case_no=CASE)


@settings(max_examples=300)
@given(st.data())
def test_no_other_spelling_of_a_box_opens(data: st.DataObject) -> None:
    """One character replaced, put in or taken out, in the unused last bits too."""
    sealer = SEALERS["AES-256-GCM"]
    sealed = sealer.seal("张三", case_no=CASE, label="name", masked="张*")
    start = data.draw(st.integers(0, len(sealed.box)))
    end = data.draw(st.integers(start, min(start + 1, len(sealed.box))))
    box = sealed.box[:start] + data.draw(st.text(max_size=2)) + sealed.box[end:]
    if box != sealed.box:
        with pytest.raises(Unsealable):
            sealer.open(sealed.model_copy(update={"box": box}), case_no=CASE)


@pytest.mark.parametrize(
    "change",
    [
        {"label": "phone"},
        {"algorithm": "SM4-GCM"},
        {"algorithm": "none"},
        {"key_id": "k0"},
        {"box": ""},
        {"box": "AAAA"},
    ],
)
def test_a_changed_description_is_noticed(change: dict[str, str]) -> None:
    """Label, algorithm and key id are bound to the box."""
    sealed = SEALERS["AES-256-GCM"].seal("张三", case_no=CASE, label="name", masked="张*")
    with pytest.raises(Unsealable):
        SEALERS["AES-256-GCM"].open(sealed.model_copy(update=change), case_no=CASE)


def test_a_box_opens_for_its_own_case_only() -> None:
    """Moved to another case it stays shut; the parts bound to it cannot be shifted into each other."""
    sealer = SEALERS["AES-256-GCM"]
    sealed = sealer.seal("张三", case_no=CASE, label="name", masked="张*")
    with pytest.raises(Unsealable):
        sealer.open(sealed, case_no="PT2611230010002")
    with pytest.raises(Unsealable):
        sealer.open(sealed.model_copy(update={"label": "1name"}), case_no=CASE[:-1])


def test_the_same_id_with_another_key_opens_nothing() -> None:
    """A key replaced in place is not mistaken for the old one."""
    sealed = Sealer.from_environment("a:" + OLD.split(":")[1]).seal("张三", case_no=CASE, label="name", masked="张*")
    with pytest.raises(Unsealable):
        Sealer.from_environment("a:" + NEW.split(":")[1]).open(sealed, case_no=CASE)


def test_a_key_rotates_without_losing_anything() -> None:
    """Old boxes open, new ones take the new key, indexes are found under both."""
    before, after = Sealer.from_environment(OLD), Sealer.from_environment(f"{NEW},{OLD}")
    sealed = before.seal("张三", case_no=CASE, label="name", masked="张*")
    assert after.open(sealed, case_no=CASE) == "张三"
    again = after.reseal(sealed, case_no=CASE)
    assert again.key_id == after.active != sealed.key_id
    assert after.reseal(again, case_no=CASE) is again
    assert before.blind("13812345678", "phone") in after.blinds("13812345678", "phone")
    assert after.matches("13812345678", "phone", before.blind("13812345678", "phone"))
    assert not after.matches("13812345679", "phone", before.blind("13812345678", "phone"))


def test_an_index_tells_nothing_and_belongs_to_one_purpose() -> None:
    """Equal texts, equal indexes; another purpose, key or border between the two, another index."""
    sealer = SEALERS["AES-256-GCM"]
    assert sealer.blind("13812345678", "phone") == sealer.blind("13812345678", "phone")
    assert (
        len(
            {
                sealer.blind("13812345678", "phone"),
                sealer.blind("13812345678", "body"),
                sealer.blind("ne", "pho"),
                sealer.blind("e", "phon"),
            }
        )
        == 4
    )
    assert sealer.blind("1", "p") != Sealer.from_environment(OLD).blind("1", "p")
    assert len(sealer.blind("", "")) == 64


@pytest.mark.parametrize(
    "value",
    [
        "",
        " , ",
        RANDOM_32,
        "k1:",
        "k1:AAAA",
        "k1:不是",
        "k1:" + base64.b64encode(bytes(32)).decode(),
        f"k1:{RANDOM_32},k1:{RANDOM_32}",
        f"k1:{RANDOM_32},k2:{RANDOM_32}",
        f":{RANDOM_32}",
        f"密钥:{RANDOM_32}",
        f"k 1:{RANDOM_32}",
        "k1:" + base64.b64encode(bytes(range(31))).decode(),
        f"k1:{RANDOM_32}:more",
        "k1:" + base64.b64encode(b"changeme" * 4).decode(),
        f"{'k' * 33}:{RANDOM_32}",
    ],
)
def test_bad_keys_are_refused_with_a_sentence_that_does_not_tell_them(value: str) -> None:
    """Missing, short, plain, doubled or unreadable."""
    with pytest.raises(BadKeys) as refused:
        Sealer.from_environment(value)
    assert str(refused.value).endswith("。")
    assert RANDOM_32[:8] not in str(refused.value)


def test_keys_are_not_shown() -> None:
    """Neither by the sealer nor by accident in a log line."""
    assert NEW.split(":")[1] not in repr(SEALERS["AES-256-GCM"]) + str(vars(SEALERS["AES-256-GCM"]))


def test_an_unknown_active_key_or_algorithm_is_refused() -> None:
    """At the start, not at the first matter."""
    keys = {"k1": bytes(range(32))}
    with pytest.raises(BadKeys):
        Sealer(keys, "k2")
    with pytest.raises(BadKeys):
        Sealer(keys, "k1", "ROT13")  # type: ignore[arg-type]  # what a setting may hold


def test_sm4_gcm_gives_the_published_result() -> None:
    """The example of RFC 8998 A.1."""
    box = Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    clear = b"".join(bytes([byte]) * 8 for byte in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    nonce, bound_to = (
        bytes.fromhex("00001234567800000000ABCD"),
        bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"),
    )
    published = (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735D82710CA5C22F0CCFA7CBF93D496AC15"
        "A56834CBCF98C397B4024A2691233B8D83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert box.encrypt(nonce, clear, bound_to).hex().upper() == published
    assert box.decrypt(nonce, bytes.fromhex(published), bound_to) == clear

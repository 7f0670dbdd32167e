"""Masks and scrubbing, over the many ways people write the same number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.ids import case_number, order_number
from shared.privacy.masking import find_personal, mask_id_number, mask_name, mask_phone, normalise_phone, scrub

MOBILE = "13812345678"
PHONES = [
    (MOBILE, MOBILE),
    ("１３８１２３４５６７８", MOBILE),
    ("138 1234 5678", MOBILE),
    ("138-1234-5678", MOBILE),
    ("138—1234—5678", MOBILE),
    ("138.1234.5678", MOBILE),
    ("+86 138 1234 5678", MOBILE),
    ("＋８６１３８１２３４５６７８", MOBILE),
    ("0086-13812345678", MOBILE),
    ("8613812345678", MOBILE),
    ("013812345678", MOBILE),
    (" 13812345678\n", MOBILE),
    ("138\u200b1234\u200b5678", MOBILE),
    ("138\u30001234\u30005678", MOBILE),
    ("一三八一二三四五六七八", MOBILE),
    ("幺三八幺二三四五六七八", MOBILE),
    ("021-62345678", "021-62345678"),
    ("02162345678", "021-62345678"),
    ("(021)62345678", "021-62345678"),
    ("（０２１）６２３４５６７８", "021-62345678"),
    ("021 6234 5678", "021-62345678"),
    ("021-6234-5678", "021-62345678"),
    ("+86-21-62345678", "021-62345678"),
    ("+86 (021) 6234 5678", "021-62345678"),
    ("0512-6543210", "0512-6543210"),
    ("0512-65432101", "0512-65432101"),
    ("021-62345678-801", "021-62345678-801"),
    ("021-62345678转801", "021-62345678-801"),
    ("021-62345678 分机 8", "021-62345678-8"),
    ("021-62345678 ext.12", "021-62345678-12"),
    ("0512-6543210-8", "0512-6543210-8"),
    ("021-6234-5678-801", "021-62345678-801"),
    ("010-82345678", "010-82345678"),
    ("400-820-8820", "400-820-8820"),
    ("4008208820", "400-820-8820"),
    ("800 820 8820", "800-820-8820"),
]
NO_PHONES = [
    "",
    "abc",
    "12345",
    "110",
    "12812345678",
    "1381234567",
    "138123456789",
    "62345678",
    "021-6234567",
    "0755-12345678",
    "13812345678/13912345678",
    "PT2611230010001",
    "310107201301011234",
    "+86",
    "138 1234 5678 转办",
    "400-820-882",
]
KEPT = [
    "PT2611230010001",
    "PT2611230010001-01",
    "ＰＴ２６１１２３００１０００１",
    "DD2611230010001",
    "PT261123001A001",
    "工单PT2611230010001已办结",
    "2026-11-23",
    "2026/11/23",
    "2026.11.23",
    "20261123",
    "2026-11-23T09:00:00.123+08:00",
    "20261123090000",
    "2023-2024学年",
    "9:00-11:30 13:00-17:00",
    "123e4567-e89b-12d3-a456-426614174000",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "12345",
    "5个工作日",
    "第3-5条",
    "192.168.100.200",
    "300元",
    "138****5678",
    "021-****5678",
    "310***********1234",
    "2023 2024 2025",
    "京A级企业",
]
PERSONAL = [
    ("310107201301011234", "310***********1234"),
    ("31010720130101123X", "310***********123X"),
    ("31010720130101123x", "310***********123x"),
    ("３１０１０７２０１３０１０１１２３４", "310***********1234"),
    ("310107 20130101 1234", "310***********1234"),
    ("310107-2013-01-01-1234", "310***********1234"),
    ("310107130101123", "310********1123"),
    ("3101072013…", "310*******…"),
    ("3101072013****", "310***********"),
    ("3101072013...", "310*******..."),
    ("3 1 0 1 0 7 2 0 1 3 0 1 0 1 1 2 3 4", "310***********1234"),
    ("6222021001112345678", "***************5678"),
    ("6222 0210 0111 2345", "************2345"),
    ("62345678", "623*****"),
    ("6234 5678", "623*****"),
    ("G12345678", "G123*****"),
    ("zhang.san@qq.com", "z***@qq.com"),
    ("ｚｓ＠ｑｑ．ｃｏｍ", "z***@qq.com"),
    ("沪A12345", "沪A*****"),
    ("沪AD12345", "沪A*****"),
    ("沪A·B1234", "沪A*****"),
    ("沪a 12345", "沪A*****"),
    ("1-13812345678", "1-138****5678"),
]
KINDS = st.sampled_from(
    [MOBILE, "021-62345678", "310107201301011234", "31010720130101123X", "6222021001112345678", "a.b@qq.com"]
)


@pytest.mark.parametrize(("text", "phone"), PHONES)
def test_a_phone_is_one_number_however_it_is_written(text: str, phone: str) -> None:
    """Stored once in one form, masked the same, and never left in free text."""
    assert normalise_phone(text) == phone
    assert normalise_phone(phone) == phone
    assert mask_phone(text) == mask_phone(phone)
    assert find_personal(f"电话：{text.strip()}，请回电")
    assert find_personal(scrub(f"电话：{text.strip()}，请回电")) == []


@pytest.mark.parametrize("text", NO_PHONES)
def test_what_is_no_phone_is_none(text: str) -> None:
    """None rather than a guess; its mask still shows at most four digits."""
    assert normalise_phone(text) is None
    assert sum(char.isdigit() for char in mask_phone(text)) <= 4


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        (MOBILE, "138****5678"),
        ("021-62345678-801", "021-****5678"),
        ("0512-6543210", "0512-***3210"),
        ("4008208820", "400-***8820"),
    ],
)
def test_phone_masks(text: str, mask: str) -> None:
    """The form the window uses."""
    assert mask_phone(text) == mask


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳锋", "欧阳*"),
        ("欧阳明日", "欧阳**"),
        ("欧阳", "欧*"),
        ("诸葛孔明", "诸葛**"),
        ("司马光", "司马*"),
        ("买买提·艾力", "买买提·**"),
        ("买买提•艾力", "买买提·**"),
        ("买买提．艾力", "买买提·**"),
        ("John Smith", "J*"),
        ("Ｊｏｈｎ", "J*"),
        ("张 三", "张*"),
        ("", ""),
        (" ", ""),
        ("张*", "张*"),
        ("J*", "J*"),
        ("𬱖三", "𬱖*"),
        ("王", "王*"),
        (MOBILE, "1*"),
        ("张\u200b三", "张*"),
    ],
)
def test_name_masks(name: str, mask: str) -> None:
    """Surname and stars; a mask masked again stays."""
    assert mask_name(name) == mask
    assert mask_name(mask) == mask


@pytest.mark.parametrize(
    ("number", "mask"),
    [
        ("31010720130101123X", "310***********123X"),
        ("310107130101123", "310********1123"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_id_masks(number: str, mask: str) -> None:
    """First three, last four; nothing of a number too short for both."""
    assert mask_id_number(number) == mask


@pytest.mark.parametrize(("text", "mask"), PERSONAL)
def test_free_text_is_cleaned(text: str, mask: str) -> None:
    """Alone and inside a sentence; a second time changes nothing."""
    found = scrub(f"来电人{text}，要求回复")
    assert found == f"来电人{mask}，要求回复"
    assert scrub(found) == found
    assert find_personal(found) == []


@pytest.mark.parametrize("text", KEPT)
def test_what_is_not_personal_stays(text: str) -> None:
    """Case numbers, dates, ids and masks are needed by those who read the text."""
    assert scrub(text) == text
    assert scrub(f"见{text}。") == f"见{text}。"
    assert find_personal(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "PT2611230010001-13812345678",
        "2026-11-23 13812345678",
        "PT13812345678",
        "20261123 6222021001112345678",
        "abcd13812345678",
    ],
)
def test_a_neighbour_does_not_hide_a_number(text: str) -> None:
    """A date or case number beside it protects itself only."""
    assert "12345678" not in scrub(text)


def test_given_names_go_wherever_they_stand() -> None:
    """Longest first, through spaces, in any case; letters only as whole words."""
    names = ["张三", "张三丰", "John Smith", "Li", "王", ""]
    assert (
        scrub("张三和张 三 丰、张\u200b三，john  smith，Li，Limit，王法", names)
        == "张*和张**、张*，J*，L*，Limit，王法"
    )


@given(st.lists(st.one_of(KINDS, st.text(max_size=12)), max_size=8).map("，".join))
def test_scrubbing_is_complete_and_stable(text: str) -> None:
    """Whatever stands around it, nothing findable is left and nothing more changes."""
    clean = scrub(text)
    assert MOBILE not in clean
    assert "310107201301011234" not in clean
    assert find_personal(clean) == []
    assert scrub(clean) == clean


@given(st.dates(), st.integers(1, 999), st.integers(1, 40_000), st.integers(1, 99))
def test_no_case_or_order_number_is_ever_touched(day: object, site: int, serial: int, seq: int) -> None:
    """Every number intake can give."""
    number = case_number(day, f"{site:03d}", serial)  # type: ignore[arg-type]  # hypothesis gives a date
    text = f"{number}（承办单 {order_number(number, seq)}）"
    assert scrub(text) == text


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["a", "1", "*", "1 ", "a@", "沪A", "1-", "(021", "3*", "0a", "2026-11-"])
def test_long_texts_take_linear_time(piece: str) -> None:
    """A hundred thousand characters of anything never hold the process."""
    scrub(piece * (100_000 // len(piece)), ["张三"])


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("+852 9123 4567", "+852-91234567", "+852-****4567"), ("00852-91234567", "+852-91234567", "+852-****4567"),
        ("＋886 912 345 678", "+886-912345678", "+886-*****5678"), ("+1 (212) 736-5000", "+1-2127365000", "+1-******5000"),
    ],
)
def test_a_number_abroad_is_kept_under_its_code_and_masked_like_any_other(typed: str, kept: str, shown: str) -> None:
    assert normalise_phone(typed) == kept and normalise_phone(kept) == kept and mask_phone(typed) == shown


@pytest.mark.parametrize("typed", ["+999 123456789", "+852 1", "00", "+", "852 9123 4567", "+86 123", "+1 2127365"])
def test_what_no_country_has_is_no_number(typed: str) -> None:
    assert normalise_phone(typed) is None

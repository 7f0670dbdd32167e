"""附件1 and 附件2 as papers: the annexes' fields in their order and layout, whatever people are called and write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from shared.papers.annexes import Form, WorkOrder
from shared.papers.lettering import printable
from shared.papers.typesetting import TEMPLATES, pictured, pictured_pages, set_now
from tests.shared.papers.reading import fonts, pages, places, text


def at(text: str) -> datetime:
    """`2026-11-23 10:00` in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


CASE = "PT2611230010012"
MATTER = "备案点了三次都说参保地有误，跑了两趟没有办成。\n希望尽快办好。"
FORM = Form(
    case_no=CASE, name="张三", phone="13800000001", clerk="平望舒", received_at=at("2026-11-23 10:00"), matter=MATTER,
    reply="区医保局：已查清原因，当日改正。",
)
ORDER = WorkOrder(
    case_no=CASE, order_no=f"{CASE}-01", unit="区医保局", due_at=at("2026-11-26 17:30"), clerk="平望舒", issued_at=at("2026-11-23 10:30"),
    supervisions=2, opinion="已查清原因，当日改正。", feedback="第一次：很快。", requirement="查清报错原因。", matter=MATTER,
)
LONG = "这是一段很长的情况记录，前后跑了许多趟。" * 500
TWENTY = "阿卜杜热合曼·买买提江·玉素甫江·艾力堃"


async def test_the_form_has_the_fields_of_annex_1_in_their_order_and_layout() -> None:
    """附件1: the number above; name and phone, clerk and time side by side; what happened, 确认, 回复 below each other."""
    pdf = await FORM.pdf()

    said, at_ = text(pdf), places(pdf)
    order = [
        "“办不成事”事项登记表", "工单编号：PT2611230010012", "办理对象姓名张三联系电话13800000001", "受理人员平望舒受理时间2026年11月23日10:00",
        "“办不成事”情况记录", "备案点了三次", "办理对象确认签字：日期：年月日", "责任窗口(单位)回复、处理情况", "已查清原因",
        "经办人员签字：日期：年月日",
    ]
    assert [said.find(part) for part in order] == sorted(said.find(part) for part in order)
    assert all(part in said for part in order)
    assert at_["办理对象姓名"][1] == at_["联系电话"][1] < at_["受理人员"][1] == at_["受理时间"][1] < at_["情况记录"][1] < at_["办理对象确认"][1]
    assert at_["办理对象姓名"][0] < at_["张三"][0] < at_["联系电话"][0] < at_["13800000001"][0]
    assert at_["办理对象确认"][1] < at_["责任窗口"][1]
    assert len(pages(pdf)) == 1


async def test_the_order_has_the_fields_of_annex_2_in_their_order_and_layout() -> None:
    """附件2: two rows of three, 处理意见 signed, 反馈意见; 要求 and 情况记录 on a continuation page, as the annex has no place."""
    pdf = await ORDER.pdf()

    first, second = ("".join(page.split()) for page in pages(pdf))
    at_ = places(pdf)
    rows = ["“办不成事”事项承办单", "承办单位区医保局工单编号PT2611230010012处理时限", "受理人员平望舒转办时间", "督办次数2", "承办单位处理意见",
            "已查清原因", "经办人员签字：日期：年月日", "办理对象反馈意见", "第一次：很快。"]
    assert [first.find(part) for part in rows] == sorted(first.find(part) for part in rows)
    assert all(part in first for part in rows)
    assert at_["承办单位"][1] == at_["工单编号"][1] == at_["处理时限"][1] < at_["受理人员"][1] == at_["转办时间"][1] == at_["督办次数"][1]
    assert at_["承办单位"][0] < at_["工单编号"][0] < at_["处理时限"][0]
    assert "情况记录" not in first
    assert all(part in second for part in ("续页", CASE, f"{CASE}-01", "问题解决要求查清报错原因。", "情况记录", "希望尽快办好。"))


async def test_both_papers_carry_one_number() -> None:
    """domain 12A.10: 工单编号 is the same on both, and on every page of them."""
    form, order = await FORM.pdf(), await ORDER.pdf()

    assert all(f"{CASE}" in page for page in pages(form) + pages(order))


async def test_the_same_fields_give_the_same_bytes() -> None:
    """A paper printed twice is one paper; another word makes another."""
    assert await FORM.pdf() == await FORM.pdf()
    assert await ORDER.pdf() == await ORDER.pdf()
    assert await FORM.pdf() != await replace(FORM, name="李四").pdf()


async def test_real_letters_on_a4() -> None:
    """GB/T 9704: A4; every font used is in the file; PDF/A for the archive."""
    pdf = await replace(FORM, matter="谢谢🙏 и мәрһәмәт").pdf()

    assert {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in PdfReader(BytesIO(pdf)).pages} == {(595, 842)}
    assert set(fonts(pdf).values()) == {True}
    assert any("NotoSerifSC" in name for name in fonts(pdf))
    assert b"pdfaid:part" in pdf or "pdfaid" in str(PdfReader(BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data())  # type: ignore[index]


async def test_a_long_name_and_a_long_text_are_whole() -> None:
    """Ten thousand characters go on over pages, a name of twenty stays in its cell, nothing leaves the sheet."""
    address = "https://example.org/" + "abcdefgh/" * 60
    pdf = await replace(FORM, name=TWENTY, matter=LONG + address, reply=LONG).pdf()

    said = text(pdf)
    assert len(TWENTY) == 20
    assert TWENTY in said
    assert (said.count("趟"), said.count("录")) == (1000, 1000 + 1)  # 情况记录 itself has one
    assert address.replace("/", "") in said.replace("/", "")
    lines = [line.replace("\u200b", "") for page in pages(pdf) for line in page.splitlines()]
    assert max(len(line) for line in lines if "abcdefgh" in line) <= 70
    assert "经办人员签字" in pages(pdf)[-1]


@pytest.mark.parametrize("written", [
    "谢谢🙏", "👨‍👩‍👧 😀 👍🏽 🇨🇳", "☑ ✔ ② ㎡ ℃ ＠", "𬱖昇喆玥璟䶮㛃龑", "مريم อาทิตย์ Nguyễn Thị", "#let x = 1 *a* $b$ @c",
])
async def test_what_people_write_stands_there(written: str) -> None:
    """Emoji, rare name characters, other scripts, and what typst would read as markup."""
    pdf = await replace(FORM, matter=written, name=written[:12]).pdf()

    assert printable(written) == written
    assert all(letter in text(pdf) for letter in written if letter.isalnum() and letter < "\u0600")
    assert "字库未收" not in text(pdf)


async def test_a_character_no_font_has_is_written_as_its_code() -> None:
    """Never an empty box: the code stands there, and a note asks for a pen."""
    pdf = await replace(FORM, name="𠮷田").pdf()

    assert "〔U+20BB7〕田" in text(pdf)
    assert "请手写补正" in text(pdf)


async def test_what_the_system_knows_of_the_signature_is_filled_in() -> None:
    """在线政务规定 8: a real-name confirmation stands for the hand."""
    pdf = await replace(FORM, confirmed_by="实名确认", confirmed_on=at("2026-11-23 10:00")).pdf()

    assert "签字：实名确认日期：2026年11月23日" in text(pdf)


def test_personal_data_does_not_show_in_a_log() -> None:
    """What is personal on a paper is not in its repr."""
    assert not any(word in repr(FORM) for word in ("张三", "13800000001", "三次"))


def test_no_template_reaches_for_the_network() -> None:
    """A government zone has none: no @preview package, no address."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.typ")}

    assert set(texts) == {"annex1", "annex2", "letter", "paper", "proof", "report", "supervision"}
    assert not any("@preview" in words or "://" in words for words in texts.values())


def test_a_page_can_be_pictured() -> None:
    """For docs/pages."""
    assert [page[:4] for page in pictured("annex1.typ", FORM.fields(), ppi=20)] == [b"\x89PNG"]


def test_a_finished_paper_can_be_pictured_page_by_page() -> None:
    """For docs/pages, from the very bytes that are printed."""
    pdf = set_now("annex1.typ", FORM.fields(), dated=datetime(2026, 11, 27, tzinfo=UTC))

    assert [page[:4] for page in pictured_pages(pdf, ppi=20)] == [b"\x89PNG"] * len(PdfReader(BytesIO(pdf)).pages)

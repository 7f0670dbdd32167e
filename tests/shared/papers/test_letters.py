"""The two letters as papers: what stands on them, in which order, where on the sheet, whatever people write."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from pypdf import PdfReader

from shared.papers.letters import ExtensionLetter, Letter, RefusalLetter
from tests.shared.papers.reading import fonts, pages, places, text


def at(text: str) -> datetime:
    """`2026-11-23 10:00` in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


SAID = {
    "case_no": "PT2611230010012", "addressee": "张*", "received_at": at("2026-11-23 10:00"), "dated": at("2026-11-25 16:00"),
    "office": "普陀区政务服务办公室", "place": "区政务服务中心，同普路602号", "tel": "021-00000000",
}
REFUSAL = RefusalLetter(**SAID, reason="要求拆除邻居搭建物，不属窗口受理范围。", basis="《行政处罚法》第二十条", alternative="向城管执法局反映。")
EXTENSION = ExtensionLetter(**SAID, before=at("2026-11-26 17:30"), until=at("2026-12-07 17:30"), most_days=10, reason="须跨省核查")
RARE = "䶮𬱖㎡☑👨‍👩‍👧"
LONG = "这是一段很长的理由，前后写了许多。" * 150


async def said_in_order(letter: Letter, parts: list[str]) -> str:
    """The text of a letter in which these parts stand, each after the one before."""
    said = text(await letter.pdf())
    found = [said.find(part) for part in parts]
    assert -1 not in found, dict(zip(parts, found, strict=True))
    assert found == sorted(found)
    return said


async def test_a_refusal_says_why_by_which_rule_and_what_else() -> None:
    """方案 四(四)5: reason, basis, other way, where to ask again; issuer and date in Arabic figures at the end."""
    await said_in_order(REFUSAL, [
        "不予受理告知书", "工单编号：PT2611230010012", "张*：", "2026年11月23日反映", "一、理由", "要求拆除", "二、依据", "《行政处罚法》第二十条",
        "三、其他办理途径", "城管执法局", "四、再次询问", "同普路602号", "021-00000000", "特此告知。", "普陀区政务服务办公室", "2026年11月25日",
    ])


async def test_an_extension_has_both_dates_its_reason_and_an_apology() -> None:
    """方案 四(四)4: the person is told until when, and why."""
    await said_in_order(EXTENSION, [
        "延时告知书", "原定2026年11月26日17:30前答复，现延至2026年12月7日17:30前", "不超过10个工作日", "须跨省核查", "询问途径", "谨致歉意",
        "普陀区政务服务办公室", "2026年11月25日",
    ])


async def test_the_sheet_is_set_as_official_papers_are() -> None:
    """GB/T 9704-2012: A4, 37/35/28/26 mm; everything inside the type area but the page's number; letters in the file."""
    pdf = await RefusalLetter(**SAID, reason=LONG, basis="x" * 300, alternative="另行反映").pdf()
    sheet = PdfReader(BytesIO(pdf)).pages[0]
    size = (round(float(sheet.mediabox.width) / 72 * 25.4), round(float(sheet.mediabox.height) / 72 * 25.4))
    numbers = {f"{number}" for number in range(1, 9)} | {"—"}

    assert size == (210, 297)
    assert len(pages(pdf)) > 1
    for number in range(len(pages(pdf))):
        for words, (left, top) in places(pdf, number).items():
            assert 28 - 0.5 <= left <= 210 - 26, words
            assert 37 <= top <= 297 - 35 + 0.5 or words.strip("— ") in numbers, (words, top)
    assert all(fonts(pdf).values())


async def test_a_letter_keeps_rare_characters_and_what_looks_like_markup() -> None:
    """Nothing of a text is read as a command; no letter is lost."""
    odd = f"{RARE} #pagebreak() *不是粗体* <b>不是标签</b> $x$ @a // 注"
    said = text(await RefusalLetter(**SAID, reason=odd, basis="依据\n第二行", alternative="向\u2067某处\u2069反映").pdf())

    for part in ("䶮", "𬱖", "㎡", "☑", "#pagebreak()", "*不是粗体*", "<b>不是标签</b>", "$x$", "第二行"):
        assert part in said, part


async def test_the_same_letter_is_the_same_file() -> None:
    """Printed twice, byte for byte one paper."""
    assert await EXTENSION.pdf() == await EXTENSION.pdf()

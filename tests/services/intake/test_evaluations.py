"""好差评 and 12345 from files (方案 七(三); domain 歧义 29): what is taken, what is refused and why, never twice, a 差评 a case once."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import httpx
import openpyxl
import pytest

from services.intake.api.importing import MOST_ROWS, rows_in, template
from services.intake.domain import evaluations as rules
from services.intake.domain.evaluations import COLUMNS, EXAMPLES, Fault, Said
from shared.contracts.intake_events import CaseRegistered, EvaluationImported
from shared.contracts.terms import Category, Channel
from shared.errors import InputRefused
from shared.storage.documents import Layout
from shared.testing.driver import DISTRICT
from tests.services.intake.conftest import House
from tests.services.intake.test_pages import OWN, hidden, look

RATING, HOTLINE = Channel.RATING, Channel.HOTLINE_12345
TODAY = date(2026, 11, 23)


def a_row(channel: Channel = RATING, **changed: str) -> dict[str, str]:
    """The template's example, a column changed."""
    return dict(zip(COLUMNS[channel], EXAMPLES[channel], strict=True)) | changed


def as_csv(*rows: dict[str, str], channel: Channel = RATING, encoding: str = "utf-8") -> bytes:
    """A file of these rows."""
    said = io.StringIO(newline="")
    csv.writer(said).writerows([COLUMNS[channel], *(list(row.values()) for row in rows)])
    return said.getvalue().encode(encoding)


def as_book(*rows: Sequence[Any]) -> bytes:
    """A workbook of these lines under the headings."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in (COLUMNS[RATING], *rows):
        book.worksheets[0].append(list(line))
    book.save(out)
    return out.getvalue()


def rows_of(house: House) -> dict[str, Any]:
    """The rows as they are stored."""
    return house.store.documents("evaluations", Layout())._held


async def bring(house: House, content: bytes, kind: str = "rating", staff: str = "zhengwu-go") -> httpx.Response:
    """Somebody imports a file on the page."""
    await house.signed_in(staff)
    token = hidden(await look(house, "/intake/evaluations"), "form_token")
    files = {"file": ("导出.csv", content)}
    answer = await house.client.post(f"/intake/evaluations/{kind}", data={"form_token": token}, files=files, headers=OWN)
    await house.courier.finish()
    return answer


async def press(house: House, number: str, staff: str = "s001-cl1") -> httpx.Response:
    """A clerk presses 转为工单."""
    await house.signed_in(staff)
    token = hidden(await look(house, "/intake/evaluations"), "form_token")
    answer = await house.client.post(f"/intake/evaluations/{number}/case", data={"form_token": token}, headers=OWN)
    await house.courier.finish()
    return answer


@pytest.mark.parametrize(("column", "value", "why"), [
    ("评价编号", "", "必填"), ("评价编号", "13800000001", "电话号码"), ("评价编号", "有空 格", "只用字母"), ("评价日期", "昨天", "2026-11-23"),
    ("评价日期", "2026-02-30", "不是日期"), ("评价日期", "2026-11-24", "晚于今天"), ("点位", "999", "没有这个反映点位"),
    ("单位", "火星局", "没有这个单位"),
    ("星级", "6", "1 至 5"), ("星级", "", "1 至 5"), ("星级", "²", "1 至 5"), ("评价内容", "字" * 1001, "过长"), ("电话", "12", "不是电话"),
])
def test_a_bad_cell_keeps_its_row_out_and_says_what_to_do(column: str, value: str, why: str) -> None:
    """Row number and column are told by the page; here which column, and why."""
    found = rules.read(a_row(**{column: value}), RATING, DISTRICT, TODAY)

    assert isinstance(found, list)
    assert [fault.column for fault in found] == [column]
    assert why in found[0].why


def test_a_row_names_a_site_or_a_unit_or_both() -> None:
    """Code or name, as other systems write it; neither is a fault."""
    both = rules.read(a_row(点位="1", 单位="yibao", 评价日期="2026/11/3 09:12", 星级="2.0"), RATING, DISTRICT, TODAY)
    neither = rules.read(a_row(点位="", 单位=""), RATING, DISTRICT, TODAY)

    assert isinstance(both, Said)
    assert (both.site, both.unit, both.day, both.stars) == ("001", "yibao", date(2026, 11, 3), 2)
    assert neither == [Fault("单位", "点位和单位至少填一个。")]


def test_a_hotline_row_may_say_nothing_of_content() -> None:
    """Yes, no, or empty; anything else is refused by its column."""
    said = rules.read(a_row(HOTLINE, 是否满意=""), HOTLINE, DISTRICT, TODAY)
    wrong = rules.read(a_row(HOTLINE, 是否满意="还行"), HOTLINE, DISTRICT, TODAY)

    assert isinstance(said, Said)
    assert (said.resolved, said.satisfied) == (True, None)
    assert isinstance(wrong, list)
    assert [fault.column for fault in wrong] == ["是否满意"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_either_encoding(encoding: str) -> None:
    """GBK is what spreadsheet programs here write by default."""
    assert rows_in(as_csv(a_row(), encoding=encoding), RATING) == [(2, a_row())]


def test_a_workbook_is_read_with_its_dates_and_numbers() -> None:
    """A cell may be a date, a number or nothing; an empty line is no row."""
    book = as_book(["HCP-1", date(2026, 11, 23), 1, "医保局", None, 2.0, None, None, None], [None] * 9)

    (place, row), = rows_in(book, RATING)

    assert (place, row["评价日期"], row["点位"], row["星级"], row["姓名"]) == (2, "2026-11-23", "1", "2", "")


@pytest.mark.parametrize(("content", "why"), [
    (b"", "空的"), (b"x" * 2_000_001, "2 MB"), ("评价编号,星级\n1,2\n".encode(), "没有这些列"), (as_csv(), "没有数据"),
    (as_csv(*[a_row()] * (MOST_ROWS + 1)), "2000 行"), (b"PK\x03\x04broken", "打不开"), (b"\xff\xfe\x00\x81", "编码"),
])
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes, why: str) -> None:
    """Empty, too large, without its columns, too many rows, damaged, in no encoding known."""
    with pytest.raises(InputRefused) as refused:
        rows_in(content, RATING)
    assert why in refused.value.faults[0].message


@pytest.mark.parametrize("channel", [RATING, HOTLINE])
def test_the_template_is_itself_a_good_file(channel: Channel) -> None:
    """Its example line is taken."""
    (_, cells), = rows_in(template(channel), channel)

    assert isinstance(rules.read(cells, channel, DISTRICT, TODAY), Said)


async def test_good_rows_are_kept_and_bad_ones_named(house: House) -> None:
    """The page tells the row, the column and why; the good ones are in, told to everybody without a word of the person."""
    answer = await bring(house, as_csv(a_row(), a_row(评价编号="HCP-2", 星级="9"), a_row(评价编号="HCP-3", 星级="5")))

    assert answer.status_code == 200
    assert "新收 2 行，早已收下 0 行，没有收下 1 行" in answer.text
    assert '<td class="no">3</td><td>星级</td>' in answer.text
    assert [(event.source_id, event.stars, event.unit) for event in house.published(EvaluationImported)] == [
        ("HCP-20261123-0001", 2, "yibao"), ("HCP-3", 5, "yibao")]
    assert not any(secret in str(house.published(EvaluationImported)) for secret in ("王小明", "13800000001", "三趟"))


async def test_the_same_file_again_adds_nothing_and_another_content_is_refused(house: House) -> None:
    """Idempotent by the source's own id; the row of one system is not the row of another."""
    await bring(house, as_csv(a_row(), a_row()))
    again = await bring(house, as_csv(a_row()))
    other = await bring(house, as_csv(a_row(星级="5")))
    hotline = await bring(house, as_csv(a_row(HOTLINE, 热线工单号="HCP-20261123-0001"), channel=HOTLINE), "hotline")

    assert "新收 0 行，早已收下 1 行" in again.text
    assert "内容却不同" in other.text
    assert "新收 1 行" in hotline.text
    assert len(house.published(EvaluationImported)) == 2


async def test_nothing_personal_stands_in_the_clear(house: House) -> None:
    """个保法 51: name, phone and words are sealed; the page shows them masked."""
    answer = await bring(house, as_csv(a_row(评价内容="我是王小明，打 13912345678 没人接")))

    assert not any(secret in str(rows_of(house)) for secret in ("王小明", "13800000001", "13912345678"))
    assert not any(secret in answer.text for secret in ("王小明", "13912345678"))
    assert "139****5678" in answer.text


async def test_a_bad_rating_becomes_a_case_by_one_press_and_once(house: House) -> None:
    """歧义 29: registered under the row's own id, so that a second press leads to the same case; the row shows its number."""
    await bring(house, as_csv(a_row()))
    number = house.published(EvaluationImported)[0].case_no
    first, second = await press(house, number), await press(house, number)
    case, = house.published(CaseRegistered)

    assert first.headers["location"] == second.headers["location"] == f"/intake/receipts/{case.case_no}"
    assert (case.channel, case.source_id, case.site, case.category, case.clerk) == (RATING, "HCP-20261123-0001", "001", Category.SERVICE, "s001-cl1")
    assert house.sealer.open(case.contact.phone, case_no=case.case_no) == "13800000001"
    assert str(case.case_no) in await look(house, "/intake/evaluations")


async def test_who_it_was_is_kept_only_while_it_may_be_needed(house: House) -> None:
    """个保法 6, 19: of a contented row never, of a 差评 until the case has it."""
    await bring(house, as_csv(a_row(), a_row(评价编号="HCP-2", 星级="5")))
    low, good = (event.case_no for event in house.published(EvaluationImported))
    kept = {number: row["state"] for number, row in rows_of(house).items()}
    await press(house, low)
    after = rows_of(house)[low]["state"]

    assert kept[low]["phone"] and not kept[good]["phone"] and not kept[good]["name"]
    assert (after["name"], after["phone"]) == (None, None)


async def test_whom_nobody_can_reach_is_an_unnamed_complaint_about_the_unit(house: House) -> None:
    """歧义 23, 29: a 差评 without a phone."""
    await bring(house, as_csv(a_row(姓名="", 电话="")))
    await press(house, house.published(EvaluationImported)[0].case_no)
    case, = house.published(CaseRegistered)

    assert (case.anonymous, case.category, case.complained_unit) == (True, Category.COMPLAINT, "yibao")


async def test_three_stars_are_no_case_and_another_site_has_no_row(house: House) -> None:
    """link.low_stars; a window acts on its own site's rows."""
    await bring(house, as_csv(a_row(星级="3"), a_row(评价编号="HCP-2", 点位="002")))
    three, other = (event.case_no for event in house.published(EvaluationImported))

    assert "2 星及以下" in (await press(house, three)).text
    assert (await press(house, other)).status_code == 404
    assert house.published(CaseRegistered) == []


async def test_a_clerk_may_not_import(house: House) -> None:
    """Rights: 导入 is for WS and GO."""
    await house.signed_in("s001-cl1")
    html = await look(house, "/intake/evaluations")
    answer = await house.client.post("/intake/evaluations/rating", data={"form_token": hidden(html, "form_token")}, headers=OWN)

    assert answer.status_code == 403
    assert "下载模板" not in html
    assert house.published(EvaluationImported) == []

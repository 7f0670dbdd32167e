"""A file of rows as other systems give it out: CSV in UTF-8 or GBK, or the first sheet of a workbook; bounded before it is read."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it has no types of its own

from services.intake.domain.evaluations import COLUMNS, EXAMPLES
from shared.contracts.terms import Channel
from shared.errors import FieldFault, InputRefused

LARGEST, MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 2_000_000, 2_000, 30, 2_000
LARGEST_UNPACKED = 40_000_000
ENCODINGS = ("utf-8-sig", "gb18030")
ZIP = b"PK\x03\x04"
Row = tuple[int, dict[str, str]]


def rows_in(content: bytes, channel: Channel) -> list[Row]:
    """The rows under the headings, each with its number in the file; raises InputRefused for a file that cannot be read at all."""
    if not content:
        raise _refused("文件是空的，请选择要导入的文件。")
    if len(content) > LARGEST:
        raise _refused(f"文件超过 {LARGEST // 1_000_000} MB，请分成几个文件导入。")
    lines = _of_workbook(content) if content.startswith(ZIP) else _of_csv(content)
    heads = lines[0] if lines else []
    missing = [name for name in COLUMNS[channel] if name not in heads]
    if missing:
        raise _refused(f"第 1 行没有这些列：{'、'.join(missing)}。请下载模板，按模板的列名填写。")
    rows = [(place, dict(zip(heads, line, strict=False))) for place, line in enumerate(lines[1:], start=2) if any(line)]
    if not rows:
        raise _refused("文件里只有列名，没有数据，请核对。")
    if len(rows) > MOST_ROWS:
        raise _refused(f"超过 {MOST_ROWS} 行，请分成几个文件导入。")
    return rows


def _refused(words: str) -> InputRefused:
    return InputRefused([FieldFault("file", words, "file")])


def _of_csv(content: bytes) -> list[list[str]]:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _refused("文字编码不是 UTF-8 或 GBK，请在表格软件里另存为“CSV UTF-8”再导入。")
    try:
        return _bounded(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise _refused("不是逗号分隔的 CSV 文件，请下载模板重新填写。") from None


def _of_workbook(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise _refused("工作簿展开后过大，请删去图片和多余的表，只留数据再导入。")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return _bounded(book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS))
        finally:
            book.close()
    except InputRefused:
        raise
    except Exception as fault:  # whatever a damaged workbook makes the library raise
        raise _refused("打不开这个工作簿，请另存为 .xlsx 或 CSV 再导入。") from fault


def _bounded(lines: Iterable[Sequence[Any]]) -> list[list[str]]:
    """Texts of bounded length; one row more than allowed is enough to know that there are too many."""
    found: list[list[str]] = []
    for line in lines:
        found.append([_text(cell)[:LONGEST_CELL].strip() for cell in line[:MOST_COLUMNS]])
        if len(found) > MOST_ROWS + 1:
            break
    return found


def _text(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def template(channel: Channel) -> bytes:
    """The headings and one line as an example, as a workbook opens them."""
    said = io.StringIO(newline="")
    csv.writer(said).writerows([COLUMNS[channel], EXAMPLES[channel]])
    return said.getvalue().encode("utf-8-sig")

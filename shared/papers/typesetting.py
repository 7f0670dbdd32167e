"""The one door to typst: a template of ours and its fields become a PDF/A, the same bytes for the same fields."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import orjson
import typst

from shared.papers.lettering import families, folders, printable

TEMPLATES = Path(__file__).with_name("templates")
STANDARD: typst.PDFStandard = "a-2u"  # for the archive: refuses a letter that no font has, keeps every text readable
A_PAGE = re.compile(rb"/Type ?/Page(?![A-Za-z])")
_one_at_a_time, _long_ones = Lock(), Lock()


@cache
def _compiler(*, long: bool = False) -> typst.Compiler:  # noqa: ARG001 - a long paper has a compiler of its own, the others wait for none
    """Only our own letters: neither the machine's fonts nor typst's, so that every machine sets the same page."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders()])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts)


async def typeset(template: str, fields: Mapping[str, str], *, dated: datetime) -> bytes:
    """The paper as PDF; `dated` is the moment it bears, never the moment it was printed."""
    return await asyncio.to_thread(set_now, template, fields, dated=dated)


def set_now(template: str, fields: Mapping[str, str], *, dated: datetime, long: bool = False) -> bytes:
    """As `typeset`, in this thread; a `long` one holds up no other paper, and its cells bear no tags, which are ten times the text."""
    with _long_ones if long else _one_at_a_time:
        made = _compiler(long=long).compile(
            TEMPLATES / template, format="pdf", sys_inputs=_inputs(fields), pdf_standards=STANDARD, timestamp=int(dated.timestamp()),
            pdf_tags=not long,
        )
    return _whole(made)[0]


def pictured(template: str, fields: Mapping[str, str], *, ppi: float) -> list[bytes]:
    """Each page as PNG, for the documentation."""
    with _one_at_a_time:
        made = _compiler().compile(TEMPLATES / template, format="png", sys_inputs=_inputs(fields), ppi=ppi)
    return _whole(made)


def pictured_pages(pdf: bytes, *, ppi: float, most: int = 99) -> list[bytes]:
    """The first pages of a finished paper as PNG, for the documentation."""
    pages = min(len(A_PAGE.findall(pdf)), most)
    with TemporaryDirectory() as folder, _one_at_a_time:
        Path(folder, "paper.pdf").write_bytes(pdf)
        sheets = "#pagebreak()\n".join(f'#image("paper.pdf", page: {page}, width: 100%)\n' for page in range(1, pages + 1))
        Path(folder, "sheets.typ").write_text(f"#set page(width: 210mm, height: auto, margin: 0pt)\n{sheets}", encoding="utf-8")
        made = typst.Compiler(root=folder).compile(Path(folder, "sheets.typ"), format="png", ppi=ppi)
    return _whole(made)


def _inputs(fields: Mapping[str, str]) -> dict[str, str]:
    shown = {name: printable(text) for name, text in fields.items()}
    missing = any(shown[name] != text for name, text in fields.items())
    return {"fields": orjson.dumps(shown | {"missing": missing}).decode(), "families": orjson.dumps(families()).decode()}


def _whole(made: bytes | list[bytes] | None) -> list[bytes]:
    if made is None:
        raise LookupError("typst was asked for bytes and gave none")
    return made if isinstance(made, list) else [made]

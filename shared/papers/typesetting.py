"""The one door to typst: a template of ours and its fields become a PDF/A, the same bytes for the same fields."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock

import orjson
import typst

from shared.papers.lettering import families, folders, printable

TEMPLATES = Path(__file__).with_name("templates")
STANDARD: typst.PDFStandard = "a-2u"  # for the archive: refuses a letter that no font has, keeps every text readable
_one_at_a_time = Lock()


@cache
def _compiler() -> typst.Compiler:
    """Only our own letters: neither the machine's fonts nor typst's, so that every machine sets the same page."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders()])
    return typst.Compiler(root=TEMPLATES, font_paths=fonts)


async def typeset(template: str, fields: Mapping[str, str], *, dated: datetime) -> bytes:
    """The paper as PDF; `dated` is the moment it bears, never the moment it was printed."""
    return await asyncio.to_thread(set_now, template, fields, dated=dated)


def set_now(template: str, fields: Mapping[str, str], *, dated: datetime) -> bytes:
    """As `typeset`, in this thread."""
    with _one_at_a_time:
        made = _compiler().compile(
            TEMPLATES / template, format="pdf", sys_inputs=_inputs(fields), pdf_standards=STANDARD, timestamp=int(dated.timestamp())
        )
    return _whole(made)[0]


def pictured(template: str, fields: Mapping[str, str], *, ppi: float) -> list[bytes]:
    """Each page as PNG, for the documentation."""
    with _one_at_a_time:
        made = _compiler().compile(TEMPLATES / template, format="png", sys_inputs=_inputs(fields), ppi=ppi)
    return _whole(made)


def _inputs(fields: Mapping[str, str]) -> dict[str, str]:
    shown = {name: printable(text) for name, text in fields.items()}
    missing = any(shown[name] != text for name, text in fields.items())
    return {"fields": orjson.dumps(shown | {"missing": missing}).decode(), "families": orjson.dumps(families()).decode()}


def _whole(made: bytes | list[bytes] | None) -> list[bytes]:
    if made is None:
        raise LookupError("typst was asked for bytes and gave none")
    return made if isinstance(made, list) else [made]

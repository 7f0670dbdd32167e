"""Reads a PDF back: what stands on it and where, without trusting what made it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    """All that stands on it, line ends and blanks left out, for a text may be broken anywhere."""
    return "".join("".join(pages(pdf)).replace("\u200b", "").split())


def places(pdf: bytes, page: int = 0) -> dict[str, tuple[float, float]]:
    """The first place of each piece of text on a page: millimetres from the left and from the top."""
    found: dict[str, tuple[float, float]] = {}
    sheet = PdfReader(BytesIO(pdf)).pages[page]
    high = float(sheet.mediabox.height)

    def note(words: str, at: list[float], *_: Any) -> None:
        if words.strip():
            found.setdefault(words.strip(), (at[4] / 72 * 25.4, (high - at[5]) / 72 * 25.4))

    sheet.extract_text(visitor_text=note)
    return found


def fonts(pdf: bytes) -> dict[str, bool]:
    """Each font used, and whether its letters are in the file."""
    found = {}
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            within = font.get_object()["/DescendantFonts"][0].get_object()
            found[str(font.get_object()["/BaseFont"])] = any(name.startswith("/FontFile") for name in within["/FontDescriptor"])
    return found

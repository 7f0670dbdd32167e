"""Files in a form: read within bounds, known by content, named harmlessly; given out only as what they are (docs/decisions/0034)."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from shared.errors import FieldFault
from shared.web.filetypes import ENDINGS, FileRefused, known

MOST_FILES, LARGEST_FILE, LONGEST_NAME = 5, 5_000_000, 80
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')


@dataclass(frozen=True)
class Upload:
    """One file that may be kept: its harmless name, what it is, its bytes."""

    name: str
    media: str
    data: bytes = field(repr=False)


async def read_uploads(request: Request, name: str, *, most: int = MOST_FILES) -> tuple[list[Upload], list[FieldFault]]:
    """The good files of a form's field, and a sentence for each that cannot be taken."""
    given = [part for part in (await request.form()).getlist(name) if isinstance(part, UploadFile) and (part.filename or part.size)]
    good: list[Upload] = []
    faults = [] if len(given) <= most else [FieldFault(name, f"一次最多 {most} 个文件，请分开提交。", "too_many")]
    for place, part in enumerate(given[:most], start=1):
        called = clean_name(part.filename or "")
        try:
            good.append(await _read(part, called))
        except FileRefused as refused:
            faults.append(FieldFault(name, f"第 {place} 个文件没有收下：{refused}", "file"))
    for part in given:
        await part.close()
    return good, faults


async def _read(part: UploadFile, called: str) -> Upload:
    if (part.size or 0) > LARGEST_FILE:
        raise FileRefused("超过 5 MB，请缩小后再传。")
    found = await asyncio.to_thread(known, await part.read())
    return Upload(with_ending(called, found.media), found.media, found.data)


def clean_name(given: str) -> str:
    """The last part of a path without anything a file system or a header could take amiss; 附件 for nothing."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    plain = _UNFIT.sub("", last.encode("utf-8", "ignore").decode()).strip(" .")
    return plain[-LONGEST_NAME:] or "附件"


def with_ending(called: str, media: str) -> str:
    """The name with the ending of what it is: `扫描.exe` that is a PDF becomes `扫描.pdf`."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", called)
    return f"{stem or '附件'}.{ENDINGS[media]}"


def given_out(data: bytes, media: str, name: str, *, inline: bool = False) -> Response:
    """A file to keep, under a fixed type: never run, never guessed at; `inline` shows a picture in a page of ours."""
    way = "inline" if inline else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename=\"file.{ENDINGS[media]}\"; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type=media, headers=headers)


def texts(fields: Sequence[tuple[str, Any]]) -> dict[str, str]:
    """The text fields of a form; the last of a name counts."""
    return {name: value for name, value in fields if isinstance(value, str)}

"""What a file is, by its content and never by its name; pictures are freed of where they were taken and of what hangs behind them."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import puremagic

PDF, JPEG, PNG, WEBP = "application/pdf", "image/jpeg", "image/png", "image/webp"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp"}
PICTURES = frozenset({JPEG, PNG, WEBP})
TAKEN = "可以上传的是 PDF、JPG、PNG 和 WebP"
LARGEST_SIDE = 20_000
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"})
_JPEG_MARK = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
_ORIENTATION, _SHORT = 0x0112, 3
_NAMES = {
    ".svg": "SVG 图形", ".html": "网页", ".htm": "网页", ".zip": "压缩包", ".docx": "Word 文档", ".xlsx": "Excel 表格", ".pptx": "PPT 演示稿",
    ".doc": "Office 文档", ".xls": "Office 文档", ".ppt": "Office 文档", ".rar": "压缩包", ".7z": "压缩包", ".gz": "压缩包", ".exe": "程序",
    ".heic": "HEIC 照片", ".heif": "HEIC 照片", ".gif": "GIF 动图", ".tif": "TIFF 图片", ".tiff": "TIFF 图片", ".bmp": "BMP 图片",
    ".mp4": "视频", ".mov": "视频", ".mp3": "录音", ".wav": "录音", ".ofd": "OFD 版式文件",
}
_HEIC = re.compile(rb"....ftyp(?:hei[cxms]|hev[cx]|mif1|msf1)", re.DOTALL)


class FileRefused(ValueError):
    """A file that cannot be taken; the message is a Chinese sentence and repeats nothing of the file."""


@dataclass(frozen=True)
class Known:
    """A file that may be kept: what it is, and its bytes as they are kept."""

    media: str
    data: bytes


def known(data: bytes) -> Known:
    """What the content is, cleaned; raises FileRefused for what is none of the four kinds, whole and unbroken."""
    if not data:
        raise FileRefused("文件是空的，请重新选择。")
    try:
        if data.startswith(b"%PDF-"):
            return Known(PDF, _pdf(data))
        if data.startswith(b"\xff\xd8\xff"):
            return Known(JPEG, _jpeg(data))
        if data.startswith(_PNG_HEAD):
            return Known(PNG, _png(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return Known(WEBP, _webp(data))
    except (struct.error, IndexError):
        raise FileRefused("文件不完整或已损坏，请重新拍照、扫描或导出后再传。") from None
    raise FileRefused(_why_not(data))


def _why_not(data: bytes) -> str:
    if _HEIC.match(data[:16]):
        return "这是 HEIC 照片，窗口的电脑打不开；请在手机“相机—格式”选“兼容性最佳”，或截图后再传。"
    called = _NAMES.get(_guessed(data), "")
    return f"内容是{called}，不能上传；{TAKEN}。" if called else f"认不出这个文件的内容，不能上传；{TAKEN}。"


def _guessed(data: bytes) -> str:
    head = data[:4096].lstrip().lower()
    if b"<svg" in head:
        return ".svg"
    if head.startswith((b"<!doctype html", b"<html", b"<script", b"<body")):
        return ".html"
    try:
        return puremagic.from_string(data[:100_000])
    except (puremagic.PureError, ValueError, struct.error):
        return ""


def _pdf(data: bytes) -> bytes:
    if b"%%EOF" not in data[-2048:]:
        raise struct.error
    return data


def _sized(width: int, height: int) -> None:
    """A picture of a few bytes must not fill the memory of whoever looks at it."""
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise FileRefused(f"图片的长或宽超过 {LARGEST_SIDE} 像素，请缩小后再传。")


def _png(data: bytes) -> bytes:
    """The chunks a picture needs; text, time, position and what stands behind the end are left out."""
    _sized(*struct.unpack(">II", data[16:24]))
    kept, at, ended = [_PNG_HEAD], len(_PNG_HEAD), False
    while not ended:
        (length,), name = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length or (at == len(_PNG_HEAD)) != (name == b"IHDR"):
            raise struct.error
        kept += [chunk] if name in _PNG_KEPT else []
        at, ended = at + len(chunk), name == b"IEND"
    return b"".join(kept)


def _webp(data: bytes) -> bytes:
    """The picture's chunks without EXIF and XMP, and no longer than it says."""
    (size,) = struct.unpack("<I", data[4:8])
    if size + 8 > len(data):
        raise struct.error
    kept = b"".join(chunk for name, chunk in _riff(data[: size + 8]) if name not in (b"EXIF", b"XMP "))
    if not kept:
        raise struct.error
    if kept[:4] == b"VP8X":
        kept = kept[:8] + bytes([kept[8] & ~0x0C]) + kept[9:]  # it has neither EXIF nor XMP any more
    return b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        (length,) = struct.unpack("<I", data[at + 4 : at + 8])
        end = at + 8 + length + length % 2
        if at + 8 + length > len(data):
            raise struct.error
        yield data[at : at + 4], data[at:end]
        at = end


def _jpeg(data: bytes) -> bytes:
    """The picture's own segments up to its end; application segments and comments go, how it is turned stays."""
    kept, at, turned = [b"\xff\xd8"], 2, 1
    while True:
        mark, end = data[at + 1], at + 2
        if data[at] != 0xFF:  # noqa: PLR2004 - every segment begins with FF
            raise struct.error
        if mark == 0xD9:  # noqa: PLR2004 - end of image
            break
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        end = at + 2 + length
        if mark == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0":  # noqa: PLR2004 - APP1
            turned = _orientation(data[at + 10 : end]) or turned
        elif mark in (0xC0, 0xC1, 0xC2):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            _sized(width, height)
        end = _scan_end(data, end) if mark == 0xDA else end  # noqa: PLR2004 - start of scan
        kept += [] if _is_about(mark) else [data[at:end]]
        at = end
    return b"".join([kept[0], _turned(turned), *kept[1:], b"\xff\xd9"])


def _is_about(mark: int) -> bool:
    """Application segments but JFIF and Adobe's colours, and comments: they tell about the picture and are none of it."""
    return (0xE1 <= mark <= 0xEF and mark != 0xEE) or mark == 0xFE  # noqa: PLR2004 - APP1…APP15, COM


def _scan_end(data: bytes, at: int) -> int:
    found = _JPEG_MARK.search(data, at)
    if found is None:
        raise struct.error
    return found.start()


def _orientation(tiff: bytes) -> int:
    order = "<" if tiff[:2] == b"II" else ">"
    (start,) = struct.unpack(f"{order}I", tiff[4:8])
    (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
    for place in range(min(count, 100)):
        tag, kind, _, value = struct.unpack(f"{order}HHIH", tiff[start + 2 + 12 * place : start + 12 + 12 * place])
        if tag == _ORIENTATION and kind == _SHORT:
            return int(value) if 1 <= value <= 8 else 1  # noqa: PLR2004 - the eight ways a picture lies
    return 1


def _turned(way: int) -> bytes:
    """An Exif segment that says how the picture is turned and nothing else; none for an upright one."""
    if way == 1:
        return b""
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, _ORIENTATION, _SHORT, 1, way, 0, 0)
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff

"""The smallest whole pictures of three kinds, with whatever a test wants hidden in them."""

from __future__ import annotations

import struct
import zlib
from hashlib import sha256


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_png(*, text: bytes = b"", width: int = 2, height: int = 2, extra: int = 0) -> bytes:
    """Grey points; `extra` bytes of points nobody can press together."""
    noise = b"".join(sha256(bytes([place % 256, place // 256])).digest() for place in range(extra // 32))
    rows = b"".join(b"\0" + noise[start : start + width].ljust(width, b"\0") for start in range(0, width * height, width))
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    said = _chunk(b"tEXt", b"Comment\0" + text) + _chunk(b"eXIf", text) if text else b""
    return b"\x89PNG\r\n\x1a\n" + head + said + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def a_jpeg(*, exif: bytes = b"", turned: int = 0, big_endian: bool = False, width: int = 1) -> bytes:
    """A frame and a scan; no decoder is asked."""
    order, mark = (">", b"MM\0*") if big_endian else ("<", b"II*\0")
    entry = struct.pack(f"{order}HHHIHH", 1, 0x0112, 3, 1, turned, 0) + bytes(4)
    tiff = mark + struct.pack(f"{order}I", 8) + (entry if turned else bytes(6)) + exif
    said = _segment(0xE1, b"Exif\0\0" + tiff) + _segment(0xFE, exif) if exif or turned else b""
    frame = _segment(0xC0, struct.pack(">BHHBBBB", 8, 1, width, 1, 1, 0x11, 0))
    scan = _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0") + said + frame + scan + b"\xff\xd9"


def _segment(mark: int, body: bytes) -> bytes:
    return bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body


def a_webp(*, exif: bytes = b"") -> bytes:
    """An extended file with one lossy picture."""
    flags = bytes([0x08 if exif else 0, 0, 0, 0]) + bytes(6)
    body = _riff(b"VP8X", flags) + _riff(b"VP8 ", b"\x00\x01\x02") + (_riff(b"EXIF", exif) if exif else b"")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _riff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

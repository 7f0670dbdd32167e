"""SM3 (GB/T 32905-2016): Python's own where OpenSSL has it, else worked out here."""

from __future__ import annotations

import hashlib
from struct import pack, unpack

START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)
WORD = 0xFFFFFFFF
EARLY, FIRST, LATER = 16, 0x79CC4519, 0x7A879D8A


def sm3(content: bytes | str) -> str:
    """The hash in hex; of a text its UTF-8."""
    raw = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    return hashlib.new("sm3", raw).hexdigest() if "sm3" in hashlib.algorithms_available else by_hand(raw)


def by_hand(raw: bytes) -> str:
    """The hash in hex, without OpenSSL."""
    padded = raw + b"\x80" + bytes((55 - len(raw)) % 64) + pack(">Q", len(raw) * 8)
    state: tuple[int, ...] = START
    for start in range(0, len(padded), 64):
        state = _compressed(state, padded[start : start + 64])
    return pack(">8I", *state).hex()


def _rolled(word: int, by: int) -> int:
    by %= 32
    return (word << by | word >> (32 - by)) & WORD


def _expanded(block: bytes) -> list[int]:
    words = list(unpack(">16I", block))
    for place in range(16, 68):
        mixed = words[place - 16] ^ words[place - 9] ^ _rolled(words[place - 3], 15)
        spread = mixed ^ _rolled(mixed, 15) ^ _rolled(mixed, 23)
        words.append(spread ^ _rolled(words[place - 13], 7) ^ words[place - 6])
    return words


def _compressed(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    words = _expanded(block)
    a, b, c, d, e, f, g, h = state
    for turn in range(64):
        early, constant = turn < EARLY, FIRST if turn < EARLY else LATER
        first = _rolled(_rolled(a, 12) + e + _rolled(constant, turn) & WORD, 7)
        second = first ^ _rolled(a, 12)
        chosen = a ^ b ^ c if early else a & b | a & c | b & c
        other = e ^ f ^ g if early else e & f | ~e & g
        left = chosen + d + second + (words[turn] ^ words[turn + 4]) & WORD
        right = other + h + first + words[turn] & WORD
        a, b, c, d = left, a, _rolled(b, 9), c
        e, f, g, h = right ^ _rolled(right, 9) ^ _rolled(right, 17), e, _rolled(f, 19), g
    return tuple(before ^ after for before, after in zip(state, (a, b, c, d, e, f, g, h), strict=True))

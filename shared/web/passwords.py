"""Passwords of staff accounts: what is refused, and argon2 in a thread so that nobody else waits (domain §9.4)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from shared.web.problems import Problem

SHORTEST, LONGEST = 10, 200
AT_ONCE, MOST_WAITING = 2, 24
_COMMON = frozenset(
    "1234567890 0123456789 12345678910 123456789a a123456789 1234567890a 123456789q q123456789 aa123456789 1q2w3e4r5t 1qaz2wsx3edc "
    "qwertyuiop asdfghjkl zxcvbnm123 asdfghjkl1 qwerty12345 qwerty123456 password123 password12 password1234 passw0rd123 admin12345 "
    "admin123456 administrator administrator1 abcd123456 abc1234567 abcdef1234 abc123456789 a1b2c3d4e5 woaini1314 woaini520 woaini123 "
    "woaini1314520 5201314520 1314520520 iloveyou123 iloveyou1314 wang123456 zhang123456 li12345678 liu1234567 chen123456 shanghai123 "
    "shanghai2026 putuo12345 putuo123456 bancheng123 bancheng2026 banbucheng shi1234567 zhengwu123 zhengwu2026 welcome123 letmein123 "
    "changeme123 changeme12 default123 test123456 testtest123 guest12345 1122334455 1112223334 9876543210 0987654321 147258369a "
    "1472583690 1593572468 7758521521 qazwsxedc1 qazwsxedcrfv zaq12wsxcde qweasdzxc1 qweasdzxc123 aaaaaaaaa1 p@ssw0rd123 p@ssword123 "
    "admin@123456 a123456789a 123123123a 123456789abc".split()
)
_REPEATED = re.compile(r"(.{1,4}?)\1+.?", re.DOTALL)


def password_fault(password: str, staff_id: str) -> str:
    """Why this password is refused, as a sentence; "" when it may be used. Any characters are allowed."""
    if len(password) < SHORTEST:
        return f"密码至少 {SHORTEST} 个字符，可以用一句好记的话，空格和汉字都可以。"
    if len(password) > LONGEST:
        return f"密码至多 {LONGEST} 个字符。"
    plain = password.lower().strip()
    if plain in _COMMON or _REPEATED.fullmatch(plain) or _in_a_row(plain):
        return "这个密码太常见，最先被人猜到。请换一个，例如几个不相干的词连在一起。"
    if staff_id and plain.replace(staff_id.lower(), "").strip("0123456789!@#._- ") == "":
        return "密码不能只是工号加几个数字。请换一个。"
    return ""


def _in_a_row(text: str) -> bool:
    """Whether every character follows, or precedes, the one before; digits begin again after 9."""
    ring = 10 if text.isdigit() else 0x110000
    return {(ord(after) - ord(before)) % ring for before, after in pairwise(text)} in ({1}, {ring - 1})


@dataclass
class Passwords:
    """Makes and checks hashes, two at a time in threads; a check without a hash takes as long as one with."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._nobody = ""

    async def hashed(self, password: str) -> str:
        """The hash to keep."""
        async with self._place():
            return await asyncio.to_thread(self.hasher.hash, password)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether the password is the one of this hash; False, after the same work, for nobody's."""
        async with self._place():
            if not self._nobody:
                self._nobody = await asyncio.to_thread(self.hasher.hash, "nobody's password")
            right = await asyncio.to_thread(self._compared, kept or self._nobody, password[:LONGEST])
        return right and kept is not None

    def _compared(self, kept: str, password: str) -> bool:
        try:
            return self.hasher.verify(kept, password)
        except (Argon2Error, InvalidHashError):
            return False

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        """One of the few places at the hasher; raises a 503 problem when too many wait for one."""
        if self._waiting >= MOST_WAITING:
            words = "同时登录的人太多，请稍等几秒再试。"
            raise Problem(503, words, "/problems/busy", headers={"Retry-After": "5"})
        self._waiting += 1
        try:
            async with self._room:
                yield
        finally:
            self._waiting -= 1

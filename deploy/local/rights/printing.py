"""`./bancheng rights`: the table of domain §2 as the site really enforces it, the rows beyond it, and every difference."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.local.rights.asking import NOBODY, Tried, tried
from deploy.local.rights.differences import DIFFERENCES
from deploy.local.rights.operations import operations
from deploy.local.rights.table import CHANNEL, OPEN, PERSON, ROLES, SIGNED_IN, Declared, Table, read_table
from deploy.local.rights.town import built
from shared.district.loading import load_district
from shared.district.roles import Role
from shared.observability.logs import configure

REFUSED = {"401", "403", "404"}


async def print_rights(district: Path, say: Callable[[str], None]) -> int:
    """Asks every operation as every role, prints who was let in to what; 0 when all of it is as written."""
    configure("ERROR")
    town = await built(load_district(district))
    table, found = read_table(), operations(town.site)
    real = await tried(town, found)
    for line in lines_of(table, real):
        say(line)
    wrong = list(faults(table, real, found))
    for line in wrong:
        say(f"不符：{line}")
    say(f"{len(found)} 个操作 × {len(ROLES)} 个角色和未登录者，各问一次：" + ("与所写的完全一致。" if not wrong else f"{len(wrong)} 处不符。"))
    return 1 if wrong else 0


def lines_of(table: Table, real: Tried) -> Iterator[str]:
    """The table as text: a cell has its letter only where the site really let that role in."""
    names = "、".join(f"{role.value} {role.chinese}" for role in Role)
    yield f"W 办、A 批、R 读、提、投递、看（明文）、— 无。{names}"
    yield ""
    wide = max(_width(row) for row in table.rows)
    yield f"{_padded('动作', wide)}  " + " ".join(_padded(role, 4) for role in ROLES)
    for row in table.rows:
        cells = (table.cell(row, role, only=real.let_in) for role in ROLES)
        yield f"{_padded(row, wide)}  " + " ".join(_padded(cell, 4) for cell in cells)
    yield ""
    yield "与 domain §2 的不同："
    for held in DIFFERENCES:
        yield f"  {held.row}　{' '.join(held.roles)}：表中 {held.said}，实为 {held.ours}。{held.why}。"
    yield "  查阅是整页的：能打开一件（或台账中一件）的角色看得到它的每一步，脱敏，且只是本人可见的件；表中的 R 指据此办事。"
    yield ""


def faults(table: Table, real: Tried, found: list[str]) -> Iterator[str]:
    """Everything that is not as written: no row, gone, let in or kept out against the table."""
    for operation in found:
        if operation not in table.operations:
            yield f"{operation} 没有写在 rights.txt 里"
        else:
            yield from (f"{operation} {who}：{word}" for who, word in _wrong(table.operations[operation], real.of(operation)))
    for operation in table.operations:
        if operation not in found:
            yield f"{operation} 写在 rights.txt 里，系统里没有"


def _wrong(said: Declared, answers: dict[str, str]) -> Iterator[tuple[str, str]]:
    for who, word in answers.items():
        if not _fits(said, who, word):
            yield who, word


def _fits(said: Declared, who: str, word: str) -> bool:
    if said.door == OPEN:
        return not word.startswith("5") or word == "503"  # a site in memory is never ready
    if said.door == CHANNEL:
        return word == "401"
    if said.door == PERSON:
        return word in REFUSED | {"in"}
    if who == NOBODY:
        return word == "401"
    if said.door == SIGNED_IN:
        return word in {"in", "404"}  # one's own, if there is any
    return word == "in" if who in said.roles else word in {"403", "404"}


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - _width(text))

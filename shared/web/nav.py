"""Which pages stand in whose frame: a table, the first screen of each role first (domain §2, last lines).

It only shows and hides; what may be done is decided at the API (`acting`).
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.web.signin import Staff


@dataclass(frozen=True)
class Entry:
    """One entry of the frame, for who holds one of `roles`; for everybody signed in when there are none.

    `group`: the day's work, what is looked up and reported, what runs the window; a line stands between them.
    """

    path: str
    name: str
    roles: frozenset[str] = frozenset()
    group: int = 0


WORK, RECORDS, RUNNING = range(3)


def entry(path: str, name: str, roles: str = "", group: int = WORK) -> Entry:
    """An entry for the roles named in one line."""
    return Entry(path, name, frozenset(roles.split()), group)


NAV = (
    entry("/", "总览"),
    entry("/intake/", "受理", "CL TR WS GO GL"),
    entry("/router/unit", "本单位", "DL"),
    entry("/router/work", "收件箱", "DO DH SH DL"),
    entry("/router/approvals", "审批", "SH DL GO GL"),
    entry("/sla/mine", "督办单", "DO DH SH DL"),
    entry("/router/analysis", "研判台", "CL TR WS GO GL"),
    entry("/router/calls", "回访", "FU"),
    entry("/router/", "研判承办", "CL TR WS GO GL FU"),
    entry("/sla/", "时限督办", "TR WS GO GL"),
    entry("/notifier/", "消息", "CL TR WS GO GL FU"),
    entry("/intake/clues/", "线索箱", "JW"),
    entry("/intake/clues/new", "投线索", "CL TR WS"),
    entry("/archive/", "台账", "CL TR WS DO DH SH DL GO GL FU JW KB", RECORDS),
    entry("/archive/library/", "案例库", "CL TR WS DO DH SH DL GO GL FU JW KB", RECORDS),
    entry("/archive/patterns/", "举一反三", "TR WS DO DH SH DL GO GL JW", RECORDS),
    entry("/intake/evaluations", "评价", "CL TR WS GO GL", RECORDS),
    entry("/archive/filings/", "月报", "CL WS GO GL JW", RECORDS),
    entry("/archive/reports/", "报表", "GO GL JW", RECORDS),
    entry("/archive/uploads/", "上传", "CL TR WS GO GL", RECORDS),
    entry("/archive/seals/", "封存", "WS GO GL JW AU", RECORDS),
    entry("/system", "系统", "SA GO WS", RUNNING),
    entry("/accounts", "账号", "SE", RUNNING),
    entry("/audit", "访问记录", "AU", RUNNING),
)


def nav_for(staff: Staff | None) -> tuple[Entry, ...]:
    """What this person's frame shows; nothing but the front page for nobody."""
    if staff is None:
        return NAV[:1]
    return tuple(held for held in NAV if not held.roles or held.roles & staff.roles)


def current_of(entries: tuple[Entry, ...], here: str) -> str:
    """The path of the entry a page belongs to: the longest that begins its address; the front page only for itself."""
    found = [held.path for held in entries if here == held.path or (held.path != "/" and here.startswith(held.path))]
    return max(found, key=len, default="")

"""What the register keeps for its paper: who looked at a person's data in clear, and what was replied (附件1)."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from shared.contracts.event import Frozen


class Look(Frozen):
    """One look at name, phone and matter in clear; never changed, never removed (domain: 数据保护与安全)."""

    who: str
    at: AwareDatetime
    reason: str


class Attached(Frozen):
    """附件1: one file that came with a matter: a paper, a scan of the signed form, a drawn signature; its name is sealed elsewhere."""

    id: str
    kind: Literal["attachment", "scan", "signature"]
    media: str
    size: int


class Reply(Frozen):
    """附件1「责任窗口(单位)回复、处理情况」: who replied, when, and what; a 重办 adds its own."""

    unit: str
    at: AwareDatetime
    text: str

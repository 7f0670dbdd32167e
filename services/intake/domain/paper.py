"""What the register keeps for its paper: who looked at a person's data in clear, and what was replied (附件1)."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.event import Frozen


class Look(Frozen):
    """One look at name, phone and matter in clear; never changed, never removed (domain: 数据保护与安全)."""

    who: str
    at: AwareDatetime
    reason: str


class Reply(Frozen):
    """附件1「责任窗口(单位)回复、处理情况」: who replied, when, and what; a 重办 adds its own."""

    unit: str
    at: AwareDatetime
    text: str

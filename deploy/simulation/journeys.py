"""A handful of journeys in which every call to every door fails once in every way: small, and between them every path of the kit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from deploy.simulation.grammar import ANSWER, REDONE, ROLES, SLA
from deploy.simulation.moves import Act, Move, Register, Reply, Wait

START = datetime.fromisoformat("2026-09-21T09:00:00+08:00")
WORDS: Mapping[str, Mapping[str, Any]] = {
    "triage": {"grade": "GENERAL", "lead": "yibao", "requirement": "查清", "category": "SERVICE"}, "answer": {"result": "RESOLVED", "text": ANSWER},
    "follow-up": {"reached": True, "resolved": True, "stars": 5}, "evaluate": {"resolved": True, "stars": 5},
    "refuse": {"reason": "一", "basis": "二", "alternative": "三"}, "transfer": {"to": "jiwei", "reason": "违纪线索"},
    "withdraw": {"reason": "不办了"}, "urge": {"text": "请快一点"}, "supply": {"text": "补一页"}, "request-material": {"list": ["户口簿"]},
    "request-return": {"reason": "不归我们", "suggest": "renshe"}, "rule-return": {"accepted": True, "to": "renshe", "unit": "yibao"},
    "request-extension": {"until": "2026-10-09", "reason": "须等待鉴定"}, "reject-answer": {"reason": "答非所问"}, "merge": {},
    "screen": {"finding": "ACTIONABLE"}, "issue_supervision": {"level": "YELLOW"}, "void_supervision": {"reason": "误发"},
    "answer_supervision": {"text": "已整改"}, "resolve-now": {"text": "当场办好", "category": "CONSULT"},
}


class Script:
    """Writes a journey down, move after move."""

    def __init__(self) -> None:
        self.moves: list[Move] = []

    def comes(self, label: str, channel: str = "SUISHENBAN", **more: Any) -> Script:
        """A person with a matter."""
        body = {"name": "张三", "phone": "13800000001", "item": "异地就医备案", "text": f"三次都报错（{label}）。", "category": "SERVICE"}
        place = {"site": "001"} if channel == "HALL" else {"source_id": f"src-{label}"}
        self.moves.append(Register(label, channel, body | place | more))
        return self

    def does(self, label: str, path: str, unit: str | None = None, into: str | None = None, role: str = "", **more: Any) -> Script:
        """Somebody acts, under a key of its own."""
        if (named := more.pop("named", None)) is not None:
            more["unit"] = named
        service, key = ("sla" if path in SLA else "router"), f"k{len(self.moves)}"
        self.moves.append(Act(service, label, path, role or ROLES[path], key, {**WORDS.get(path, {}), **more}, unit, into))
        return self

    def writes(self, label: str, step: str, place: int = 1, unit: str = "yibao", copies: int = 1) -> Script:
        """A department's system replies on its topic."""
        self.moves.append(Reply(label, unit, place, step, f"r{len(self.moves)}", ANSWER, copies))
        return self

    def waits(self, until: str) -> Script:
        """Time passes."""
        self.moves.append(Wait(datetime.fromisoformat(f"2026-{until}:00+08:00")))
        return self


def _plain() -> Script:
    said = Script().comes("c1", "HALL").does("c1", "triage").does("c1", "sign", "yibao").does("c1", "contact", "yibao")
    return said.does("c1", "answer", "yibao").does("c1", "verify").does("c1", "follow-up").waits("09-22T10:00").waits("09-22T11:00")


def _late() -> Script:
    said = Script().comes("c1").does("c1", "triage").writes("c1", "SIGN", copies=2)
    said.does("c1", "urge").does("c1", "request-material", "yibao").waits("09-28T10:00")
    said.does("c1", "issue_supervision").does("c1", "answer_supervision", "yibao").does("c1", "supply").writes("c1", "ANSWER")
    return said.does("c1", "verify").does("c1", "evaluate").waits("09-28T11:00")


def _round_about() -> Script:
    said = Script().comes("c1").does("c1", "refuse").does("c1", "overrule-refusal", role="WS").does("c1", "triage", assist=["gongan"])
    said.does("c1", "request-return", "yibao").does("c1", "rule-return").writes("c1", "ANSWER", 3, "renshe")
    said.does("c1", "answer", "gongan").does("c1", "reject-answer", named="renshe")
    said.does("c1", "answer", "renshe", text=REDONE).does("c1", "verify").does("c1", "follow-up", resolved=False, stars=1)
    return said.does("c1", "screen").does("c1", "reopen").waits("09-21T10:00")


def _ways_out() -> Script:
    said = Script().comes("c1").comes("c2").does("c2", "merge", into="c1").comes("c3", category="COMPLAINT", complained_unit="gongan")
    said.does("c3", "transfer").does("c1", "withdraw").comes("c4").does("c4", "resolve-now")
    return said.waits("09-22T09:30").waits("09-22T10:00")


def _longer() -> Script:
    said = Script().comes("c1").does("c1", "triage").does("c1", "sign", "yibao").does("c1", "request-extension", "yibao")
    said.does("c1", "approve-extension", "yibao").does("c1", "approve-extension", role="GO").does("c1", "request-material", "yibao")
    return said.waits("09-23T10:00").does("c1", "answer", "yibao", text=REDONE).does("c1", "verify").waits("09-23T11:00")


JOURNEYS: Mapping[str, Sequence[Move]] = {
    "plain": _plain().moves, "late": _late().moves, "round about": _round_about().moves, "ways out": _ways_out().moves,
    "longer": _longer().moves,
}

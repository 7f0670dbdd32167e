"""What people and departments might do next: a weighted grammar over where each case stands, one move in five without looking.

It is part of what is tested: verbs it never speaks are never checked, so the campaign counts them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from deploy.simulation.moves import Act, Move, Register, Reply, Wait

UNITS = ("yibao", "renshe", "gongan")
COMPLAINED = "gongan"
ANSWER = "经核查，因系统数据未同步，已于当日修复并为您办结，办理结果已短信告知，如有疑问可致电。"
REDONE = "再次核查后，已由专人上门补齐材料并当场办结，全部事项已经完成，办理对象本人确认无误。"
Body = Mapping[str, Any]
Peek = Callable[[str], Mapping[str, Any] | None]

OPEN = (
    ("triage", 8), ("start-triage", 1), ("resolve-now", 1), ("refuse", 1), ("transfer", 0.5), ("merge", 0.7), ("withdraw", 0.4),
    ("urge", 0.5), ("supply", 0.3), ("correct", 0.3),
)
BY_STATE: Mapping[str, Sequence[tuple[str, float]]] = {
    "REGISTERED": OPEN,
    "TRIAGING": OPEN,
    "REJECT_REVIEW": (("confirm-refusal", 2), ("overrule-refusal", 2), ("urge", 0.5)),
    "HANDLING": (
        ("sign", 4), ("contact", 3), ("answer", 4), ("reply", 5), ("request-return", 1), ("rule-return", 1.5), ("request-extension", 1.2),
        ("approve-extension", 2), ("refuse-extension", 0.5), ("request-material", 0.5), ("supply", 0.5), ("urge", 0.7), ("withdraw", 0.3),
        ("regrade", 0.4), ("issue_supervision", 0.8), ("void_supervision", 0.3), ("answer_supervision", 0.5), ("merge", 0.3),
        ("approve_interview", 0.3),
    ),
    "FEEDBACK_REVIEW": (("verify", 5), ("reject-answer", 1.5), ("urge", 0.3), ("reply", 0.5)),
    "FED_BACK": (("follow-up", 5), ("evaluate", 1.5), ("screen", 0.7), ("reopen", 0.7), ("consult", 0.5), ("reply", 0.5)),
    "CONSULTATION": (("conclude", 4), ("sign", 0.5), ("answer", 0.5)),
}
ENDED = (("evaluate", 1.0), ("correct", 0.7), ("urge", 0.5), ("reply", 0.7), ("follow-up", 0.5), ("reopen", 0.3))
SLA = frozenset({"issue_supervision", "void_supervision", "answer_supervision", "approve_interview"})
ROLES = {
    "start-triage": "TR", "triage": "TR", "regrade": "WS", "resolve-now": "TR", "refuse": "TR", "confirm-refusal": "WS",
    "overrule-refusal": "WS", "transfer": "WS", "merge": "TR", "withdraw": "FU", "urge": "FU", "supply": "FU", "evaluate": "FU",
    "sign": "SH", "contact": "SH", "answer": "SH", "request-material": "SH", "request-return": "SH", "rule-return": "GO",
    "request-extension": "SH", "approve-extension": "DL", "refuse-extension": "GO", "verify": "TR", "reject-answer": "TR",
    "follow-up": "FU", "screen": "WS", "reopen": "FU", "consult": "WS", "conclude": "GO", "correct": "WS",
    "issue_supervision": "GL", "void_supervision": "GL", "answer_supervision": "SH", "approve_interview": "GL",
}
OF_UNIT = frozenset({"SH", "DL"})
BLIND = 0.2
COMES = 0.12
PASSES = 0.22


class Grammar:
    """Speaks one move after the other; `peek` tells where a case stands, as the person at the screen sees it."""

    def __init__(self, chance: random.Random, peek: Peek, cases: int) -> None:
        self._chance = chance
        self._peek = peek
        self._left = cases
        self._said = 0
        self.labels: list[str] = []

    def next(self, now: datetime, due: datetime | None) -> Move:
        """The next move."""
        self._said += 1
        if not self.labels or (self._left and self._chance.random() < COMES):
            return self._somebody_comes()
        if self._chance.random() < PASSES:
            return Wait(self._later(now, due))
        return self._somebody_acts(self._chance.choice(self.labels[-6:] if self._chance.random() < 0.8 else self.labels), now)

    def _somebody_comes(self) -> Register:
        self._left -= 1
        label = f"c{len(self.labels) + 1}"
        self.labels.append(label)
        category = self._chance.choice(("SERVICE", "SERVICE", "CONSULT", "SUGGESTION", "COMPLAINT", None))
        channel = self._chance.choice(("HALL", "SUISHENBAN", "YWTB"))
        body = {
            "name": "张三", "phone": f"1380000{self._chance.randrange(1, 6):04d}", "item": "异地就医备案", "text": f"备案点了三次都报错（{label}）。",
            "category": category, "complained_unit": COMPLAINED if category == "COMPLAINT" else None,
            "site": "001" if channel == "HALL" else None, "source_id": None if channel == "HALL" else f"src-{label}",
            "anonymous": category == "SUGGESTION" and self._chance.random() < 0.3,
        }
        return Register(label, channel, {name: value for name, value in body.items() if value not in (None, False)})

    def _later(self, now: datetime, due: datetime | None) -> datetime:
        kind = self._chance.random()
        if due is not None and due > now and kind < 0.35:
            return due + timedelta(seconds=self._chance.choice((0, 0, 1)))
        if kind < 0.7:
            return now + timedelta(minutes=self._chance.randrange(1, 240))
        if kind < 0.93:
            return now + timedelta(hours=self._chance.randrange(4, 30))
        return now + timedelta(days=self._chance.randrange(1, 4))

    def _somebody_acts(self, label: str, now: datetime) -> Move:
        case = self._peek(label)
        choices = BY_STATE.get(case["state"], ENDED) if case is not None else OPEN
        if self._chance.random() < BLIND:
            choices = [(path, 1.0) for path in (*ROLES, "reply")]
        path = self._chance.choices([path for path, _ in choices], [weight for _, weight in choices])[0]
        orders = list(case["orders"]) if case else []
        return self._reply(label, orders) if path == "reply" else self._act(label, path, orders, now)

    def _reply(self, label: str, orders: Sequence[Body]) -> Reply:
        place = self._chance.randrange(len(orders)) + 1 if orders else 1
        unit = orders[place - 1]["unit"] if orders and self._chance.random() < 0.9 else self._chance.choice(UNITS)
        step = self._chance.choice(("SIGN", "CONTACT", "ANSWER", "ANSWER"))
        copies = self._chance.choice((1, 1, 1, 2))
        return Reply(label, unit, place, step, f"r{self._said}", self._chance.choice((ANSWER, REDONE)), copies)

    def _act(self, label: str, path: str, orders: Sequence[Body], now: datetime) -> Act:
        open_units = [order["unit"] for order in orders if order["state"] not in ("RETURNED", "CANCELLED", "ACCEPTED")]
        role = ROLES[path]
        if path == "approve-extension" and self._chance.random() < 0.5:
            role = "GO"
        unit = self._chance.choice(open_units or UNITS) if role in OF_UNIT else None
        others = [other for other in self.labels if other != label]
        into = self._chance.choice(others or [label]) if path == "merge" else None
        service = "sla" if path in SLA else "router"
        return Act(service, label, path, role, f"k{self._said}", self._words(path, open_units, now), unit, into)

    def _words(self, path: str, units: Sequence[str], now: datetime) -> Body:
        lead = self._chance.choice(UNITS)
        content = self._chance.random() < 0.6
        mine = self._chance.choice(units or UNITS)
        assist = [unit for unit in UNITS if unit != lead][:1] if self._chance.random() < 0.3 else []
        grade = self._chance.choice(("SIMPLE", "GENERAL", "GENERAL", "COMPLEX"))
        said: Mapping[str, Body] = {
            "triage": {"grade": grade, "lead": lead, "requirement": "查清", "assist": assist, "category": "SERVICE"},
            "regrade": {"grade": self._chance.choice(("GENERAL", "COMPLEX")), "reason": "比想的难"},
            "resolve-now": {"text": "当场办好", "category": "CONSULT"}, "refuse": {"reason": "一", "basis": "二", "alternative": "三"},
            "transfer": {"to": self._chance.choice(("信访", "jiwei")), "reason": "已进别的程序"}, "withdraw": {"reason": "不办了"},
            "evaluate": {"resolved": content, "stars": 1 + 4 * content}, "supply": {"text": "补一页"}, "urge": {"text": "请快一点"},
            "answer": {"result": "RESOLVED", "text": self._chance.choice((ANSWER, REDONE))},
            "request-material": {"list": ["户口簿"]}, "request-return": {"reason": "不归我们", "suggest": lead},
            "rule-return": {"accepted": content, "to": lead, "unit": mine, "reason": "按职责"},
            "request-extension": {"until": str((now + timedelta(days=self._chance.randrange(3, 20))).date()), "reason": "须等待鉴定"},
            "reject-answer": {"reason": "答非所问", "unit": mine, "false_feedback": self._chance.random() < 0.2},
            "follow-up": {"reached": True, "resolved": content, "stars": 1 + 4 * content} if self._chance.random() < 0.8 else {"reached": False},
            "screen": {"finding": "ACTIONABLE"}, "consult": {"reason": "职责有争议"},
            "conclude": {"outcome": "由其牵头", "lead": self._chance.choice((None, lead))},
            "correct": {"field": "item", "value": f"改{self._said}", "reason": "写错了"},
            "issue_supervision": {"level": "YELLOW" if content else "RED", "unit": mine}, "void_supervision": {"reason": "误发", "unit": mine},
            "answer_supervision": {"text": "已整改"}, "approve_interview": {"unit": mine},
        }
        return said.get(path, {})

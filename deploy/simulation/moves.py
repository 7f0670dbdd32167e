"""One move of a play: a matter comes in, somebody acts, a department replies on its topic, or time passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from shared.contracts.ids import order_number


@dataclass(frozen=True)
class Register:
    """Somebody comes with a matter, known by its label from then on."""

    label: str
    channel: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """Somebody does something to a case; `into` is the label of another case where the act names one."""

    service: str
    label: str
    path: str
    role: str
    key: str
    body: Mapping[str, Any] = field(default_factory=dict)
    unit: str | None = None
    into: str | None = None


@dataclass(frozen=True)
class Reply:
    """A department's own system writes on its topic; `copies` times, as systems do."""

    label: str
    unit: str
    place: int
    step: str
    name: str
    text: str = ""
    copies: int = 1

    def value(self, case_no: str) -> bytes:
        """What it writes."""
        result = {"result": "RESOLVED", "text": self.text} if self.step == "ANSWER" else {}
        said = {
            "reply_id": self.name, "case_no": case_no, "order_no": order_number(case_no, self.place), "unit": self.unit,
            "step": self.step, "by": "系统", **result,
        }
        return orjson.dumps(said)


@dataclass(frozen=True)
class Wait:
    """Time passes until this moment."""

    until: datetime


Move = Register | Act | Reply | Wait

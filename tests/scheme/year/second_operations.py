"""The window's part of each month's 「一网通办」 report a second time: channels, 堵点, the units (方案 二、六(六); decision 0039)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from tests.scheme.year.given import LEAST, Given, told
from tests.scheme.year.second_beside import EXIT
from tests.scheme.year.telling import Case, Told

ONLINE = ("YWTB", "SUISHENBAN", "PORTAL_EXIT")
RESULTS = ("RESOLVED", "PARTLY_RESOLVED", "EXPLAINED", "UNRESOLVED", "REJECTED", "TRANSFERRED")
SATISFIED_FROM, MOST = 3, 30
NAMES = {"same_day": "当日研判率", "on_time": "按时办结率", "resolved": "实际解决率", "satisfied": "满意率",
         "signed": "及时签收率", "contacted": "先行联系率", "answered": "按时反馈率", "returned": "退单率"}
COLUMNS = ("month", "channel", "result", "replied", "overdue", "open", "closed", "asked", "same_day", "on_time", "stars")


class Operations:
    """The year's cases by the month they came, its exits by the month they happened, its orders by the month they were issued."""

    def __init__(self, cases: Sequence[Case], exits: Sequence[Told], given: Given) -> None:
        self._given = given
        self._cases = pd.DataFrame([_flat(case) for case in cases if case.first["channel"] in ONLINE], columns=COLUMNS)
        self._exits = pd.DataFrame(exits, columns=EXIT)
        self._exits["month"] = [at.strftime("%Y-%m") for at in self._exits["at"]]
        self._orders = pd.DataFrame([order for case in cases for order in _orders(case)])

    def of(self, month: str) -> Told:
        """One month."""
        cases, exits = self._cases[self._cases["month"] == month], self._exits[self._exits["month"] == month]
        orders = self._orders[self._orders["month"] == month]
        return {
            "names": NAMES, "min_n": LEAST,
            "channels": [*({"channel": name, **_channel(cases[cases["channel"] == name])} for name in ONLINE), {"channel": "ALL", **_channel(cases)}],
            "chokepoints": {
                "exits": len(exits), "as_cases": int(exits["case"].sum()), "by_step_and_reason": _most(exits, ["step", "reason"]),
                "by_item": _most(exits, ["item"]),
            },
            "departments": [{"unit": unit, "name": self._given.units.get(unit, unit), **_department(held)} for unit, held in orders.groupby("unit")],
        }


def _flat(case: Case) -> Told:
    due, over = case.triage_due, case.triaged is not None or case.triage_missed
    return {
        "month": case.received.strftime("%Y-%m"), "channel": case.first["channel"], "result": case.result, "replied": case.replied is not None,
        "overdue": case.overdue, "open": case.closed is None and case.ended is None, "closed": case.closed is not None,
        "asked": due is not None and over, "same_day": bool(due and case.triaged and case.triaged <= due),
        "on_time": bool(case.replied and case.due and case.replied <= case.due), "stars": case.spoken("stars"),
    }


def _orders(case: Case) -> list[Told]:
    urged = [one.what["order_no"] for one in case.by["OrderUrged"]]
    supervised = [held["order_no"] for held in case.supervisions]
    return [{**order, "month": order["issued"].strftime("%Y-%m"), "urged": urged.count(order["order_no"]),
             "supervised": supervised.count(order["order_no"])} for order in case.orders]


def _channel(cases: pd.DataFrame) -> Told:
    counted = cases["result"].value_counts()
    due, outcome = cases["replied"] | cases["overdue"], cases["closed"] & cases["result"].isin(RESULTS[:4])
    rated = cases["stars"].notna()
    return {
        "received": len(cases), "replied": _sum(cases["replied"]), "overdue": _sum(cases["overdue"]), "open": _sum(cases["open"]),
        "results": {name: int(counted.get(name, 0)) for name in RESULTS},
        "rates": {
            "same_day": told(_sum(cases["asked"] & cases["same_day"]), _sum(cases["asked"])),
            "on_time": told(_sum(due & cases["on_time"]), _sum(due)),
            "resolved": told(_sum(outcome & (cases["result"] == "RESOLVED")), _sum(outcome)),
            "satisfied": told(_sum(cases["stars"].astype(float) >= SATISFIED_FROM), _sum(rated)),
        },
    }


def _department(orders: pd.DataFrame) -> Told:
    """应办结单: answered and not taken away, or missed."""
    answered = orders["answered"].notna()
    due = orders["missed"] | (answered & ~orders["gone"])
    late = np.where(answered, pd.to_datetime(orders["answered"], utc=True) > pd.to_datetime(orders["due"], utc=True), orders["missed"])
    owed = orders["contact_due"].notna()
    signed = ~orders["auto"] & (pd.to_datetime(orders["signed"], utc=True) <= pd.to_datetime(orders["sign_due"], utc=True))
    contacted = owed & (pd.to_datetime(orders["contacted"], utc=True) <= pd.to_datetime(orders["contact_due"], utc=True))
    return {
        "orders": len(orders), "overdue": _sum(due & late), "urged": _sum(orders["urged"]), "supervisions": _sum(orders["supervised"]),
        "rates": {"signed": told(_sum(signed), len(orders)), "contacted": told(_sum(contacted), _sum(owed)),
                  "answered": told(_sum(due & ~late.astype(bool)), _sum(due)), "returned": told(_sum(orders["returned"]), len(orders))},
    }


def _most(exits: pd.DataFrame, by: list[str]) -> list[Told]:
    """The thirty most frequent; equal ones by name."""
    counts = sorted(((key, int(count)) for key, count in exits.groupby(by).size().items()), key=lambda held: (-held[1], held[0]))
    return [{**dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True)), "exits": count} for key, count in counts[:MOST]]


def _sum(held: Any) -> int:
    return int(np.asarray(held).sum())

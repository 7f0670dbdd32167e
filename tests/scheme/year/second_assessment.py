"""双月评估 a second time: every figure from frames of cases, orders and 督办单 (方案 七(二)(三); domain §7, decision 0019)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from tests.scheme.year.given import DAY_SECONDS, LEAST, Given, to_the_second, told
from tests.scheme.year.second_beside import Outside
from tests.scheme.year.second_candidates import bulletin_of, highlights_of, measures_of
from tests.scheme.year.telling import Case, Told

WEIGHTS = {"on_time": 30, "resolved": 30, "satisfied_after": 25, "both": 10, "knowledge": 5}
SATISFIED_FROM, LOW_FROM, SAME_CAUSE, MONTHS_IN_A_ROW = 3, 2, 3, 2
TOO_LOW, AGAIN = Fraction(4, 5), 3
NAMES = {  # domain §7
    "same_day": "当日研判率", "signed": "及时签收率", "contacted": "先行联系率", "on_time": "按时办结率", "extended": "延时率",
    "overdue": "逾期率", "returned": "退单率", "return_refused": "裁定不成立率", "resolved": "实际解决率", "explained": "解释说明率",
    "satisfied_before": "满意率（甄别前）", "satisfied_after": "满意率（甄别后）", "followed_up": "回访率", "reached": "接通率",
    "redone": "重办率", "repeated": "反复反映率", "supervised": "督办强度", "knowledge": "知识转化率",
}
OUTCOMES = ("RESOLVED", "PARTLY_RESOLVED", "EXPLAINED", "UNRESOLVED")


class Frames:
    """The year as three tables, with what other systems say."""

    def __init__(self, cases: Sequence[Case], given: Given, outside: Sequence[Told], in_library: Callable[[str], bool]) -> None:
        self.given, self.outside, self._told = given, Outside(outside), cases
        self.cases = pd.DataFrame([_flat(case) for case in cases]).assign(shelved=[in_library(case.no) for case in cases])
        self.orders = pd.DataFrame([order for case in cases for order in case.orders])
        columns = ["case_no", "number", "order_no", "level", "issued"]
        supervisions = pd.DataFrame([held for case in cases for held in case.supervisions], columns=columns)
        self.supervisions = supervisions.merge(self.orders[["order_no", "unit"]].drop_duplicates("order_no"), on="order_no", how="left")
        self.false = pd.DataFrame(
            [{"unit": one.what["unit"], "at": one.at, "case_no": case.no}
             for case in cases for one in case.by["FeedbackRejected"] if one.what["false_feedback"]],
            columns=["unit", "at", "case_no"],
        )
        self.false["at"] = pd.to_datetime(self.false["at"], utc=True)
        for frame in (self.cases, self.orders, self.supervisions):
            for name in frame.columns:
                if name in MOMENTS:
                    frame[name] = pd.to_datetime(frame[name], utc=True)
        self.cases["often"] = self._often()

    def _often(self) -> pd.Series:
        """同点位同原因: the third and every further one within ninety days."""
        found = pd.Series(data=False, index=self.cases.index)
        named = self.cases[self.cases["cause"].notna()].sort_values(["received", "case_no"])
        for _, held in named.groupby(["site", "cause"]):
            times = held["received"].dt.tz_convert(None).to_numpy()
            earliest = np.searchsorted(times, times - np.timedelta64(90, "D"), "left")
            found.loc[held.index] = np.arange(len(times)) - earliest + 1 >= SAME_CAUSE
        return found

    def report(self, first: str) -> Told:
        """The pack of two months from this one on."""
        last = str(pd.Period(first, "M") + 1)
        whole, months = Span(self, first, 2), (Span(self, first, 1), Span(self, last, 1))
        units = sorted({*self.orders["unit"], *self.cases["lead"].dropna(), *self.outside.units})
        units = [unit for unit in units if unit in whole.units or self.outside.speaks_of(f"{first}-01", whole.last_day, unit)]
        parts = [part for unit in units if _spoken_of(part := self._part(whole, unit))]
        measures = measures_of(self._told, self.given, whole.has)
        accused = sorted({*units, *(one["unit"] for one in measures)})
        return {
            "report": "bimonthly", "period": first, "from": f"{first}-01", "to": whole.last_day, "min_n": LEAST, "names": NAMES,
            "as_of": self._as_of(), "total": self._part(whole, None), "departments": _ranked(parts),
            "interviews": [held for unit in units if (held := self._interview(whole, months, unit))["reasons"]],
            "bulletins": [held for unit in accused if (held := self._bulletin(whole, measures, unit))["reasons"]],
            "highlights": highlights_of(self._told, self.given, whole.has), "measures": measures,
        }

    def _as_of(self) -> str | None:
        told_ = [self.cases["as_of"].max().to_pydatetime(), *([self.outside.latest] if self.outside.latest else [])]
        return to_the_second(max(told_))

    def _bulletin(self, span: Span, measures: Sequence[Told], unit: str) -> Told:
        mine = [held for held in measures if held["unit"] == unit]
        return {"unit": unit, "name": self.given.units.get(unit, unit),
                **bulletin_of(*(span.of(name, unit) for name in ("received", "supervisions", "false")), mine)}

    def _part(self, span: Span, unit: str | None) -> Told:
        rates, counts = span.counted(unit)
        return {
            "unit": unit, "name": self.given.units.get(unit, unit) if unit else self.given.policy["district"]["name"], "counts": counts,
            "rates": {name: told(*pair) for name, pair in rates.items()}, "time_spent": self._time(span.of("closed", unit)),
            "beside": self.outside.of(f"{span.first}-01", span.last_day, unit), "score": _score(rates, counts),
        }

    def _time(self, closed: pd.DataFrame) -> Told:
        days = sorted(int(held) for held in closed["days"].dropna())
        place = -(-9 * len(days) // 10) - 1
        return {
            "numerator": sum(days), "denominator": len(days), "value": _mean(sum(days), len(days)),
            "percentile": str(days[place]) if len(days) >= LEAST else "—",
            "segments": {name: _segment(closed[name].dropna()) for name in ("triage", "sign", "handle", "review")},
        }

    def _interview(self, whole: Span, months: Sequence[Span], unit: str) -> Told:
        rates = {span.first: span.of_people(unit)["satisfied_after"] for span in months}
        again = whole.repeated(unit)
        reasons = []
        if all(of >= LEAST and Fraction(held, of) < TOO_LOW for held, of in rates.values()):
            reasons.append(f"连续{MONTHS_IN_A_ROW}个月满意率低于80%")
        if again[1] >= LEAST and again[0] >= AGAIN:
            reasons.append(f"同类反复反映{again[0]}件")
        return {"unit": unit, "name": self.given.units.get(unit, unit), "reasons": reasons, "repeated": told(*again),
                "satisfied": [{"month": month, **told(*pair)} for month, pair in rates.items()]}


class Span:
    """Whole months: what falls into them, and of it what is one unit's."""

    def __init__(self, frames: Frames, first: str, months: int) -> None:
        self.first, self.last_day = first, str((pd.Period(first, "M") + months - 1).end_time.date())
        self._start, self._end = start, end = _start(first), _start(str(pd.Period(first, "M") + months))
        cases, orders = frames.cases, frames.orders

        def within(frame: pd.DataFrame, moments: str, more: Any = True) -> pd.DataFrame:
            return frame[(frame[moments] >= start) & (frame[moments] < end) & more]

        late_end = np.where(cases["ended"].notna(), cases["ended"] > cases["due"], cases["missed"])
        called = (cases["calls"] > 0) | cases["call_missed"]
        self._whole = {
            "received": within(cases, "received"), "closed": within(cases, "closed"),
            "due": within(cases, "due", cases["replied"].notna() | late_end),
            "triage": within(cases, "triage_due", cases["triaged"].notna() | cases["triage_missed"]),
            "call": within(cases, "fed_back", cases["has_orders"] & called & ~cases["anonymous"]), "issued": within(orders, "issued"),
            "orders_due": within(orders, "due", orders["missed"] | (orders["answered"].notna() & ~orders["gone"])),
            "supervisions": within(frames.supervisions, "issued"), "false": within(frames.false, "at"),
        }
        self._of = {name: dict(list(held.groupby("lead" if "lead" in held else "unit"))) for name, held in self._whole.items()}

    @property
    def units(self) -> set[str]:
        """Whoever something that falls into it is about."""
        return {unit for held in self._of.values() for unit in held}

    def has(self, when: datetime | None) -> bool:
        """Whether a moment lies in it."""
        return when is not None and self._start <= when < self._end

    def of(self, name: str, unit: str | None) -> pd.DataFrame:
        """One table, or one unit's part of it."""
        whole = self._whole[name]
        return whole if unit is None else self._of[name].get(unit, whole.iloc[:0])

    def counted(self, unit: str | None) -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
        """Every rate and every count."""
        due, issued, closed, supervisions = (self.of(name, unit) for name in ("due", "issued", "closed", "supervisions"))
        on_time, triage = _share(due, due["replied"] <= due["due"]), self.of("triage", unit)
        same_day = {"same_day": _share(triage, triage["triaged"] <= triage["triage_due"])} if unit is None else {}
        rates = {**same_day, **_of_orders(issued, self.of("orders_due", unit), len(supervisions)), **_of_closed(closed),
                 **self.of_people(unit), "on_time": on_time, "repeated": self.repeated(unit)}
        counts = {
            "received": len(self.of("received", unit)), "due": len(due), "closed": len(closed), "orders": len(issued),
            "overdue_cases": on_time[1] - on_time[0], "supervisions": len(supervisions), "red": int((supervisions["level"] == "RED").sum()),
            "false_feedback": len(self.of("false", unit)), "low_rated": int((closed["stars"] <= LOW_FROM).sum()),
        }
        return rates, counts

    def repeated(self, unit: str | None) -> tuple[int, int]:
        """反复反映 among 受理."""
        received = self.of("received", unit)
        return _share(received, received["repeated"] | received["often"])

    def of_people(self, unit: str | None) -> dict[str, tuple[int, int]]:
        """满意, 回访, 接通."""
        closed, owed = self.of("closed", unit), self.of("call", unit)
        rated, called = closed[closed["stars"].notna()], owed[owed["calls"] > 0]
        content = rated["stars"] >= SATISFIED_FROM
        valid = rated[content | (rated["finding"] != "UNFOUNDED")]
        return {
            "satisfied_before": _share(rated, content), "satisfied_after": _share(valid, valid["stars"] >= SATISFIED_FROM),
            "followed_up": (len(called), len(owed)), "reached": _share(called, called["reached"]),
        }


MOMENTS = {"received", "closed", "due", "replied", "ended", "triage_due", "triaged", "fed_back", "as_of", "issued", "sign_due", "signed",
           "contact_due", "contacted", "answered"}


def _spoken_of(part: Told) -> bool:
    """Whether the period has anything of a unit, ours or another system's."""
    return any(part["counts"].values()) or any(held["count"] for held in part["beside"].values())


def _flat(case: Case) -> Told:
    if "flat" not in case.kept:
        case.kept["flat"] = _read(case)
    return case.kept["flat"]


def _read(case: Case) -> Told:
    given, calls = case.given, case.by["FollowUpRecorded"]
    first = [order for order in case.orders if order["role"] == "LEAD" and order["round"] == 1]
    order = first[-1] if first else dict.fromkeys(("issued", "signed", "answered"))
    spans = {"triage": (case.received, case.triaged), "sign": (order["issued"], order["signed"]),
             "handle": (order["signed"], order["answered"]), "review": (order["answered"], case.fed_back)}
    return {
        "case_no": case.no, "site": case.first["site"], "lead": case.lead, "received": case.received, "due": case.due, "replied": case.replied,
        "missed": case.missed, "closed": case.closed, "ended": case.ended[0] if case.ended else None, "triage_due": case.triage_due,
        "triaged": case.triaged, "triage_missed": case.triage_missed, "fed_back": case.fed_back, "result": case.result, "stars": case.spoken("stars"),
        "finding": case.finding, "cause": case.cause, "repeated": case.repeated, "anonymous": case.first["anonymous"], "calls": len(calls),
        "reached": any(one.what["reached"] for one in calls), "call_missed": bool(case.clock("FOLLOW_UP", "DeadlineMissed")),
        "has_orders": bool(case.by["OrderIssued"]), "extended": bool(case.by["CaseExtended"]), "redone": case.round > 1,
        "hard": case.category == "SERVICE" and case.grade == "COMPLEX", "as_of": case.as_of,
        "days": given.days(case.received, case.replied) if case.replied else None,
        **{name: given.minutes(begin, end) if begin and end else None for name, (begin, end) in spans.items()},
    }


def _of_orders(issued: pd.DataFrame, due: pd.DataFrame, supervisions: int) -> dict[str, tuple[int, int]]:
    owed = issued[issued["contact_due"].notna()]
    return {
        "signed": _share(issued, ~issued["auto"] & (issued["signed"] <= issued["sign_due"])),
        "contacted": _share(owed, owed["contacted"] <= owed["contact_due"]),
        "overdue": _share(due, np.where(due["answered"].notna(), due["answered"] > due["due"], due["missed"])),
        "returned": _share(issued, issued["returned"]), "return_refused": _share(issued, issued["refused"]),
        "supervised": (supervisions, len(issued)),
    }


def _of_closed(closed: pd.DataFrame) -> dict[str, tuple[int, int]]:
    outcomes = closed[closed["result"].isin(OUTCOMES)]
    return {
        "extended": _share(closed, closed["extended"]), "resolved": _share(outcomes, outcomes["result"] == "RESOLVED"),
        "explained": _share(outcomes, outcomes["result"] == "EXPLAINED"), "redone": _share(closed, closed["redone"]),
        "knowledge": (int((closed["hard"] & closed["shelved"]).sum()), int(closed["hard"].sum())),
    }


def _start(month: str) -> Any:
    return pd.Timestamp(datetime.fromisoformat(f"{month}-01T00:00:00+08:00"))


def _share(of: pd.DataFrame, holds: Any) -> tuple[int, int]:
    return int(np.asarray(holds, dtype=bool).sum()), len(of)


def _mean(total: Any, count: int) -> str:
    return str((Decimal(total) / count).quantize(Decimal("0.01"), ROUND_HALF_UP)) if count >= LEAST else "—"


def _segment(minutes: pd.Series) -> Told:
    total = int(minutes.sum())
    return {"minutes": total, "denominator": len(minutes), "value": _mean(Decimal(total) * 60 / DAY_SECONDS, len(minutes))}


def _score(rates: dict[str, tuple[int, int]], counts: dict[str, int]) -> str:
    signed, contacted = rates["signed"], rates["contacted"]
    held = {**rates, "both": (signed[0] + contacted[0], signed[1] + contacted[1])}
    told_ = {name: weight for name, weight in WEIGHTS.items() if held[name][1] >= LEAST}
    if "on_time" not in told_:
        return "—"
    points = sum(weight * Fraction(*held[name]) for name, weight in told_.items()) * 100 / sum(told_.values())
    points -= 2 * counts["overdue_cases"] + 3 * counts["red"] + 10 * counts["false_feedback"]
    return str((Decimal(points.numerator) / Decimal(points.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _ranked(parts: list[Told]) -> list[Told]:
    scores = [Decimal(part["score"]) for part in parts if part["score"] != "—"]
    for part in parts:
        part["rank"] = None if part["score"] == "—" else 1 + sum(score > Decimal(part["score"]) for score in scores)
    return sorted(parts, key=lambda part: (part["rank"] is None, part["rank"] or 0, part["unit"]))

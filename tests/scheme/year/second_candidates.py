"""Whom to call to account and what to tell of, a second time: 通报, 约谈 and 问责 over single cases, 亮点案例 (方案 七(三)(四); domain §5 L3–L5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pandas as pd

from tests.scheme.year.given import Given, shown, to_the_second
from tests.scheme.year.telling import Case, Told

OFTEN, BEST, MOST = 3, 5, 50
HARD = ("COMPLEX", "SPECIAL")
Within = Callable[[datetime | None], bool]


def measures_of(cases: Sequence[Case], given: Given, within: Within) -> list[Told]:
    """约谈 and 问责 proposed or decided in the period."""
    found = [held for case in cases for held in _measures(case, given)]
    found = [held for held in found if within(held["_proposed"]) or within(held["_approved"])]
    found.sort(key=lambda held: (held["_proposed"], held["case_no"], held["_place"]))
    return [{name: value for name, value in held.items() if not name.startswith("_")} for held in found]


def _measures(case: Case, given: Given) -> list[Told]:
    if "measures" not in case.kept:
        kinds = {"InterviewProposed": "INTERVIEW", "AccountabilityProposed": "ACCOUNTABILITY"}
        proposed = [(place, one) for place, one in enumerate(case.said) if one.kind in kinds]
        case.kept["measures"] = [
            {"case_no": case.no, "kind": kinds[one.kind], "unit": one.what["unit"], "name": given.units.get(one.what["unit"], one.what["unit"]),
             "reasons": list(one.what["reasons"]), "proposed_at": to_the_second(one.at), "_proposed": one.at, "_place": place,
             "supervisions": len(case.supervisions), "overdue": case.overdue, **_decided(case, place)}
            for place, one in proposed
        ]
    return case.kept["measures"]


def _decided(case: Case, place: int) -> Told:
    """What people decided of an 约谈: the first approval of the unit's after it."""
    proposed = case.said[place]
    later = [one for one in case.said[place:] if one.kind == "InterviewApproved" and one.what["unit"] == proposed.what["unit"]]
    if proposed.kind != "InterviewProposed" or not later:
        return {"approved_at": None, "rectify_due_at": None, "_approved": None}
    until = datetime.fromisoformat(later[0].what["rectify_due_at"])
    return {"approved_at": to_the_second(later[0].at), "rectify_due_at": to_the_second(until), "_approved": later[0].at}


def bulletin_of(received: pd.DataFrame, supervisions: pd.DataFrame, false: pd.DataFrame, measures: Sequence[Told]) -> Told:
    """One unit's figures for 通报: red cards, false answers, proposals to hold it to account, repeats; every case they rest on is named."""
    red = supervisions[supervisions["level"] == "RED"]
    again = received[received["repeated"] | received["often"]]
    accused = [held["case_no"] for held in measures if held["kind"] == "ACCOUNTABILITY"]
    counts = {"red": len(red), "false_feedback": len(false), "accountability": len(accused), "repeated": len(again)}
    least = {"red": ("红色督办{}次", 1), "false_feedback": ("虚假办结{}件", 1), "accountability": ("通报问责建议{}件", 1),
             "repeated": ("反复反映{}件", OFTEN)}
    return {
        "reasons": [words.format(counts[name]) for name, (words, few) in least.items() if counts[name] >= few], "counts": counts,
        "cases": sorted({*red["case_no"], *false["case_no"], *accused, *again["case_no"]}),
    }


def highlights_of(cases: Sequence[Case], given: Given, within: Within) -> list[Told]:
    """办结 in the period, solved, five stars, nothing against it; hard, or of several units, or with 举一反三; the most telling first."""
    told = [held for case in cases if within(case.closed) and _spotless(case) and (held := _highlight(case, given))["why"]]
    return sorted(told, key=lambda held: (-len(held["why"]), held["case_no"]))[:MOST]


def _spotless(case: Case) -> bool:
    against = (case.overdue, case.supervisions, case.round > 1, case.withheld, any(one.what["false_feedback"] for one in case.by["FeedbackRejected"]))
    return case.result == "RESOLVED" and case.spoken("stars") == BEST and case.spoken("resolved") is not False and not any(against)


def _highlight(case: Case, given: Given) -> Told:
    """A unit that gave its order back, or had it taken away, took no part."""
    units = list(dict.fromkeys(order["unit"] for order in case.orders if not order["gone"]))
    why = (("疑难事项", case.grade in HARD), ("跨部门协同", len(units) > 1), ("举一反三", bool(case.lessons)))
    return {
        "case_no": case.no, "site": case.first["site"], "item": shown(case.item), "grade": case.grade, "cause": case.cause, "units": units,
        "names": [given.units.get(unit, unit) for unit in units], "working_days": given.days(case.received, case.replied) if case.replied else None,
        "why": [words for words, holds in why if holds], "opinion": shown(case.opinion), "lessons": [held["lesson"] for held in case.lessons],
    }

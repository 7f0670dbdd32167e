"""Every figure of the 双月评估 counted a second way, from the rows of `events.jsonl` alone; shares no code with the reports."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

Row = dict[str, Any]
Pair = tuple[int, int]


def moment(text: str | None) -> datetime | None:
    """A time of a row."""
    return None if text is None else datetime.fromisoformat(text)


class Told:
    """One case as its rows tell it."""

    def __init__(self, rows: list[Row]) -> None:
        self.no = rows[0]["case_no"]
        self.by: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self.by[row["type"].split(".")[-2]].append(row)
        first = self.one("CaseRegistered")
        self.received = moment(first["data"]["received_at"])
        self.registered = first["data"]
        dispatched = self.by["CaseFedBack"] or self.by["OrderIssued"] or self.by["CaseTriaged"]
        self.lead = self._lead()
        self.replied = self._replied()
        self.due = self._due()
        self.dispatched = dispatched

    def one(self, name: str) -> Row:
        return self.by[name][0]

    def first(self, *names: str) -> datetime | None:
        found = [moment(row["occurred_at"]) for name in names for row in self.by[name]]
        return min((held for held in found if held), default=None)

    def deadlines(self, name: str, kind: str) -> list[Row]:
        return [row for row in self.by[name] if row["data"]["kind"] == kind]

    def _lead(self) -> str | None:
        found: list[tuple[str, str]] = []
        for name, field in (("CaseTriaged", "lead"), ("OrderIssued", "unit"), ("CaseFedBack", "lead"), ("CaseReopened", "lead")):
            found += [(row["occurred_at"], row["data"][field]) for row in self.by[name]
                      if name != "OrderIssued" or row["data"]["role"] == "LEAD"]
        return max(found, key=lambda held: datetime.fromisoformat(held[0]))[1] if found else None

    def _replied(self) -> datetime | None:
        if self.by["CaseFedBack"]:
            return moment(self.one("CaseFedBack")["data"]["replied_at"])
        return self.first("CaseResolvedInstantly", "CaseRejected", "CaseTransferred")

    def _due(self) -> datetime:
        held = [row["data"]["due_at"] for row in self.deadlines("DeadlineSet", "ANSWER")] + [row["data"]["due_at"] for row in self.by["CaseExtended"]]
        return datetime.fromisoformat(held[-1])

    @property
    def closed(self) -> datetime | None:
        return moment(self.by["CaseClosed"][-1]["occurred_at"]) if self.by["CaseClosed"] else None

    @property
    def stars(self) -> int | None:
        said = [row["data"]["stars"] for row in self.by["FollowUpRecorded"] if row["data"]["reached"]]
        return said[-1] if said else None


def recount(rows: list[Row], start: datetime, end: datetime, unit: str | None = None) -> dict[str, Pair]:
    """Numerator and denominator of every rate, of the district or of one unit."""
    by_case: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_case[row["case_no"]].append(row)
    every = [Told(held) for held in by_case.values()]
    mine = [case for case in every if unit in (None, case.lead)]

    def within(when: datetime | None) -> bool:
        return when is not None and start <= when < end

    def share(cases: list[Any], holds: Any) -> Pair:
        return sum(1 for case in cases if holds(case)), len(cases)

    found: dict[str, Pair] = {}
    analysis = []
    for case in mine:
        day = moment(case.deadlines("DeadlineSet", "TRIAGE")[-1]["data"]["due_at"])
        done = case.first("CaseTriaged", "CaseResolvedInstantly", "RejectionProposed", "CaseTransferred")
        if within(day) and (done or case.deadlines("DeadlineMissed", "TRIAGE")):
            analysis.append(done is not None and done <= day)
    if unit is None:
        found["same_day"] = share(analysis, bool)
    due = []
    for case in mine:
        ended = case.first("CaseMerged", "CaseWithdrawn")
        owed = case.replied is not None or (ended > case.due if ended else bool(case.deadlines("DeadlineMissed", "ANSWER")))
        if within(case.due) and owed:
            due.append(case)
    found["on_time"] = share(due, lambda case: case.replied is not None and case.replied <= case.due)
    closed = [case for case in mine if within(case.closed)]
    found["extended"] = share(closed, lambda case: case.by["CaseExtended"])
    found["redone"] = share(closed, lambda case: case.by["CaseReopened"])
    result = {case.no: case.by["CaseClosed"][-1]["data"]["result"] for case in closed}
    found["resolved"] = share(closed, lambda case: result[case.no] == "RESOLVED")
    found["explained"] = share(closed, lambda case: result[case.no] == "EXPLAINED")
    rated = [case for case in closed if case.stars is not None]
    found["satisfied_before"] = share(rated, lambda case: case.stars >= 3)

    def unfounded(case: Told) -> bool:
        return case.stars < 3 and case.by["ScreeningRecorded"] and case.by["ScreeningRecorded"][-1]["data"]["finding"] == "UNFOUNDED"

    found["satisfied_after"] = share([case for case in rated if not unfounded(case)], lambda case: case.stars >= 3)
    asked = [
        case for case in mine if within(case.first("CaseFedBack")) and not case.registered["anonymous"]
        and (case.by["FollowUpRecorded"] or case.deadlines("DeadlineMissed", "FOLLOW_UP"))
    ]
    found["followed_up"] = share(asked, lambda case: case.by["FollowUpRecorded"])
    called = [case for case in asked if case.by["FollowUpRecorded"]]
    found["reached"] = share(called, lambda case: any(row["data"]["reached"] for row in case.by["FollowUpRecorded"]))
    hard = []
    for case in closed:
        graded = case.by["CaseTriaged"]
        if graded and not case.by["CaseExtended"] and graded[-1]["data"]["grade"] == "COMPLEX" and graded[-1]["data"]["category"] == "SERVICE":
            hard.append(case)
    found["knowledge"] = (0, len(hard))
    found["repeated"] = share([case for case in mine if within(case.received)], lambda case: case.registered["repeats"] >= 1 or _often(case, every))
    return found | _orders(every, unit, within)


def _cause(case: Told) -> str | None:
    said = [row["data"]["cause"] for row in case.by["OrderAnswered"] if row["data"]["role"] == "LEAD" and row["data"]["cause"]]
    said = said or [row["data"]["cause"] for row in case.by["OrderAnswered"] if row["data"]["cause"]][:1]
    return {"政策": "POLICY"}.get(said[-1], said[-1]) if said else None


def _often(case: Told, every: list[Told]) -> bool:
    cause = _cause(case)
    if cause is None:
        return False
    near = [
        other for other in every if other.registered["site"] == case.registered["site"] and _cause(other) == cause
        and case.received - timedelta(days=90) <= other.received and (other.received, other.no) <= (case.received, case.no)
    ]
    return len(near) >= 3


def _orders(every: list[Told], unit: str | None, within: Any) -> dict[str, Pair]:
    count: dict[str, list[bool]] = defaultdict(list)
    supervised = 0
    for case in every:
        for issued in case.by["OrderIssued"]:
            order = issued["data"]["order_no"]
            if unit not in (None, issued["data"]["unit"]):
                continue

            def of(name: str, order: str = order, case: Told = case) -> list[Row]:
                return [row for row in case.by[name] if row["data"]["order_no"] == order]

            ends = [row["data"]["due_at"] for row in of("DeadlineSet") if row["data"]["kind"] == "ORDER"]
            due, answers = moment(ends[-1] if ends else issued["data"]["due_at"]), of("OrderAnswered")
            missed = [row for row in of("DeadlineMissed") if row["data"]["kind"] == "ORDER"]
            if within(due) and (answers or missed):
                count["overdue"].append(moment(answers[-1]["occurred_at"]) > due if answers else True)
            voided = {row["data"]["number"] for row in of("SupervisionVoided")}
            supervised += sum(within(moment(row["occurred_at"])) and row["data"]["number"] not in voided for row in of("SupervisionIssued"))
            if not within(moment(issued["occurred_at"])):
                continue
            signed = of("OrderSigned")
            count["signed"].append(bool(signed) and not signed[0]["data"]["auto"]
                                   and moment(signed[0]["occurred_at"]) <= moment(issued["data"]["sign_due_at"]))
            limits = [row for row in of("DeadlineSet") if row["data"]["kind"] == "CONTACT"]
            if limits:
                spoke = of("CitizenContacted")
                count["contacted"].append(bool(spoke) and moment(spoke[0]["occurred_at"]) <= moment(limits[-1]["data"]["due_at"]))
            count["returned"].append(bool(of("OrderReturnRequested")))
            count["return_refused"].append(bool(of("OrderReturnRefused")))
    pairs = {name: (sum(count[name]), len(count[name])) for name in ("overdue", "signed", "contacted", "returned", "return_refused")}
    return pairs | {"supervised": (supervised, len(count["signed"]))}

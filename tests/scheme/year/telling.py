"""What the rows of one case tell, read by look-ups: no state is carried from event to event as the ledger does (domain §7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from tests.scheme.year.given import Given, moment, shown

Row = dict[str, Any]
Told = dict[str, Any]
SKIP = object()
UNREAD = ("notifier/", "archive/")
UNHAPPY_BELOW = 3


@dataclass(frozen=True)
class Said:
    """One event: its kind, when it happened, who did it, what it carries."""

    kind: str
    at: datetime
    by: str
    what: dict[str, Any]
    recorded: datetime


def said_in(rows: Iterable[Row]) -> list[Said]:
    """The events of one case in the order in which they came about: by record, causes before what they caused."""
    held = [row for row in rows if not row["stream"].startswith(UNREAD)]
    ids = {row["event_id"]: row for row in held}
    depth: dict[str, int] = {}

    def deep(row: Row) -> int:
        if row["event_id"] not in depth:
            cause = ids.get(row["cause"])
            same = cause is not None and cause["recorded_at"] == row["recorded_at"]
            depth[row["event_id"]] = deep(cause) + 1 if cause is not None and same else 0
        return depth[row["event_id"]]

    for before, row in pairwise(sorted(held, key=lambda row: (row["stream"], row["seq"]))):
        if before["stream"] == row["stream"] and before["recorded_at"] == row["recorded_at"]:
            depth[row["event_id"]] = max(deep(row), deep(before))
    held.sort(key=lambda row: (row["recorded_at"], deep(row), row["stream"], row["seq"]))
    return [Said(row["type"].split(".")[-2], _at(row["occurred_at"]), row["actor"], row["data"], _at(row["recorded_at"])) for row in held]


def _at(text: str) -> datetime:
    when = moment(text)
    assert when is not None
    return when


class Case:
    """One case: its figures are asked for, each from the events it is about."""

    def __init__(self, rows: list[Row], given: Given) -> None:
        self.no, self.given, self.said = rows[0]["case_no"], given, said_in(rows)
        self.by: dict[str, list[Said]] = defaultdict(list)
        for one in self.said:
            self.by[one.kind].append(one)
        self.first: dict[str, Any] = self.by["CaseRegistered"][0].what
        self.received = _at(self.first["received_at"])
        self.kept: dict[str, Any] = {}  # what was read of it once, under the name of what it is

    def latest(self, start: Any, **of: Callable[[Said], Any]) -> Any:
        """The last word of these kinds."""
        found = start
        for one in self.said:
            if one.kind in of and (word := of[one.kind](one)) is not SKIP:
                found = word
        return found

    def earliest(self, **of: Callable[[Said], Any]) -> Any:
        """The first word of these kinds."""
        return next((word for one in self.said if one.kind in of and (word := of[one.kind](one)) is not SKIP), None)

    def clock(self, kind: str, name: str) -> list[Said]:
        """What SLA said of one kind of countdown."""
        return [one for one in self.by[name] if one.what["kind"] == kind]

    @cached_property
    def clue(self) -> bool:
        """A clue for 纪检."""
        return any(one.what["clue"] for one in self.by["CaseTransferred"])

    @cached_property
    def category(self) -> str | None:
        """类别: registered, analysed, put right."""
        gone = [one.recorded for one in self.by["CaseTransferred"] if one.what["clue"]]

        def put_right(one: Said) -> Any:
            return one.what["after"] if one.what["field"] == "category" and not (gone and one.recorded > gone[0]) else SKIP

        return self.latest(
            self.first["category"], CaseTriaged=_of("category"), CaseResolvedInstantly=_of("category"), CaseCorrected=put_right,
        )

    @cached_property
    def withheld(self) -> bool:
        """投诉 and 线索: nobody is named."""
        return self.clue or self.category == "COMPLAINT" or self.first["complained_unit"] is not None

    @cached_property
    def grade(self) -> str | None:
        """分级."""
        return self.latest(
            None, CaseTriaged=_of("grade"), CaseRegraded=_of("grade"), CaseResolvedInstantly=_of("grade"), CaseExtended=lambda _: "SPECIAL",
        )

    @cached_property
    def lead(self) -> str | None:
        """主办."""
        return self.latest(
            None, CaseTriaged=_of("lead"), CaseFedBack=_of("lead"), CaseReopened=_of("lead"),
            OrderIssued=lambda one: one.what["unit"] if one.what["role"] == "LEAD" else SKIP,
            ConsultationConcluded=lambda one: one.what["lead"] or SKIP,
        )

    @cached_property
    def cause(self) -> str | None:
        """原因分类: the lead's last word, else the first of anybody."""
        words = [one for one in self.by["OrderAnswered"] if one.what["cause"]]
        leads = [one.what["cause"] for one in words if one.what["role"] == "LEAD"]
        said = (leads[-1] if leads else words[0].what["cause"] if words else "").strip()
        if not said:
            return None
        named = {name: code for code, name in self.given.policy["causes"].items()}
        return said if said in self.given.policy["causes"] else named.get(said, "OTHER")

    @cached_property
    def triaged(self) -> datetime | None:
        """研判完成."""
        return self.earliest(
            CaseTriaged=_when, RejectionProposed=_when, CaseResolvedInstantly=_when, CaseTransferred=_when,
        )

    @cached_property
    def triage_due(self) -> datetime | None:
        """The close of the day of the analysis."""
        ends = self.clock("TRIAGE", "DeadlineSet")
        return _at(ends[-1].what["due_at"]) if ends else None

    @cached_property
    def triage_missed(self) -> bool:
        """No analysis when the day closed."""
        return self._missed_since_set("TRIAGE")

    def _missed_since_set(self, kind: str, order: str | None = None) -> bool:
        told = [one for one in self.said if one.kind in ("DeadlineSet", "DeadlineMissed") and one.what["kind"] == kind
                and (order is None or one.what["order_no"] == order)]
        return bool(told) and told[-1].kind == "DeadlineMissed"

    @cached_property
    def due(self) -> datetime | None:
        """处理时限 as it stands."""
        def set_(one: Said) -> Any:
            return _at(one.what["due_at"]) if one.kind != "DeadlineSet" or one.what["kind"] == "ANSWER" else SKIP

        return self.latest(None, DeadlineSet=set_, CaseRegraded=set_, CaseExtended=set_)

    @cached_property
    def provisional(self) -> bool:
        """期限暂定."""
        def set_(one: Said) -> Any:
            return one.what["provisional"] if one.kind != "DeadlineSet" or one.what["kind"] == "ANSWER" else SKIP

        return bool(self.latest(False, DeadlineSet=set_, CaseRegraded=set_, CaseExtended=set_))

    @cached_property
    def replied(self) -> datetime | None:
        """答复: the first the person got."""
        def told(one: Said) -> Any:
            return _at(one.what["replied_at"])

        return self.earliest(
            CaseFedBack=told, CaseClosed=told, CaseResolvedInstantly=_when, CaseRejected=_when, CaseTransferred=_when,
        )

    @cached_property
    def missed(self) -> bool:
        """The end of the answer passed and no later one was given in time."""
        gone = False
        for one in self.said:
            if one.kind == "DeadlineMissed" and one.what["kind"] == "ANSWER":
                gone = True
            elif one.kind == "DeadlineSet" and one.what["kind"] == "ANSWER":
                gone = gone and _at(one.what["due_at"]) <= max(one.at, moment(one.what["previous_due_at"]) or one.at)
        return gone

    @cached_property
    def overdue(self) -> bool:
        """逾期."""
        return self.replied > self.due if self.replied and self.due else self.missed

    @cached_property
    def ended(self) -> tuple[datetime, str] | None:
        """How it ended otherwise than by an answer of a unit."""
        ways = {"CaseRejected": "REJECTED", "CaseTransferred": "TRANSFERRED", "CaseMerged": "MERGED", "CaseWithdrawn": "WITHDRAWN"}
        found = [(one.at, ways[one.kind]) for one in self.said if one.kind in ways and one.what.get("stops", True)]
        return found[-1] if found else None

    @cached_property
    def result(self) -> str | None:
        """处理结果."""
        if self.ended and self.ended[1] in ("REJECTED", "TRANSFERRED"):
            return self.ended[1]
        return self.latest(
            None, CaseResolvedInstantly=_of("result"), CaseFedBack=_of("result"), CaseClosed=_of("result"),
            CaseRejected=lambda _: "REJECTED", CaseTransferred=lambda _: "TRANSFERRED",
        )

    @cached_property
    def closed(self) -> datetime | None:
        """办结, unless it was taken up again."""
        return self.latest(
            None, CaseClosed=_when, CaseReopened=lambda _: None, FollowUpRecorded=lambda one: None if one.what["reopens"] else SKIP,
        )

    @cached_property
    def fed_back(self) -> datetime | None:
        """The first 答复 the window checked."""
        return self.by["CaseFedBack"][0].at if self.by["CaseFedBack"] else None

    def spoken(self, name: str) -> Any:
        """诉求解决 or stars: the last word of the person."""
        def word(one: Said) -> Any:
            heard = one.kind == "CaseClosed" or one.what["reached"]
            return one.what[name] if heard and one.what[name] is not None else SKIP

        return self.latest(None, FollowUpRecorded=word, CaseClosed=word)

    @cached_property
    def opinion(self) -> str:
        """处理意见: the last word to the person."""
        text, reason = _of("text"), _of("reason")
        return str(self.latest("", CaseResolvedInstantly=text, CaseFedBack=text, CaseRejected=reason, CaseTransferred=reason))

    @cached_property
    def item(self) -> str:
        """事项名称, put right."""
        return str(self.latest(self.first["item"], CaseCorrected=_corrected("item")))

    @cached_property
    def item_code(self) -> str | None:
        """事项编码, put right."""
        return self.latest(self.first["item_code"], CaseCorrected=_corrected("item_code"))

    @cached_property
    def finding(self) -> str | None:
        """甄别 of the latest round."""
        return self.latest(None, ScreeningRecorded=_of("finding"), CaseReopened=lambda _: None)

    @cached_property
    def round(self) -> int:
        """重办."""
        return max([1, *(one.what["round"] for one in self.by["CaseReopened"])])

    @cached_property
    def repeated(self) -> bool:
        """同人同事项."""
        return bool(self.first["repeats"] + 1 >= self.given.policy["repeat"]["count"] or self.latest(0, RepeatNoted=_of("count")) > 0)

    @cached_property
    def supervisions(self) -> list[Told]:
        """有效督办单."""
        voided = {one.what["number"] for one in self.by["SupervisionVoided"]}
        found = {one.what["number"]: {"case_no": self.no, "number": one.what["number"], "order_no": one.what["order_no"],
                                      "level": one.what["level"], "issued": one.at} for one in self.by["SupervisionIssued"]}
        return [held for number, held in found.items() if number not in voided]

    @cached_property
    def orders(self) -> list[Told]:
        """Every 承办单."""
        return [self._order(one) for one in self.by["OrderIssued"]]

    def _order(self, issued: Said) -> Told:
        number = issued.what["order_no"]

        def of(name: str) -> list[Said]:
            return [one for one in self.by[name] if one.what["order_no"] == number]

        ends = [one for one in self.clock("ORDER", "DeadlineSet") if one.what["order_no"] == number]
        limits = [one for one in self.clock("CONTACT", "DeadlineSet") if one.what["order_no"] == number]
        signed, spoke = of("OrderSigned"), of("CitizenContacted")
        answers = [one for one in self.said if one.kind in ("OrderAnswered", "FeedbackRejected") and one.what["order_no"] == number]
        return {
            "case_no": self.no, "order_no": number, "unit": issued.what["unit"], "role": issued.what["role"], "round": issued.what["round"],
            "issued": issued.at, "sign_due": _at(issued.what["sign_due_at"]), "due": _at((ends[-1] if ends else issued).what["due_at"]),
            "signed": signed[-1].at if signed else None, "auto": bool(signed and signed[-1].what["auto"]),
            "contact_due": _at(limits[-1].what["due_at"]) if limits else None, "contacted": spoke[-1].at if spoke else None,
            "answered": answers[-1].at if answers and answers[-1].kind == "OrderAnswered" else None,
            "missed": self._missed_since_set("ORDER", number), "gone": bool(of("OrderReturned") or of("OrderCancelled")),
            "returned": bool(of("OrderReturnRequested")), "refused": bool(of("OrderReturnRefused")),
        }

    @cached_property
    def lessons(self) -> list[Told]:
        """举一反三, each order's last word."""
        last: dict[str, Said] = {}
        for one in self.by["OrderAnswered"]:
            last.pop(one.what["order_no"], None)
            last[one.what["order_no"]] = one
        return [{"case_no": self.no, "site": self.first["site"], "unit": one.what["unit"], "lesson": shown(one.what["lesson"])}
                for one in last.values() if one.what["lesson"].strip() not in ("", "无", "无。")]

    @cached_property
    def consulting(self) -> bool:
        """In 提级会商 now."""
        return bool(self.latest(
            False, CaseEscalated=lambda _: True, **dict.fromkeys(
                ("ConsultationConcluded", "CaseFedBack",
                 "CaseClosed", "CaseReopened", "CaseMerged", "CaseRejected", "FeedbackRejected", "CaseTriaged"),
                lambda _: False),
            CaseWithdrawn=lambda one: False if one.what["stops"] else SKIP,
        ))

    @cached_property
    def as_of(self) -> datetime:
        """The latest word."""
        return max(one.recorded for one in self.said)


def _of(name: str) -> Callable[[Said], Any]:
    return lambda one: one.what[name]


def _corrected(field: str) -> Callable[[Said], Any]:
    return lambda one: one.what["after"] if one.what["field"] == field else SKIP


def _when(one: Said) -> datetime:
    return one.at


"""One event as the act of a person that led to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Row = dict[str, Any]
Fields = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """An act: who did what on which case, when, in which words."""

    verb: str
    case: str
    at: datetime
    by: str
    fields: Fields


@dataclass(frozen=True)
class People:
    """Who calls people back (回访员), and each person's placeholder phone by their reference."""

    callers: frozenset[str]
    phones: dict[str, str] = field(default_factory=dict)

    def phone_of(self, person: str) -> str:
        """One placeholder for one person."""
        return self.phones.setdefault(person, f"138{len(self.phones) + 1:08d}")


def _same(*names: str) -> Callable[[Fields], Fields]:
    return lambda data: {name: data.get(name) for name in names}


def _words(data: Fields) -> Fields:
    return {"text": (data.get("words") or {}).get("masked") or "（原话未存）"}


def _extension(data: Fields) -> Fields:
    return {"unit": data["unit"], "until": str(data["until"])[:10], "reason": data["reason"]}


VERB_OF: dict[str, tuple[str, Callable[[Fields], Fields]]] = {
    "CaseTriaged": ("triage", _same("grade", "lead", "assist", "requirement", "category", "reason")),
    "CaseResolvedInstantly": ("resolve_now", _same("text", "category")),
    "RejectionProposed": ("refuse", _same("reason", "basis", "alternative")),
    "CaseRejected": ("confirm_refusal", _same()),
    "RejectionOverruled": ("overrule_refusal", _same("reason")),
    "CaseTransferred": ("transfer", _same("to", "reason")),
    "CaseMerged": ("merge", _same("into", "reason")),
    "CaseWithdrawn": ("withdraw", _same("reason")),
    "CitizenUrged": ("urge", _words),
    "MaterialSupplied": ("supply", _words),
    "OrderSigned": ("sign", _same("unit")),
    "CitizenContacted": ("contact", _same("unit")),
    "OrderAnswered": ("answer", _same("unit", "result", "text", "cause", "basis", "alternative", "lesson")),
    "OrderReturnRequested": ("request_return", _same("unit", "reason", "suggest")),
    "OrderReturned": ("rule_return", lambda data: {"unit": data["unit"], "accepted": True, "to": data.get("to"), "reason": data["reason"]}),
    "OrderReturnRefused": ("rule_return", lambda data: {"unit": data["unit"], "accepted": False, "reason": data.get("reason")}),
    "MaterialRequested": ("request_material", lambda data: {"unit": data["unit"], "list": data["items"]}),
    "ExtensionRequested": ("request_extension", _extension),
    "ExtensionEndorsed": ("approve_extension", _same()),
    "CaseExtended": ("approve_extension", _same()),
    "ExtensionRefused": ("refuse_extension", _same("reason")),
    "FeedbackRejected": ("reject_answer", _same("unit", "reason", "false_feedback")),
    "CaseFedBack": ("verify", _same("replied_at")),
    "ScreeningRecorded": ("screen", _same("finding", "reason")),
    "CaseReopened": ("reopen", _same()),
    "CaseEscalated": ("consult", _same("reason")),
    "ConsultationConcluded": ("conclude", _same("outcome", "lead")),
    "SupervisionIssued": ("issue_supervision", _same("level", "unit")),
    "SupervisionVoided": ("void_supervision", _same("unit", "reason")),
    "SupervisionAnswered": ("answer_supervision", _same("unit", "text")),
    "InterviewApproved": ("approve_interview", _same("unit")),
}
BROUGHT_IN = ("CaseRegistered", "ChokepointRecorded")
UNTOLD = ("CaseRegraded", "CaseCorrected", "ClueReceived")  # no verb of a scenario says these
PEOPLES_ACTS = frozenset({*BROUGHT_IN, *UNTOLD})
WORDLESS = {"ScreeningRecorded": ("CaseReopened",), "CaseFedBack": ("ConsultationConcluded",)}  # said by the other's own write


def retold(name: str, row: Row, people: People) -> Told | None:
    """The act behind an event; None for what nobody of the scheme did."""
    data = row["data"]
    if name in BROUGHT_IN:
        return _told("register", row, _brought_in(data, row["case_no"], people), by=str(data.get("clerk") or ""))
    if name == "FollowUpRecorded":
        return _follow_up(row, data, people)
    if name not in VERB_OF or data.get("automatic") or data.get("auto"):
        return None
    verb, fields = VERB_OF[name]
    return _told(verb, row, fields(data))


def _told(verb: str, row: Row, fields: Fields, by: str | None = None) -> Told:
    at = datetime.fromisoformat(row["recorded_at"])
    return Told(verb, str(row["case_no"]), at, by if by is not None else str(row["actor"]), fields)


def _follow_up(row: Row, data: Fields, people: People) -> Told:
    """A caller's follow-up; anybody else wrote down the person's own evaluation."""
    if row["actor"] in people.callers:
        return _told("follow_up", row, _same("reached", "resolved", "stars", "reason")(data))
    return _told("evaluate", row, {**_same("resolved", "stars")(data), "text": data.get("reason") or None})


def _brought_in(data: Fields, case_no: str, people: People) -> Fields:
    contact, left = data.get("contact") or {}, data.get("portal_exit") or {}
    phone = people.phone_of(_same_person(contact) or case_no)
    same = _same(
        "channel", "site", "item", "item_code", "category", "anonymous", "confidential", "source_id", "upstream_no", "upstream_due",
        "backdated_reason", "complained_unit",
    )(data)
    return same | _same("exit_step", "exit_reason", "error_code")(left) | {
        "name": _masked(contact.get("name")), "phone": phone if contact.get("phone") else None, "text": _masked(data.get("matter")),
        "complained_person": _masked(data.get("complained_person")),
        "received_at": data["received_at"] if data.get("backdated_reason") else None,
        "wants_contact": "contact" in data if left else None, "item": data.get("item") or None,
    }


def _same_person(contact: Fields) -> str:
    """Who came is told by the masked name and phone: the ledger keeps no index of a person (docs/decisions/0045)."""
    phone = contact.get("phone")
    return f"{_masked(contact.get('name')) or ''}|{_masked(phone)}" if phone else ""


def _masked(sealed: Any) -> str | None:
    return sealed["masked"] if sealed else None

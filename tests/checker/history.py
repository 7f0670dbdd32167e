"""A small good history, made by hand, and what a bad one is made with; nothing of the product is imported here but the checker's SM3."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from checker.sm3 import sm3

Json = dict[str, Any]
TOPICS = {
    "intake": "intake.cases", "router": "router.cases", "sla": "sla.deadlines", "notifier": "notifier.notices",
    "archive": "archive.records",
}
FOLLOWED = {
    "intake": ("router", "archive"), "router": ("intake", "sla", "archive"), "sla": ("intake", "router", "archive"),
    "notifier": ("intake", "router", "sla", "archive"), "archive": ("intake", "router", "sla", "notifier"),
}
START = datetime.fromisoformat("2026-10-09T09:00:00+08:00")
PARTITION = {"PT2610090010001": 3, "PT2610090010002": 7, "DD2610090010003": 3}
FIRST, SECOND, CHOKEPOINT = PARTITION


def id_of(stream: str, seq: int) -> str:
    """The id of an event, by the library."""
    return str(uuid5(uuid5(NAMESPACE_URL, "urn:bancheng:event"), f"{stream}#{seq}"))


def at(text: str) -> str:
    """`12 14:00`: a moment of October 2026 in Shanghai."""
    day, time = text.split()
    return f"2026-10-{day}T{time}:00+08:00"


@dataclass
class History:
    """An export before it is written; tests change it and see what the checker says."""

    topics: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    documents: dict[str, dict[str, Json]] = field(default_factory=lambda: {name: {} for name in TOPICS})
    more_documents: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    parked: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    acks: list[Json] = field(default_factory=list)
    poison: list[Json] = field(default_factory=list)
    meta: Json = field(default_factory=lambda: {"at_rest": True, "now": at("20 18:00")})

    def say(self, owner: str, case_no: str, kind: str, moment: str, cause: str | None = None, /, **data: Any) -> str:
        """One event: stored by its owner, published, and applied by every service that follows it; its id."""
        document = self._document(owner, case_no)
        document["seq"] += 1
        document["version"] += 1
        stream, seq = f"{owner}/{case_no}", document["seq"]
        made = {
            "event_id": id_of(stream, seq), "type": f"cn.putuo.bancheng.{owner}.{kind}.v1", "stream": stream, "seq": seq, "case_no": case_no,
            "occurred_at": at(moment), "recorded_at": at(moment), "actor": "system", "cause": cause, "policy_version": "2023-2", "data": data,
        }
        self._publish(owner, made, dict(document["applied"]))
        self._applied(owner, made)
        return str(made["event_id"])

    def _document(self, service: str, case_no: str) -> Json:
        empty: Json = {"case_no": case_no, "version": 0, "seq": 0, "applied": {}, "outbox": [], "state": {"case_no": case_no}}
        return self.documents[service].setdefault(case_no, empty)

    def _publish(self, owner: str, made: Json, after: dict[str, int]) -> None:
        headers = {
            "content-type": "application/json", "ce_id": made["event_id"], "ce_type": made["type"], "ce_time": made["occurred_at"],
            "ce_sequence": f"{made['seq']:010d}", "ce_recordedtime": made["recorded_at"], "ce_caseno": made["case_no"],
            "ce_stream": made["stream"], "ce_after": ",".join(f"{name}:{seq}" for name, seq in sorted(after.items())),
        } | ({"ce_causationid": made["cause"]} if made["cause"] else {})
        self.put(TOPICS[owner], PARTITION.get(made["case_no"], 5), made["case_no"], headers, made["data"])
        if owner == "router" and made["data"].get("unit"):
            self.put(f"dept.{made['data']['unit']}.orders", 0, made["case_no"], headers, made["data"])

    def put(self, topic: str, partition: int, key: str | None, headers: Json, value: Any) -> Json:
        """One record behind the others of its partition."""
        offset = sum(record["partition"] == partition for record in self.topics[topic])
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        record = {"partition": partition, "offset": offset, "key": key, "value": text, "headers": [list(pair) for pair in headers.items()]}
        self.topics[topic].append(record)
        return record

    def _applied(self, owner: str, made: Json) -> None:
        for service, owners in FOLLOWED.items():
            if owner not in owners:
                continue
            document = self._document(service, made["case_no"])
            document["applied"][owner] = made["seq"]
            document["version"] += 1
            if service == "archive":
                line = json.dumps(made, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                document["state"].setdefault("events", []).append(line)

    def notice(self, case_no: str, about: str, template: str, status: str, **more: Any) -> Json:
        """A line of the dispatch log; its id is a name."""
        line = {
            "notice_id": f"{template}-{about[:8]}", "about": about, "template": template, "to_id": "citizen", "to_role": "CITIZEN",
            "to": "138****0001", "channel": "SMS", "status": status, "next_at": None, **more,
        }
        self._document("notifier", case_no)["state"].setdefault("notices", []).append(line)
        return line

    def outcome(self, case_no: str, kind: str, moment: str, notice: Json) -> str:
        """What notifier says became of it."""
        told = {name: notice[name] for name in ("notice_id", "about", "template", "to_role", "to", "channel")}
        return self.say("notifier", case_no, kind, moment, **told, text="您反映的事项已有答复。")

    def lock(self, case_no: str, moment: str, cause: str) -> None:
        """The archive closes its entry over the lines it has."""
        state = self._document("archive", case_no)["state"]
        digest = f"sm3:{chain(case_no, state['events'])}"
        state["lock"] = {"digest": digest, "events": len(state["events"]), "at": at(moment), "locked_at": at(moment)}
        state["entry"]["state"] = "ARCHIVED"
        self.say("archive", case_no, "CaseArchived", moment, cause, digest=digest, events=len(state["events"]))

    def find(self, topic: str, kind: str, nth: int = 0) -> Json:
        """The record of an event, by its name."""
        return [record for record in self.topics[topic] if f".{kind}.v1" in dict(record["headers"])["ce_type"]][nth]

    def write(self, folder: Path) -> Path:
        """The folder an auditor gets."""
        for part, files in (("topics", self.topics), ("parked", self.parked), ("services", self._services())):
            for name, rows in files.items():
                _write(folder / part / f"{name}.jsonl", rows)
        _write(folder / "acks.jsonl", self.acks)
        _write(folder / "poison.jsonl", self.poison)
        (folder / "export.json").write_text(json.dumps(self.meta), encoding="utf-8")
        return folder

    def _services(self) -> dict[str, list[Json]]:
        return {name: [*documents.values(), *self.more_documents[name]] for name, documents in self.documents.items()}


def chain(case_no: str, lines: list[str]) -> str:
    """The head of the hash chain over these lines."""
    head = case_no
    for line in lines:
        row = json.loads(line)
        head = sm3(f"{head}\n{row['event_id']} {row['type']} {row['occurred_at']}\n{sm3(line)}")
    return head


def _write(path: Path, rows: list[Json]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


def later(text: str, hours: int) -> str:
    """Some hours after an ISO moment."""
    return (datetime.fromisoformat(text) + timedelta(hours=hours)).isoformat()


def good() -> History:
    """One case from its registration to the lock, urged and supervised; one at work; one 堵点; nothing wrong."""
    history = History()
    registered = _begun(history)
    _worked(history, registered)
    _ended(history)
    _second(history)
    history.say("intake", CHOKEPOINT, "ChokepointRecorded", "09 11:00", channel="PORTAL_EXIT", site="900", source_id="p-3")
    for channel, source, case_no in (("HALL", "h-1", FIRST), ("YWTB", "y-2", SECOND), ("PORTAL_EXIT", "p-3", CHOKEPOINT)):
        history.acks.append({"channel": channel, "source_id": source, "case_no": case_no, "at": at("09 11:00")})
    for case_no, document in history.documents["archive"].items():
        document["state"]["chain"] = chain(case_no, document["state"]["events"])
    return history


def _clock(kind: str, due: str, *, order: bool = False, **more: Any) -> Json:
    place = {"order_no": f"{FIRST}-01", "unit": "yibao"} if order else {"order_no": None, "unit": None}
    return {"kind": kind, **place, "due_at": at(due), **more}


def _begun(history: History) -> str:
    case = FIRST
    registered = history.say(
        "intake", case, "CaseRegistered", "09 09:00", channel="HALL", site="001", source_id="h-1", received_at=at("09 09:00"), item="备案",
    )
    began = {"started_at": at("09 09:00")}
    history.say("sla", case, "DeadlineSet", "09 09:00", registered, **_clock("TRIAGE", "09 17:30", **began))
    answer = history.say("sla", case, "DeadlineSet", "09 09:00", registered, **_clock("ANSWER", "16 17:30", **began))
    receipt = history.notice(case, answer, "C01", "SENT")
    history.outcome(case, "NoticeSent", "09 09:01", receipt)
    triaged = history.say("router", case, "CaseTriaged", "09 10:00", category="SERVICE", grade="GENERAL", lead="yibao", due_at=at("14 17:30"))
    history.say(
        "router", case, "OrderIssued", "09 10:00", order_no=f"{case}-01", unit="yibao", unit_name="医保局", role="LEAD", round=1,
        due_at=at("14 17:30"),
    )
    history.say("sla", case, "DeadlineMet", "09 10:00", triaged, **_clock("TRIAGE", "09 17:30", met_at=at("09 10:00"), late=False))
    moved = {"started_at": at("09 09:00"), "previous_due_at": at("16 17:30")}
    history.say("sla", case, "DeadlineSet", "09 10:00", triaged, **_clock("ANSWER", "14 17:30", **moved))
    return id_of(f"router/{case}", 2)


def _worked(history: History, issued: str) -> None:
    case, order = FIRST, {"order_no": f"{FIRST}-01", "unit": "yibao"}
    began = {"started_at": at("09 10:00")}
    for kind, due in (("SIGN", "09 14:00"), ("ORDER", "14 17:30")):
        history.say("sla", case, "DeadlineSet", "09 10:00", issued, **_clock(kind, due, order=True, **began))
    signed = history.say("router", case, "OrderSigned", "09 11:00", **order)
    history.say("sla", case, "DeadlineMet", "09 11:00", signed, **_clock("SIGN", "09 14:00", order=True, met_at=at("09 11:00"), late=False))
    history.say("sla", case, "DeadlineNear", "12 10:00", **_clock("ORDER", "14 17:30", order=True, rung="HALF_TIME"))
    history.say("sla", case, "OrderUrged", "14 13:30", **_clock("ORDER", "14 17:30", order=True, nth=1, requested_by="system"))
    history.say("sla", case, "DeadlineMissed", "14 17:30", **_clock("ANSWER", "14 17:30"))
    history.say("sla", case, "DeadlineMissed", "14 17:30", **_clock("ORDER", "14 17:30", order=True))
    paper = {"number": f"DB{case}-01-1", **order, "level": "YELLOW", "reason": "OVERDUE"}
    history.say("sla", case, "SupervisionDrafted", "15 09:00", **paper, overdue_since=at("14 17:30"))
    history.say("sla", case, "SupervisionIssued", "15 10:00", **paper, nth=1, issuer="s001-ws1", automatic=False, due_at=at("19 17:30"))


def _ended(history: History) -> None:
    case, order = FIRST, {"order_no": f"{FIRST}-01", "unit": "yibao"}
    answered = history.say("router", case, "OrderAnswered", "16 09:00", **order, role="LEAD", result="RESOLVED", text="已办妥。")
    history.say("sla", case, "DeadlineMet", "16 09:00", answered, **_clock("ORDER", "14 17:30", order=True, met_at=at("16 09:00"), late=True))
    history.say("router", case, "OrderAccepted", "16 10:00", **order)
    fed_back = history.say("router", case, "CaseFedBack", "16 10:00", replied_at=at("16 10:00"), result="RESOLVED", text="已办妥。", lead="yibao")
    closing = {"number": f"DB{case}-01-1", **order, "level": "YELLOW"}
    history.say("sla", case, "SupervisionClosed", "16 10:00", id_of(f"router/{case}", 5), **closing)
    history.say("sla", case, "DeadlineMet", "16 10:00", fed_back, **_clock("ANSWER", "14 17:30", met_at=at("16 10:00"), late=True))
    refused = history.notice(case, fed_back, "C06", "FAILED")
    history.outcome(case, "NoticeFailed", "16 10:01", refused)
    called = history.notice(case, fed_back, "C06", "CALL_TASK", channel="CALL", notice_id="call-1")
    history.outcome(case, "NoticeSent", "16 10:02", called)
    history.say("router", case, "FollowUpRecorded", "17 10:00", attempt=1, reached=True, resolved=True, stars=5)
    closed = history.say("router", case, "CaseClosed", "17 10:00", result="RESOLVED", resolved=True, stars=5, replied_at=at("16 10:00"))
    history.documents["archive"][case]["state"]["entry"] = {
        "state": "CLOSED", "replied_at": at("16 10:00"), "due_at": at("14 17:30"), "overdue": True, "urge_count": 1, "supervision_count": 1,
        "rounds": 1, "orders": [{"order_no": f"{case}-01"}],
    }
    history.lock(case, "17 10:00", closed)


def _second(history: History) -> None:
    case, began = SECOND, {"started_at": at("20 16:00")}
    registered = history.say(
        "intake", case, "CaseRegistered", "20 16:00", channel="YWTB", site="900", source_id="y-2", received_at=at("20 16:00"), item="落户",
    )
    history.say("sla", case, "DeadlineSet", "20 16:00", registered, **_clock("ANSWER", "27 17:30", **began))
    history.notice(case, id_of(f"sla/{case}", 1), "C01", "QUEUED", next_at=at("21 08:00"))
    history.documents["archive"][case]["state"]["entry"] = {
        "state": "REGISTERED", "replied_at": None, "due_at": at("27 17:30"), "overdue": False, "urge_count": 0, "supervision_count": 0,
        "rounds": 1, "orders": [],
    }

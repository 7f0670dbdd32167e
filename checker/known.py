"""What the checker knows of the system by its own words: who writes and follows what, and how an id is made (design §2, §3).

Written down a second time on purpose: a mistake in the services' own table must not hide itself here.
"""

from __future__ import annotations

from hashlib import sha1

OWNER_OF = {
    "intake.cases": "intake", "router.cases": "router", "sla.deadlines": "sla", "notifier.notices": "notifier", "archive.records": "archive",
}
TOPIC_OF = {owner: topic for topic, owner in OWNER_OF.items()}
FOLLOWS = {
    "intake": ("router", "archive"),
    "router": ("intake", "sla", "archive"),
    "sla": ("intake", "router", "archive"),
    "notifier": ("intake", "router", "sla", "archive"),
    "archive": ("intake", "router", "sla", "notifier"),
}
TYPE_PREFIX = "cn.putuo.bancheng."
ENDINGS = {
    "CaseClosed": "CLOSED", "CaseRejected": "REJECTED", "CaseTransferred": "TRANSFERRED", "CaseMerged": "MERGED",
    "CaseWithdrawn": "WITHDRAWN",
}
# What the platforms above hear of: the registration and each change (方案 六(一)), each a message, numbered in the order of the ledger.
HEARD = frozenset({
    "CaseRegistered", "CaseTriaged", "CaseRegraded", "OrderIssued", "CaseExtended", "CaseFedBack", "CaseResolvedInstantly",
    "FollowUpRecorded", "CaseReopened", "CaseEscalated", "CaseCorrected", "CaseRejected", "CaseTransferred", "CaseMerged", "CaseWithdrawn",
    "CaseClosed",
})
_URL_SPACE = bytes.fromhex("6ba7b8119dad11d180b400c04fd430c8")


def event_id(stream: str, seq: int) -> str:
    """UUIDv5 (RFC 9562) of `stream#seq` in the space of `urn:bancheng:event`, worked out by hand."""
    return _written(_uuid5(_uuid5(_URL_SPACE, "urn:bancheng:event"), f"{stream}#{seq}"))


def _uuid5(space: bytes, name: str) -> bytes:
    made = bytearray(sha1(space + name.encode(), usedforsecurity=False).digest()[:16])
    made[6] = made[6] & 0x0F | 0x50
    made[8] = made[8] & 0x3F | 0x80
    return bytes(made)


def _written(made: bytes) -> str:
    text = made.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def upload_number(case_no: str) -> str:
    """Under which number the upload of a case stands."""
    return f"SC{case_no[2:]}"


def readers(topic: str) -> tuple[str, ...]:
    """The services that read a topic."""
    if topic in OWNER_OF:
        return tuple(service for service, owners in FOLLOWS.items() if OWNER_OF[topic] in owners)
    return ("router",) if topic.startswith("dept.") and topic.endswith(".replies") else ()


def orders_topic(unit: str) -> str:
    """Where one department reads what concerns it."""
    return f"dept.{unit}.orders"

"""What a run comes to: everything at rest, exported, audited by the checker, and the gateway's own log held against it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

from deploy.local.audit import add, export, verdict
from deploy.local.soak.town import TOGETHER, Town
from services.notifier.gateways import gateway_number
from shared.district.model import District

LOST = (
    "submission.case", "stream.gapless", "state.applied", "state.published", "order.cause", "ledger.entry", "rung.fired", "notice.outcome",
    "rest.outbox", "rest.behind", "rest.parked", "rest.dead",
)
DOUBLED = ("submission.once", "notice.once", "rung.once", "urge.count", "supervision.once", "stream.body", "stream.id", "dept.repeat")
DISORDERED = ("stream.order", "order.after", "stream.home")
GATEWAY = "sandbox_outbox"
TAKEN = ("SENT", "CALL_TASK")


@dataclass
class Judgement:
    """Breaches by what they mean; `looked` is how much each check looked at."""

    rested_s: float
    breaches: dict[str, list[str]] = field(default_factory=dict)
    looked: dict[str, int] = field(default_factory=dict)

    def _of(self, names: tuple[str, ...]) -> int:
        return sum(len(found) for name, found in self.breaches.items() if name in names)

    @property
    def lost(self) -> int:
        """Breaches that mean something is missing or was left undone."""
        return self._of((*LOST, "gateway.lost"))

    @property
    def doubled(self) -> int:
        """Breaches that mean something happened twice."""
        return self._of((*DOUBLED, "gateway.once"))

    @property
    def disordered(self) -> int:
        """Breaches that mean something stands in the wrong order."""
        return self._of(DISORDERED)

    @property
    def clean(self) -> bool:
        """Whether nothing at all was found."""
        return not any(self.breaches.values())

    def told(self) -> list[str]:
        """Every breach, its check before it."""
        return [f"{name}: {sentence}" for name, found in self.breaches.items() for sentence in found]


async def judge(town: Town, district: District, acks: Path, folder: Path, within_s: float) -> Judgement:
    """Waits for rest, `within_s` at most, and audits."""
    begun = monotonic()
    await export(town.places, town.plan.prefix, district, folder, now=town.clocks[TOGETHER].now(), within_s=within_s)
    judged = Judgement(monotonic() - begun)
    add(folder, acks=acks)
    said = await asyncio.to_thread(verdict, folder)
    for check in said["checks"]:
        judged.looked[check["name"]] = check["looked"]
        judged.breaches[check["name"]] = check["breaches"]
    judged.breaches |= gateway_breaches(folder)
    return judged


def gateway_breaches(folder: Path) -> dict[str, list[str]]:
    """The gateway's own log against the dispatch logs: no message taken twice or unasked, none said to be sent that is not there."""
    taken, known = Counter[str](), dict[str, str]()
    for document in _documents(folder):
        if document["collection"] == GATEWAY:
            taken[document["state"]["gateway_id"]] += 1
        else:
            notices = (document.get("state") or {}).get("notices", ())
            known |= {gateway_number(UUID(notice["notice_id"])): notice["status"] for notice in notices}
    twice = [f"网关把 {one} 收下了 {count} 次" for one, count in sorted(taken.items()) if count > 1]
    twice += [f"网关收下了 {one}，发送记录里没有这条通知" for one in sorted(taken.keys() - known.keys())]
    lost = [f"通知 {one} 记为已发送，网关没有收到" for one, status in known.items() if status in TAKEN and one not in taken]
    return {"gateway.once": twice, "gateway.lost": lost}


def _documents(folder: Path) -> Iterator[Mapping[str, Any]]:
    with (folder / "services" / "notifier.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)

"""Five deliberate defects, each a change to a copy of the tree, and the place where a process is ended so that it shows."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.local.soak.town import REPO


@dataclass(frozen=True)
class Mutant:
    """What is changed where, and the crash points under which it must be found."""

    title: str
    file: str
    changes: tuple[tuple[str, str], ...]
    crash_at: tuple[str, ...]


MUTANTS = {
    "commit-before-write": Mutant(
        "the batch is committed first and written half a second later", "shared/messaging/kafka.py",
        ((
            "        await runner.run(records)\n",
            "        async def later() -> None:\n            await asyncio.sleep(0.5)\n            await runner.run(records)\n\n"
            "        asyncio.ensure_future(later())\n",
        ),), ("decided:40", "decided:60"),
    ),
    "publish-before-store": Mutant(
        "events go to the broker before they are stored", "shared/storage/cases.py",
        ((
            '        point("decided")\n',
            '        point("decided")\n        if write.outbox:\n'
            "            await self._courier.deliver(self._documents, case_no, [*(document['outbox'] if document else ()), *write.outbox])\n",
        ),), ("published:12", "published:30"),
    ),
    "outbox-never-relayed": Mutant(
        "what was stored is never brought to the broker, neither at once nor by the sweep", "shared/messaging/courier.py",
        (
            ("        return sum([await self._sweep(documents) for documents in self._served])\n", "        return 0\n"),
            ("self._start(self.deliver(documents, case_no, outbox))\n", "pass\n"),
        ), ("stored:1",),
    ),
    "duplicate-not-recognised": Mutant(
        "an event that comes again is applied again", "shared/storage/cases.py",
        (("        return document is not None and event.meta.seq <= document[", "        return False and event.meta.seq <= document["),),
        ("handled:4", "handled:7"),
    ),
    "notice-sent-twice": Mutant(
        "the gateway is asked under a new id each time", "services/notifier/gateways.py",
        (
            ("        if await self._reads.ask(str(message.notice_id)) is not None:\n            return taken\n", ""),
            ("        return Write(str(message.notice_id), 0, fields)\n", "        return Write(__import__('uuid').uuid4().hex, 0, fields)\n"),
        ), ("gateway_answered:1", "gateway_answered:3", "gateway_answered:3"),
    ),
}
INTACT = "intact"


def copied(folder: Path, name: str) -> Path:
    """A copy of the tree, with the mutant's change in it if it is one."""
    for part in ("services", "shared", "deploy"):
        shutil.copytree(REPO / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    if name != INTACT:
        mutant = MUTANTS[name]
        path = folder / mutant.file
        text = path.read_text(encoding="utf-8")
        for old, new in mutant.changes:
            assert text.count(old) == 1, f"{name}: {mutant.file} no longer says {old}"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return folder


def crash_points(name: str) -> tuple[str, ...]:
    """Where the process is ended: for the intact tree everywhere the mutants are."""
    return MUTANTS[name].crash_at if name != INTACT else tuple(point for mutant in MUTANTS.values() for point in mutant.crash_at)

"""Makes `docs/map.md` from the contracts and the services, so that who talks to whom is one true page."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from shared.contracts.catalogue import EVENTS
from shared.contracts.topics import EVENT_TOPICS, SERVICES
from shared.messaging.inbox import Inbox

HEAD = """# The map

Made by `./bancheng docs` from `shared/contracts` and the services' inboxes; do not edit.

An event enters a handler, a pure rule decides, one write stores the new state and the new events, the kit publishes them.

    channels ──HTTP──▶ intake ──▶ intake.cases ──▶ router · sla · notifier · archive
    staff ────HTTP──▶ router ──▶ router.cases ──▶ intake · sla · notifier · archive
                        │  ▲
             dept.<code>.orders  dept.<code>.replies      (departments' own systems)
    time ─────────────▶ sla ───▶ sla.deadlines ──▶ router · notifier · archive
                     notifier ─▶ notifier.notices ─▶ archive        (SMS, WeChat, WeCom through a gateway)
                      archive ─▶ archive.records ──▶ intake · router · sla · notifier
"""
FOLDERS = (
    ("`services/<service>/domain`", "every rule, pure: state + event or command → Decision"),
    ("`services/<service>/handlers.py`, `api`, `jobs.py`", "what events, people and time ask; they decide nothing"),
    ("`services/<service>/store.py`, `gateways.py`", "documents and the outside world"),
    ("`shared/contracts`", "the published language: events, topics, ids, terms"),
    ("`shared/calendar`, `shared/district`", "working days and the scheme as data"),
    ("`shared/storage`, `shared/messaging`, `shared/scheduling`", "the kit: one guarded write, batches, outbox, parking, ticker"),
    ("`shared/privacy`, `shared/observability`, `shared/web`", "sealing and masking; logs, metrics; pages, problems, sign-in"),
    ("`shared/papers`", "登记表 and 承办单 as PDF: the templates, and typst behind one door"),
    ("`checker`", "the auditor that shares no code with the rest: reads an export, proves or names the breach (`./bancheng audit`)"),
    ("`deploy/local`", "the broker and store of one machine, `up`, rehearsals, checks"),
    ("`deploy/simulation`", "the real services in one thread on a log, stores and a clock that fail by a seed (`./bancheng simulate`)"),
    ("`deploy/district/putuo`", "the district's policy, people, units, items, messages, calendar"),
    ("`tests/journeys`", "a file per article, on the real broker and store; `tests/house`: the walls themselves"),
)


def made() -> str:
    """The text of the map."""
    rows = [HEAD, "## Topics\n", "| topic | written by | read by | partitions | kept |", "|---|---|---|---|---|"]
    for topic in EVENT_TOPICS:
        rows.append(f"| `{topic.name}` | {topic.owner} | {', '.join(topic.consumed_by)} | {topic.partitions} | {topic.retention_days} days |")
    rows += [
        "| `dept.<code>.orders` | router | that department | 1 | 90 days |",
        "| `dept.<code>.replies` | that department | router | 1 | 90 days |",
    ]
    rows += ["| `dead.<service>` | that service | operator | 1 | 365 days |", "", "## Events\n", "| event | does something in |", "|---|---|"]
    inboxes = {name: _inbox(name) for name in SERVICES}
    for event in EVENTS:
        doing = [name for name, inbox in inboxes.items() if event in inbox.events]
        rows.append(f"| {event.owner}.{event.__name__} | {', '.join(doing) or 'kept by archive'} |")
    rows += ["", "## Where things are\n", "| place | holds |", "|---|---|", *(f"| {place} | {what} |" for place, what in FOLDERS), ""]
    return "\n".join(rows)


def _inbox(name: str) -> Inbox:
    inbox: Inbox = import_module(f"services.{name}.handlers").inbox
    return inbox


def write_map(repo: Path, *, check: bool) -> bool:
    """Writes the map, or with `check` only says whether it is fresh."""
    path = repo / "docs" / "map.md"
    fresh = path.exists() and path.read_text(encoding="utf-8") == made()
    if check and not fresh:
        sys.stdout.write("docs/map.md 已过期，请运行 ./bancheng docs。\n")
    if not check:
        path.write_text(made(), encoding="utf-8")
    return fresh or not check

"""A site in memory with a matter in every state that rights are asked about, and its people at the door."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from fastapi import FastAPI

from deploy.local.keys import Keys, made_keys
from deploy.local.rights.memory import MemorySystem
from deploy.local.rights.shelf import shelved
from deploy.local.system import Secrets, System
from deploy.local.website import make_site
from shared.clock import MovableClock
from shared.district.model import District, StaffMember
from shared.district.roles import Role
from shared.privacy.sealing import Sealer

NEXT_MORNING = "2026-12-01T10:00:00+08:00"  # the month is over: its 月台账 waits to be filed
BASE = "http://127.0.0.1"
UNIT, OTHER_UNIT, SITE = "yibao", "shichang", "001"
PLAIN = {  # path parameters of no case
    "month": "2026-11", "site": SITE, "name": "input", "form": "register", "about": "new", "kind": "extension", "file": "x",
    "report": "monthly", "paper": "json",
    "source": "rating",
}
ROW = re.compile(r"PJ[0-9]{13,}")
MATTER = {"site": SITE, "name": "张三丰", "item": "异地就医备案", "text": "备案点了三次都报错。", "category": "SERVICE"}


class NotPlayed(Exception):
    """A step that makes the town was refused; the message has the answer."""


@dataclass
class Town:
    """The site, its people and the numbers of what lies in it: by the name of the path parameter they stand for."""

    system: System
    site: FastAPI
    keys: Keys
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def district(self) -> District:
        """The rules in force."""
        return self.system.scheme.district

    @property
    def sealer(self) -> Sealer:
        """What sealed the people's data."""
        return Sealer.from_environment(self.keys.seal_keys)

    def person(self, role: str, unit: str = UNIT) -> StaffMember:
        """Somebody who holds this role and no other: of the unit or of site 001 where the role belongs to one."""
        holders = [held for held in self.district.staff.values() if set(held.roles) == {Role(role)}]
        near = [held for held in holders if held.unit == unit or held.site == SITE]
        return (near or holders)[0]

    def headers(self, staff: str | None) -> dict[str, str]:
        """How somebody is at the door; nobody for None."""
        return {} if staff is None else {"authorization": f"Bearer {self.keys.access_code}", "x-staff": staff}

    def client(self, staff: str | None) -> httpx.AsyncClient:
        """A client for this person; redirects are shown, not followed."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.site), base_url=BASE, headers=self.headers(staff))

    async def does(self, staff: str, path: str, body: Mapping[str, Any], key: str | None = None) -> dict[str, Any]:
        """Somebody does something that must be allowed; everybody hears of it. Raises NotPlayed."""
        async with self.client(staff) as client:
            answer = await client.post(path, json=dict(body), headers={"idempotency-key": key} if key else {})
        if answer.status_code not in (200, 201):
            raise NotPlayed(f"{staff} {path}: {answer.status_code} {answer.text}")
        await self.system.caught_up()
        said: dict[str, Any] = answer.json()
        return said


async def built(district: District, start: str = "2026-11-30T10:00:00+08:00") -> Town:
    """A town: one matter with yibao, one with another unit, a complaint about yibao, a clue, a 堵点-free ledger."""
    keys = made_keys()
    clock = MovableClock(datetime.fromisoformat(start))
    system = MemorySystem(district, clock, Secrets(keys.seal_keys, keys.channel_keys, keys.clue_keys))
    await system.prepare()
    return await peopled(system, clock, keys)


async def peopled(system: System, clock: MovableClock, keys: Keys) -> Town:
    """The town on a system that was prepared (in memory) or started (on the real parts)."""
    town = Town(system, make_site(system, keys, code_on_pages=True), keys)
    await system.settle()  # the month's filings are owed from now on
    await _filled(town)
    clock.move_to(datetime.fromisoformat(NEXT_MORNING))
    await system.settle()
    return town


async def _filled(town: Town) -> None:
    clerk, analyst = town.person("CL").id, town.person("TR").id
    for place, unit in ((1, UNIT), (2, OTHER_UNIT)):
        matter = MATTER | {"phone": f"1380000000{place}"}
        number = (await town.does(clerk, "/api/intake/hall", matter, f"k{place}"))["case_no"]
        town.numbers["case_no" if unit == UNIT else "other_case"] = number
        said = {"grade": "GENERAL", "lead": unit, "requirement": "查清报错原因"}
        await town.does(analyst, f"/api/router/cases/{number}/triage", said)
    await _extended(town, f"/api/router/cases/{town.numbers['case_no']}")
    about = MATTER | {"category": "COMPLAINT", "complained_unit": UNIT, "phone": "13800000003"}
    town.numbers["complaint"] = (await town.does(clerk, "/api/intake/hall", about, "k3"))["case_no"]
    clue = await town.does(clerk, "/api/intake/clues", {"text": "有人收代办费。"}, "k4")
    town.numbers |= {"clue_no": clue["clue_no"], "order_no": f"{town.numbers['case_no']}-01"} | PLAIN
    town.numbers["number"] = f"DB{town.numbers['order_no']}-1"
    town.numbers["library_no"] = await shelved(town.system, town.sealer, town.numbers["case_no"], UNIT)
    await _repeated(town)
    await _rated(town)


async def _rated(town: Town) -> None:
    """The office brings a file of 好差评 with one row, as its template has it."""
    async with town.client(town.person("GO").id) as client:
        template = await client.get("/intake/evaluations/rating.csv")
        shown = await client.post("/intake/evaluations/rating", files={"file": ("评价.csv", template.content)}, headers={"accept": "text/html"})
    row = ROW.search(shown.text)
    if row is None:
        raise NotPlayed(shown.text)
    town.numbers["row_no"] = row[0]


async def _repeated(town: Town) -> None:
    """The first person comes again about the same: 举一反三 has a pattern, and the unit owns an improvement."""
    await town.does(town.person("CL").id, "/api/intake/hall", MATTER | {"phone": "13800000001"}, "k5")
    office = town.person("GO").id
    async with town.client(office) as client:
        number = (await client.get("/api/archive/patterns")).json()["patterns"][0]["number"]
    wanted = {
        "patterns": [number], "title": "参保地信息没有同步", "cause": "SYSTEM", "text": "两套系统每周才对一次账。",
        "person": town.person("SH").id, "plan": "改为每晚对账。", "due_on": "2026-12-31",
    }
    root = await town.does(office, "/api/archive/roots", wanted, "k6")
    town.numbers |= {"pattern_no": number, "root_no": root["number"]}


async def _extended(town: Town, case: str) -> None:
    """延时 asked by the section head, agreed by the leader and the office: there is a letter about it to print."""
    await town.does(town.person("SH").id, f"{case}/request-extension", {"reason": "须核两地", "until": "2026-12-09"})
    for role in ("DL", "GO"):
        await town.does(town.person(role).id, f"{case}/approve-extension", {})

"""方案 七(二): the sites' monthly filing and the 双月评估, on the real broker and store (domain 12A.11, 12A.12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from deploy.local.keys import for_data
from deploy.local.rehearsal.outputs import events_published
from deploy.local.rehearsal.playing import Player
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.reports import write_bimonthly, write_monthly
from deploy.local.system import Places, System
from deploy.local.website import make_site
from shared.testing.driver import DISTRICT, PUTUO
from tests.journeys.stage import at
from tests.services.archive.recount import recount

pytestmark = pytest.mark.real
ANSWER = "已与当事人联系并查清原因，系参保地登记有误，当日改正后重新提交，备案已办成，窗口已电话告知。"
Row = dict[str, Any]


def registered(case: str, when: str, site: str = "001", item: str = "异地就医备案") -> str:
    """One step: a matter comes to a hall."""
    return (
        f'  - {{at: "{when}:00+08:00", do: register, case: {case}, channel: HALL, site: "{site}", name: 张三, phone: "13800000001", '
        f"item: {item}, text: 第{case}件，点了三次都报错。, category: SERVICE}}\n"
    )


def lived(case: str, unit: str, stars: int, item: str) -> str:
    """The steps of one matter from registration to its end, all on two days."""
    steps = registered(case, "2026-11-24T09:00", item=item) + "".join(f"  - {{at: +{gap}, do: {step}}}\n" for gap, step in (
        ("10m", f"triage, case: {case}, grade: GENERAL, lead: {unit}, requirement: 查清报错原因，帮办到底。"), ("10m", f"sign, case: {case}"),
        ("10m", f"contact, case: {case}"),
        ("10m", f"answer, case: {case}, result: RESOLVED, text: {ANSWER}, cause: 系统, lesson: 失败时说明原因。"),
        ("10m", f"verify, case: {case}"),
        ("1h", f"follow_up, case: {case}, resolved: {'true' if stars > 2 else 'false'}, stars: {stars}, reason: 太慢"),
    ))
    return steps if stars > 2 else f"{steps}  - {{at: +10m, do: screen, case: {case}, finding: 不成立, reason: 依规不能更快。}}\n"


class Office:
    """The running window: time passes, clerks file, the office looks."""

    def __init__(self, system: System, player: Player, client: httpx.AsyncClient, code: str) -> None:
        self.system, self.player, self._client, self._code = system, player, client, code

    async def asked(self, staff: str, path: str, body: Row | None = None) -> Row:
        """What the system answers somebody; it then comes to rest."""
        headers = {"authorization": f"Bearer {self._code}", "x-staff": staff}
        how = self._client.get(path, headers=headers) if body is None else self._client.post(path, json=body, headers=headers)
        answer = await how
        assert answer.is_success, answer.text
        await self.system.settle()
        return dict(answer.json())

    async def files(self, site: str, month: str, *, nil: bool) -> Row:
        """The clerk of a site files its month."""
        return await self.asked(f"s{site}-cl1", "/api/archive/filings", {"site": site, "month": month, "nil": nil})

    async def exported(self, name: str) -> list[Row]:
        """One of archive's exports."""
        return await self.system.running["archive"].service.exports[name]()

    async def report(self, month: str, site: str) -> Row:
        """One site's 月台账."""
        return next(held for held in await self.exported("monthly") if (held["month"], held["site"]) == (month, site))


@asynccontextmanager
async def office(text: str, places: tuple[str, str], prefix: str, folder: Path) -> AsyncIterator[Office]:
    """A window in which the scenario was played."""
    keys = for_data(folder / "keys")
    async with rehearsing(Places(places[0], places[1], prefix=prefix), DISTRICT, keys, parse_scenario(text)) as (system, player):
        played = await player.play()
        assert not played.failures
        transport = httpx.ASGITransport(make_site(system, keys))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=120) as client:
            yield Office(system, player, client, keys.access_code)


def named(events: list[Any], kind: str) -> list[Row]:
    """The events of one kind."""
    return [event for event in events if event["type"].split(".")[-2] == kind]


async def test_29_sites_file_one_does_not_and_a_frozen_month_is_corrected_in_the_next(
    places: tuple[str, str], prefix: str, tmp_path: Path
) -> None:
    """domain 12A.11: W13 for the one; nil counts; what changes after the freeze stands on the next 更正页."""
    text = (
        "name: filing\nstart: 2026-11-30T09:00:00+08:00\nsteps:\n" + registered("c1", "2026-11-30T10:00", site="002")
        + '  - {at: "2026-12-02T08:50:00+08:00", do: urge, case: c1}\nuntil: 2026-12-02T09:00:00+08:00\n'
    )
    sites = sorted(DISTRICT.sites)
    async with office(text, places, prefix, tmp_path) as window:
        for site in sites[:-1]:
            await window.files(site, "2026-11", nil=site != "002")
        frozen = await window.report("2026-11", "002")
        asked = {"grade": "GENERAL", "lead": "yibao", "requirement": "查清报错原因，帮办到底。"}
        await window.asked("s002-tr1", f"/api/router/cases/{frozen['lines'][0]['case_no']}/triage", asked)
        await window.player.advance(at("2026-12-04 09:00"))
        events = await events_published(window.system)
        held = await window.asked("zhengwu-go1", "/api/archive/filings/2026-11")
        after, december = await window.report("2026-11", "002"), await window.report("2026-12", "002")

    assert len(named(events, "FilingDue")) == 30
    assert [event["data"]["site"] for event in named(events, "FilingMissed")] == [sites[-1]]
    assert [(row["site"], row["alert"]) for row in held["missing"]] == [(sites[-1], "W13")]
    assert [row["nil"] for row in held["filed"]].count(True) == 28
    assert (after["lines"], frozen["lines"][0]["lead"]) == (frozen["lines"], None)
    changed = {change["column"]: (change["before"], change["after"]) for change in december["corrections"]}
    assert (changed["lead"], changed["grade"]) == ((None, "yibao"), (None, "GENERAL"))
    assert december["lines"] == []


async def test_the_pack_of_two_months_can_be_counted_again_by_anybody(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """domain 12A.12: numerators and denominators, 「—」 under five, both values around 甄别, the check value, the same bytes."""
    items = ("异地就医备案", "长期护理保险申请", "医保零星报销", "医疗保险关系转移", "少儿医保参保", "医保个人账户清退")
    lives = [lived(f"c{place}", "医保局", stars, items[place]) for place, stars in enumerate((5, 5, 4, 3, 5, 2))]
    lives.append(lived("c9", "市场监管局", 5, "食品经营许可"))
    text = "name: pack\nstart: 2026-11-24T08:55:00+08:00\nsteps:\n" + _in_order(lives) + "until: 2026-12-04T18:00:00+08:00\n"
    async with office(text, places, prefix, tmp_path) as window:
        events = [event for event in await events_published(window.system) if event["case_no"].startswith("PT")]
        (pack,) = await window.exported("assessment")
        (again,) = await window.exported("assessment")
        district = (await window.exported("monthly"))[0]
        written = await _by_command(places, prefix, tmp_path)

    assert orjson.dumps(pack) == orjson.dumps(again)
    assert (written["bimonthly"]["digest"], written["monthly"]["digest"]) == (pack["digest"], district["digest"])
    span = datetime.fromisoformat("2026-11-01T00:00:00+08:00"), datetime.fromisoformat("2027-01-01T00:00:00+08:00")
    for part in (pack["total"], *pack["departments"]):
        counted = {name: (rate["numerator"], rate["denominator"]) for name, rate in part["rates"].items()}
        assert counted == recount(events, *span, part["unit"])
    yibao, shichang = pack["departments"]
    assert yibao["rates"]["satisfied_before"] == {"numerator": 5, "denominator": 6, "value": "83.3%"}
    assert yibao["rates"]["satisfied_after"] == {"numerator": 5, "denominator": 5, "value": "100.0%"}
    assert yibao["rates"]["on_time"] == {"numerator": 6, "denominator": 6, "value": "100.0%"}
    assert shichang["rates"]["on_time"] == {"numerator": 1, "denominator": 1, "value": "—"}
    assert (yibao["rank"], shichang["rank"], shichang["score"]) == (1, None, "—")
    assert district["tail"]["causes"] == [{"cause": "SYSTEM", "name": "系统", "cases": 7}]


def _in_order(lives: list[str]) -> str:
    """The lives a quarter of an hour apart and one after the other: a scenario's steps go forward."""
    texts = []
    for place, life in enumerate(lives):
        first = datetime.fromisoformat("2026-11-24T09:00") if place < 3 else datetime.fromisoformat("2026-11-25T09:00")
        begins = first.replace(hour=9 + place % 3 * 2)
        if place > 5:
            begins = datetime.fromisoformat("2026-11-26T09:00")
        texts.append(life.replace("2026-11-24T09:00", f"{begins:%Y-%m-%dT%H:%M}"))
    return "".join(texts)


async def _by_command(places: tuple[str, str], prefix: str, folder: Path) -> dict[str, Row]:
    """What `./bancheng report` writes of the same system."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BANCHENG_KAFKA", places[0])
        environment.setenv("BANCHENG_MONGO_URI", places[1])
        environment.setenv("BANCHENG_PREFIX", prefix)
        await write_monthly("2026-11", None, folder / "out", folder, PUTUO, lambda line: None)
        await write_bimonthly("2026-11", folder / "out", folder, PUTUO, lambda line: None)
    return {path.stem.partition("-")[0]: orjson.loads(path.read_bytes()) for path in (folder / "out").iterdir()}

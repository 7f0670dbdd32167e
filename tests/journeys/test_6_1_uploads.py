"""方案 六(一); 歧义 31: registration and each change at both platforms once and in order, whatever they answer; no lock before both have it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from checker.__main__ import audit
from checker.known import HEARD
from deploy.local.audit import export
from deploy.local.rehearsal.outputs import events_published
from services.archive.gateways import HttpGateway
from tests.journeys.living import hits
from tests.journeys.stage import Row, at
from tests.journeys.texts import day, scenario, step, whole, woven
from tests.journeys.upward import Upward, uploading

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(600)]

PEOPLE = {"c1": "13800000001", "c2": "13800000002", "c3": "13800000003"}
PLANS = {
    "zhuomuniao": ["error", "lost", "silent", "later", "forgotten", "slow", "garbage", "mute", "refuse"],
    "city": ["lost", "refuse", "slow", "error", "later", "mute", "silent", "garbage"],
}
STORY = scenario(
    "11-23 08:50", "11-23 15:00",
    *woven(
        *(whole(day(f"11-23 09:0{place}"), case, phone=f'"{phone}"')[:6] for place, (case, phone) in enumerate(PEOPLE.items())),
        [step(day("11-23 09:10"), "restart", None, service="archive")], [step(day("11-23 11:40"), "restart", None, service="archive")],
    ),
)
BEFORE_THE_END, ALL = [1, 2, 3, 4], [1, 2, 3, 4, 5, 6]
CHANGES = ["REGISTERED", "GRADED", "ISSUED", "REPLIED", "FOLLOWED_UP", "ENDED"]
CONTENT = {"resolved": True, "stars": 5}
NOTE = {"platform": "city", "receipt": "补传单-118", "brought_on": "2026-11-24"}
CORRECTION = {"field": "item", "value": "异地就医备案（退休人员）", "reason": "登记时写漏。"}
OVERSEER, CALLER = "s001-ws1", "zhengwu-fu1"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that says nothing is waited for a second instead of ten."""
    defaults = HttpGateway.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "within_s", 1.0)


async def test_both_platforms_have_every_change_once_in_order_before_the_lock(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Refused, late, lost, dead; archive killed four times, once with a message under way; one platform's part brought by hand."""
    async with uploading(STORY, PLANS, places, prefix, tmp_path) as window:
        await what_was_refused_is_sent_again(window)
        await nothing_is_locked_while_one_platform_is_dead(window)
        await brought_by_hand_it_is_locked(window)
        await back_again_and_archive_killed_with_a_message_under_way(window)
        await corrected_after_the_lock(window)
        await window.restart("archive")
        events = [dict(event) for event in await events_published(window.system)]
        await export(places, prefix, window.system.scheme.district, tmp_path / "export", now=window.clock.now())

    said_once_and_in_order(window, events)
    masked(window)
    rows = {row.name: row for row in audit(tmp_path / "export")}
    assert {name: row.breaches for name, row in rows.items() if row.breaches} == {}
    assert (rows["upload.lock"].looked, rows["upload.lock"].notes) == (len(PEOPLE) * len(PLANS), [])
    assert rows["upload.once"].looked > len(PEOPLE) * len(PLANS) * len(CHANGES)


async def what_was_refused_is_sent_again(window: Upward) -> None:
    """After the first day: every fault has struck; one message a platform was refused and waits for a person, everything else is there."""
    state = await window.gets(OVERSEER, "/api/archive/uploads")
    stuck = {(track["platform"], case["case_no"]) for case in state["refused"] for track in case["tracks"] if track["standing"] == "REFUSED"}

    assert {name: set(platform.struck) for name, platform in window.above.items()} == {name: set(plan) for name, plan in PLANS.items()}
    assert [platform.plan for platform in window.above.values()] == [[], []]
    assert sorted(platform for platform, _ in stuck) == sorted(PLANS)
    assert [view["waiting"] for view in state["platforms"]] == [0, 0]
    for platform, case_no in stuck:
        assert has(window, platform, case_no) != BEFORE_THE_END
        await window.gets(OVERSEER, f"/api/archive/uploads/{case_no}/again", {"platform": platform})
    assert everywhere(window) == {(platform, case): BEFORE_THE_END for platform in PLANS for case in PEOPLE}


async def nothing_is_locked_while_one_platform_is_dead(window: Upward) -> None:
    """Closed at the router for hours, heard of by one platform, still open in the ledger; the office is told once."""
    await window.above["city"].die()
    await window.player.advance(at("2026-11-24 13:00"))
    for case in PEOPLE:
        await window.gets(CALLER, f"/api/router/cases/{window.numbers[case]}/follow-up", dict(CONTENT))
    await window.player.advance(at("2026-11-24 16:00"))

    assert [len(await window.events(case, "CaseClosed")) for case in PEOPLE] == [1, 1, 1]
    assert await archived(window) == {}
    assert await states(window) == dict.fromkeys(PEOPLE, "CLOSED")
    wanted = {"zhuomuniao": ALL, "city": BEFORE_THE_END}
    assert everywhere(window) == {(platform, case): wanted[platform] for platform in PLANS for case in PEOPLE}
    told = [row for row in await window.exported("notices") if row["template"] == "S12"]
    assert told
    assert len({row["event_id"] for row in told}) == 1


async def brought_by_hand_it_is_locked(window: Upward) -> None:
    """线下补传 of one case, noted by a person: that one is locked, the others wait on."""
    number = window.numbers["c1"]
    await window.gets(OVERSEER, f"/api/archive/uploads/{number}/note", dict(NOTE))

    assert await archived(window) == {"c1": 1}
    assert await states(window) == {"c1": "ARCHIVED", "c2": "CLOSED", "c3": "CLOSED"}
    assert NOTE["receipt"] in await window.page(OVERSEER, f"/archive/uploads/{number}")


async def back_again_and_archive_killed_with_a_message_under_way(window: Upward) -> None:
    """The platform took it, archive was killed before it heard so: asked again under the same id, it has it once, and all is locked."""
    city = window.above["city"]
    city.mutes()
    await city.live()
    window.clock.move_by(timedelta(hours=1))
    work = asyncio.gather(*(job.run() for job in window.system.running["archive"].service.jobs), return_exceptions=True)
    await city.holding.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    under_way = len(city.taken)
    assert await archived(window) == {"c1": 1}
    await window.restart("archive")

    assert under_way > len(PEOPLE) * len(BEFORE_THE_END)
    assert await archived(window) == dict.fromkeys(PEOPLE, 1)
    assert await states(window) == dict.fromkeys(PEOPLE, "ARCHIVED")


async def corrected_after_the_lock(window: Upward) -> None:
    """更正: one more message to both; what was brought by hand is not sent after all, and the lock stays."""
    before = await window.line("c1")
    await window.gets(OVERSEER, f"/api/router/cases/{window.numbers['c1']}/correct", dict(CORRECTION))

    assert await window.line("c1") == before
    wanted = {(platform, case): ALL for platform in PLANS for case in PEOPLE}
    assert everywhere(window) == wanted | {("zhuomuniao", "c1"): [*ALL, 7], ("city", "c1"): [*BEFORE_THE_END, 7]}


def said_once_and_in_order(window: Upward, events: list[Row]) -> None:
    """What the platforms have is what Kafka says happened, told of once and in this order; every receipt is an event of its own."""
    for case in PEOPLE:
        number = window.numbers[case]
        kinds = [kind(event) for event in events if event["case_no"] == number]
        assert sum(name in HEARD for name in kinds) == max(has(window, "zhuomuniao", number))
    changes = [fields["changeType"] for fields in window.above["city"].taken.values() if fields["orderId"] == window.numbers["c2"]]
    receipts = [(data["of"], data["platform"], data["number"]) for data in (event["data"] for event in events if kind(event) == "UploadReceived")]
    taken = [(case, name, number) for name, platform in window.above.items() for case, number in platform.held]

    assert changes == CHANGES
    assert sorted(receipts) == sorted(taken)
    assert len(set(taken)) == len(taken)
    assert [platform.unsigned for platform in window.above.values()] == [0, 0]


def masked(window: Upward) -> None:
    """Neither name nor number of anybody left in clear (数据保护 5)."""
    left = {f"{name}/{key}": repr(fields).encode() for name, platform in window.above.items() for key, fields in platform.taken.items()}
    assert hits(left, "张三", *PEOPLE.values()) == []


def kind(event: Row) -> str:
    """An event's name."""
    return str(event["type"].split(".")[-2])


def has(window: Upward, platform: str, case_no: str) -> list[int]:
    """Which messages of a case a platform has, in the order it took them."""
    return window.above[platform].numbers(case_no)


def everywhere(window: Upward) -> Mapping[tuple[str, str], list[int]]:
    """The same of all."""
    return {(platform, case): has(window, platform, window.numbers[case]) for platform in PLANS for case in PEOPLE}


async def states(window: Upward) -> dict[str, str]:
    """What the ledger says of each."""
    return {case: (await window.line(case))["state"] for case in PEOPLE}


async def archived(window: Upward) -> dict[str, int]:
    """How often each case was said to be locked."""
    said = {case: len(await window.events(case, "CaseArchived")) for case in PEOPLE}
    return {case: times for case, times in said.items() if times}

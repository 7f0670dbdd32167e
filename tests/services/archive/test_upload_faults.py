"""歧义 31: whatever platforms, lines and processes do, each platform has each message exactly once and in order (real HTTP on loopback)."""

from __future__ import annotations

import asyncio
from functools import partial
from random import Random
from uuid import uuid4

import pytest

from services.archive.domain.uploading.sending import send_again
from services.archive.domain.uploading.state import upload_number
from services.archive.domain.uploading.track import Standing
from services.archive.gateways import HttpGateway, Outgoing
from services.archive.handlers import inbox
from services.archive.jobs import uploads as sending
from services.archive.store.uploads import open_uploads, refused
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo, case_number
from shared.contracts.terms import CaseState
from shared.contracts.upload_events import UploadFailing, UploadReceived, UploadRecovered, UploadRefused
from shared.district.model import District
from shared.storage.documents import Query
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE
from tests.services.archive.platforms import SECRET, Office, StandIn, standing
from tests.services.archive.test_record import whole_life
from tests.services.archive.test_uploading import strict

START = "2026-09-30 10:00"
CASES = [case_number(at(START).date(), "001", place) for place in range(1, 7)]
PLATFORMS = DISTRICT.policy.sync.platforms
OFTEN = {"refuse": 0.06, "later": 0.15, "lost": 0.15, "error": 0.1, "garbage": 0.05, "silent": 0.1, "forgotten": 0.3}


def office(platforms: str, district: District = DISTRICT) -> Office:
    """An archive connected to these platforms."""
    return Office(START, district, platforms=platforms)


def life_of(case_no: CaseNo) -> list[Event]:
    """A whole life under another number."""
    return [event.model_copy(update={"case_no": case_no}) for event in whole_life()]


def doubled(platform: StandIn) -> list[tuple[str, int]]:
    """What a platform has more than once."""
    return sorted({held for held in platform.held if platform.held.count(held) > 1})


def disordered(platform: StandIn, owed: dict[CaseNo, int]) -> list[str]:
    """Cases of which a platform does not have messages 1 to n in this order."""
    return [case for case, count in owed.items() if [nth for held, nth in platform.held if held == case] != list(range(1, count + 1))]


async def owed_of(driver: Office) -> dict[CaseNo, int]:
    """How many messages each case has."""
    return {case: (await driver.record(case)).owed or 0 for case in CASES}


async def mend(driver: Office) -> None:
    """A person has everything refused sent again."""
    upward = open_uploads(driver.ground, inbox)
    for platform in PLATFORMS:
        for held in await upward.cases.find(Query(at_least={refused(platform): at("1970-01-01 08:00")})):
            rule = partial(send_again, platform=platform, line=3, by="s001-tr1", now=driver.clock.now())
            await upward.cases.change(held.number, rule)


async def troubled(driver: Office, platforms: dict[str, StandIn], chance: Random) -> None:
    """Every case's events in turn while jobs run, processes are killed and platforms die and come back, as the seed has it."""
    left = {case: life_of(case) for case in CASES}
    while any(left.values()):
        case = chance.choice([case for case, events in left.items() if events])
        await driver.consumes(left[case].pop(0))
        if chance.random() < 0.5:
            await driver.ticks_then_dies(chance.randrange(1, 120))
        if chance.random() < 0.3:
            await driver.ticks()
        if chance.random() < 0.2:
            platform = platforms[chance.choice(PLATFORMS)]
            await (platform.die() if platform.server is not None else platform.live())


async def healed(driver: Office, platforms: dict[str, StandIn]) -> None:
    """Everybody answers as they should, and time passes."""
    for platform in platforms.values():
        platform.faults.clear()
        if platform.server is None:
            await platform.live()
    for day in ("2026-10-13 10:00", "2026-10-14 10:00"):
        await driver.courier.sweep()
        await mend(driver)
        await driver.wakes(day)


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_all_faults_each_platform_has_each_message_once_and_in_order(seed: int) -> None:
    """Refusals, receipts that come later, lost answers, errors, other people's receipts, silence, kills and restarts, by a seed."""
    async with standing(seed, partial(office, district=strict()), **OFTEN) as (driver, platforms):
        await troubled(driver, platforms, Random(seed))  # noqa: S311 - a test that draws the same every time
        await healed(driver, platforms)
        owed = await owed_of(driver)
        locked = [(await driver.entry(case)).state is CaseState.ARCHIVED for case in CASES]
        said = driver.published(UploadReceived)
        reasons = [event.reason for event in driver.published(UploadRefused)]

    struck = {kind for platform in platforms.values() for kind in platform.struck}
    assert struck >= {"refuse", "later", "lost", "error", "silent"}, "the seed strikes with every kind"
    for platform in platforms.values():
        assert (doubled(platform), disordered(platform, owed), platform.unsigned) == ([], [], 0)
    assert all(locked), "the last receipt locked what waited for it"
    assert len({(event.of, event.platform, event.number) for event in said}) == len(said) == 2 * sum(owed.values())
    assert reasons
    assert not any("13800000001" in reason for reason in reasons)


async def test_a_new_id_at_every_try_is_caught_as_doubling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted defect: a platform that took a message and whose answer was lost takes it again under the new id."""
    monkeypatch.setattr(sending, "message_id", lambda *_place: uuid4())
    async with standing(1, office, lost=0.5) as (driver, platforms):
        await driver.consumes(*life_of(CASES[0]))
        await driver.ticks()
        await healed(driver, platforms)

    assert any(doubled(platform) for platform in platforms.values())


async def test_a_lost_answer_doubles_nothing() -> None:
    """The same without the defect: every first answer is lost, and the second try gets the receipt of the first."""
    async with standing(1, office, lost=0.5) as (driver, platforms):
        await driver.consumes(*life_of(CASES[0]))
        await driver.ticks()
        await healed(driver, platforms)

    assert all(platform.struck["lost"] and not doubled(platform) for platform in platforms.values())


async def test_an_outage_is_told_of_once_whatever_waits() -> None:
    """W10: both platforms gone, six cases wait: one event a platform an hour later, and one when it is over."""
    async with standing(1, office) as (driver, platforms):
        for platform in platforms.values():
            await platform.die()
        for case in CASES:
            await driver.consumes(life_of(case)[0])
        await driver.wakes("2026-09-30 10:59")
        early = driver.published(UploadFailing)
        await driver.wakes("2026-09-30 16:00")
        failing = driver.published(UploadFailing)
        for platform in platforms.values():
            await platform.live()
        await driver.wakes("2026-09-30 18:00")

    assert early == []
    assert [(event.platform, event.waiting, event.occurred_at) for event in failing] == [
        (platform, len(CASES), at("2026-09-30 11:00")) for platform in PLATFORMS
    ]
    assert [event.platform for event in driver.published(UploadRecovered)] == list(PLATFORMS)
    assert len(driver.published(UploadFailing)) == len(PLATFORMS)
    assert all(sorted(platform.held) == [(case, 1) for case in CASES] for platform in platforms.values())


async def test_a_platform_that_is_not_connected_is_owed_everything_and_blocks_nothing() -> None:
    """sync.required: false, no address: the messages wait, the case is locked, nothing is due."""
    driver = office("zhuomuniao=sandbox")
    await driver.consumes(*life_of(CASE))
    await driver.wakes("2026-10-20 10:00")
    held = await open_uploads(driver.ground, inbox).cases.get(upload_number(CASE))

    assert held is not None
    assert [(track.platform, held.standing(track)) for track in held.tracks] == [
        ("zhuomuniao", Standing.RECEIVED), ("city", Standing.WAITING),
    ]
    assert (await driver.entry()).state is CaseState.ARCHIVED
    assert driver.published(UploadFailing) == []


async def test_an_answer_that_does_not_end_is_not_waited_for() -> None:
    """A platform that takes the connection and says nothing costs no more than the time given."""
    async with standing(1, office) as (driver, _):
        over = asyncio.Event()

        async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await over.wait()
            writer.close()

        server = await asyncio.start_server(mute, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        gateway = HttpGateway(address, SECRET, driver.clock, within_s=0.05)
        answer = await gateway.send(Outgoing(uuid4(), "city", CASE, 1, {}))
        over.set()
        await asyncio.sleep(0)
        server.close()
        await server.wait_closed()

    assert "没有应答" in str(answer)

"""The register on the store in memory and on the real one: once per sender's id, by day, by site, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from services.intake.api.desk import Desk, Sent
from services.intake.domain.submission import ChannelSubmission, ExitSubmission, HallSubmission, Submission
from services.intake.handlers import inbox
from services.intake.store import Day, count_chokepoints, day_of, newest, open_register, tally
from shared.assembly import Ground, Scheme
from shared.clock import MovableClock
from shared.contracts.terms import Channel
from shared.errors import InputRefused
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.privacy.sealing import Sealer, new_keys
from shared.testing.driver import DISTRICT
from tests.services.intake.conftest import NOW, a_channel_matter, a_matter, an_exit
from tests.shared.storage.stores import opened


@pytest_asyncio.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.real)])
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """A desk with an empty register."""
    async with opened(request.param, request) as store:
        courier = OutboxCourier(MemoryPublisher(), Progress())
        ground = Ground(MovableClock(NOW), store, courier, Scheme(DISTRICT), Sealer.from_environment(new_keys()))
        lines = open_register(ground, inbox)
        await store.prepare()
        yield Desk(ground, lines)
        await courier.finish()


def at_the_counter(key: str, **changed: object) -> Sent:
    """A clerk's form."""
    return Sent(Channel.HALL, key, HallSubmission.model_validate(a_matter(**changed)), clerk="s001-cl1")


def from_channel(submission: Submission, source_id: str, message: str, channel: Channel = Channel.SUISHENBAN) -> Sent:
    """A channel's message."""
    return Sent(channel, source_id, submission, message=f"{channel.value}:{message}")


async def test_many_identical_requests_at_once_make_one_line(desk: Desk) -> None:
    sent = from_channel(ChannelSubmission.model_validate(a_channel_matter()), "ssb-0001", "msg-1")
    done = await asyncio.gather(*(desk.take(sent) for _ in range(20)))
    assert len({outcome.state.case_no for outcome in done}) == 1
    assert sorted(outcome.repeated for outcome in done) == [False] + [True] * 19


async def test_many_different_requests_at_once_make_as_many_lines(desk: Desk) -> None:
    done = await asyncio.gather(*(desk.take(at_the_counter(f"k{place}")) for place in range(30)))
    assert {outcome.state.case_no for outcome in done} == {f"PT26112300100{place:02d}" for place in range(1, 31)}


async def test_a_message_is_taken_with_one_content_only(desk: Desk) -> None:
    submissions = [ChannelSubmission.model_validate(a_channel_matter(f"a-{place}")) for place in range(2)]
    await desk.take(from_channel(submissions[0], "a-0", "same"))
    with pytest.raises(InputRefused) as caught:
        await desk.take(from_channel(submissions[1], "a-1", "same"))
    assert [fault.field for fault in caught.value.faults] == ["webhook-id"]


async def test_the_day_is_found_newest_first_by_site_and_page_and_its_chokepoints_are_only_counted(desk: Desk) -> None:
    clock = desk.ground.clock
    assert isinstance(clock, MovableClock)
    await desk.take(at_the_counter("yesterday"))
    clock.move_by(timedelta(days=1))
    for place, site in enumerate(("001", "101", "001")):
        clock.move_by(timedelta(minutes=1))
        await desk.take(at_the_counter(f"k{place}", site=site))
    counted = ExitSubmission.model_validate(an_exit(wants_contact=False))
    await desk.take(from_channel(counted, "exit-0001", "msg-1#0", Channel.PORTAL_EXIT))
    since = day_of(clock.now())
    found = [line.case_no for line in await newest(desk.lines, Day(since), 0, 10)]
    assert found == ["PT2611240010002", "PT2611241010001", "PT2611240010001"]
    assert [line.case_no for line in await newest(desk.lines, Day(since, "001"), 1, 10)] == ["PT2611240010001"]
    assert await count_chokepoints(desk.lines, Day(since, "900")) == 1
    assert await tally(desk.lines, clock) == {"今日受理": 3, "今日堵点": 1}

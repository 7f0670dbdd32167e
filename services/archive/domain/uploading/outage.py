"""W10: one platform that has answered nothing for too long is told of once, however many cases wait for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.archive.domain.entry import Moment
from shared.contracts.event import Event, Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.upload_events import UploadFailing, UploadRecovered
from shared.decision import Decision, unchanged
from shared.district.model import District

NO_CASE = "SC000000000"


class Outage(Frozen):
    """Since when a platform does not answer, and whether that was told; `since` None while it does."""

    number: CaseNo
    platform: str
    since: Moment | None = None
    told: bool = False


def outage_number(platform: str, platforms: tuple[str, ...]) -> CaseNo:
    """A platform's own number: SC, no day, no site, its place in the policy's list."""
    return CaseNo(f"{NO_CASE}{platforms.index(platform) + 1:04d}")


def told_from(since: datetime, district: District) -> datetime:
    """When a fault that began then is told of."""
    return since + timedelta(minutes=district.policy.sync.failing_minutes)


def watch(
    state: Outage | None, platform: str, since: datetime | None, waiting: int, *, district: District, now: datetime
) -> Decision[Outage | None]:
    """`since` is when the oldest message without an answer had its first try; None when every one had an answer."""
    if state is None and since is None:
        return unchanged(state)
    number = outage_number(platform, district.policy.sync.platforms)
    held = state or Outage(number=number, platform=platform)
    if since is None:
        over: list[Event] = []
        if held.told and held.since is not None:
            over.append(UploadRecovered(case_no=number, occurred_at=now, platform=platform, since=held.since))
        return Decision(held.model_copy(update={"since": None, "told": False}), over)
    if held.told or now < told_from(since, district):
        return unchanged(state)
    said = UploadFailing(case_no=number, occurred_at=now, platform=platform, since=since, waiting=waiting)
    return Decision(held.model_copy(update={"since": since, "told": True}), [said])

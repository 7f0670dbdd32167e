"""Sends what is due to the platforms above, tells the ledger what they have, and notices a platform that does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from services.archive.domain.record import note_uploads
from services.archive.domain.uploading.filling import entry_at, filled, lacking, ours
from services.archive.domain.uploading.outage import outage_number, told_from, watch
from services.archive.domain.uploading.owing import Message
from services.archive.domain.uploading.sending import Answer, Refused, Unanswered, mark_told, message_id, settle
from services.archive.domain.uploading.state import Uploads
from services.archive.domain.uploading.track import Standing, Track
from services.archive.gateways import Outgoing, UploadGateway
from services.archive.store.ledger import Ledger
from services.archive.store.uploads import TELL_AT, Upward, due, next_try, oldest_failing
from shared.assembly import Ground, sweep_due
from shared.points import point

AT_ONCE = 8
Gateways = Mapping[str, UploadGateway]


@dataclass(frozen=True)
class Desk:
    """Where the upload reads, writes and sends."""

    ground: Ground
    ledger: Ledger
    upward: Upward
    gateways: Gateways


@dataclass
class Sweep:
    """One look at one platform: once it did not answer, the rest of this look is left for the next."""

    platform: str
    gateway: UploadGateway
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    silent: bool = False
    done: int = 0


async def find_due_uploads(desk: Desk) -> int:
    """歧义 31: sends what is due, platforms side by side, a case's messages in order; how many tries it made."""
    return sum(await asyncio.gather(*(_swept(desk, Sweep(platform, gateway)) for platform, gateway in desk.gateways.items())))


async def _swept(desk: Desk, sweep: Sweep) -> int:
    ground = desk.ground
    fire = partial(_send_due, desk, sweep)
    await sweep_due(desk.upward.cases, fire, field_name=due(sweep.platform), now=ground.clock.now(), shards=ground.shards)
    return sweep.done


async def _send_due(desk: Desk, sweep: Sweep, number: str) -> None:
    """One case's messages one after the other, until the platform has all or one of them stops there."""
    async with sweep.turns:
        while not sweep.silent:
            uploads = await desk.upward.cases.get(number)
            track = uploads.track(sweep.platform) if uploads else None
            message = uploads.outstanding(track) if uploads and track else None
            if uploads is None or track is None or message is None or not track.due(desk.ground.clock.now()):
                return
            answer = await _asked(desk, sweep, uploads, track, message)
            point("gateway_answered")
            sweep.silent, sweep.done = isinstance(answer, Unanswered), sweep.done + 1
            rule = partial(settle, platform=sweep.platform, number=message.number, answer=answer, now=desk.ground.clock.now())
            await desk.upward.cases.change(number, rule, confirm=True)


async def _asked(desk: Desk, sweep: Sweep, uploads: Uploads, track: Track, message: Message) -> Answer:
    district = desk.ground.scheme.district
    record, mapping = await desk.ledger.get(uploads.of), district.uploads.get(sweep.platform)
    entry = entry_at(record.events, max(track.line, message.line)) if record else None
    if entry is None or mapping is None:
        return Unanswered("台账里没有这一件，或平台没有字段对照表")
    fields = filled(mapping, ours(entry, message, district))
    if wrong := lacking(mapping, fields):
        return Refused("mapping", wrong)
    outgoing = Outgoing(message_id(uploads.number, sweep.platform, message.number), sweep.platform, uploads.of, message.number, fields)
    return await (sweep.gateway.ask(outgoing) if track.standing is Standing.SENT else sweep.gateway.send(outgoing))


async def find_untold(desk: Desk) -> int:
    """状态机 20: tells the ledger of every case that a platform has by now; how many it found."""
    ground = desk.ground

    async def tell(number: str) -> None:
        uploads = await desk.upward.cases.get(number)
        if uploads is None or not uploads.tells:
            return
        now, district = ground.clock.now(), ground.scheme.district
        await desk.ledger.change(uploads.of, partial(note_uploads, uploads=uploads, district=district, now=now), confirm=True)
        await desk.upward.cases.change(number, partial(mark_told, done={track.platform: track.done for track in uploads.tracks}))

    return await sweep_due(desk.upward.cases, tell, field_name=TELL_AT, now=ground.clock.now(), shards=ground.shards)


async def find_failing(desk: Desk) -> int:
    """W10: a platform that has not answered for too long is told of once; 0, as nothing is left to do again."""
    now, district = desk.ground.clock.now(), desk.ground.scheme.district
    for platform in desk.gateways:
        since, waiting = await oldest_failing(desk.upward, platform)
        rule = partial(watch, platform=platform, since=since, waiting=waiting, district=district, now=now)
        await desk.upward.outages.change(outage_number(platform, district.policy.sync.platforms), rule, confirm=True)
    return 0


async def next_upload(desk: Desk) -> datetime | None:
    """The next moment at which something is sent, or a platform has been silent for too long."""
    moments = [await next_try(desk.upward, tuple(desk.gateways)), *[await _told_at(desk, platform) for platform in desk.gateways]]
    return min((moment for moment in moments if moment is not None), default=None)


async def _told_at(desk: Desk, platform: str) -> datetime | None:
    district = desk.ground.scheme.district
    since, _ = await oldest_failing(desk.upward, platform)
    outage = await desk.upward.outages.get(outage_number(platform, district.policy.sync.platforms))
    return None if since is None or (outage and outage.told) else told_from(since, district)

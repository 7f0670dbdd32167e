"""The steps nobody of the scheme does: a year is announced, a topic is given again, a service crashes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from deploy.local.rehearsal.scenario import Step
from deploy.local.rehearsal.verbs import ImportCalendar, Redeliver, Restart
from deploy.local.system import System
from shared.district.calendar_file import load_calendar_year
from shared.district.loading import with_calendar_year
from shared.messaging.repeating import give_again


class Upkeep:
    """Does to the system what a scenario asks; `renew` puts the site on the services that run now."""

    def __init__(self, system: System, folder: Path, renew: Callable[[], None]) -> None:
        self._system = system
        self._folder = folder
        self._renew = renew

    async def perform(self, step: Step) -> list[str]:
        """Does the step and waits for quiet; what is wrong afterwards, as sentences."""
        match step.fields:
            case ImportCalendar(file=file):
                year = load_calendar_year(self._folder / file)
                self._system.scheme.replace(with_calendar_year(self._system.scheme.district, year))
            case Restart(service=service):
                await self._system.restart(service)
                self._renew()
            case Redeliver(topic=topic):
                return await self._redeliver(topic)
        return []

    async def _redeliver(self, topic: str) -> list[str]:
        await self._system.settle()
        before = len(self._system.progress.journal or ())
        again = await give_again(self._system.places.kafka, self._system.places.prefix + topic, self._system.progress)
        await self._system.settle()
        followed = len(self._system.progress.journal or ()) - before - again
        return [f"重放 {topic} 的 {again} 条消息后，多出了 {followed} 条新消息"] if followed else []

"""Who works while faults strike: four channels at once, and staff who take some matters all the way (方案 二、六)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import IO

import httpx

from deploy.local.rehearsal.acting import Actors, Unanswered
from deploy.local.rehearsal.scenario import Step
from deploy.local.rehearsal.verbs import VERBS
from deploy.local.soak.reaching import ANSWER_WITHIN_S, Reaching, Tally
from deploy.local.soak.town import TOGETHER, Town
from shared.clock import SystemClock
from shared.district.model import District

CHANNELS = ("HALL", "SUISHENBAN", "YWTB", "PORTAL_EXIT")
SITES = ("001", "002", "003", "005", "006", "009", "103")
LEADS = ("医保局", "公安分局", "残联", "民政局", "教育局", "房管局")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
SILENT, ERRING, DROPPING = "9999", "9998", "9997"  # what the sandbox gateway does to such a phone's messages
ODD_PHONES = 0.06
STEPS_A_CASE = 12
TRIES, AGAIN_S = 240, 0.5
LOST_NUMBER = "该提交没有得到工单编号"


@dataclass(frozen=True)
class Work:
    """How many matters, how many of them go all the way, how many are under way at once, and the seed of it all."""

    submissions: int
    whole: float = 0.1
    at_once: int = 40
    seed: int = 1


class Load:
    """The clients of one run; `acks.jsonl` holds every confirmation as `./bancheng audit --acks` wants it."""

    def __init__(self, town: Town, district: District, work: Work, acks: Path) -> None:
        self.tally = Tally()
        self.failures: list[str] = []
        self._work = work
        self._random = Random(work.seed)  # noqa: S311 - a load, no secret
        self._numbers: dict[str, str] = {}
        self._left = iter(range(work.submissions))
        self._handlings: list[asyncio.Task[bool]] = []  # staff work on while others go on bringing matters
        self._hands = asyncio.Semaphore(work.at_once)
        self._acks = acks
        self._name = f"soak{work.seed}"
        transport = Reaching(town, self.tally, self._random)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=ANSWER_WITHIN_S)
        clock = town.clocks[TOGETHER if town.plan.together else "intake"]
        keys = town.keys
        self._actors = Actors(
            self._client, district, clock, access_code=keys.access_code, channel_keys=keys.channel_keys, name=self._name
        )

    @property
    def acknowledged(self) -> int:
        """How many matters were confirmed."""
        return len(self._numbers)

    async def run(self) -> None:
        """Works until every matter is done with; what could not be done is in `failures`."""
        try:
            with self._acks.open("w", encoding="utf-8") as acks:
                await asyncio.gather(*(self._client_at(acks) for _ in range(self._work.at_once)))
                await asyncio.gather(*self._handlings)
        finally:  # told to stop meanwhile: nobody works on
            for handling in self._handlings:
                handling.cancel()
            await asyncio.gather(*self._handlings, return_exceptions=True)
            await self._client.aclose()

    def stop(self) -> None:
        """Begins no new matter."""
        self._left = iter(())

    async def _client_at(self, acks: IO[str]) -> None:
        while (number := next(self._left, None)) is not None:
            steps = self._steps(number)
            if await self._counted(number, self._bring(number, next(steps), acks)):
                self._handlings.append(asyncio.create_task(self._counted(number, self._staff_acts(steps))))

    async def _counted(self, number: int, work: Awaitable[None]) -> bool:
        self.tally.cases += 1
        try:
            await work
        except (Unanswered, httpx.TransportError, ValueError) as fault:
            self.failures.append(f"{number}: {fault!r}")
            return False
        finally:
            self.tally.cases -= 1
        return True

    async def _bring(self, number: int, register: Step, acks: IO[str]) -> None:
        await self._until_done(register)
        label, channel = str(register.case), CHANNELS[number % len(CHANNELS)]
        if label not in self._numbers:
            raise ValueError(LOST_NUMBER)
        ack = {"channel": channel, "source_id": f"{self._name}-{label}", "case_no": self._numbers[label]}
        acks.write(json.dumps(ack | {"at": SystemClock().now().isoformat()}) + "\n")
        acks.flush()
        self.tally.counts["submissions"] += 1

    async def _staff_acts(self, steps: Iterator[Step]) -> None:
        async with self._hands:
            for step in steps:
                if not await self._until_done(step):
                    return
                self.tally.counts["acts"] += 1

    async def _until_done(self, step: Step) -> bool:
        """A first act may come before its service has heard of the case, so it is tried for two minutes; later ones are said once."""
        tries, why = TRIES if step.verb in ("register", "triage") else 1, ""
        for left in reversed(range(tries)):
            try:
                answered = await self._actors.act(step, self._numbers)
            except Unanswered:  # a signature made before the clock was stepped: signed anew
                if not left:
                    raise
            else:
                if not answered.refused:
                    return True
                why = answered.rule
            await asyncio.sleep(AGAIN_S if left else 0)
        self.tally.counts[f"refused {step.verb} {why}"] += 1
        return False

    def _steps(self, number: int) -> Iterator[Step]:
        place, label = number * STEPS_A_CASE, f"c{number}"
        acts = [("register", self._matter(number))]
        if self._random.random() < self._work.whole:
            acts += self._acts()
        for after, (verb, fields) in enumerate(acts):
            model = VERBS[verb].model_validate(fields)
            yield Step(place + after, 0, SystemClock().now(), verb, label, None, False, model)

    def _matter(self, number: int) -> dict[str, object]:
        random, channel = self._random, CHANNELS[number % len(CHANNELS)]
        phone = f"138{number % 10_000:04d}{random.choice((SILENT, ERRING, DROPPING))}" if random.random() < ODD_PHONES else f"139{number:08d}"
        name = f"{SURNAMES[number % len(SURNAMES)]}{SURNAMES[number // 20 % 20]}{SURNAMES[number // 400 % 20]}"
        matter: dict[str, object] = {
            "channel": channel, "name": name, "phone": phone, "item": "异地就医备案", "category": "SERVICE",
            "text": f"第{number}件，备案点了三次都报错。",
        }
        if channel == "HALL":
            matter["site"] = random.choice(SITES)
        if channel == "PORTAL_EXIT":
            matter |= {"exit_step": "上传材料", "exit_reason": "页面提示与实际不符", "error_code": "E-4103", "wants_contact": True}
        return matter

    def _acts(self) -> list[tuple[str, dict[str, object]]]:
        random = self._random
        grade = random.choice(("SIMPLE", "GENERAL", "COMPLEX"))
        acts: list[tuple[str, dict[str, object]]] = [
            ("triage", {"grade": grade, "lead": random.choice(LEADS), "requirement": "查清报错原因，直接帮办。"})
        ]
        acts += [("urge", {"text": "请快一些。"})] if random.random() < 0.1 else []  # noqa: PLR2004 - one in ten asks
        answer: dict[str, object] = {"result": "RESOLVED", "text": "报错原因已查清：参保地信息未同步；已代为办理备案并当面告知结果。"}
        acts += [("sign", {}), ("contact", {}), ("answer", answer), ("verify", {})]
        return [*acts, ("follow_up", {"reached": True, "resolved": True, "stars": 5})]

"""What people and channels ask of the services: the services' own endpoint functions, called inside a living process."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

from deploy.simulation.ground import CHANNEL_SECRETS
from deploy.simulation.instance import Instance
from deploy.simulation.world import World
from services.router.api.acts import ACTS
from services.sla.api import requests as sla_api
from shared.errors import InputRefused, RuleBroken, TryAgain
from shared.privacy.signing import sign
from shared.web.problems import Problem
from shared.web.signin import Staff

COMMANDS: dict[str, type[BaseModel]] = {act.path: act.command for act in ACTS}
SLA_COMMANDS: dict[str, type[BaseModel]] = {
    "issue_supervision": sla_api.SupervisionWanted, "void_supervision": sla_api.VoidWanted,
    "answer_supervision": sla_api.StatementWanted, "approve_interview": sla_api.InterviewWanted,
}
CHANNEL_PATHS = {"SUISHENBAN": "/api/intake/suishenban", "YWTB": "/api/intake/ywtb"}
DOWN_S = 0.5


@dataclass(frozen=True)
class Answer:
    """What became of a request: done, refused by a rule, or nobody knows."""

    kind: str
    said: Any = None

    @property
    def known(self) -> bool:
        """Whether the one who asked knows what happened."""
        return self.kind != "unknown"


UNKNOWN = Answer("unknown")


def staff_with(world: World, role: str, unit: str | None = None) -> Staff:
    """Somebody who holds this role, of this unit where one is named."""
    people = world.parts.scheme.district.staff.values()
    fitting = [person for person in people if role in person.roles and person.site in (None, "001")]
    chosen = next((person for person in fitting if unit in (None, person.unit)), fitting[0])
    return Staff(chosen.id, chosen.name, frozenset(map(str, chosen.roles)), chosen.unit, chosen.site)


async def ask(world: World, service: str, request: Mapping[str, Any]) -> Answer:
    """Sends one request to a living process of the service; unknown when the process dies of it or cannot say."""
    living = [instance for instance in world.instances[service] if instance.ready]
    if not living:
        await asyncio.sleep(DOWN_S)
        return UNKNOWN
    instance = living[int(world.plan.chance.random() * len(living))]
    answer: asyncio.Future[Answer | None] = world.loop.create_future()
    instance.callers.append(answer)
    instance.spawn(_carried(world, instance, request, answer))
    said = await answer
    instance.callers.remove(answer)
    return said or UNKNOWN


async def _carried(world: World, instance: Instance, request: Mapping[str, Any], answer: asyncio.Future[Answer | None]) -> None:
    try:
        said = Answer("done", await _work(world, instance, request))
    except (RuleBroken, InputRefused, Problem) as refused:
        said = Answer("refused", getattr(refused, "rule", type(refused).__name__))
    except TryAgain:
        said = UNKNOWN
    except Exception as fault:  # noqa: BLE001 - a 500 is a breach
        world.breach(f"{instance.service} answered 500: {type(fault).__name__}: {fault}")
        said = UNKNOWN
    if not answer.done():
        answer.set_result(said)


def _work(world: World, instance: Instance, request: Mapping[str, Any]) -> Coroutine[Any, Any, Any]:
    if request["path"] in CHANNEL_PATHS or request["path"] == "HALL":
        return _registration(world, instance, request)
    who = staff_with(world, request["role"], request.get("unit"))
    endpoint = instance.endpoints[request["path"].replace("-", "_")]
    command = (SLA_COMMANDS | COMMANDS)[request["path"]].model_validate(request["body"])
    return endpoint(case_no=request["case_no"], command=command, staff=who, key=request["key"])  # type: ignore[no-any-return]


def _registration(world: World, instance: Instance, request: Mapping[str, Any]) -> Coroutine[Any, Any, Any]:
    body = orjson.dumps(request["body"])
    if request["path"] == "HALL":
        endpoint = instance.endpoints["register_at_the_counter"]
        return endpoint(_request("/api/intake/hall", body, {}), Response(), staff_with(world, "CL"), request["key"])  # type: ignore[no-any-return]
    channel, path = request["path"], CHANNEL_PATHS[request["path"]]
    headers = sign([CHANNEL_SECRETS[channel]], message_id=request["key"], now=world.clock.now(), method="POST", path=path, body=body)
    return instance.endpoints[f"register_from_{channel.lower()}"](_request(path, body, headers), Response())  # type: ignore[no-any-return]


def _request(path: str, body: bytes, headers: Mapping[str, str]) -> Request:
    sent = [(b"content-type", b"application/json"), *((name.encode(), value.encode()) for name, value in headers.items())]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": sent,
        "scheme": "http", "server": ("town", 80), "root_path": "",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)

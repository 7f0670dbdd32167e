"""Turns a step into the request the right person or channel would make, through the services' own HTTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx
import orjson
from pydantic import BaseModel

from deploy.local.rehearsal.casting import Cast, Known
from deploy.local.rehearsal.scenario import Step
from deploy.local.rehearsal.verbs import Merge, Register
from shared.clock import Clock
from shared.district.model import District, StaffMember
from shared.privacy.signing import ChannelKeys, sign

CHANNEL_PATHS = {"SUISHENBAN": "/api/intake/suishenban", "YWTB": "/api/intake/ywtb", "PORTAL_EXIT": "/api/intake/portal-exit"}
SLA_PATHS = {
    "issue_supervision": "supervisions", "void_supervision": "supervisions/void", "answer_supervision": "supervisions/answer",
    "approve_interview": "interviews/approve",
}
ONLINE_SITE = "900"
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,27}")
REFUSED = (400, 403, 404, 409, 422)


class Unanswered(Exception):
    """The system did not answer a step as it must (a 5xx or an unexpected form)."""


@dataclass(frozen=True)
class Answered:
    """Whether a step was refused, and by which rule with which sentence."""

    refused: bool
    rule: str = ""
    message: str = ""


class Actors:
    """Everybody of a scenario: citizens through channels, staff by role, departments."""

    def __init__(self, client: httpx.AsyncClient, district: District, clock: Clock, *, access_code: str, channel_keys: str, name: str) -> None:
        self._client = client
        self._cast = Cast(district)
        self._clock = clock
        self._access_code = access_code
        self._keys = ChannelKeys.from_environment(channel_keys)
        self._name = _plain(name)
        self._cases: dict[str, Known] = {}

    async def act(self, step: Step, numbers: dict[str, str]) -> Answered:
        """Makes the step's request; `numbers` learns the 工单编号 of a registered label."""
        if isinstance(step.fields, Register):
            return await self._register(step, step.fields, numbers)
        known = self._cases.get(str(step.case))
        if known is None:
            return _no_case(str(step.case))
        staff = self._cast.of(step, known)
        if staff is None:
            return _nobody(step.by)
        body = _body(step.fields)
        if isinstance(step.fields, Merge):
            other = self._cases.get(step.fields.into)
            if other is None:
                return _no_case(step.fields.into)
            body["into"] = other.number
        response = await self._post(_path(step, known), body, staff, f"{self._name}/{step.place}")
        if response.is_success:
            known.learn(step.verb, staff, response.json() or {})
        return _answered(response)

    async def _register(self, step: Step, fields: Register, numbers: dict[str, str]) -> Answered:
        body = _body(fields, leave_out={"channel", "source_id"})
        source = fields.source_id or f"{self._name}-{_plain(str(step.case))}"
        if fields.channel == "HALL":
            clerk = self._cast.clerk(step.by, fields.site)
            if clerk is None:
                return _nobody(step.by)
            response = await self._post("/api/intake/hall", body, clerk, source)
        else:
            response = await self._channel(fields.channel, body | {"source_id": source})
        said, refusal = _registered(response, batch=fields.channel == "PORTAL_EXIT")
        if refusal is not None:
            return refusal
        number = str(said["case_no"])
        if number.startswith("PT"):
            numbers[str(step.case)] = number
            unit = self._cast.district.unit(fields.complained_unit) if fields.complained_unit else None
            self._cases[str(step.case)] = Known(number, fields.site or ONLINE_SITE, complained=unit.code if unit else None)
        return Answered(False)

    async def _channel(self, channel: str, body: dict[str, Any]) -> httpx.Response:
        path = CHANNEL_PATHS[channel]
        content = orjson.dumps({"events": [body]} if channel == "PORTAL_EXIT" else body)
        headers = sign(
            self._keys.of(channel), message_id=str(body["source_id"]), now=self._clock.now(), method="POST", path=path, body=content
        )
        return await self._client.post(path, content=content, headers={**headers, "content-type": "application/json"})

    async def _post(self, path: str, body: dict[str, Any], staff: StaffMember, key: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self._access_code}", "x-staff": staff.id, "idempotency-key": key}
        return await self._client.post(path, json=body, headers=headers)


def _path(step: Step, known: Known) -> str:
    if step.verb in SLA_PATHS:
        return f"/api/sla/cases/{known.number}/{SLA_PATHS[step.verb]}"
    return f"/api/router/cases/{known.number}/{step.verb.replace('_', '-')}"


def _plain(words: str) -> str:
    # A name may be Chinese; a header and a channel's own id may not.
    return words if PLAIN.fullmatch(words) else f"s{sha256(words.encode()).hexdigest()[:12]}"


def _no_case(label: str) -> Answered:
    return Answered(True, "case.not_registered", f"{label} 没有登记成案，无法办理。")


def _nobody(by: str | None) -> Answered:
    return Answered(True, "by.unknown", f"没有名为“{by}”的人员或角色。")


def _body(fields: BaseModel, leave_out: set[str] | None = None) -> dict[str, Any]:
    return fields.model_dump(mode="json", exclude=leave_out, exclude_unset=True, exclude_none=True, by_alias=True)


def _registered(response: httpx.Response, *, batch: bool) -> tuple[dict[str, Any], Answered | None]:
    if not response.is_success:
        return {}, _answered(response)
    said: dict[str, Any] = response.json()
    if not batch:
        return said, None
    first: dict[str, Any] = said["results"][0]
    if first.get("problem"):
        return {}, _refusal(first["problem"])
    return first, None


def _answered(response: httpx.Response) -> Answered:
    if response.is_success:
        return Answered(False)
    if response.status_code not in REFUSED:
        raise Unanswered(f"{response.request.method} {response.request.url.path} 返回 {response.status_code}：{response.text[:500]}")
    return _refusal(response.json())


def _refusal(problem: dict[str, Any]) -> Answered:
    errors = problem.get("errors") or []
    rule = problem.get("rule") or (f"input.{errors[0]['field']}" if errors else str(problem.get("type", "")))
    details = "；".join(f"{error['field']}：{error['message']}" for error in errors)
    return Answered(True, str(rule), details or str(problem.get("detail") or problem.get("title") or ""))

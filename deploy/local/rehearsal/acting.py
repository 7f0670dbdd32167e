"""Turns a step into the request the right person or channel would make, through the services' own HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from pydantic import BaseModel

from deploy.local.rehearsal.scenario import Step
from deploy.local.rehearsal.verbs import Register
from shared.clock import Clock
from shared.district.model import Department, District, StaffMember
from shared.district.roles import Role
from shared.privacy.signing import ChannelKeys, sign

CHANNEL_PATHS = {"SUISHENBAN": "/api/intake/suishenban", "YWTB": "/api/intake/ywtb", "PORTAL_EXIT": "/api/intake/portal-exit"}
ROUTER_VERBS = {"resolve_now": Role.TR, "triage": Role.TR, "verify": Role.TR, "follow_up": Role.FU}
UNIT_VERBS = {"sign": "receiver", "contact": "operator", "answer": "operator"}
ONLINE_SITE = "900"
REFUSED = (400, 403, 404, 409, 422)


class Unanswered(Exception):
    """The system did not answer a step as it must (a 5xx or an unexpected form)."""


@dataclass(frozen=True)
class Answered:
    """Whether a step was refused, and by which rule with which sentence."""

    refused: bool
    rule: str = ""
    message: str = ""


@dataclass
class _Known:
    """What the actors remember of a case they brought in."""

    number: str
    site: str
    lead: str | None = None


class Actors:
    """Everybody of a scenario: citizens through channels, staff by role, departments."""

    def __init__(self, client: httpx.AsyncClient, district: District, clock: Clock, *, access_code: str, channel_keys: str, name: str) -> None:
        self._client = client
        self._district = district
        self._clock = clock
        self._access_code = access_code
        self._keys = ChannelKeys.from_environment(channel_keys)
        self._name = name
        self._cases: dict[str, _Known] = {}

    async def act(self, step: Step, numbers: dict[str, str]) -> Answered:
        """Makes the step's request; `numbers` learns the 工单编号 of a registered label."""
        if isinstance(step.fields, Register):
            return await self._register(step, step.fields, numbers)
        known = self._cases.get(str(step.case))
        if known is None:
            return Answered(True, "case.not_registered", f"{step.case} 没有登记成案，无法办理。")
        staff = self._staff(step, known)
        response = await self._post(self._path(step, known), _body(step.fields), staff, f"{self._name}/{step.place}")
        if step.verb == "triage" and response.is_success:
            unit = self._district.unit(getattr(step.fields, "lead", ""))
            known.lead = unit.code if unit else None
        return _answered(response)

    def _path(self, step: Step, known: _Known) -> str:
        if step.verb == "issue_supervision":
            return f"/api/sla/cases/{known.number}/supervisions"
        return f"/api/router/cases/{known.number}/{step.verb.replace('_', '-')}"

    async def _register(self, step: Step, fields: Register, numbers: dict[str, str]) -> Answered:
        body = _body(fields, leave_out={"channel", "source_id"})
        source = fields.source_id or f"{self._name}-{step.case}"
        if fields.channel == "HALL":
            clerk = self._named(step.by) or self._first(Role.CL, site=fields.site)
            response = await self._post("/api/intake/hall", body, clerk, source)
        else:
            response = await self._channel(fields.channel, body | {"source_id": source})
        said, refusal = _registered(response, batch=fields.channel == "PORTAL_EXIT")
        if refusal is not None:
            return refusal
        number = str(said["case_no"])
        if number.startswith("PT"):
            numbers[str(step.case)] = number
            self._cases[str(step.case)] = _Known(number, fields.site or ONLINE_SITE)
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

    def _staff(self, step: Step, known: _Known) -> StaffMember:
        if (named := self._named(step.by)) is not None:
            return named
        if step.verb in UNIT_VERBS:
            return self._of_unit(step, known)
        if step.verb == "issue_supervision":
            return self._first(Role.GO)
        role = ROUTER_VERBS[step.verb]
        return self._first(role, site=known.site if role is Role.TR else None)

    def _of_unit(self, step: Step, known: _Known) -> StaffMember:
        named = getattr(step.fields, "unit", None) or known.lead
        unit: Department | None = self._district.unit(named) if named else None
        return self._district.staff[getattr(unit, UNIT_VERBS[step.verb])] if unit else self._first(Role.DO)

    def _named(self, by: str | None) -> StaffMember | None:
        if by is None:
            return None
        if by in self._district.staff:
            return self._district.staff[by]
        roles = {role.value: role for role in Role} | {role.chinese: role for role in Role}
        return self._first(roles[by]) if by in roles else None

    def _first(self, role: Role, site: str | None = None) -> StaffMember:
        people = self._district.staff_with(role, site=site) or self._district.staff_with(role)
        return people[0]


def _body(fields: BaseModel, leave_out: set[str] | None = None) -> dict[str, Any]:
    return fields.model_dump(mode="json", exclude=leave_out, exclude_unset=True, exclude_none=True)


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

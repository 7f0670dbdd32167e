"""Tries every operation as every role and as nobody, over HTTP: what the site really lets in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.rights.table import ROLES
from deploy.local.rights.town import Town

NOBODY = "nobody"
IN = frozenset({200, 201, 202, 204, 207, 303, 409, 422})
# What is asked after the form was read: the leader's acts, where the office is complained of; whose case it is.
GOOD_FORM: Mapping[str, Mapping[str, Any]] = {
    "/supervisions/answer": {"text": "正在办。"}, "/reveal": {"reason": "先行联系"},
    "/triage": {"grade": "GENERAL", "lead": "医保局", "requirement": "查清"}, "/answer": {"result": "RESOLVED", "text": "办好了。"},
    "/request-material": {"list": ["凭证"]}, "/rule-return": {"accepted": False}, "/request-return": {"reason": "不归我们"},
    "/request-extension": {"reason": "须核两地", "until": "2026-12-09"},
}
PARAMETER = re.compile(r"{([a-z_]+)}")


class NoSuchThing(Exception):
    """A path names something the town has no number for; the message says which."""


@dataclass(frozen=True)
class Tried:
    """What each role (and nobody) was answered, by operation."""

    answers: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def let_in(self) -> frozenset[tuple[str, str]]:
        """The pairs of operation and role that were let in."""
        return frozenset(asked for asked, word in self.answers.items() if word == "in")

    def of(self, operation: str) -> dict[str, str]:
        """Everybody's answer to one operation."""
        return {who: word for (held, who), word in self.answers.items() if held == operation}


async def tried(town: Town, operations: Sequence[str], roles: Sequence[str] = ROLES) -> Tried:
    """Asks each operation as each role and as nobody."""
    found = Tried()
    for who in (NOBODY, *roles):
        staff = None if who == NOBODY else town.person(who).id
        async with town.client(staff) as client:
            for operation in operations:
                found.answers[(operation, who)] = word_of(await asked(client, operation, town.numbers))
    return found


async def asked(client: httpx.AsyncClient, operation: str, numbers: Mapping[str, str]) -> httpx.Response:
    """One request with next to nothing in it: rights are asked before anything else is looked at."""
    method, _, pattern = operation.partition(" ")
    path = PARAMETER.sub(lambda found: _number(found[1], pattern, numbers), pattern)
    if method == "GET":
        return await client.get(path, headers={"accept": "*/*" if path.startswith("/api/") else "text/html"})
    if path.startswith("/api/"):
        body = next((said for end, said in GOOD_FORM.items() if path.endswith(end)), {})
        return await client.request(method, path, json=body)
    return await client.request(method, path, data={"nothing": ""}, headers={"accept": "text/html"})


def _number(name: str, pattern: str, numbers: Mapping[str, str]) -> str:
    if name not in numbers:
        raise NoSuchThing(f"{pattern}: say in deploy/local/rights/town.py what stands for {{{name}}}")
    return numbers[name]


def word_of(answer: httpx.Response) -> str:
    """`in`, `401` (or the way to the sign-in page), `403`, `404`, or the status as it is."""
    if answer.status_code == 303 and answer.headers.get("location", "").startswith("/signin"):  # noqa: PLR2004 - HTTP's own number
        return "401"
    return "in" if answer.status_code in IN else str(answer.status_code)

"""The person's four forms: what was typed becomes an act's request, or comes back whole with each fault beside its field."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import Request
from pydantic import ValidationError

from services.router.api.acts import Act
from services.router.api.person.desk import OWN
from services.router.domain.commands import Command
from shared.errors import InputRefused, RuleBroken
from shared.web.words import sentence

FIELDS: Final = {"urge": ("text",), "supply": ("text",), "evaluate": ("resolved", "stars", "text"), "withdraw": ("reason",)}
MISSING: Final = {
    "resolved": "请选：解决了，还是没有解决。", "stars": "请选一个满意程度。", "reason": "请写一句撤回的原因，如“已自行办好”。",
}
ONCE = "once"
LONGEST_ONCE = 40


@dataclass(frozen=True)
class Filled:
    """One form as it was filled: `typed` goes back to the page, `command` to the rule when nothing is wrong."""

    path: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    command: Command | None = None
    once: str = ""
    sure: bool = False

    @property
    def act(self) -> Act:
        """The act it asks for."""
        return OWN[self.path]


def empty(path: str, typed: Mapping[str, str] | None = None) -> Filled:
    """A fresh form, with a number of its own: sent twice, it is done once."""
    return Filled(path, typed or {}, once=secrets.token_urlsafe(12))


async def texts(request: Request) -> dict[str, str]:
    """The text fields of a form; a file sent in their place counts for nothing."""
    async with request.form() as sent:
        return {name: value for name, value in sent.items() if isinstance(value, str)}


def filled(path: str, sent: Mapping[str, str], faults: Mapping[str, str] | None = None) -> Filled:
    """What came, read as the act's own request."""
    typed = {name: sent.get(name, "") for name in FIELDS[path]}
    given: dict[str, Any] = {name: value for name, value in typed.items() if value != ""}
    once = sent.get(ONCE, "")[:LONGEST_ONCE] or secrets.token_urlsafe(12)
    errors = {name: MISSING[name] for name in FIELDS[path] if name in MISSING and not typed[name].strip()}
    command: Command | None = None
    try:
        command = OWN[path].command(**given)
    except ValidationError as fault:
        errors = {str(row["loc"][0]): sentence(dict(row)) for row in fault.errors() if row["loc"]} | errors
    errors |= faults or {}
    return Filled(path, typed, errors, None if errors else command, once, sent.get("sure") == "1")


def refused(form: Filled, fault: RuleBroken | InputRefused) -> Filled:
    """The form with what the rule says; one sent before with other words gets a new number, to be sent on purpose."""
    if isinstance(fault, RuleBroken):
        place = fault.field if fault.field in (*FIELDS[form.path], "files") else FIELDS[form.path][0]
        return Filled(form.path, form.typed, {place: fault.message}, once=form.once)
    words = "这张表刚才已经提交过，那一次已经办好。您改动了内容：确实要再提交一次，请再按一次下面的按钮。"
    return Filled(form.path, form.typed, {FIELDS[form.path][-1]: words}, once=secrets.token_urlsafe(12))

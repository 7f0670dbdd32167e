"""The three kinds of failure; the kit, never a handler, decides what follows from each."""

from __future__ import annotations


class Unprocessable(Exception):
    """The record breaks the contract: it goes to the dead letters at once, with its origin."""


class RuleBroken(Exception):
    """The scheme says no: recorded on the case and acknowledged, or a polite 409 for HTTP.

    `rule` is a stable dotted name, `message` the Chinese sentence a clerk can read aloud, `field` the
    input it is about (None when it is about the case as a whole).
    """

    def __init__(self, rule: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.field = field


class InputRefused(Exception):
    """What a person or channel sent cannot be taken: a 422 problem document naming each field."""

    def __init__(self, faults: list[FieldFault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


class FieldFault:
    """One field, why it was refused, and what to do, in Chinese."""

    __slots__ = ("code", "field", "message")

    def __init__(self, field: str, message: str, code: str = "invalid") -> None:
        self.field = field
        self.message = message
        self.code = code


class TryAgain(Exception):
    """The store, the broker or a gateway did not answer: the same work is tried again later."""


class Early(Exception):
    """An event that may not be applied yet: an earlier one of a stream it follows is missing."""

    def __init__(self, owner: str, has: int, needs: int) -> None:
        super().__init__(f"{owner}: applied {has}, needs {needs} first")
        self.owner = owner
        self.has = has
        self.needs = needs

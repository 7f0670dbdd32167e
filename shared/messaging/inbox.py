"""What a service does with what it consumes: one function per event, registered by the event's class."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from shared.contracts.event import Event
from shared.contracts.replies import DepartmentReply
from shared.contracts.topics import TOPIC_OF

E_contra = TypeVar("E_contra", bound=Event)
Handler = Callable[..., Awaitable[None]]
Bound = Callable[[Any], Awaitable[None]]


class Inbox:
    """One service's handlers; what else they need is bound by parameter name when the service is put together."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._handlers: dict[type[Event], Handler] = {}
        self._otherwise: Handler | None = None
        self._reply: Handler | None = None
        self._bound: dict[type[Event], Bound] = {}
        self._bound_otherwise: Bound | None = None
        self._bound_reply: Bound | None = None

    def on(self, kind: type[E_contra]) -> Callable[[Handler], Handler]:
        """This function is what happens on an event of this class."""

        def register(handler: Handler) -> Handler:
            if kind in self._handlers:
                raise ValueError(f"{self.service} already does something on {kind.__name__}")
            self._handlers[kind] = handler
            return handler

        return register

    def otherwise(self, handler: Handler) -> Handler:
        """This function notes every other event of the topics, so that no stream has a gap."""
        self._otherwise = handler
        return handler

    def on_reply(self, handler: Handler) -> Handler:
        """This function takes what departments write; it gets the reply and the topic's unit."""
        self._reply = handler
        return handler

    def topics(self) -> tuple[str, ...]:
        """The event topics this service reads: those of the owners whose events it handles."""
        return tuple(sorted({TOPIC_OF[kind.owner] for kind in self._handlers}))

    @property
    def events(self) -> frozenset[type[Event]]:
        """The events something is done on."""
        return frozenset(self._handlers)

    @property
    def follows(self) -> frozenset[str]:
        """The owners whose streams this service reads."""
        return frozenset(kind.owner for kind in self._handlers)

    @property
    def takes_replies(self) -> bool:
        """Whether departments' replies are read here."""
        return self._reply is not None

    def bound(self, **given: object) -> Inbox:
        """The same handlers with what they ask for by name, for one system alone; raises LookupError for a name nobody gives.

        Several systems may live in one process (tests, a simulation): none of them may work on another's stores.
        """
        if self._otherwise is None:
            raise LookupError(f"{self.service} has no handler for the rest of its topics")
        own = Inbox(self.service)
        own._handlers, own._otherwise, own._reply = self._handlers, self._otherwise, self._reply
        own._bound = {kind: _bind(handler, given) for kind, handler in self._handlers.items()}
        own._bound_otherwise = _bind(self._otherwise, given)
        own._bound_reply = _bind(self._reply, given) if self._reply else None
        return own

    async def handle(self, event: Event) -> None:
        """Does what is to be done on one event."""
        handler = self._bound.get(type(event), self._bound_otherwise)
        if handler is None:
            raise LookupError(f"{self.service} was started before its handlers were bound")
        await handler(event)

    async def handle_reply(self, received: tuple[DepartmentReply, str]) -> None:
        """Does what is to be done on one department's reply."""
        if self._bound_reply is None:
            raise LookupError(f"{self.service} takes no replies")
        await self._bound_reply(received)


def _bind(handler: Handler, given: dict[str, object]) -> Bound:
    names = list(inspect.signature(handler).parameters)[1:]
    missing = [name for name in names if name not in given]
    if missing:
        raise LookupError(f"{handler.__module__}.{handler.__name__} asks for {', '.join(missing)}, which nobody gives")
    wanted = {name: given[name] for name in names}

    async def bound(event: object) -> None:
        await handler(event, **wanted)

    return bound

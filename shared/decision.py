"""What every rule returns: the new state and the events that happened, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shared.contracts.event import Event

S = TypeVar("S")


@dataclass(frozen=True)
class Decision(Generic[S]):
    """A state to be kept and the events to be published, in order; `state` None means nothing is kept."""

    state: S
    events: Sequence[Event] = field(default=())


def unchanged(state: S) -> Decision[S]:
    """The rule found nothing to do."""
    return Decision(state)

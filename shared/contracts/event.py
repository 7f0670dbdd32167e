"""The shape every event has: what happened, and the envelope the store stamps it with."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.ids import CaseNo, event_id, stream_of

TYPE_PREFIX = "cn.putuo.bancheng"
SYSTEM = "system"
PERSON = "person"  # the one whose case it is, acting for themselves


class Frozen(BaseModel):
    """A value that never changes; unknown fields are ignored, as the contract grows by new optional ones."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Envelope(Frozen):
    """Where an event stands in the world; travels in the CloudEvents headers.

    `after` names, per owner, the last event the publisher had applied when it published this one: a
    consumer applies those of them that it consumes first (docs/decisions/0010).
    """

    event_id: UUID
    stream: str
    seq: int = Field(ge=1)
    recorded_at: AwareDatetime
    cause: UUID | None = None
    policy_version: str = ""
    traceparent: str = ""
    after: dict[str, int] = Field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The service that published it."""
        return self.stream.partition("/")[0]


class Event(Frozen):
    """Something that happened to one case; `occurred_at` is when it happened, not when it was recorded."""

    owner: ClassVar[str] = ""
    version: ClassVar[int] = 1

    case_no: CaseNo
    occurred_at: AwareDatetime
    actor: str = SYSTEM
    envelope: Envelope | None = Field(default=None, exclude=True, repr=False)

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type, such as `cn.putuo.bancheng.router.OrderIssued.v1`."""
        return f"{TYPE_PREFIX}.{cls.owner}.{cls.__name__}.v{cls.version}"

    @property
    def meta(self) -> Envelope:
        """The envelope; raises LookupError on an event no store has stamped yet."""
        if self.envelope is None:
            raise LookupError(f"{type(self).__name__} of {self.case_no} has not been recorded yet")
        return self.envelope

    def data(self) -> dict[str, Any]:
        """What happened, without what the headers carry, in JSON types."""
        return self.model_dump(mode="json", exclude={"case_no", "occurred_at", "actor", "envelope"})

    def concerns(self) -> str | None:
        """The unit whose own topic repeats this event, None for most events."""
        return None

    def stamped(self, envelope: Envelope) -> Self:
        """The same event with its envelope."""
        return self.model_copy(update={"envelope": envelope})


def stamp(
    event: Event, *, seq: int, recorded_at: datetime, after: dict[str, int], cause: UUID | None, policy_version: str, traceparent: str = ""
) -> Event:
    """Gives an event its place in its owner's stream of the case."""
    stream = stream_of(event.owner, event.case_no)
    envelope = Envelope(
        event_id=event_id(stream, seq), stream=stream, seq=seq, recorded_at=recorded_at, cause=cause,
        policy_version=policy_version, traceparent=traceparent, after=after,
    )
    return event.stamped(envelope)


class UnknownEvent(Event):
    """A well-formed event of a type this version does not know: it counts as seen and changes nothing."""

    type: str
    body: dict[str, Any] = Field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """What it carried, kept as it came."""
        return self.body


class IntakeEvent(Event):
    """Published by intake on `intake.cases`."""

    owner: ClassVar[str] = "intake"


class RouterEvent(Event):
    """Published by router on `router.cases`."""

    owner: ClassVar[str] = "router"


class SlaEvent(Event):
    """Published by sla on `sla.deadlines`."""

    owner: ClassVar[str] = "sla"


class NotifierEvent(Event):
    """Published by notifier on `notifier.notices`."""

    owner: ClassVar[str] = "notifier"


class ArchiveEvent(Event):
    """Published by archive on `archive.records`."""

    owner: ClassVar[str] = "archive"

"""What intake says: a matter came in and has a number (方案 六(一))."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from shared.contracts.event import Frozen, IntakeEvent
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import Category, Channel, ConfirmMethod


class PortalExit(Frozen):
    """Where and why a person left the city portal (方案 二「中途退出」)."""

    exit_step: str
    exit_reason: str
    error_code: str | None = None


class CaseRegistered(IntakeEvent):
    """A matter was registered: the citizen's clock runs from `received_at` (方案 四(四)、六(一))."""

    channel: Channel
    site: str
    clerk: str | None = None
    received_at: AwareDatetime
    source_id: str | None = None
    category: Category | None = None
    item: str
    item_code: str | None = None
    matter: Sealed
    contact: SealedContact
    anonymous: bool = False
    confidential: bool = False
    confirm_method: ConfirmMethod | None = None
    backdated_reason: str | None = None
    complained_unit: str | None = None
    complained_person: Sealed | None = None
    portal_exit: PortalExit | None = None
    upstream_no: str | None = None
    upstream_due: AwareDatetime | None = None
    late_registered: bool = False
    repeats: int = 0
    complained_staff: tuple[str, ...] = ()


class RepeatNoted(IntakeEvent):
    """The same person asked about this case again under another number; `count` so far (domain: 歧义 24)."""

    merged_from: str
    count: int


class ClueReceived(IntakeEvent):
    """Something for 纪检 lies in the sealed box under this number; what it says stands nowhere but there (方案 七(四))."""

    site: str


class ChokepointRecorded(IntakeEvent):
    """Somebody left the portal and wants no answer: a 堵点 for the statistics, no case and no clock."""

    channel: Channel
    site: str
    source_id: str
    item_code: str | None = None
    item: str = ""
    portal_exit: PortalExit
    upstream_no: str | None = None


class EvaluationImported(IntakeEvent):
    """One row of 好差评 (`stars`) or of the 12345 hotline (`resolved`, `satisfied`) as another system tells it, without words (方案 七(三))."""

    channel: Channel
    source_id: str
    day: date
    site: str = ""
    unit: str | None = None
    item: str = ""
    stars: int | None = None
    resolved: bool | None = None
    satisfied: bool | None = None

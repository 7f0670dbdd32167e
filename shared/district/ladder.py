"""The ladder from 提醒 over 催办 and 督办 to 约谈 and 通报 (方案 七(三)(四))."""

from datetime import time
from typing import Annotated

from pydantic import Field

from shared.district.entry import Entry
from shared.district.roles import Role

Days = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
People = Annotated[tuple[Role, ...], Field(min_length=1)]


class Reminder(Entry):
    """L0 提醒: at half time, on the last working day, before a signature is late; not counted."""

    at: time
    half_time: bool
    days_left_wd: Days
    sign_minutes_before: Count
    to: People


class Urge(Entry):
    """L1 催办: working hours before the due moment, and when a signature or contact is late."""

    hours_before: Count
    on_sign_overdue: bool
    on_contact_overdue: bool
    on_citizen_urge: bool
    to: People


class Yellow(Entry):
    """L2 督办·黄: drafted the working day after, issued by a person or by itself."""

    overdue_wd: Days
    draft_at: time
    auto_issue_after_wd: Days
    statement_due_wd: Days
    on_redo: bool
    on_false_feedback: bool
    issuers: People
    to: People


class Red(Entry):
    """L3 督办·红: needs the office's leader."""

    l2_age_wd: Days
    supervision: Count
    on_second_redo: bool
    statement_due_wd: Days
    approver: Role
    to: People


class Interview(Entry):
    """L4 约谈: only proposed."""

    overdue_wd: Days
    supervision: Count
    months: Count
    satisfaction_below: Annotated[float, Field(ge=0, le=1)]
    repeats: Count
    min_n: Count
    rectify_wd: Days
    approver: Role
    to: People


class Bulletin(Entry):
    """L5 通报、问责: only proposed."""

    approver: Role
    to: People


class Ladder(Entry):
    """Each step with its trigger and its people."""

    reminder: Reminder
    urge: Urge
    l2: Yellow = Field(alias="L2")
    l3: Red = Field(alias="L3")
    l4: Interview = Field(alias="L4")
    l5: Bulletin = Field(alias="L5")

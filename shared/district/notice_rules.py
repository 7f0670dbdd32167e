"""The policy's choices on messages: quiet hours, channel limits, routes (domain: 通知)."""

from datetime import time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from shared.district.entry import Entry
from shared.district.roles import Role

Count = Annotated[int, Field(ge=0)]
Recipient = Role | Literal["CITIZEN", "OWNER"]  # OWNER: the one person a matter was given to by name


class Quiet(Entry):
    """No message leaves between `start` and `end` of the night."""

    start: time = Field(alias="from")
    end: time = Field(alias="to")


class SmsLimits(Entry):
    """What a text message may hold and how often it may go out."""

    signature: str
    max_chars: Count
    per_day: Count


class WeChatLimits(Entry):
    """Field lengths of a subscription message, in characters."""

    thing: Count
    phrase: Count
    character_string: Count
    name: Count


class WeComLimits(Entry):
    """What 企业微信 takes before it drops silently."""

    max_bytes: Count
    per_minute: Count
    per_hour: Count
    dedupe_seconds: Count


class Route(Entry):
    """One template and the people it goes to."""

    template: str
    to: Annotated[tuple[Recipient, ...], Field(min_length=1)]


def _texts(values: object) -> object:
    return (
        {key: str(value) for key, value in values.items()} if isinstance(values, dict) else values
    )


class NoticeRules(Entry):
    """When, how and to whom messages go."""

    tel: str
    quiet: Quiet
    staff_working_days_only: bool
    avoid_minutes: tuple[Annotated[int, Field(ge=0, le=59)], ...]
    avoid_shift_minutes: Annotated[int, Field(ge=1, le=29)]
    sms: SmsLimits
    wechat: WeChatLimits
    wecom: WeComLimits
    samples: Annotated[dict[str, str], BeforeValidator(_texts)]
    routes: dict[str, tuple[Route, ...]]

"""A message in a platform's own fields, masked; and what is wrong with it before it leaves (方案 六(一); 数据保护 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from services.archive.domain.entry import Entry
from services.archive.domain.fold import entry_from
from services.archive.domain.lines import event_in
from services.archive.domain.uploading.owing import Message
from shared.clock import SHANGHAI
from shared.contracts.terms import Category
from shared.district.model import District
from shared.district.upload_rules import UploadField, UploadMapping
from shared.privacy.masking import scrub

WITHHELD = "保密"


def entry_at(lines: Sequence[str], line: int) -> Entry | None:
    """The entry as it stood after so many events."""
    return entry_from(event_in(held) for held in lines[:line])


def ours(entry: Entry, message: Message, district: District) -> dict[str, str]:
    """Everything a mapping may take, as text; of complaints and clues neither who nor what."""
    hidden = entry.clue or entry.category is Category.COMPLAINT or entry.complained_unit is not None
    site = district.sites.get(entry.site)
    told: dict[str, object] = {
        "number": message.number, "happening": message.happening, "occurred_at": message.at, "site_name": site.name if site else entry.site,
        "person": WITHHELD if hidden else entry.person, "phone": "" if hidden else entry.phone,
        "matter": WITHHELD if hidden else scrub(entry.matter), "item": WITHHELD if entry.clue else scrub(entry.item),
        "item_code": None if entry.clue else entry.item_code,
    }
    plain = (
        "case_no", "channel", "site", "received_at", "category", "grade", "state", "lead", "lead_name", "due_at", "replied_at", "extended",
        "overdue", "result", "resolved", "stars", "urge_count", "supervision_count", "light", "rounds", "closed_at", "transferred_to",
        "merged_into",
    )
    told |= {name: getattr(entry, name) for name in plain}
    return {name: _text(value) for name, value in told.items()}


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
        case StrEnum():
            return value.value
        case _:
            return str(value)


def filled(mapping: UploadMapping, known: dict[str, str]) -> dict[str, str]:
    """The platform's fields; one that is empty and not required is left out, one that is too long is cut."""
    found = {name: _one(field, known) for name, field in mapping.fields.items()}
    return {name: value for name, value in found.items() if value or mapping.fields[name].required}


def _one(field: UploadField, known: dict[str, str]) -> str:
    value = field.always if field.always is not None else field.text(known[field.source or ""])
    return value if field.max is None or field.required else value[: field.max]


def lacking(mapping: UploadMapping, fields: dict[str, str]) -> str | None:
    """Why this message cannot leave, in a sentence: a required field is empty or too long; None when it can."""
    for name, field in mapping.fields.items():
        value = fields.get(name, "")
        if field.required and not value:
            return f"平台必填的「{name}」是空的（取自 {field.source}），请更正这件的内容后重新上传。"
        if field.max is not None and len(value) > field.max:
            return f"「{name}」有 {len(value)} 个字，平台最多收 {field.max} 个，请更正后重新上传。"
    return None

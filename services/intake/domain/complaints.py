"""Whom a complaint is about, as the district's list of people knows them (方案 四(三)3; domain 12A.8)."""

from __future__ import annotations

from services.intake.domain.submission import Submission
from shared.district.model import District


def complained_of(sent: Submission, district: District) -> tuple[str | None, tuple[str, ...]]:
    """The unit's code and staff ids: everybody of that name, in the unit if one is told; one match tells the unit too."""
    named = district.unit(sent.complained_unit) if sent.complained_unit else None
    unit = named.code if named else None
    called = _plain(sent.complained_person or "")
    found = [
        person for person in district.staff.values() if called and _plain(person.name) == called and unit in (None, person.unit)
    ]
    if unit is None and len(found) == 1:
        unit = found[0].unit
    return unit, tuple(person.id for person in found)


def _plain(name: str) -> str:
    return "".join(name.split())

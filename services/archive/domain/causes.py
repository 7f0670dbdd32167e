"""原因分类: what a unit wrote as the cause, by the policy's identifiers (domain §7)."""

from __future__ import annotations

from shared.district.model import District

OTHER = "OTHER"


def cause_code(words: str, district: District) -> str | None:
    """The identifier of what a unit wrote as the cause, by identifier or by name."""
    said = words.strip()
    if not said:
        return None
    causes = district.policy.causes
    return said if said in causes else next((code for code, name in causes.items() if name == said), OTHER)

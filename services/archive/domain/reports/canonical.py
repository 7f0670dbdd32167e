"""The one form in which a report is written and its check value: the same content always has the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from services.archive.domain.sm3 import published, sm3
from shared.clock import SHANGHAI

Cell = bool | int | str | None
Line = dict[str, Cell]
Content = dict[str, Any]


def canonical(content: object) -> bytes:
    """Canonical JSON: keys sorted at every level, no spaces, UTF-8."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def check_value(content: object) -> str:
    """校验值: `sm3:` and the hash of the canonical JSON (domain 12A.12)."""
    return published(sm3(canonical(content)))


def with_check_value(content: Mapping[str, Any]) -> Content:
    """A report with the check value over everything else in it."""
    return {**content, "digest": check_value(dict(content))}


def moment_text(moment: datetime | None) -> str | None:
    """A moment as reports write it: ISO 8601 in Shanghai, to the second."""
    return None if moment is None else moment.astimezone(SHANGHAI).isoformat(timespec="seconds")

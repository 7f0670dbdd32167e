"""Owners of improvements are reminded; improvements whose days are over are measured; trails older than the window are forgotten."""

from __future__ import annotations

from services.archive.store import Patterns, find_due_measures, find_due_reminders, forget_trails


async def find_patterns_due(patterns: Patterns) -> int:
    """举一反三 and domain 最小可见: how many it found."""
    return await find_due_measures(patterns) + await find_due_reminders(patterns) + await forget_trails(patterns)

"""What each event changes in the entry: one rule an event, by what it is about."""

from services.archive.domain.changes.rules import CHANGES

__all__ = ["CHANGES"]

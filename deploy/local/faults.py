"""What stops the local system, said to the person who started it."""

from __future__ import annotations


class StackError(Exception):
    """A sentence in Chinese: what happened, where, and what to do."""

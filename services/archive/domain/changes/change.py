"""The shape of every rule of the entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.archive.domain.entry import Entry
from shared.contracts.event import Event

Change = Callable[[Any, Entry], Entry]
Rules = Mapping[type[Event], Change]

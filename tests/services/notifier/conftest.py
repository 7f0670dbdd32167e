"""What the suites of notifier share."""

from __future__ import annotations

import pytest

from tests.services.notifier.stage import Stage


@pytest.fixture
def stage() -> Stage:
    """Notifier on a working Monday, five past ten."""
    return Stage()

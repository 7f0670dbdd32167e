"""What router's suites share."""

from __future__ import annotations

import pytest

from tests.services.router.desk import Desk


@pytest.fixture
async def desk() -> Desk:
    """A case registered on 30 September 2026 at 10:00."""
    return await Desk.opened()

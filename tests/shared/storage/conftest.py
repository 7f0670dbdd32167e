"""The store a test asks for, opened and closed around it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.storage.documents import Documents, Store
from tests.shared.storage.stores import cases_of, opened


@pytest_asyncio.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.real)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """An empty store of each kind."""
    async with opened(request.param, request) as made:
        yield made


@pytest_asyncio.fixture
async def documents(store: Store) -> Documents:
    """The case documents of that store, indexes made."""
    return await cases_of(store)

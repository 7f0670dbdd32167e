"""The collector's rounds leave what lives as long as the process, and do not begin within a page (deploy/local/longlived.py)."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from deploy.local.longlived import out_of_the_rounds

ONE_LONG_PAGE = 20_000


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The other tests' collector."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def rounds() -> int:
    """How many rounds there were."""
    return sum(generation["collections"] for generation in gc.get_stats())


def test_a_long_page_pays_for_no_round_and_what_is_there_is_walked_by_none() -> None:
    """The same page paid for some before."""
    begun = rounds()
    held = [[number] for number in range(ONE_LONG_PAGE)]
    paid = rounds() - begun
    del held

    out_of_the_rounds()

    begun = rounds()
    held = [[number] for number in range(ONE_LONG_PAGE)]
    assert (rounds() - begun, paid > 0, gc.get_freeze_count() > ONE_LONG_PAGE) == (0, True, True)
    del held

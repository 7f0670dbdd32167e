"""A safeguard switched off is noticed; each of them within two hundred seeds (docs/reliability.md has the whole table)."""

from __future__ import annotations

import pytest

from deploy.simulation.ablations import ALL
from deploy.simulation.campaign import first_failing
from deploy.simulation.command import ABLATION_SEEDS
from deploy.simulation.seeds import FULL


def test_there_are_at_least_fifteen_safeguards() -> None:
    """Each under a name of its own."""
    names = [ablation.name for ablation in ALL]

    assert len(set(names)) == len(names) >= 15


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", [ablation.name for ablation in ALL])
def test_a_safeguard_switched_off_is_noticed(name: str) -> None:
    """A seed fails that passes with it."""
    assert first_failing(range(ABLATION_SEEDS), FULL, name) is not None

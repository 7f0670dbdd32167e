"""Every call of a journey failing in every way; here every eleventh of one journey, all of all by ./bancheng simulate --exhaustive."""

from __future__ import annotations

import pytest

from deploy.simulation.exhaustive import points_of, run_points, undisturbed
from deploy.simulation.journeys import JOURNEYS

EVERY = 11


@pytest.mark.parametrize("journey", sorted(JOURNEYS))
def test_a_journey_goes_through_undisturbed(journey: str) -> None:
    """No act of it is refused: what is compared is what was meant."""
    calm = undisturbed(journey)

    assert list(calm.refused) == []
    assert len(points_of(calm.calls)) > 3 * len(calm.calls)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_one_failing_call_changes_nothing_that_comes_of_a_journey() -> None:
    """Refused, done but unanswered, crashed before, crashed after."""
    points = points_of(undisturbed("plain").calls)[::EVERY]

    tally = run_points("plain", points)

    assert tally.wrong == []
    assert tally.runs == len(points)

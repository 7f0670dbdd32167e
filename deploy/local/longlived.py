"""What a process holds for as long as it lives, kept out of the collector's rounds.

A whole round walks every object there is: with all code, rules and services loaded that is a pause of a quarter of a second,
in the middle of somebody's page. Frozen, a round walks only what came since. A page of a long list holds some twenty thousand things for a
moment and lets go of them all: rounds begin only where more than that stays, or every such page would pay for thirty of them.
"""

from __future__ import annotations

import gc

ROUND_FROM = 50_000  # things more than before; Python's own 700 suits small programs


def out_of_the_rounds() -> None:
    """Collects once and freezes what is left; called when a process is ready, before it has served anybody."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ROUND_FROM, 10, 10)

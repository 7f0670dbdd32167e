"""Trace ids in the form of W3C Trace Context."""

from __future__ import annotations

import re

import pytest

from shared.observability.traceparent import child_of, new_traceparent, trace_id

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_a_new_one_is_new_and_well_formed() -> None:
    """Never the same twice."""
    made = {new_traceparent() for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", one) and trace_id(one) for one in made)


@pytest.mark.parametrize("flags", ["00", "01"])
def test_a_child_stays_in_its_trace(flags: str) -> None:
    """With a step of its own, and sampled or not as its parent was."""
    child = child_of(f"00-{TRACE}-{SPAN}-{flags}")
    assert trace_id(child) == TRACE
    assert SPAN not in child
    assert child.endswith(flags)


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    """The standard asks for it; what is written is version 00."""
    assert child_of(f"01-{TRACE}-{SPAN}-01-more").startswith(f"00-{TRACE}-")


@pytest.mark.parametrize(
    "wrong",
    ["", "x", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", f"ff-{TRACE}-{SPAN}-01", f"00-{TRACE.upper()}-{SPAN}-01",
     f"00-{TRACE}-{SPAN}-01-more", f"00-{TRACE}-{SPAN}", f"00-{TRACE}-{SPAN}-01\n", f"00-{TRACE}-{SPAN}-1", "13812345678"],
)
def test_what_is_none_begins_a_new_trace(wrong: str) -> None:
    """And nothing of it is carried on."""
    assert trace_id(wrong) is None
    child = child_of(wrong)
    assert trace_id(child) not in (None, TRACE)

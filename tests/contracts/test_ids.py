"""Numbers and ids follow from what they name."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.ids import CASE_NO, case_number, event_id, order_number, stream_of

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("serial", "number"),
    [
        (1, "PT2611230010001"),
        (9_999, "PT2611230019999"),
        (10_000, "PT261123001A000"),
        (18_000, "PT261123001J000"),
        (33_999, "PT261123001Z999"),
        (34_000, "PT261123001Z34000"),
    ],
)
def test_a_number_is_there_for_every_matter(serial: int, number: str) -> None:
    """docs/decisions/0011: fifteen characters up to 33,999 a site and day, longer beyond, never refused."""
    assert case_number(DAY, "001", serial) == number
    assert CASE_NO.match(number)


def test_no_number_is_given_twice() -> None:
    """40,000 matters of one site and day have 40,000 numbers."""
    assert len({case_number(DAY, "900", serial) for serial in range(1, 40_001)}) == 40_000


def test_an_event_has_one_id_whoever_computes_it() -> None:
    """UUIDv5 of stream and place."""
    stream = stream_of("router", "PT2611230010001")

    assert event_id(stream, 1) == event_id(stream, 1)
    assert event_id(stream, 1) != event_id(stream, 2)
    assert order_number("PT2611230010001", 2) == "PT2611230010001-02"

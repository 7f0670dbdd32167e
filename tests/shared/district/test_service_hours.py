"""服务日历 of a counter: when it closes decides what is after hours, never what a working day is (domain §0.9)."""

from __future__ import annotations

from datetime import time

import pytest

from shared.district.limits import same_day
from shared.testing.driver import DISTRICT, at

CLOSES = time(16, 30)


@pytest.mark.parametrize(
    ("received", "closes", "due"),
    [
        ("2026-11-23 16:29", CLOSES, "2026-11-23 17:30"),
        ("2026-11-23 16:31", CLOSES, "2026-11-24 17:30"),
        ("2026-11-23 16:31", None, "2026-11-23 17:30"),
        ("2026-11-23 17:31", CLOSES, "2026-11-24 17:30"),
        ("2026-11-27 16:45", CLOSES, "2026-11-30 17:30"),
        ("2026-11-28 10:00", CLOSES, "2026-11-30 17:30"),
    ],
)
def test_what_comes_after_the_counter_closed_is_analysed_the_next_working_day(
    received: str, closes: time | None, due: str
) -> None:
    """方案 六(二): 服务时间后收到的 → 下一工作日; a weekend is none, though the counter is open."""
    assert same_day(DISTRICT, at(received), closes=closes).due_at == at(due)


def test_it_says_why_it_is_the_next_day() -> None:
    """The trace tells that the counter had closed."""
    assert same_day(DISTRICT, at("2026-11-23 16:31"), closes=CLOSES).trace[0].why == "已过下班时间"


def test_the_ten_community_centres_are_open_at_weekends_and_no_other_site() -> None:
    """domain [F30]: 社区事务受理中心双休日也开."""
    open_then = {code for code, site in DISTRICT.sites.items() if site.service.weekend}

    assert open_then == {str(code) for code in range(101, 111)}

"""Copies of played cases are cases of their own, and a page's links are asked once for each kind."""

from __future__ import annotations

from datetime import datetime, timedelta

from deploy.local.pagebench.measuring import Timed, _links
from deploy.local.pagebench.multiplying import Kept, by_case, copied_number, shifts
from shared.testing.driver import at

NUMBER, COPY = "PT2611230010001", "PT2611160015007"
PLACE = ("p-bancheng_router", "cases")
DOCUMENT = {
    "_id": NUMBER, "version": 3, "unique": {"source": "HALL:k1", "message": None},
    "index": {"due_at": at("2026-11-26 17:30"), "state": "HANDLING", "by_case": f"2026-11-26T09:30:00.000+00:00|{NUMBER}"},
    "state": {"case_no": NUMBER, "orders": [{"order_no": f"{NUMBER}-01", "due_at": "2026-11-26T17:30:00+08:00"}],
              "day": "2026-11-26", "item": "异地"},
}


def test_a_copy_has_a_number_and_moments_of_its_own_wherever_they_stand() -> None:
    """In the id, the index, lists and texts; what is nobody's stays; the original is not touched."""
    made = Kept.of(PLACE, NUMBER, DOCUMENT).copy(COPY, timedelta(days=-7))

    assert made == {
        "_id": COPY, "version": 3, "unique": {"source": f"HALL:k1-{COPY}"},
        "index": {"due_at": at("2026-11-19 17:30"), "state": "HANDLING", "by_case": f"2026-11-19T09:30:00.000+00:00|{COPY}"},
        "state": {"case_no": COPY, "orders": [{"order_no": f"{COPY}-01", "due_at": "2026-11-19T17:30:00+08:00"}],
                  "day": "2026-11-19", "item": "异地"},
    }
    assert DOCUMENT["_id"] == NUMBER


def test_no_two_copies_share_a_number() -> None:
    """A serial a day of its own; closed ones go back day by day, open ones stay within the last five days."""
    start = datetime.fromisoformat("2026-11-23")
    closed = [copied_number(NUMBER, start + by, serial) for serial, by in shifts(1000, back=True)]
    recent = {by.days for _, by in shifts(10_000, back=False, per_day=2_000)}

    assert len(set(closed)) == 1000 and COPY not in closed[:100]
    assert all(number[8:11] == "001" and len(number) == len(NUMBER) for number in closed)
    assert recent == {0, -1, -2, -3, -4}


def test_every_service_keeps_something_of_a_case() -> None:
    """Documents of other cases and of nobody's are left out."""
    other = ("p-bancheng_sla", "clocks")
    found = by_case({PLACE: [DOCUMENT, DOCUMENT | {"_id": "PT2611230010002"}], other: [DOCUMENT]}, frozenset({NUMBER}))

    assert {number: [kept.place for kept in held] for number, held in found.items()} == {NUMBER: [PLACE, other]}


def test_links_are_asked_once_for_each_set_of_fields() -> None:
    """Thirty case links are one kind; what leads elsewhere is none."""
    pages = '<a href="?skip=50&amp;limit=50">下一页</a><a href="?skip=100&limit=50">再下</a>'
    html = f'{pages}<a href="/router/cases/{NUMBER}">件</a><a href="/signin?next=/">x</a>'

    assert list(_links(html, "/archive/")) == [("/archive/?limit,skip", "/archive/?skip=50&limit=50")]


def test_a_paper_to_take_away_is_no_page() -> None:
    """Told apart by its address; a picture on a page counts as a page."""
    names = ("/archive/filings/{month}/{site}/ledger.{paper}", "/archive/reports/monthly/2026-11/file.pdf?edition", "/sla/charts/due.svg", "/p/")
    assert [Timed(name, "CL", (1.0,), 0.0).is_file for name in names] == [True, True, False, False]


def test_shares_of_the_askings() -> None:
    """The median and the slow end."""
    held = Timed("/", "CL", tuple(float(n) for n in range(1, 21)), 0.0)

    assert (held.at(0.5), held.at(0.95), held.at(0.99)) == (10.0, 19.0, 20.0)

"""方案 七(二); domain 12A.11, 歧义 28: when a month is due, who is reminded, what may be filed, W13."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.archive.domain.reports.filing import Draft, Filing, file_month, filing_number, open_month, remind_or_miss
from services.archive.domain.reports.periods import month_named
from shared.contracts.archive_events import FilingDue, FilingMade, FilingMissed
from shared.contracts.ids import CASE_NO
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at

NOVEMBER = month_named("2026-11")
SOME = Draft(lines=({"no": 1, "case_no": "PT2611240010001"},))
NOTHING = Draft()


def opened() -> Filing:
    """What site 001 owes for November."""
    filing = open_month(None, NOVEMBER, "001", DISTRICT).state
    assert filing is not None
    return filing


def made(draft: Draft, *, nil: bool, now: datetime) -> Filing:
    """The filing after it was made."""
    filing = file_month(opened(), draft, DISTRICT, nil=nil, by="s001-cl1", now=now).state
    assert filing is not None
    return filing


def test_november_is_reminded_on_the_first_and_due_on_the_third_working_day_of_december() -> None:
    """domain 歧义 28; policy.report: Tuesday 1 December 9:05, Thursday 3 December 17:30; number TZ + day + site + 0001."""
    filing = opened()

    assert (filing.remind_at, filing.due_at) == (at("2026-12-01 09:05"), at("2026-12-03 17:30"))
    assert filing.number == filing_number(NOVEMBER, "001") == "TZ2611010010001"
    assert CASE_NO.match(filing.number)


def test_the_working_days_jump_the_national_holiday() -> None:
    """方案 四(四): September 2026 is due on the third working day after it: 8, 9, then Saturday 10 October."""
    filing = open_month(None, month_named("2026-09"), "001", DISTRICT).state
    assert filing is not None

    assert (filing.remind_at, filing.due_at) == (at("2026-10-08 09:05"), at("2026-10-10 17:30"))


def test_a_site_that_has_not_filed_is_reminded_once_then_missed_once() -> None:
    """domain 12A.11 W13: one FilingDue, one FilingMissed, each with its true moment."""
    told = remind_or_miss(opened(), DISTRICT, at("2026-12-01 09:05"))
    again = remind_or_miss(told.state, DISTRICT, at("2026-12-01 09:06"))
    late = remind_or_miss(again.state, DISTRICT, at("2026-12-03 17:31"))

    assert [type(event) for event in told.events] == [FilingDue]
    assert again.events == []
    assert [(type(event), event.occurred_at) for event in late.events] == [(FilingMissed, at("2026-12-03 17:30"))]
    assert late.state is not None
    assert late.state.next_at is None
    assert not remind_or_miss(late.state, DISTRICT, at("2026-12-09 09:00")).events


def test_after_an_outage_only_the_miss_is_told() -> None:
    """A reminder for what is over already helps nobody."""
    assert [type(event) for event in remind_or_miss(opened(), DISTRICT, at("2026-12-07 09:00")).events] == [FilingMissed]


def test_a_site_that_filed_hears_nothing_more() -> None:
    """方案 七(二): filed on the morning of the first working day, before the reminder."""
    filing = made(SOME, nil=False, now=at("2026-12-01 08:40"))

    assert filing.next_at is None
    assert not remind_or_miss(filing, DISTRICT, at("2026-12-05 09:00")).events


def test_what_is_filed_is_frozen_under_a_digest() -> None:
    """domain §7 快照冻结: the digest goes into Kafka too."""
    decision = file_month(opened(), SOME, DISTRICT, nil=False, by="s001-cl1", now=at("2026-12-03 17:30"))
    (event,) = decision.events
    assert isinstance(event, FilingMade)
    assert decision.state is not None
    snapshot = decision.state.snapshot
    assert snapshot is not None

    assert (event.digest, event.nil, event.late, event.actor) == (snapshot.digest, False, False, "s001-cl1")
    assert snapshot.lines == SOME.lines
    assert snapshot.digest != made(NOTHING, nil=True, now=at("2026-12-03 17:30")).snapshot.digest  # type: ignore[union-attr]  # made


def test_nil_counts_as_filed() -> None:
    """domain 12A.11: 零报告也算报."""
    filing = made(NOTHING, nil=True, now=at("2026-12-02 09:00"))
    assert filing.snapshot is not None

    assert (filing.snapshot.nil, filing.snapshot.late) == (True, False)


def test_late_is_taken_and_said() -> None:
    """方案 七(二): better late than never; 迟报 is marked."""
    filing = made(SOME, nil=False, now=at("2026-12-04 09:00"))
    assert filing.snapshot is not None

    assert filing.snapshot.late


@pytest.mark.parametrize(("rule", "draft", "nil", "now"), [
    ("filing.not_nil", SOME, True, "2026-12-02 09:00"),
    ("filing.nil_required", NOTHING, False, "2026-12-02 09:00"),
    ("filing.month_not_over", SOME, False, "2026-11-30 23:59"),
])
def test_what_may_not_be_filed_is_refused_in_words(rule: str, draft: Draft, nil: bool, now: str) -> None:
    """domain 歧义 28: nil only when there is nothing, and required then; never before the month is over."""
    with pytest.raises(RuleBroken) as refused:
        file_month(opened(), draft, DISTRICT, nil=nil, by="s001-cl1", now=at(now))

    assert refused.value.rule == rule


def test_a_month_is_filed_once() -> None:
    """domain §7: frozen; what changes later goes to the next 更正页."""
    filing = made(SOME, nil=False, now=at("2026-12-02 09:00"))

    with pytest.raises(RuleBroken, match="更正页"):
        file_month(filing, SOME, DISTRICT, nil=False, by="s001-cl1", now=at("2026-12-02 10:00"))
    with pytest.raises(RuleBroken, match="核对月份"):
        file_month(None, SOME, DISTRICT, nil=False, by="s001-cl1", now=at("2026-12-02 10:00"))

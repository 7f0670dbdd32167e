"""The ledger entry, event by event and article by article."""

from __future__ import annotations

import pytest

from services.archive.domain.changes import CHANGES
from services.archive.domain.entry import Entry
from services.archive.domain.fold import entry_from
from services.archive.handlers import inbox
from shared.contracts.catalogue import EVENTS
from shared.contracts.event import Event, stamp
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.sla_events import SupervisionDrafted, SupervisionIssued, SupervisionVoided
from shared.contracts.terms import (
    CaseState,
    Category,
    DeadlineKind,
    Grade,
    Light,
    OrderState,
    Result,
    SupervisionLevel,
    SupervisionState,
)
from shared.testing.driver import at
from shared.testing.events import a_case_registered, a_case_triaged, an_order_answered, an_order_issued
from tests.services.archive.lives import (
    DUE,
    answered_life,
    assisted,
    closed,
    deadline,
    followed_up,
    met,
    missed,
    resolved_at_once,
    supervision,
    urged,
    whole_life,
)


def entry_after(*events: Event) -> Entry:
    """The entry these events give."""
    seqs: dict[str, int] = {}
    placed = []
    for event in events:
        seqs[event.owner] = seqs.get(event.owner, 0) + 1
        placed.append(
            stamp(
                event,
                seq=seqs[event.owner],
                recorded_at=event.occurred_at,
                after={},
                cause=None,
                policy_version="putuo@1",
            )
        )
    entry = entry_from(placed)
    assert entry is not None
    return entry


def test_a_matter_stands_in_the_ledger_from_its_registration() -> None:
    """方案 六(一): registered at once, masked, under the policy version of that moment."""
    entry = entry_after(a_case_registered("2026-09-30 10:00"))

    assert entry.state is CaseState.REGISTERED
    assert (entry.person, entry.phone, entry.matter) == ("张*", "138****0001", "备案点了三次都报错")
    assert (entry.policy_version, entry.received_at) == ("putuo@1", at("2026-09-30 10:00"))


def test_a_confidential_person_is_not_even_masked() -> None:
    """方案 四(三): who asked for confidence stands as 保密; who gave no name as 匿名."""
    hidden = entry_after(a_case_registered("2026-09-30 10:00", confidential=True))
    nobody = entry_after(a_case_registered("2026-09-30 10:00", contact={}, anonymous=True))

    assert (hidden.person, hidden.phone) == ("保密", "")
    assert (nobody.person, nobody.phone) == ("匿名", "")


def test_without_a_registration_there_is_no_entry() -> None:
    """A 堵点 or an event out of nowhere makes no line."""
    assert entry_from([]) is None
    assert entry_from([deadline("2026-09-30 10:00")]) is None


def test_a_second_registration_opens_nothing_again() -> None:
    """The entry stays as it was."""
    entry = entry_after(
        a_case_registered("2026-09-30 10:00"), a_case_registered("2026-09-30 11:00", item="别的")
    )

    assert entry.item == "异地就医备案"


@pytest.mark.parametrize(
    ("count", "state"),
    [
        (1, CaseState.REGISTERED),
        (3, CaseState.HANDLING),
        (7, CaseState.HANDLING),
        (8, CaseState.FEEDBACK_REVIEW),
        (10, CaseState.FED_BACK),
        (13, CaseState.CLOSED),
    ],
)
def test_the_state_follows_the_matter(count: int, state: CaseState) -> None:
    """状态机: registered, in hand, under review, fed back, closed."""
    assert entry_after(*whole_life()[:count]).state is state


def test_a_whole_life_gives_the_whole_line() -> None:
    """Every column a general matter fills."""
    entry = entry_after(*whole_life())

    assert (entry.category, entry.grade, entry.result) == (Category.SERVICE, Grade.GENERAL, Result.RESOLVED)
    assert (entry.due_at, entry.replied_at, entry.overdue) == (at(DUE), at("2026-10-09 15:00"), False)
    assert (entry.resolved, entry.stars, entry.closed_at) == (True, 5, at("2026-10-12 09:30"))
    assert (entry.calendar_version, [day.counted for day in entry.why]) == ("2026@1", [None, 1])
    assert (entry.lead, entry.lead_name, entry.rounds) == ("yibao", "医保局", 1)
    order = entry.orders[0]
    assert (order.state, order.signed_at) == (OrderState.ACCEPTED, at("2026-09-30 11:30"))
    assert (order.contacted_at, order.answered_at) == (at("2026-09-30 13:30"), at("2026-10-09 15:00"))


def test_review_begins_when_the_last_unit_answered() -> None:
    """方案 六(四): one of two answers is not enough."""
    begun = [*answered_life()[:4], assisted("2026-09-30 10:30")]
    lead_only = entry_after(*begun, an_order_answered("2026-10-08 10:00"))
    both = entry_after(
        *begun,
        an_order_answered("2026-10-08 10:00"),
        an_order_answered("2026-10-09 10:00", unit="gongan", place=2),
    )

    assert (lead_only.state, both.state) == (CaseState.HANDLING, CaseState.FEEDBACK_REVIEW)


def test_only_the_latest_round_is_awaited_and_counted() -> None:
    """A 重办 order is round 2; the first round's answer is no answer to it."""
    again = an_order_issued("2026-10-12 10:00", "2026-10-15 17:30", place=2, round=2)
    entry = entry_after(*answered_life()[:8], a_case_triaged("2026-10-12 10:00"), again)

    assert (entry.state, entry.rounds) == (CaseState.HANDLING, 2)


def test_a_matter_settled_at_the_window_is_simple_and_answered() -> None:
    """方案 四(四)1: answered in the moment it is closed."""
    entry = entry_after(
        a_case_registered("2026-09-30 10:00", category=Category.CONSULT),
        resolved_at_once("2026-09-30 10:20"),
        closed("2026-09-30 10:20", "2026-09-30 10:20", stars=None),
    )

    assert (entry.state, entry.grade, entry.orders) == (CaseState.CLOSED, Grade.SIMPLE, ())
    assert (entry.replied_at, entry.resolved, entry.stars) == (at("2026-09-30 10:20"), True, None)


def test_overdue_shows_as_soon_as_the_moment_has_passed() -> None:
    """方案 四(四): nobody had answered by half past five."""
    entry = entry_after(*answered_life()[:7], missed())

    assert entry.overdue


def test_an_answer_in_time_that_was_checked_late_is_not_overdue() -> None:
    """domain 歧义 16: slow checking is not the department's delay."""
    entry = entry_after(*answered_life()[:7], missed(), *answered_life()[7:])

    assert not entry.overdue


@pytest.mark.parametrize("place", range(9, 12))
def test_a_late_answer_is_overdue_in_whatever_order_it_is_told(place: int) -> None:
    """The miss may be told before or after the answer."""
    life = answered_life("2026-10-10 17:45")
    entry = entry_after(*life[:place], missed(), *life[place:])

    assert entry.overdue


def test_a_new_end_of_the_clock_forgets_the_miss_of_the_old_one() -> None:
    """A calendar import or an extension moved the due moment: it has not passed yet."""
    moved = entry_after(*answered_life()[:7], missed(), deadline("2026-10-10 18:00", "2026-10-13 17:30"))

    assert (moved.overdue, moved.due_at) == (False, at("2026-10-13 17:30"))


def test_other_countdowns_do_not_touch_the_answers_due_moment() -> None:
    """Only ANSWER is the person's clock; ORDER moves its order's."""
    entry = entry_after(
        *answered_life()[:5],
        deadline("2026-09-30 10:30", "2026-09-30 14:30", DeadlineKind.SIGN),
        deadline("2026-09-30 10:30", "2026-10-09 17:30", DeadlineKind.ORDER, order_no="PT2609300010001-01"),
        missed("2026-09-30 14:30", DeadlineKind.SIGN),
        met("2026-09-30 15:00", kind=DeadlineKind.SIGN),
    )

    assert (entry.due_at, entry.overdue, entry.answer_counted) == (at(DUE), False, False)
    assert entry.orders[0].due_at == at("2026-10-09 17:30")


def test_urges_are_counted_apart_from_supervisions() -> None:
    """附件2: 督办次数 counts 督办单 only; 催办 has its own column."""
    entry = entry_after(
        *answered_life()[:6],
        urged("2026-10-10 13:30", 1),
        urged("2026-10-10 15:30", 2),
        supervision(SupervisionDrafted, "2026-10-11 09:05"),
        supervision(SupervisionIssued, "2026-10-11 10:00"),
    )

    assert (entry.urge_count, entry.orders[0].urge_count) == (2, 2)
    assert (entry.supervision_count, entry.orders[0].supervision_count) == (1, 1)
    assert entry.light is Light.YELLOW


def test_a_draft_does_not_count() -> None:
    """Only what is signed is a 督办单."""
    entry = entry_after(*answered_life()[:6], supervision(SupervisionDrafted, "2026-10-11 09:05"))

    assert (entry.supervision_count, entry.light) == (0, Light.NONE)
    assert [(line.state, line.nth) for line in entry.supervisions] == [(SupervisionState.DRAFT, 0)]


def test_a_voided_one_stays_in_the_history_and_counts_no_more() -> None:
    """误发可作废: valid ones only."""
    entry = entry_after(
        *answered_life()[:6],
        supervision(SupervisionIssued, "2026-10-11 10:00"),
        supervision(SupervisionVoided, "2026-10-11 11:00"),
    )

    assert (entry.supervision_count, entry.orders[0].supervision_count, entry.light) == (0, 0, Light.NONE)
    line = entry.supervisions[0]
    assert (line.state, line.nth, line.issued_at) == (
        SupervisionState.VOIDED,
        1,
        at("2026-10-11 10:00"),
    )


def test_one_red_makes_the_case_red() -> None:
    """督办·红 outshines 督办·黄."""
    entry = entry_after(
        *answered_life()[:6],
        supervision(SupervisionIssued, "2026-10-11 10:00"),
        supervision(SupervisionIssued, "2026-10-13 10:00", 2, level=SupervisionLevel.RED),
    )

    assert (entry.light, entry.supervision_count) == (Light.RED, 2)


def test_a_void_of_something_never_drafted_is_kept_as_voided() -> None:
    """The history is complete even where its beginning is missing."""
    entry = entry_after(*answered_life()[:6], supervision(SupervisionVoided, "2026-10-11 11:00"))

    assert [line.state for line in entry.supervisions] == [SupervisionState.VOIDED]


def test_what_the_person_said_is_not_taken_back_by_unanswered_calls() -> None:
    """方案 六(六): the last word the person said stays; attempts say nothing."""
    entry = entry_after(
        *answered_life(),
        followed_up("2026-10-12 09:30", False, 2),
        followed_up("2026-10-13 09:30", None, None, 2),
        closed("2026-10-14 09:30", "2026-10-09 15:00", None, None),
    )

    assert (entry.resolved, entry.stars) == (False, 2)


def test_the_handlers_are_those_of_the_events_with_a_rule() -> None:
    """What changes the entry is registered by name, and nothing else but the notices and 堵点 that are followed."""
    registered = set(inbox._handlers)

    assert registered == set(CHANGES) | {CaseRegistered, ChokepointRecorded, NoticeSent, NoticeFailed}
    assert registered <= set(EVENTS)

"""The entry on every way a case may take beside the plain one, article by article."""

from __future__ import annotations

import pytest

from services.archive.domain.record import CaseRecord, agrees, corrections_now, enter, lock_when_due
from services.archive.store import earliest_lock
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.intake_events import RepeatNoted
from shared.contracts.router_events import (
    CaseClosed,
    CaseCorrected,
    CaseEscalated,
    CaseExtended,
    CaseMerged,
    CaseRegraded,
    CaseRejected,
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    ConsultationConcluded,
    FeedbackRejected,
    FollowUpRecorded,
    OrderCancelled,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
    RejectionOverruled,
    RejectionProposed,
    TriageStarted,
)
from shared.contracts.sla_events import (
    AccountabilityProposed,
    InterviewApproved,
    InterviewProposed,
    SupervisionAnswered,
    SupervisionClosed,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.terms import CaseState, Category, Grade, Light, OrderState, Result, SupervisionState
from shared.testing.driver import DISTRICT, at
from shared.testing.events import (
    CASE,
    a_case_fed_back,
    a_case_registered,
    a_case_triaged,
    an_order_answered,
    an_order_issued,
    an_order_signed,
)
from tests.services.archive.lives import (
    DUE,
    Archive,
    answered_life,
    assisted,
    closed,
    contacted,
    deadline,
    followed_up,
    met,
    missed,
    supervision,
    whole_life,
)
from tests.services.archive.test_fold import entry_after
from tests.services.archive.test_record import kept, placed
from tests.services.archive.turns import turn

REGISTERED = a_case_registered("2026-09-30 10:00")
AT_WORK = [REGISTERED, a_case_triaged("2026-09-30 10:30"), an_order_issued("2026-09-30 10:30", DUE)]
SIGNED = [*AT_WORK, an_order_signed("2026-09-30 11:30")]


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([turn(TriageStarted, "2026-09-30 10:05")], CaseState.TRIAGING),
        ([turn(RejectionProposed, "2026-09-30 10:10")], CaseState.REJECT_REVIEW),
        (
            [turn(RejectionProposed, "2026-09-30 10:10"), turn(RejectionOverruled, "2026-09-30 10:20")],
            CaseState.TRIAGING,
        ),
        ([turn(CaseTransferred, "2026-09-30 10:10")], CaseState.TRANSFERRED),
        ([turn(CaseMerged, "2026-09-30 10:10")], CaseState.MERGED),
        ([turn(CaseWithdrawn, "2026-09-30 10:10")], CaseState.WITHDRAWN),
        ([turn(CaseWithdrawn, "2026-09-30 10:10", stops=False)], CaseState.REGISTERED),
        ([*AT_WORK[1:], turn(CaseEscalated, "2026-09-30 11:00")], CaseState.CONSULTATION),
    ],
)
def test_the_state_follows_every_way_the_analysis_may_take(events: list[Event], state: CaseState) -> None:
    """方案 六(二)、四(四)5: 研判, 拟不受理, 转渠道, 并案, 撤回, 会商."""
    assert entry_after(REGISTERED, *events).state is state


def test_a_refusal_explained_in_writing_is_the_answer() -> None:
    """方案 四(四)5: result, moment and clock end with the second person's word."""
    entry = entry_after(
        REGISTERED,
        deadline("2026-09-30 10:00"),
        turn(RejectionProposed, "2026-10-08 09:00"),
        turn(CaseRejected, "2026-10-08 10:00"),
    )

    assert (entry.state, entry.result) == (CaseState.REJECTED, Result.REJECTED)
    assert (entry.replied_at, entry.overdue) == (at("2026-10-08 10:00"), False)


def test_a_refusal_after_the_due_moment_is_overdue() -> None:
    """方案 四(四)5: the clock does not stop for a refusal."""
    entry = entry_after(REGISTERED, deadline("2026-09-30 10:00"), turn(CaseRejected, "2026-10-11 10:00"))

    assert entry.overdue


def test_a_merged_case_names_the_other() -> None:
    """domain 歧义 24: no answer of its own."""
    entry = entry_after(REGISTERED, turn(CaseMerged, "2026-09-30 10:10"))

    assert (entry.merged_into, entry.replied_at, entry.result) == ("PT2609300010009", None, None)


def test_the_other_case_counts_the_repeat() -> None:
    """domain 歧义 24: 反复反映 shows on the case that goes on."""
    entry = entry_after(
        REGISTERED,
        RepeatNoted(
            case_no=CASE, occurred_at=at("2026-10-08 10:00"), merged_from="PT2610080010002", count=2
        ),
    )

    assert entry.repeats == 2


def test_an_extension_makes_it_special_until_the_new_end() -> None:
    """方案 四(四)4: grade, mark and end, before SLA has said it too."""
    entry = entry_after(
        *AT_WORK, deadline("2026-09-30 10:30", grade=Grade.GENERAL), turn(CaseExtended, "2026-10-09 10:00")
    )

    assert (entry.grade, entry.extended, entry.due_at) == (Grade.SPECIAL, True, at("2026-10-20 17:30"))


def test_a_harder_grade_takes_its_own_end() -> None:
    """domain 歧义 1: counted from receipt as before."""
    regraded = CaseRegraded(
        case_no=CASE,
        occurred_at=at("2026-09-30 15:00"),
        grade=Grade.COMPLEX,
        previous=Grade.GENERAL,
        due_at=at("2026-10-15 17:30"),
        reason="涉及两省",
    )
    entry = entry_after(*SIGNED, regraded)

    assert (entry.grade, entry.due_at, entry.extended) == (Grade.COMPLEX, at("2026-10-15 17:30"), False)


def test_a_returned_order_is_kept_and_counted_and_the_next_unit_has_its_own() -> None:
    """domain 12A.5: 退单 → 改派; the answer is due when it was."""
    entry = entry_after(
        *SIGNED,
        deadline("2026-09-30 10:30"),
        turn(OrderReturnRequested, "2026-10-08 09:00"),
        turn(OrderReturned, "2026-10-08 11:00"),
        an_order_issued("2026-10-08 11:00", DUE, unit="renshe", place=2),
        an_order_answered("2026-10-09 10:00", unit="renshe", place=2),
    )

    assert [(order.state, order.return_count) for order in entry.orders] == [
        (OrderState.RETURNED, 1),
        (OrderState.FEEDBACK_SUBMITTED, 0),
    ]
    assert (entry.state, entry.lead, entry.due_at) == (CaseState.FEEDBACK_REVIEW, "renshe", at(DUE))


def test_a_refused_return_goes_back_to_the_unit() -> None:
    """domain 3.2: 指定承办, not counted as returned."""
    asked = [*SIGNED, turn(OrderReturnRequested, "2026-10-08 09:00")]

    assert entry_after(*asked).orders[0].state is OrderState.RETURN_REQUESTED
    order = entry_after(*asked, turn(OrderReturnRefused, "2026-10-08 11:00")).orders[0]
    assert (order.state, order.return_count) == (OrderState.SIGNED, 0)


def test_the_last_assisting_order_returned_for_good_leaves_the_answers_there_are() -> None:
    """状态机 12b: nobody else owes one, so the window checks."""
    entry = entry_after(
        *SIGNED,
        assisted("2026-09-30 10:30"),
        an_order_answered("2026-10-08 10:00"),
        turn(OrderReturnRequested, "2026-10-08 11:00", place=2, unit="gongan"),
        turn(OrderReturned, "2026-10-08 12:00", place=2, unit="gongan", to=None),
    )

    assert entry.state is CaseState.FEEDBACK_REVIEW


def test_an_answer_sent_back_opens_the_order_under_its_old_end() -> None:
    """方案 六(四)(六): PROCESSING again, no answer, the same due moment."""
    entry = entry_after(
        *SIGNED, an_order_answered("2026-10-08 10:00"), turn(FeedbackRejected, "2026-10-08 11:00")
    )

    order = entry.orders[0]
    assert (entry.state, order.state, order.answered_at) == (CaseState.HANDLING, OrderState.PROCESSING, None)
    assert order.due_at == at(DUE)


def test_a_second_round_never_touches_the_first_clock() -> None:
    """方案 六(六) 重办: replied_at, due_at and 逾期 are the first answer's; the round shows in rounds and orders."""
    again = an_order_issued(
        "2026-10-12 10:00", "2026-10-15 17:30", place=2, round=2, parent_order=f"{CASE}-01"
    )
    entry = entry_after(
        *answered_life(),
        followed_up("2026-10-12 09:30", False, 1),
        turn(CaseReopened, "2026-10-12 10:00"),
        again,
        an_order_answered("2026-10-16 10:00", place=2),
        a_case_fed_back("2026-10-16 11:00"),
        followed_up("2026-10-16 15:00", True, 4),
        closed("2026-10-16 15:00", "2026-10-16 11:00", True, 4),
    )

    assert (entry.replied_at, entry.due_at, entry.overdue) == (at("2026-10-09 15:00"), at(DUE), False)
    assert (entry.rounds, entry.orders[1].round, entry.orders[1].due_at) == (2, 2, at("2026-10-15 17:30"))
    assert (entry.resolved, entry.stars, entry.state) == (True, 4, CaseState.CLOSED)


def test_a_consultation_designates_a_unit_or_ends_with_the_last_word() -> None:
    """状态机 18: HANDLING under another lead, or the final answer."""
    begun = [*SIGNED, turn(CaseEscalated, "2026-10-08 10:00"), turn(OrderCancelled, "2026-10-09 10:00")]
    on = entry_after(*begun, turn(ConsultationConcluded, "2026-10-09 10:00"))
    final = entry_after(*begun, turn(ConsultationConcluded, "2026-10-09 10:00", lead=None))

    assert (on.state, on.lead, on.orders[0].state) == (CaseState.HANDLING, "renshe", OrderState.CANCELLED)
    assert final.state is CaseState.FED_BACK


def test_a_supervision_order_goes_its_whole_way() -> None:
    """方案 七(四): drafted, issued, explained, closed; it counts from its issue on and for ever."""
    issued = [
        *SIGNED,
        supervision(SupervisionDrafted, "2026-10-11 09:05"),
        supervision(SupervisionIssued, "2026-10-11 10:00"),
    ]
    more = {"overdue_since": at(DUE)}
    answered = supervision(SupervisionDrafted, "2026-10-12 10:00").model_dump() | more
    explained = SupervisionAnswered.model_validate({**answered, "text": "系统升级延误"})
    ended = SupervisionClosed.model_validate(answered)

    line = entry_after(*issued, explained).supervisions[0]
    assert (line.state, line.answered_at) == (SupervisionState.ANSWERED, at("2026-10-12 10:00"))
    entry = entry_after(*issued, explained, ended)
    assert (entry.supervisions[0].state, entry.supervisions[0].nth) == (SupervisionState.CLOSED, 1)
    assert (entry.supervision_count, entry.orders[0].supervision_count, entry.light) == (1, 1, Light.YELLOW)
    void = entry_after(*issued, explained, supervision(SupervisionVoided, "2026-10-12 11:00"), ended)
    assert (void.supervisions[0].state, void.light) == (SupervisionState.VOIDED, Light.NONE)


def test_an_interview_is_proposed_and_decided_and_accountability_proposed() -> None:
    """方案 七(三)(四): lines of their own, in the order proposed."""
    said = {"case_no": CASE, "unit": "yibao"}
    proposed = InterviewProposed.model_validate(
        {
            **said,
            "occurred_at": at("2026-10-20 09:05"),
            "reasons": ("逾期5个工作日",),
            "supervisions": 3,
            "overdue_days": 5,
        }
    )
    approved = InterviewApproved.model_validate(
        {
            **said,
            "occurred_at": at("2026-10-20 10:00"),
            "actor": "zhengwu-gl1",
            "rectify_due_at": at("2026-11-03 17:30"),
        }
    )
    blamed = AccountabilityProposed.model_validate(
        {**said, "occurred_at": at("2026-11-04 09:05"), "reasons": ("整改未到位",)}
    )
    first, second = entry_after(*SIGNED, proposed, approved, blamed).measures

    assert (first.kind, first.approved_by, first.rectify_due_at) == (
        "INTERVIEW",
        "zhengwu-gl1",
        at("2026-11-03 17:30"),
    )
    assert (second.kind, second.reasons) == ("ACCOUNTABILITY", ("整改未到位",))


def test_a_correction_is_appended_with_what_stood_there() -> None:
    """状态机 22: the line shows the right value, the list what it was."""
    entry = entry_after(
        *SIGNED,
        turn(CaseCorrected, "2026-10-08 10:00"),
        turn(
            CaseCorrected, "2026-10-08 11:00", field="category", before="SERVICE", after="CONSULT", reason="咨询"
        ),
    )

    assert (entry.item, entry.category) == ("异地就医", Category.CONSULT)
    assert [(line.field, line.before) for line in entry.corrections] == [
        ("item", "异地就医备案"),
        ("category", "SERVICE"),
    ]


def test_a_correction_after_the_lock_is_appended_and_changes_nothing_in_the_entry() -> None:
    """状态机 20、22: read-only, and yet put right beside it."""
    record, _ = kept(*whole_life(), turn(CaseCorrected, "2026-10-20 10:00"))

    assert record.entry is not None
    assert (record.entry.item, record.entry.corrections) == ("异地就医备案", ())
    assert [line.after for line in corrections_now(record)] == ["异地就医"]
    assert agrees(record)


@pytest.mark.parametrize(
    ("last", "state"),
    [
        (turn(CaseRejected, "2026-10-08 10:00"), CaseState.REJECTED),
        (turn(CaseTransferred, "2026-10-08 10:00"), CaseState.TRANSFERRED),
        (turn(CaseMerged, "2026-10-08 10:00"), CaseState.MERGED),
        (turn(CaseWithdrawn, "2026-10-08 10:00"), CaseState.WITHDRAWN),
    ],
)
def test_every_end_is_archived_once_its_clock_has_ended(last: Event, state: CaseState) -> None:
    """状态机 20: CLOSED 及支线终态; not before SLA closed the countdown to the answer."""
    begun, early = kept(REGISTERED, deadline("2026-09-30 10:00"), last)
    record, said = kept(REGISTERED, deadline("2026-09-30 10:00"), last, met("2026-10-08 10:00"))

    assert begun.entry is not None
    assert (begun.entry.state, early) == (state, [])
    (archived,) = said
    assert isinstance(archived, CaseArchived)
    assert archived.occurred_at == at("2026-10-08 10:00")
    assert agrees(record)


def test_a_withdrawn_case_waits_until_its_orders_were_taken_back() -> None:
    """状态机 19: what SLA says may be here before the router's last word."""
    life = [*SIGNED, deadline("2026-09-30 10:30"), turn(CaseWithdrawn, "2026-10-08 10:00"), met("2026-10-08 10:00")]
    record, said = kept(*life)
    done, archived = kept(*life, turn(OrderCancelled, "2026-10-08 10:00"))

    assert (record.lock, said) == (None, [])
    assert len(archived) == 1
    assert done.entry is not None
    assert done.entry.orders[0].state is OrderState.CANCELLED


def test_a_complaint_taken_back_goes_on() -> None:
    """状态机 19: 投诉撤回不停核查."""
    record, said = kept(
        *SIGNED, met("2026-10-08 09:00"), turn(CaseWithdrawn, "2026-10-08 10:00", stops=False)
    )

    assert record.entry is not None
    assert (record.entry.state, record.entry.withdrawal_noted, said) == (CaseState.HANDLING, True, [])


def unreached(until: str = "2026-10-16 17:30") -> list[Event]:
    """Three calls in vain; the person may still rate it for two days."""
    end = closed("2026-10-14 09:30", "2026-10-09 15:00", None, None).model_dump() | {"open_until": at(until)}
    return [*answered_life(), followed_up("2026-10-14 09:30", None, None, 3), CaseClosed.model_validate(end)]


async def test_a_case_that_may_still_be_rated_is_locked_by_time(archive: Archive) -> None:
    """domain 歧义 19: 2 工作日后归档, at that very moment and once."""
    await archive.consumes(*unreached())
    assert archive.published(CaseArchived) == []
    assert await archive.service.next_due() == at("2026-10-16 17:30")

    await archive.wakes("2026-10-17 09:00")

    assert [event.occurred_at for event in archive.published(CaseArchived)] == [at("2026-10-16 17:30")]
    assert agrees(await archive.record())
    assert await earliest_lock(archive.ledger) is None
    rows = await archive.service.exports["events"]()
    assert rows[-1]["cause"] is None


def test_a_late_rating_brings_it_back_or_closes_it_for_good() -> None:
    """domain 歧义 19: discontent returns it to 待回访, content closes it at once."""
    said = {"case_no": CASE, "occurred_at": at("2026-10-15 10:00"), "attempt": 4, "reached": True, "reopens": True}
    unhappy = FollowUpRecorded.model_validate({**said, "resolved": False, "stars": 1})
    happy = FollowUpRecorded.model_validate({**said, "resolved": True, "stars": 5})

    back, nothing = kept(*unreached(), unhappy)
    done, archived = kept(*unreached(), happy, closed("2026-10-15 10:00", "2026-10-09 15:00"))

    assert back.entry is not None
    assert (back.entry.state, back.lock_at, nothing) == (CaseState.FED_BACK, None, [])
    assert [event.occurred_at for event in archived] == [at("2026-10-15 10:00")]
    assert done.entry is not None
    assert done.entry.stars == 5


def test_time_locks_nothing_that_is_not_ready() -> None:
    """The sweep only finds; the rule decides again."""
    record, _ = kept(*answered_life())

    assert lock_when_due(None, DISTRICT, at("2026-10-20 10:00")).state is None
    assert lock_when_due(record, DISTRICT, at("2026-10-20 10:00")).events == ()


def test_an_end_that_moved_but_is_past_all_the_same_stays_missed() -> None:
    """方案 四(四): a recount within the past forgives nothing."""
    entry = entry_after(*AT_WORK, missed(), deadline("2026-10-12 10:00", "2026-10-11 17:30"))

    assert entry.overdue


def test_made_anew_every_way_gives_the_same_entry() -> None:
    """The fold from the lines equals the fold as it came, on the longest way there is."""
    life = [
        *SIGNED,
        deadline("2026-09-30 10:30"),
        turn(OrderReturnRequested, "2026-10-08 09:00"),
        turn(OrderReturned, "2026-10-08 11:00"),
        an_order_issued("2026-10-08 11:00", DUE, unit="renshe", place=2),
        an_order_signed("2026-10-08 11:30", unit="renshe", place=2),
        contacted("2026-10-08 13:30", 2, "renshe"),
        turn(CaseExtended, "2026-10-09 10:00", place=2, unit="renshe"),
        turn(CaseEscalated, "2026-10-09 11:00"),
        turn(CaseCorrected, "2026-10-09 12:00"),
    ]
    record: CaseRecord | None = None
    for event in placed(*life):
        record = enter(record, event, DISTRICT, at("2026-10-09 12:00")).state
        assert record is not None
        assert agrees(record)


def test_a_grading_heard_of_after_the_end_leaves_it_missed() -> None:
    """The deadline was set again on the day of a grading that came late, to the end that was missed: it is missed once, and stays so."""
    entry = entry_after(*AT_WORK, deadline("2026-09-30 10:30"), missed(), deadline("2026-09-30 14:00", previous_due_at=at(DUE)))

    assert entry.overdue


def test_a_later_end_forgives_the_miss_though_the_grading_named_it_first() -> None:
    """The grading brings its end to the ledger before SLA sets it: what counts is the end that was missed, not the one that replaced it."""
    later = a_case_triaged("2026-10-12 10:00", Grade.COMPLEX, due_at=at("2026-10-23 17:30"))
    entry = entry_after(*AT_WORK, missed(), later, deadline("2026-10-12 10:00", "2026-10-23 17:30", previous_due_at=at(DUE)))

    assert not entry.overdue

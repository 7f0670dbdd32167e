"""The register on every way a case may take; every event comes twice (方案 四-六; 状态机 3-20)."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake.domain.registration import Registration
from services.intake.handlers import inbox
from services.intake.store import open_register
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo
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
    CaseTriaged,
    CaseWithdrawn,
    ConsultationConcluded,
    FollowUpRecorded,
    RejectionOverruled,
    RejectionProposed,
    TriageStarted,
)
from shared.contracts.terms import CaseState, Category
from shared.testing.driver import at
from tests.services.intake.conftest import House, a_channel_matter, a_matter

CASE, OTHER = "PT2611230010001", "PT2611230010002"
REFUSAL = {"reason": "属外区", "basis": "方案四(四)5", "alternative": "请到闵行区窗口"}
DUE = {"due_at": "2026-12-02T17:30:00+08:00"}
END = {"result": "RESOLVED", "replied_at": "2026-11-23T10:30:00+08:00"}
RATED = {"attempt": 4, "reached": True, "resolved": False, "stars": 1}


def said(kind: type[Event], case_no: str = CASE, when: str = "2026-11-23 11:00", **fields: Any) -> Event:
    """Router's or archive's word about a case."""
    return kind.model_validate({"case_no": CaseNo(case_no), "occurred_at": at(when), **fields})


def regraded(**more: Any) -> Event:
    """改级 to 复杂."""
    return said(CaseRegraded, grade="COMPLEX", previous="GENERAL", reason="两区", **DUE, **more)


async def line(house: House, case_no: str = CASE) -> Registration:
    """A case in the register."""
    found = await open_register(house.ground, inbox).get(case_no)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([said(TriageStarted, analyst="s001-tr1")], CaseState.TRIAGING),
        ([said(RejectionProposed, **REFUSAL)], CaseState.REJECT_REVIEW),
        ([said(RejectionProposed, **REFUSAL), said(RejectionOverruled)], CaseState.TRIAGING),
        ([said(CaseRejected, proposed_by="s001-tr1", **REFUSAL)], CaseState.REJECTED),
        ([said(CaseTransferred, to="信访", reason="已进信访")], CaseState.TRANSFERRED),
        ([said(CaseMerged, into=OTHER)], CaseState.MERGED),
        ([said(CaseWithdrawn, reason="办好了")], CaseState.WITHDRAWN),
        ([said(CaseWithdrawn, reason="不告了", stops=False)], CaseState.REGISTERED),
        ([said(CaseEscalated, reason="职责争议")], CaseState.CONSULTATION),
        ([said(CaseEscalated, reason="争议"), said(ConsultationConcluded, outcome="甲", lead="yibao")], CaseState.HANDLING),
        ([said(CaseEscalated, reason="争议"), said(ConsultationConcluded, outcome="乙")], CaseState.FED_BACK),
        ([said(CaseReopened, round=2, lead="yibao", lead_name="医保局", **DUE)], CaseState.HANDLING),
        ([said(CaseClosed, **END), said(FollowUpRecorded, reopens=True, **RATED)], CaseState.FED_BACK),
        ([said(CaseClosed, **END), said(FollowUpRecorded, **RATED)], CaseState.CLOSED),
    ],
)
async def test_the_register_follows_every_way(house: House, events: list[Event], state: CaseState) -> None:
    """方案 六(二)-(六)、四(四)5: 研判, 复核, 转, 并, 撤, 会商, 重办, 再评价."""
    await house.at_the_counter(a_matter())
    await house.consumes(*events)

    assert (await line(house)).state is state


@pytest.mark.parametrize(
    "event",
    [
        said(
            CaseTriaged, category="SERVICE", grade="COMPLEX", lead="yibao", requirement="查清", **DUE
        ),
        regraded(),
        said(
            CaseExtended, order_no=f"{CASE}-01", unit="yibao", reason="跨省", previous_due_at=at("2026-11-26 17:30"), **DUE
        ),
    ],
)
async def test_it_shows_when_the_answer_is_due_now(house: House, event: Event) -> None:
    """方案 四(四): as analysed, regraded, extended."""
    await house.at_the_counter(a_matter())
    await house.consumes(event)

    assert (await line(house)).due_at == at("2026-12-02 17:30")


async def test_a_redo_does_not_touch_what_was_promised_first(house: House) -> None:
    """The person's own clock never restarts."""
    await house.at_the_counter(a_matter())
    await house.consumes(said(CaseReopened, round=2, lead="yibao", lead_name="医保局", **DUE))

    assert (await line(house)).due_at == at("2026-11-26 17:30")


async def test_the_case_that_goes_on_counts_each_repeat_once(house: House) -> None:
    """domain 歧义 24 并案: RepeatNoted on the other case, however often the merging is told."""
    for place in range(3):
        await house.at_the_counter(a_matter(), key=f"form-{place}")
    before = (await line(house, OTHER)).repeats
    await house.consumes(said(CaseMerged, into=OTHER, actor="s001-tr1"))
    await house.consumes(said(CaseMerged, "PT2611230010003", into=OTHER))

    first, second = house.published(RepeatNoted)
    assert (first.case_no, first.merged_from, first.count, first.actor) == (OTHER, CASE, before + 1, "s001-tr1")
    assert second.count == before + 2
    assert (await line(house, OTHER)).repeats == before + 2
    assert house.dead() == []


async def test_merging_into_a_case_unknown_here_only_closes_this_one(house: House) -> None:
    """Nothing is made up."""
    await house.at_the_counter(a_matter())
    await house.consumes(said(CaseMerged, into="PT2611230019999"))

    assert (await line(house)).state is CaseState.MERGED
    assert house.published(RepeatNoted) == []


async def test_a_correction_shows_and_an_archived_line_stays(house: House) -> None:
    """状态机 22: the right particular until the lock; afterwards the ledger appends it."""
    fixed = {"reason": "写错", "before": "异地就医备案"}
    await house.at_the_counter(a_matter())
    await house.consumes(said(CaseCorrected, field="item", after="异地就医", **fixed))
    await house.consumes(said(CaseCorrected, field="category", after="CONSULT", **fixed))
    await house.consumes(said(CaseArchived, digest="d", events=3))
    await house.consumes(said(CaseCorrected, field="item", after="别的", **fixed))

    held = await line(house)
    assert (held.item, held.category, held.state) == ("异地就医", Category.CONSULT, CaseState.ARCHIVED)


async def test_earlier_matters_of_the_same_person_and_item_are_counted(house: House) -> None:
    """domain 歧义 24: 90 日内同人同事项, over every channel, by a blind index."""
    await house.at_the_counter(a_matter())
    await house.from_channel(a_channel_matter())
    await house.at_the_counter(a_matter(phone="13800000002"), key="form-0002")
    await house.at_the_counter(a_matter(item="别的事"), key="form-0003")
    house.clock.move_to(at("2027-02-22 09:00"))
    await house.at_the_counter(a_matter(), key="form-0004")
    await house.courier.finish()

    registered = [event for event in house.published(Event) if hasattr(event, "repeats")]
    assert [event.repeats for event in registered] == [0, 1, 0, 0, 0]


async def test_a_person_is_known_again_after_the_keys_were_changed(house: House) -> None:
    """Look-ups use every key there is."""
    await house.at_the_counter(a_matter())
    house.sealer._index_keys["newer"] = b"k" * 32
    house.sealer.active = "newer"
    house.sealer._boxes["newer", "AES-256-GCM"] = next(iter(house.sealer._boxes.values()))
    await house.at_the_counter(a_matter(), key="form-0002")

    assert (await line(house, OTHER)).repeats == 1


async def test_an_unnamed_person_is_nobody_again(house: House) -> None:
    """domain 歧义 23: 匿名 is not followed across matters."""
    for place in range(2):
        await house.at_the_counter(a_matter(category="COMPLAINT", anonymous=True, name=None), key=f"form-{place}")

    assert (await line(house, OTHER)).repeats == 0


@pytest.mark.parametrize(
    ("received", "late"),
    [
        ("2026-11-20T10:00:00+08:00", False),
        ("2026-11-19T17:31:00+08:00", True),
        ("2026-11-21T10:00:00+08:00", False),
        (None, False),
    ],
)
async def test_paper_entered_days_later_is_marked(house: House, received: str | None, late: bool) -> None:
    """domain 歧义 32 迟录: policy.backdate.late_after_wd working days after it came in; a weekend is none."""
    why = {"received_at": received, "backdated_reason": "系统故障"} if received else {}
    assert (await house.at_the_counter(a_matter(**why))).status_code == 201
    await house.courier.finish()

    assert (await line(house)).late_registered is late
    assert [event.late_registered for event in house.published(Event) if hasattr(event, "late_registered")] == [late]

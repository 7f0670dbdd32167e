"""The life of a library case: put up, cleaned by one person, checked by another, published, used, old, withdrawn (domain §2, §7, §9.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from services.archive.domain.library.case import LibraryCase, Stage, case_from
from services.archive.handlers import inbox
from services.archive.store import open_library
from shared.contracts.event import Event
from shared.contracts.library_events import (
    LIBRARY_EVENTS,
    LibraryCaseProposed,
    LibraryCasePublished,
    LibraryCaseStale,
    LibraryCaseUsed,
    LibraryCaseViewed,
    LibraryEvent,
)
from shared.contracts.terms import Category, Grade, LibraryUse, StaleReason
from shared.testing.driver import DISTRICT
from shared.testing.events import CASE
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive, answered_life, closed, followed_up

NUMBER = f"AL{CASE[2:]}"
DRAFT: dict[str, Any] = {
    "problem": "异地就医备案三次提示参保地有误。", "cause": "系统", "basis": "沪医保规〔2022〕3号",
    "way": "由医保中心后台核对参保地信息后，请办理人重新提交，当天备案成功。", "conditions": "参保地近期变更过", "tags": ["异地就医"],
    "valid_until": "2026-11-30",
}
KB, WS, GO, DH, TR = "zhengwu-kb1", "s001-ws1", "zhengwu-go1", "yibao-dh", "s001-tr1"


def a_life(stars: int = 4, grade: Grade = Grade.GENERAL, **registered: Any) -> list[Event]:
    """A matter from registration to its lock; not one the policy puts up by itself."""
    said: list[Event] = [*answered_life(), followed_up("2026-10-12 09:30", True, stars), closed("2026-10-12 09:30", "2026-10-09 15:00", stars=stars)]
    said[0] = said[0].model_copy(update=registered)
    said[2] = said[2].model_copy(update={"grade": grade, "category": registered.get("category", Category.SERVICE)})
    return said


async def held(archive: Archive) -> LibraryCase:
    """The library case of CASE."""
    found = await open_library(archive.ground, inbox).get(NUMBER)
    assert found is not None
    return found


async def posted(visiting: Visiting, staff: str, path: str, body: Any = None, *, said: int = 200) -> httpx.Response:
    """Somebody posts; the answer must be this."""
    async with visiting(staff) as client:
        answer = await client.post(f"/api/archive/library{path}", json={} if body is None else body)
    assert answer.status_code == said, answer.text
    return answer


async def published(archive: Archive, visiting: Visiting) -> None:
    """CASE stands in the library."""
    await archive.consumes(*a_life())
    await posted(visiting, TR, "", {"case_no": CASE, "why": "常见"})
    await posted(visiting, KB, f"/{NUMBER}/draft", DRAFT)
    await posted(visiting, WS, f"/{NUMBER}/publish")


def told(archive: Archive) -> list[Event]:
    """Every event of the library, in order."""
    return list(archive.published(LibraryEvent))


async def test_two_people_bring_a_closed_case_into_the_library(archive: Archive, visiting: Visiting) -> None:
    await published(archive, visiting)
    await archive.courier.finish()
    case = await held(archive)
    assert case.stage is Stage.PUBLISHED and case.current is not None
    assert (case.current.drafted_by, case.current.checked_by, case.source) == (KB, WS, CASE)
    said = archive.published(LibraryCasePublished)
    assert [(event.words.problem, event.drafted_by, event.actor, event.valid_until) for event in said] == [
        (DRAFT["problem"], KB, WS, date(2026, 11, 30))
    ]
    assert set(archive.topics_of(LibraryCasePublished)) == {"archive.records"}


async def test_whatever_happens_the_case_is_what_its_events_say(archive: Archive, visiting: Visiting) -> None:
    await published(archive, visiting)
    await posted(visiting, DH, f"/{NUMBER}/use", {"where": "ANSWER"})
    await posted(visiting, TR, f"/{NUMBER}/flag", {"reason": "3号文已修订"})
    async with visiting(WS) as client:
        await client.get(f"/api/archive/library/{NUMBER}")
    await posted(visiting, KB, f"/{NUMBER}/draft", DRAFT | {"problem": "换一种说法的问题。"})
    await posted(visiting, WS, f"/{NUMBER}/return", {"reason": "请写明条件"})
    await posted(visiting, KB, f"/{NUMBER}/draft", DRAFT | {"problem": "再换一种说法的问题。"})
    await posted(visiting, GO, f"/{NUMBER}/publish")
    await archive.courier.finish()
    assert case_from(told(archive)) == await held(archive)
    await posted(visiting, GO, f"/{NUMBER}/withdraw", {"reason": "已由新政策替代"})
    await archive.courier.finish()
    assert case_from(told(archive)) == await held(archive)
    assert case_from(told(archive)[:-1]) != await held(archive)  # the comparison can fail
    assert {type(event) for event in told(archive)} == set(LIBRARY_EVENTS)


@pytest.mark.parametrize(("first", "second", "rule"), [
    (KB, KB, "library.same_person"), (WS, WS, "library.same_person"),
])
async def test_nobody_checks_the_own_words(archive: Archive, visiting: Visiting, first: str, second: str, rule: str) -> None:
    await archive.consumes(*a_life())
    await posted(visiting, TR, "", {"case_no": CASE})
    await posted(visiting, first, f"/{NUMBER}/draft", DRAFT)
    answer = await posted(visiting, second, f"/{NUMBER}/publish", said=409)
    assert answer.json()["rule"] == rule
    assert (await held(archive)).current is None


async def test_what_surely_names_somebody_is_refused_until_a_person_says_why_it_is_none(archive: Archive, visiting: Visiting) -> None:
    await archive.consumes(*a_life())
    await posted(visiting, TR, "", {"case_no": CASE})
    named = DRAFT | {"way": "联系人王建国，电话13812345678，已办好。"}
    refused = (await posted(visiting, KB, f"/{NUMBER}/draft", named, said=409)).json()
    assert refused["rule"] == "library.leftover" and "「解决办法」" in refused["message"]
    assert "王建国" not in str(refused) and "13812345678" not in str(refused)
    await posted(visiting, KB, f"/{NUMBER}/draft", named | {"excuse": "是公开的服务热线。"})
    again = (await posted(visiting, WS, f"/{NUMBER}/publish", said=409)).json()
    assert again["rule"] == "library.leftover"  # the second person must say so too
    await posted(visiting, WS, f"/{NUMBER}/publish", {"excuse": "核对过，是服务热线。"})
    current = (await held(archive)).current
    assert current is not None and "服务热线" in current.excuse


async def test_uses_are_counted_with_who_when_where_and_looks_apart(archive: Archive, visiting: Visiting) -> None:
    await published(archive, visiting)
    for _ in range(2):
        await posted(visiting, TR, f"/{NUMBER}/use", {"where": "TRIAGE", "used_in": CASE})
    await posted(visiting, DH, f"/{NUMBER}/use", {"where": "ANSWER"})
    await posted(visiting, "s001-cl1", f"/{NUMBER}/use", {"where": "REGISTER"})
    async with visiting(KB) as client:
        for _ in range(3):
            await client.get(f"/api/archive/library/{NUMBER}")
    await archive.courier.finish()
    case = await held(archive)
    assert [(use.by, use.where, use.used_in, use.unit) for use in case.uses] == [
        (TR, LibraryUse.TRIAGE, CASE, None), (DH, LibraryUse.ANSWER, None, "yibao"),
        ("s001-cl1", LibraryUse.REGISTER, None, None),
    ]
    assert (case.use_count, case.view_count) == (3, 1)
    assert len(archive.published(LibraryCaseUsed)) == 3 and len(archive.published(LibraryCaseViewed)) == 1


async def test_old_words_are_flagged_once_each_and_a_new_version_clears_them(archive: Archive, visiting: Visiting) -> None:
    rules = DISTRICT.policy.library.model_copy(update={"unused_months": 1})
    archive.ground.scheme.replace(DISTRICT.model_copy(update={"policy": DISTRICT.policy.model_copy(update={"library": rules})}))
    await published(archive, visiting)
    await archive.wakes("2026-11-13 10:00")
    assert [reason for event in archive.published(LibraryCaseStale) for reason in event.reasons] == [StaleReason.UNUSED]
    await archive.wakes("2026-12-02 10:00")
    assert set((await held(archive)).stale) == {StaleReason.UNUSED, StaleReason.EXPIRED}
    await posted(visiting, KB, f"/{NUMBER}/draft", DRAFT | {"valid_until": "2028-11-30"})
    await posted(visiting, WS, f"/{NUMBER}/publish")
    assert (await held(archive)).stale == ()


async def test_another_scheme_makes_every_published_one_stale(archive: Archive, visiting: Visiting) -> None:
    await published(archive, visiting)
    policy = DISTRICT.policy.model_copy(update={"version": "putuo-2027-01@1"})
    archive.ground.scheme.replace(DISTRICT.model_copy(update={"policy": policy}))
    await archive.ticks()
    assert (await held(archive)).stale == (StaleReason.BASIS,)


@pytest.mark.parametrize(("registered", "rule"), [
    ({"category": Category.COMPLAINT}, "library.complaint"), ({"complained_unit": "shichang"}, "library.complaint"),
    ({"confidential": True}, "library.confidential"),
])
async def test_what_may_never_enter_is_refused_with_a_sentence(
    archive: Archive, visiting: Visiting, registered: dict[str, Any], rule: str
) -> None:
    await archive.consumes(*a_life(**registered))
    refused = (await posted(visiting, KB, "", {"case_no": CASE}, said=409)).json()
    assert refused["rule"] == rule and refused["message"].endswith("。")
    await archive.ticks()
    assert archive.published(LibraryCaseProposed) == []


async def test_an_open_case_and_one_that_is_there_are_refused(archive: Archive, visiting: Visiting) -> None:
    await archive.consumes(*a_life()[:4])
    assert (await posted(visiting, KB, "", {"case_no": CASE}, said=409)).json()["rule"] == "library.not_closed"


@pytest.mark.parametrize(("grade", "proposed"), [(Grade.COMPLEX, True), (Grade.GENERAL, False)])
async def test_hard_cases_are_put_up_by_themselves(archive: Archive, grade: Grade, proposed: bool) -> None:
    await archive.consumes(*a_life(stars=4, grade=grade))
    await archive.ticks()
    await archive.ticks()
    assert [event.automatic for event in archive.published(LibraryCaseProposed)] == [True] * proposed


async def test_an_exemplary_case_is_put_up_by_itself(archive: Archive) -> None:
    await archive.consumes(*a_life(stars=5))
    await archive.ticks()
    assert [event.why for event in archive.published(LibraryCaseProposed)] == ["亮点"]


async def test_another_departments_people_do_not_see_drafts(archive: Archive, visiting: Visiting) -> None:
    await archive.consumes(*a_life())
    await posted(visiting, TR, "", {"case_no": CASE})
    async with visiting("shichang-dh") as client:
        assert (await client.get(f"/api/archive/library/{NUMBER}")).status_code == 404
        assert (await client.get("/api/archive/library?stage=PROPOSED")).json()["cases"] == []
    async with visiting(DH) as client:
        assert len((await client.get("/api/archive/library?stage=PROPOSED")).json()["cases"]) == 1
    await posted(visiting, "shichang-dh", f"/{NUMBER}/draft", DRAFT, said=404)


"""举一反三 at the desk: who sees which pattern, each act once, the job that measures, the pages (方案 七(二); domain §2, 12A.8)."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from services.archive.domain.reports.editions import series_number
from services.archive.domain.reports.periods import month_named
from services.archive.handlers import inbox
from services.archive.store import open_patterns, open_reports
from services.archive.store.retelling import retold, told_again, told_ahead
from shared.contracts.pattern_events import (
    ImprovementAccepted,
    PatternEvent,
    PatternFound,
    PatternKind,
    RecurrenceMeasured,
    RootCauseNamed,
    RootEvent,
)
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive
from tests.services.archive.repeats import chokepoint, complaint, matter

HTML = {"accept": "text/html"}
LIST, ROOTS = "/api/archive/patterns", "/api/archive/roots"
OFFICE, OWNER, WINDOW = "zhengwu-go1", "yibao-sh", "s001-ws1"
NAMING = {
    "title": "参保地信息没有同步", "cause": "SYSTEM", "text": "两套系统每周才对一次账。",
    "person": OWNER, "plan": "改为每晚对账。", "due_on": "2026-12-31",
}


@pytest.fixture
def archive() -> Archive:
    """An archive on the first day."""
    return Archive("2026-09-01 09:00")


async def three_people(archive: Archive, first: int = 1, *, day: float = 0) -> None:
    """Three people with one item on three days."""
    await archive.consumes(*(matter(place, f"p{place}", days=day + place - first) for place in range(first, first + 3)))


async def listed(client: httpx.AsyncClient) -> list[dict[str, object]]:
    """The patterns nobody has looked at."""
    found: list[dict[str, object]] = (await client.get(LIST)).json()["patterns"]
    return found


async def named(archive: Archive, visiting: Visiting, key: str = "once", **more: object) -> str:
    """The number of a root cause behind everything that is open."""
    async with visiting(OFFICE) as office:
        numbers = [held["number"] for held in await listed(office)]
        answer = await office.post(ROOTS, json=NAMING | {"patterns": numbers} | more, headers={"idempotency-key": key})
        again = await office.post(ROOTS, json=NAMING | {"patterns": numbers} | more, headers={"idempotency-key": key})
    await archive.courier.finish()
    assert answer.status_code == 201, answer.text
    assert answer.json() == again.json()
    return str(answer.json()["number"])


async def test_three_people_with_one_item_are_one_pattern_however_often_told(archive: Archive, visiting: Visiting) -> None:
    """Every event is given twice by the driver."""
    await three_people(archive)
    async with visiting(OFFICE) as office:
        (one,) = await listed(office)
    assert (one["kind"], one["words"], one["count"]) == ("SAME_ITEM", "异地就医备案", 3)
    (found,) = archive.published(PatternFound)
    assert len(found.cases) == 3 and "p1" not in found.model_dump_json()


async def test_one_person_twice_and_a_step_of_the_portal(archive: Archive, visiting: Visiting) -> None:
    await archive.consumes(matter(1, "p1"), matter(2, "p1", days=80), *(chokepoint(place, days=80) for place in (1, 2, 3)))
    async with visiting(OFFICE) as office:
        assert {held["kind"] for held in await listed(office)} == {"SAME_PERSON", "PORTAL_STEP"}
        step = next(held for held in await listed(office) if held["kind"] == "PORTAL_STEP")
        assert "只计件数" in (await office.get(f"/archive/patterns/{step['number']}", headers=HTML)).text


async def test_complaints_are_counted_and_whom_they_are_about_sees_nothing(archive: Archive, visiting: Visiting) -> None:
    """domain 12A.8: in no list and no count of one."""
    await archive.consumes(complaint(1, complained_staff=(WINDOW,)), complaint(2))
    async with visiting(OFFICE) as office:
        (one,) = await listed(office)
        page = (await office.get(f"/archive/patterns/{one['number']}", headers=HTML)).text
    assert (one["kind"], one["count"], one["words"]) == ("WINDOW", 2, "区政务服务中心·医保局")
    assert "PT26" not in page
    for hidden in (OWNER, WINDOW, "minzheng-sh"):
        async with visiting(hidden) as client:
            assert await listed(client) == []
            assert (await client.get(f"{LIST}/{one['number']}")).json()["rule"] == "pattern.unknown"
    number = await named(archive, visiting)
    async with visiting(WINDOW) as window, visiting(OWNER) as owner:
        assert (await window.get(f"{ROOTS}/{number}")).json()["rule"] == "root.unknown"
        seen = (await owner.get(f"{ROOTS}/{number}")).json()
        assert (seen["title"], seen["patterns"], seen["cases"], seen["figures"]) == (NAMING["title"], [], [], None)
        assert "件数由政务服务办掌握" in (await owner.get(f"/archive/patterns/roots/{number}", headers=HTML)).text


async def test_from_pattern_to_an_improvement_that_did_not_hold(archive: Archive, visiting: Visiting) -> None:
    await three_people(archive)
    number = await named(archive, visiting)
    async with visiting(OFFICE) as office, visiting(OWNER) as owner, visiting("minzheng-sh") as other:
        assert await listed(office) == []
        assert [root["number"] for root in (await owner.get(LIST)).json()["roots"]] == [number]
        assert (await other.get(LIST)).json() == {"patterns": [], "roots": []}
        assert (await other.get(f"{ROOTS}/{number}")).json()["rule"] == "root.unknown"
        archive.clock.move_to(matter(9, days=6).received_at)
        done = {"done_on": "2026-09-07", "text": "已改为每晚对账，失败时给出原因。"}
        assert (await owner.post(f"{ROOTS}/{number}/done", json=done)).json()["state"] == "REPORTED"
        assert (await office.post(f"{ROOTS}/{number}/return", json={"reason": "没有附对账记录"})).json()["state"] == "PLANNED"
        assert (await owner.post(f"{ROOTS}/{number}/done", json=done)).json()["state"] == "REPORTED"
        assert (await office.post(f"{ROOTS}/{number}/accept", json={})).json()["state"] == "WATCHED"
        await three_people(archive, 11, day=10)
        await archive.wakes("2026-10-07 23:59")
        assert archive.published(RecurrenceMeasured) == []
        await archive.wakes("2026-10-08 00:01")
        seen = (await office.get(f"{ROOTS}/{number}")).json()

    (measured,) = archive.published(RecurrenceMeasured)
    assert (measured.before, measured.after, measured.recurs) == (3, 3, True)
    assert (seen["state"], seen["figures"], len(seen["cases"]), seen["patterns"][0]["count"]) == (
        "CAME_BACK", {"days": 30, "before": 3, "after": 3}, 6, 6)
    assert [event.days for event in archive.published(ImprovementAccepted)] == [30]


async def test_everything_is_there_again_from_what_was_published(archive: Archive, visiting: Visiting) -> None:
    """Rebuild: fold of its own events."""
    await three_people(archive)
    number = await named(archive, visiting)
    stores = open_patterns(archive.ground, inbox)
    pattern, root = (await stores.of_root(number))[0], await stores.roots.get(number)
    anew: dict[str, Any] = {}
    for event in (*archive.published(PatternEvent), *archive.published(RootEvent)):
        kind = retold(event)
        assert kind is not None
        anew[event.case_no] = told_again(kind, anew.get(event.case_no), [event]).state

    assert root is not None and root.form is not None
    assert anew == {pattern.number: pattern, number: root.model_copy(update={"form": None})}
    assert [told_ahead(event) for event in (archive.published(PatternFound)[0], archive.published(RootCauseNamed)[0])] == [True, False]


async def test_the_months_ledger_names_the_root_cause_its_owner_and_date(archive: Archive, visiting: Visiting) -> None:
    """As they were named then, in the kept edition too; a root cause that rests on complaints stands in no report."""
    await archive.ticks()
    await three_people(archive)
    number = await named(archive, visiting)
    await archive.consumes(complaint(30, days=4), complaint(31, days=4))
    await named(archive, visiting, "twice", title="窗口态度")
    async with visiting(OFFICE) as office:
        plan = {"person": "yibao-dl", "plan": "改为每时对账。", "due_on": "2027-01-31"}
        assert (await office.post(f"{ROOTS}/{number}/plan", json=plan)).json()["person"] == "yibao-dl"
        reused = await office.post(ROOTS, json=NAMING | {"patterns": [f"TL{0:013d}"]}, headers={"idempotency-key": "once"})
        number_of_it = archive.published(PatternFound)[0].case_no
        other = await office.post(ROOTS, json=NAMING | {"patterns": [number_of_it], "title": "别的"}, headers={"idempotency-key": "once"})
    held = {(row["month"], row["site"]): row["root_causes"] for row in await archive.service.exports["monthly"]()}
    await archive.wakes("2026-10-10 17:45")
    kept = await open_reports(archive.ground, inbox).get(series_number("monthly", month_named("2026-09")))

    assert [(line["number"], line["person"], line["due_on"]) for line in held["2026-09", None]] == [(number, OWNER, "2026-12-31")]
    assert held["2026-09", "001"] == []
    assert kept is not None and kept.editions[0].content["root_causes"] == held["2026-09", None]
    assert (reused.json()["rule"], other.status_code) == ("pattern.unknown", 422)


async def test_what_waits_for_whom(archive: Archive, visiting: Visiting) -> None:
    from tests.services.archive.conftest import Directory

    async def waits(staff: str) -> dict[str, tuple[int, bool]]:
        person = Directory().find(staff)
        assert person is not None
        return {held.what: (held.number, held.urgent) for held in await archive.service.waiting(person)}

    await three_people(archive)
    assert (await waits(OFFICE))["个同类问题待归因"] == (1, False)
    await named(archive, visiting, due_on="2026-09-05")
    assert (await waits(OFFICE))["个同类问题待归因"] == (0, False)
    assert await waits(OWNER) == {"项举一反三改进待完成": (1, False)}
    await archive.wakes("2026-09-06 09:00")
    assert await waits(OWNER) == {"项举一反三改进待完成": (1, True)}
    assert await waits("minzheng-sh") == {"项举一反三改进待完成": (0, False)}


async def test_trails_are_forgotten_and_the_job_comes_to_rest(archive: Archive) -> None:
    await archive.consumes(matter(1, "p1"), matter(2, "p2"))
    stores = open_patterns(archive.ground, inbox)
    await archive.wakes("2026-12-15 09:00")
    held = [await stores.shelves.get(f"shelf-{place:03x}") for place in range(4096)]
    assert [shelf.trails for shelf in held if shelf is not None] == [{}, {}, {}]


async def test_a_second_pattern_joins_and_complaints_do_not(archive: Archive, visiting: Visiting) -> None:
    await three_people(archive)
    number = await named(archive, visiting)
    await archive.consumes(*(matter(20 + place, f"q{place}", days=4, item="少儿医保参保") for place in range(3)))
    await archive.consumes(complaint(30, days=4), complaint(31, days=4))
    async with visiting(OFFICE) as office:
        by_kind = {held["kind"]: held["number"] for held in await listed(office)}
        refused = await office.post(f"{ROOTS}/{number}/join", json={"patterns": [by_kind["WINDOW"]]})
        assert (await office.post(f"{ROOTS}/{number}/join", json={"patterns": [by_kind["SAME_ITEM"]]})).status_code == 200
        seen = (await office.get(f"{ROOTS}/{number}")).json()
        twice = await office.post(ROOTS, json=NAMING | {"patterns": [by_kind["SAME_ITEM"]]})
        gone = await office.post(f"{LIST}/{by_kind['WINDOW']}/dismiss", json={"reason": "两件互不相干"})
        left = await listed(office)
    assert (refused.json()["rule"], twice.json()["rule"], len(seen["patterns"])) == ("pattern.marked", "pattern.grouped", 2)
    assert (gone.json()["dismissed"], left) == ("两件互不相干", [])


def entry_of(page: str, name: str = "entry") -> str:
    """The hidden id of a form."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_the_pages_from_list_to_done(archive: Archive, visiting: Visiting) -> None:
    await three_people(archive)
    async with visiting(OFFICE) as office, visiting(OWNER) as owner:
        page = (await office.get("/archive/patterns/", headers=HTML)).text
        (number,) = re.findall(r'name="p" value="(TL\d+)"', page)
        form = (await office.get(f"/archive/patterns/name?p={number}", headers=HTML)).text
        typed = NAMING | {"p": number, "entry": entry_of(form)}
        wrong = await office.post("/archive/patterns/name", data=typed | {"title": "", "due_on": "明天"}, headers=HTML)
        late = await office.post("/archive/patterns/name", data=typed | {"due_on": "2026-08-01"}, headers=HTML)
        made = [await office.post("/archive/patterns/name", data=typed, headers=HTML) for _ in range(2)]
        where = made[0].headers["location"]
        seen = (await owner.get(where, headers=HTML)).text
        short = await owner.post(f"{where}/done", data={"done_on": "2026-09-03", "text": "好了"}, headers=HTML)
        done = await owner.post(f"{where}/done", data={"done_on": "2026-09-03", "text": "已改为每晚对账，失败时给出原因。"}, headers=HTML)
        check = (await office.get(where, headers=HTML)).text
        assert (await office.post(f"{where}/return", data={"reason": ""}, headers=HTML)).status_code == 409
        await office.post(f"{where}/accept", data={"once": entry_of(check, "once")}, headers=HTML)
        after = (await office.get(where, headers=HTML)).text
        chart = await office.get(f"{where}/chart.svg")
        over = (await office.get("/archive/patterns/?over=true", headers=HTML)).text
        whole = (await office.get("/archive/patterns/", headers=HTML)).text

    assert wrong.status_code == 422 and "请写标题" in wrong.text and "请填完成期限" in wrong.text and NAMING["text"] in wrong.text
    assert late.status_code == 422 and "完成期限已经过去" in late.text
    assert [answer.headers["location"] for answer in made] == [where, where]
    assert "上报完成" in seen and "验收通过" not in seen and NAMING["title"] in seen
    assert short.status_code == 409 and "10 到 1000 字" in short.text and "好了" in short.text
    assert done.status_code == 303 and "验收通过" in check
    assert "观察中" in after and "不足 5 件" in after and "折合 30 天" in after
    assert chart.headers["content-type"] == "image/svg+xml" and "没有已见效" in over and NAMING["title"] in whole


async def test_a_pattern_is_dismissed_on_its_page(archive: Archive, visiting: Visiting) -> None:
    await three_people(archive)
    async with visiting(OFFICE) as office:
        (one,) = await listed(office)
        path = f"/archive/patterns/{one['number']}"
        page = (await office.get(path, headers=HTML)).text
        short = await office.post(f"{path}/dismiss", data={"reason": ""}, headers=HTML)
        gone = await office.post(f"{path}/dismiss", data={"reason": "各有各的原因"}, headers=HTML)
        after = (await office.get(path, headers=HTML)).text
    assert "PT260901" in page and "3 人" in page
    assert (short.status_code, gone.status_code) == (409, 303) and "各有各的原因" in after


@pytest.mark.parametrize("staff", ["s001-cl1", "zhengwu-fu1", "zhengwu-kb1"])
async def test_who_has_no_part_in_it_is_refused(visiting: Visiting, staff: str) -> None:
    async with visiting(staff) as client:
        assert (await client.get(LIST)).status_code == 403
        assert (await client.post(ROOTS, json={})).status_code == 403


def test_every_kind_has_a_name_on_the_pages() -> None:
    from services.archive.api.pattern_pages import KINDS

    assert set(KINDS) == set(PatternKind)

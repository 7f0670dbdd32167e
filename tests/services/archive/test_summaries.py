"""台账汇总 (domain §2 台账上报/汇总): the office puts the filed months together, its leader approves, nobody changes it after."""

from __future__ import annotations

from datetime import date

import pytest

from services.archive.domain.reports.periods import Period
from services.archive.domain.reports.summary import Summary, approve_summary, summary_number
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import a_case_registered
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive
from tests.services.archive.test_filings_api import FILINGS, through_september

HTML = {"accept": "text/html"}
MONTH = "/api/archive/summaries/2026-09"
PAGE = "/archive/filings/2026-09/summary"


async def all_filed(archive: Archive, visiting: Visiting, but: str = "") -> None:
    """Every site filed September, one of them with a matter."""
    await through_september(archive, a_case_registered("2026-09-30 10:00"))
    for site in sorted(DISTRICT.sites):
        if site != but:
            async with visiting(f"s{site}-cl1") as client:
                answer = await client.post(FILINGS, json={"site": site, "month": "2026-09", "nil": site != "001"})
                assert answer.status_code == 200, answer.text


async def test_the_office_sums_up_and_its_leader_approves(archive: Archive, visiting: Visiting) -> None:
    await all_filed(archive, visiting)
    async with visiting("zhengwu-go1") as office, visiting("zhengwu-gl1") as leader:
        assert (await office.get(MONTH)).json() is None
        assert (await leader.post(f"{MONTH}/approve", json={})).json()["rule"] == "summary.none"
        made = (await office.post(MONTH, json={})).json()
        again = (await office.post(MONTH, json={})).json()
        approved = (await leader.post(f"{MONTH}/approve", json={})).json()
        twice = await leader.post(f"{MONTH}/approve", json={})
        late = await office.post(MONTH, json={})
        kept = (await office.get(MONTH)).json()

    assert (made["sites"], made["cases"], made["nil"], made["late"]) == (30, 1, 29, 0)
    assert made["digest"] == again["digest"] == kept["digest"] and made["digest"].startswith("sm3:")
    assert (approved["made_by"], approved["approved_by"]) == ("zhengwu-go1", "zhengwu-gl1")
    assert (twice.json()["rule"], late.json()["rule"]) == ("summary.approved", "summary.approved")


async def test_who_put_it_together_does_not_approve_it() -> None:
    month = Period(date(2026, 9, 1))
    held = Summary(number=summary_number(month), month=month.text, parts=(), digest="sm3:0", made_by="both", made_at=at("2026-10-12 10:00"))
    with pytest.raises(RuleBroken) as refused:
        approve_summary(held, by="both", now=at("2026-10-12 11:00"))
    assert refused.value.rule == "summary.same_person"


async def test_a_site_that_has_not_filed_is_named(archive: Archive, visiting: Visiting) -> None:
    last = max(DISTRICT.sites)
    await all_filed(archive, visiting, but=last)
    async with visiting("zhengwu-go1") as office:
        answer = await office.post(MONTH, json={})
        none = await office.post("/api/archive/summaries/2025-01", json={})
    assert (answer.status_code, answer.json()["rule"]) == (409, "summary.missing") and last in answer.json()["detail"]
    assert none.json()["rule"] == "summary.unknown_month"


async def test_it_is_two_buttons_on_the_overview(archive: Archive, visiting: Visiting) -> None:
    await all_filed(archive, visiting)
    async with visiting("zhengwu-go1") as office, visiting("zhengwu-gl1") as leader:
        before = (await office.get("/archive/filings/", headers=HTML)).text
        made = await office.post(PAGE, headers=HTML)
        waiting = (await leader.get("/archive/filings/", headers=HTML)).text
        approved = await leader.post(f"{PAGE}/approve", headers=HTML)
        after = (await leader.get("/archive/filings/", headers=HTML)).text
        refused = await office.post(PAGE, headers=HTML)
    assert "汇总本月" in before and "批准汇总" not in before
    assert (made.status_code, approved.status_code) == (303, 303)
    assert "批准汇总" in waiting and "待政务服务办领导批准" in waiting
    assert "<button>批准汇总" not in after and "sm3:" in after
    assert refused.status_code == 409 and "不再改动" in refused.text


@pytest.mark.parametrize("staff", ["s001-cl1", "s001-ws1", "zhengwu-gl1", "jiwei-jw1", "s001-tr1", "yibao-dl"])
async def test_nobody_else_sums_up(archive: Archive, visiting: Visiting, staff: str) -> None:
    await through_september(archive)
    async with visiting(staff) as client:
        assert (await client.post(MONTH, json={})).status_code == 403
        assert (await client.post(PAGE, headers=HTML)).status_code == 403

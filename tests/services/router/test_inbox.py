"""A unit's inbox: what is due first, whose move it is, several signed at once, and nothing of anybody else's (方案 六(四))."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from services.router.api.inbox import InboxReader
from services.router.domain.desks import Tray
from services.router.domain.timing import Urgency, time_left
from shared.contracts.terms import Category
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered
from shared.web.signin import Staff
from tests.services.router.web import OPENED, Client, Staffed, asking

TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"}
SECOND, THIRD = "PT2609300010002", "PT2609300010003"
PAGES = ("/router/work", "/router/work?tray=sign", "/router/work?tray=answered")


def one(staff_id: str) -> Staff:
    """A person of the district."""
    found = Staffed().find(staff_id)
    assert found is not None
    return found


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Three cases: two of the insurance bureau, one of the police."""
    async with asking() as client:
        for number, item in ((SECOND, "零星报销"), (THIRD, "居住证签注")):
            await client.driver.consumes(a_case_registered(OPENED, number, item=item))
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        for number, lead, grade in ((SECOND, "医保局", "COMPLEX"), (THIRD, "公安分局", "GENERAL")):
            answer = await client.posts("s001-tr1", f"/api/router/cases/{number}/triage", json=TRIAGE | {"lead": lead, "grade": grade})
            assert answer.status_code == 200, answer.text
        yield client


@pytest.mark.parametrize(
    ("now", "due", "urgency", "words"),
    [
        ("2026-09-30 10:00", "2026-09-29 17:30", Urgency.LATE, "已逾期 1 小时 30 分"),
        ("2026-10-10 17:30", "2026-09-30 17:30", Urgency.LATE, "已逾期 3 个工作日"),
        ("2026-09-30 10:00", "2026-09-30 17:30", Urgency.SOON, "今日到期，剩 6 小时"),
        ("2026-09-30 17:29", "2026-09-30 17:30", Urgency.SOON, "今日到期，剩 1 分"),
        ("2026-09-30 17:30", "2026-09-30 17:30", Urgency.SOON, "今日到期，剩 0 分"),
        ("2026-09-30 17:30", "2026-10-08 17:30", Urgency.SOON, "剩 1 个工作日"),
        ("2026-10-03 10:00", "2026-10-08 12:00", Urgency.SOON, "剩 3 小时 30 分"),
        ("2026-09-30 15:30", "2026-10-10 17:30", Urgency.OPEN, "剩 3 个工作日 2 小时"),
    ],
)
def test_what_is_left_is_said_in_working_time(now: str, due: str, urgency: Urgency, words: str) -> None:
    """usability 3.2.12: the holidays between count for nothing, the Saturday that is worked does."""
    left = time_left(at(due), at(now), DISTRICT.calendar)

    assert (left.urgency, left.words) == (urgency, words)


async def test_a_unit_sees_its_own_by_what_is_due_first(client: Client) -> None:
    """The general one before the complex one; the five to begin with say what is asked."""
    text = (await client.reads("yibao-do", "/router/work")).text

    assert re.findall(r'href="/router/work/(PT\w+-01)"', text) == [f"{CASE}-01", f"{SECOND}-01"] * 2
    assert ("先办这 2 件" in text, "查清报错原因" in text, "本单位：签收" in text, THIRD in text) == (True, True, True, False)


async def test_the_trays_hold_and_count_what_lies_in_them(client: Client) -> None:
    """Signed goes from one tray to the next; the count beside the name is the number of rows."""
    await client.succeeds("yibao-do", "sign")
    reader = InboxReader(client.driver.ground, client.cases)

    held = {tray: await reader.read(one("yibao-dl"), tray) for tray in Tray if tray is not Tray.ASKED}
    assert {tray: len(inbox.rows) for tray, inbox in held.items()} == held[Tray.OWED].counts
    assert held[Tray.OWED].counts == {
        Tray.OWED: 2, Tray.TO_SIGN: 1, Tray.TO_CONTACT: 1, Tray.WORKING: 0, Tray.MATERIAL: 0, Tray.ANSWERED: 0,
    }


async def test_what_is_mine_to_do_comes_first(client: Client) -> None:
    """Whoever spoke with the person of the later case finds it at the top; a colleague does not."""
    answer = await client.posts("yibao-dh", f"/api/router/cases/{SECOND}/contact", json={"way": "PHONE"})
    assert answer.status_code == 200
    reader = InboxReader(client.driver.ground, client.cases)

    tops = [[row.case.case_no for row in (await reader.read(one(who), Tray.OWED)).rows] for who in ("yibao-dh", "yibao-do")]
    assert tops == [[SECOND, CASE], [CASE, SECOND]]


async def test_a_page_of_the_desk_goes_on_where_the_last_ended(client: Client) -> None:
    """A full page offers the next; together they hold every order once."""
    reader = InboxReader(client.driver.ground, client.cases, size=1)
    first, second = await reader.read(one("yibao-do"), Tray.OWED), await reader.read(one("yibao-do"), Tray.OWED, 1)

    assert [row.case.case_no for row in (*first.rows, *second.rows)] == [CASE, SECOND]
    assert (first.more, second.more) == (True, False)


async def test_several_are_signed_at_once_and_each_is_told_of(client: Client) -> None:
    """usability 3.2.7: result a row; another unit's is to us as if there were none, and stays as it was."""
    chosen = [f"{CASE}-01", f"{SECOND}-01", f"{THIRD}-01"]
    answer = await client.posts("yibao-do", "/router/work/sign", data={"order": chosen})
    assert answer.status_code == 303
    text = (await client.reads("yibao-do", answer.headers["location"])).text

    assert ("2 件已签收，1 件没有" in text, text.count("✓ 已签收"), text.count("查无此单")) == (True, 2, 1)
    other = await client.cases.get(THIRD)
    assert other is not None
    assert other.orders[0].signed_at is None


async def test_signing_twice_signs_once(client: Client) -> None:
    """A doubled form does it once, and tells who did."""
    for _ in range(2):
        answer = await client.posts("yibao-do", "/router/work/sign", data={"order": [f"{CASE}-01"]})
    case = await client.cases.get(CASE)

    assert case is not None
    assert case.orders[0].handler == "yibao-do"
    assert "1 件已签收" in (await client.reads("yibao-dh", answer.headers["location"])).text


@pytest.mark.parametrize("order", ["x", f"{CASE}-01'", f"{CASE}", "<b>", "字" * 10_000, f"{CASE.lower()}-01", "PT😀"])
async def test_a_number_that_is_none_is_refused(client: Client, order: str) -> None:
    """Nothing is signed and nothing of what was sent comes back."""
    answer = await client.posts("yibao-do", "/router/work/sign", data={"order": [order]})

    assert answer.status_code == 422
    assert order not in answer.text or order == "x"


async def test_nothing_chosen_leads_back(client: Client) -> None:
    """An empty choice is no fault."""
    answer = await client.posts("yibao-do", "/router/work/sign")

    assert (answer.status_code, answer.headers["location"]) == (303, "/router/work")


@pytest.mark.parametrize("staff", ["s001-tr1", "s001-cl1", "zhengwu-fu1", "zhengwu-go1", "jiwei-jw1", None])
async def test_the_inbox_is_the_units(client: Client, staff: str | None) -> None:
    """domain §2: the window and the office have pages of their own."""
    statuses = {(await client.reads(staff, path)).status_code for path in PAGES}

    assert statuses == {303 if staff is None else 403}
    posted = await client.posts(staff, "/router/work/sign", data={"order": [f"{CASE}-01"]})
    assert posted.status_code == (303 if staff is None else 403)
    case = await client.cases.get(CASE)
    assert case is not None
    assert case.orders[0].signed_at is None


async def test_a_leader_reads_and_does_not_sign(client: Client) -> None:
    """domain §2: DL R."""
    assert 'name="order"' not in (await client.reads("yibao-dl", "/router/work")).text
    assert (await client.posts("yibao-dl", "/router/work/sign", data={"order": [f"{CASE}-01"]})).status_code == 403


async def test_an_empty_tray_says_why_and_what_next() -> None:
    """Nothing to do is said, not shown as nothing."""
    async with asking() as client:
        text = (await client.reads("yibao-do", "/router/work")).text

    assert ("现在没有待办的承办单" in text, "自动出现" in text) == (True, True)


async def test_a_complaint_about_somebody_is_neither_shown_nor_counted_to_them() -> None:
    """方案 四(三)3: their colleagues have it on the desk, they have not, and no number tells of it."""
    async with asking(category=Category.COMPLAINT, complained_staff=("yibao-dh",)) as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        reader = InboxReader(client.driver.ground, client.cases)
        seen = {who: await reader.read(one(who), Tray.OWED) for who in ("yibao-dh", "yibao-do")}

        assert {who: (len(held.rows), held.counts[Tray.OWED]) for who, held in seen.items()} == {"yibao-dh": (0, 0), "yibao-do": (1, 1)}


async def test_a_complaint_about_the_office_lies_on_its_leaders_desk_alone() -> None:
    """domain 歧义 21."""
    async with asking(category=Category.COMPLAINT, complained_unit="zhengwu") as client:
        await client.succeeds("zhengwu-gl1", "triage", TRIAGE | {"lead": "政务服务办"})
        seen = {who: (await client.reads(who, "/router/work")).text.count(CASE) > 0 for who in ("zhengwu-gl1", "zhengwu-do", "zhengwu-dl")}

        assert seen == {"zhengwu-gl1": True, "zhengwu-do": False, "zhengwu-dl": False}

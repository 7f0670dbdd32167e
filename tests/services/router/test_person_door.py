"""The person's door: number and code open one case and no other; who guesses waits and learns nothing (usability §3.3 row 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.router.api.person.door import MOST_TRIES, WAIT, Tries, network, number_of
from shared.clock import MovableClock
from shared.privacy.codes import grouped
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.documents import Document
from shared.storage.memory import MemoryDocuments
from shared.testing.driver import at
from shared.testing.events import CASE
from shared.web.visits import IDLE, LASTS, Visits
from tests.services.router.visiting import OTHER, visiting

WRONG = "0000-0000"
NOBODYS = "PT2609300019999"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (CASE, CASE), (" pt 260930 001 0001 ", CASE), ("ＰＴ２６０９３００010001", CASE),
        ("2609300010001", CASE), ("PT-260930-001-0001", CASE), ("", None), ("张三", None), ("PT12", None), ("P" * 4000, None), ("\u202ePT", None),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str, number: str | None) -> None:
    """usability §3.3 row 6: full width, blanks, dashes, no PT."""
    assert number_of(typed) == number


async def test_number_and_code_open_the_case_however_the_code_is_typed() -> None:
    """With dash, small letters, O for 0; a cookie that no script reads and no other site sends."""
    async with visiting(inside=False) as visitor:
        code = grouped(visitor.code())
        answer = await visitor.enters(f" {CASE.lower()} ", f" {code.lower().replace('0', 'o')} ")

        assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{CASE}")
        cookie = answer.headers["set-cookie"].lower()
        assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/p"))
        assert code.replace("-", "").lower() not in cookie
        assert "异地就医备案" in await visitor.reads()


async def test_one_visit_opens_no_other_case() -> None:
    """Neither by page, nor by form, nor by paper; a second entry leaves the first case."""
    async with visiting() as visitor:
        for path in (f"/p/{OTHER}", f"/p/{OTHER}/urge", f"/p/{OTHER}/letters/refusal.pdf"):
            answer = await visitor.http.get(path)
            assert "查询码" in answer.text, path
            assert "备案点了三次" not in answer.text, path
        hidden = await visitor.hidden("urge")
        refused = await visitor.http.post(f"/p/{OTHER}/urge", data=hidden | {"text": "快"})
        assert refused.status_code == 401
        assert (await visitor.enters(OTHER)).status_code == 303
        assert "查询工单进度" in await visitor.reads(f"/p/{CASE}")


async def test_a_wrong_code_and_no_such_case_are_told_alike() -> None:
    """Page and status differ in nothing but the number that was typed."""
    async with visiting(inside=False) as visitor:
        async with visitor.browser("10.0.0.2") as one, visitor.browser("10.0.0.3") as two:
            wrong = await one.post("/p", data={"case_no": CASE, "code": WRONG})
            none = await two.post("/p", data={"case_no": NOBODYS, "code": WRONG})

        assert (wrong.status_code, none.status_code) == (422, 422)
        assert wrong.text == none.text.replace(NOBODYS, CASE)
        assert "查无此件，或查询码不对" in wrong.text
        assert "还可以再试 4 次" in wrong.text


async def test_a_wrong_code_asks_the_store_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work, and so the same time, whether there is such a case or not: only a right code is looked up."""
    asked: list[str] = []
    fetch = MemoryDocuments.fetch

    async def listening(documents: MemoryDocuments, case_nos: Sequence[str]) -> dict[str, Document]:
        asked.extend(case_nos)
        return await fetch(documents, case_nos)

    async with visiting(inside=False) as visitor:
        monkeypatch.setattr(MemoryDocuments, "fetch", listening)
        await visitor.enters(CASE, WRONG)
        await visitor.enters(NOBODYS, WRONG)
        assert asked == []

        await visitor.enters()
        assert asked == [CASE]


@pytest.mark.parametrize("number", [CASE, NOBODYS])
async def test_five_wrong_codes_make_a_case_wait_whoever_asks(number: str) -> None:
    """From other addresses too, with the telephone and Retry-After; after the wait the right code opens."""
    async with visiting(inside=False) as visitor:
        for place in range(MOST_TRIES - 1):
            async with visitor.browser(f"10.1.0.{place}") as browser:
                assert (await browser.post("/p", data={"case_no": number, "code": WRONG})).status_code == 422
        fifth = await visitor.enters(number, WRONG)
        async with visitor.browser("10.2.0.1") as browser:
            right = await browser.post("/p", data={"case_no": number, "code": visitor.code(number)})

        assert (fifth.status_code, right.status_code) == (429, 429)
        assert fifth.headers["retry-after"] == str(int(WAIT.total_seconds()) + 1)
        assert "021-00000000" in right.text
        visitor.clock.move_to(visitor.clock.now() + WAIT + timedelta(seconds=1))
        assert (await visitor.enters(number)).status_code == (303 if number == CASE else 422)


async def test_five_wrong_codes_make_an_address_wait_at_every_case() -> None:
    """A right entry in between does not clear the address; another address is served."""
    async with visiting(inside=False) as visitor:
        for place in range(MOST_TRIES):
            await visitor.enters(f"PT260930001{9000 + place}", WRONG)
            if place == 2:
                assert (await visitor.enters()).status_code == 303

        assert (await visitor.enters()).status_code == 429
        async with visitor.browser("10.2.0.9") as browser:
            assert (await browser.post("/p", data={"case_no": CASE, "code": visitor.code()})).status_code == 303


def test_many_addresses_do_not_fill_the_memory() -> None:
    """The longest unheard of is forgotten; one IPv6 house counts as one."""
    tries = Tries(MovableClock(at("2026-09-30 10:00")), 5, WAIT, held=100)
    for place in range(1000):
        tries.count(f"a{place}")

    assert len(tries._times) == 100
    assert (tries.left("a999"), tries.left("a0")) == (4, 5)
    assert network("2001:db8::1") == network("2001:db8::ffff:1") != network("2001:db8:0:1::1")
    assert network("10.0.0.1") != network("10.0.0.2")
    assert network("not an address") == "not an address"


async def test_a_visit_ends_after_half_an_hour_unseen_after_two_hours_and_by_leaving() -> None:
    """Each page prolongs it; nothing prolongs it past two hours; a copy of a left visit's cookie opens nothing."""
    async with visiting() as visitor:
        for _ in range(4):
            visitor.clock.move_to(visitor.clock.now() + IDLE - timedelta(minutes=1))
            assert "异地就医备案" in await visitor.reads()
        visitor.clock.move_to(at("2026-09-30 10:00") + LASTS + timedelta(seconds=1))
        assert "查询工单进度" in await visitor.reads()

        await visitor.enters()
        copy = dict(visitor.http.cookies)
        left = await visitor.http.post("/p/leave")
        assert (left.status_code, left.headers["location"]) == (303, "/p")
        visitor.http.cookies.update(copy)
        assert "查询工单进度" in await visitor.reads()

        await visitor.enters()
        visitor.clock.move_to(visitor.clock.now() + IDLE + timedelta(seconds=1))
        assert "查询工单进度" in await visitor.reads()


async def test_a_forged_cookie_or_a_staff_cookie_opens_nothing() -> None:
    """Signed under a key of its own."""
    async with visiting(inside=False) as visitor:
        other = Visits(Sealer.from_environment(new_keys()), visitor.clock)
        forged = other._tokens.dumps({"case_no": CASE, "since": "x", "seen": "x", "form": "x"})
        for value in (str(forged), "x.y.z", "", "\u00e9"):
            answer = await visitor.http.get(f"/p/{CASE}", headers={"cookie": f"bancheng_person={value}".encode()})
            assert (answer.status_code, "查询工单进度" in answer.text) == (200, True)
        staff = await visitor.http.get(f"/p/{CASE}", headers={"authorization": "Bearer a-code-of-enough-length", "x-staff": "s001-ws1"})
        assert "查询工单进度" in staff.text


async def test_another_sites_form_opens_and_does_nothing() -> None:
    """Origin and Sec-Fetch-Site are looked at on every write."""
    async with visiting() as visitor:
        evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        entered = await visitor.http.post("/p", data={"case_no": CASE, "code": visitor.code()}, headers=evil)
        urged = await visitor.http.post(f"/p/{CASE}/urge", data=await visitor.hidden("urge"), headers=evil)

        assert (entered.status_code, urged.status_code) == (403, 403)


async def test_what_cannot_be_a_number_or_a_code_is_told_beside_its_field() -> None:
    """422, what was typed is still there, the code never is."""
    async with visiting(inside=False) as visitor:
        for case_no, code, words in (("张三", "7K3M-Q2VX", "以 PT 开头"), (CASE, " ", "请填查询码"), ("<b>x</b>", "", "以 PT 开头")):
            answer = await visitor.http.post("/p", data={"case_no": case_no, "code": code})
            assert (answer.status_code, words in answer.text) == (422, True), case_no
            assert "<b>x" not in answer.text
            assert "7K3M-Q2VX\"" not in answer.text
        assert (await visitor.http.post("/p", data={"case_no": "x" * 5000, "code": "x"})).status_code == 422
        assert (await visitor.http.post("/p", content=b"\xff\xfe", headers={"content-type": "text/plain"})).status_code == 422


async def test_a_code_in_an_address_opens_nothing() -> None:
    """Only a POST does: what stands in a query lands in logs."""
    async with visiting(inside=False) as visitor:
        answer = await visitor.http.get(f"/p/{CASE}?code={visitor.code()}")

        assert "查询工单进度" in answer.text
        assert visitor.code() not in answer.text
        assert f'value="{CASE}"' in answer.text

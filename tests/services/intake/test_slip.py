"""收件凭证: until when and why, what happens next on which day, and the way to the person's page."""

from __future__ import annotations

import pytest

from services.intake.domain.promise import next_steps, skipped, why_due
from services.intake.domain.registration import Registration
from services.intake.handlers import inbox
from services.intake.store import open_register
from shared.contracts.router_events import CaseExtended
from shared.privacy.codes import grouped, person_code
from shared.testing.driver import DISTRICT, at
from tests.services.intake.conftest import House, a_matter, an_exit
from tests.services.intake.test_pages import PAGE, look

CASE = "PT2611230010001"


async def promised(house: House, received: str, days: int = 3) -> Registration:
    """A line received then and promised within so many working days."""
    await house.at_the_counter(a_matter())
    held = await open_register(house.ground, inbox).get(CASE)
    assert held is not None
    due = DISTRICT.calendar.due_after(at(received), days)
    return held.model_copy(update={"received_at": at(received), "due_at": due.due_at, "provisional": due.provisional})


@pytest.mark.parametrize(
    ("received", "days", "words"),
    [
        ("2026-11-23 10:00", 3, "3 个工作日（登记当天不算）"),
        ("2026-09-30 10:00", 3, "3 个工作日（登记当天不算）；10月1日至7日国庆节放假不计"),
        ("2026-11-27 16:00", 7, "7 个工作日（登记当天不算）；11月28日至29日周末，12月5日至6日周末不计"),
        ("2026-02-12 10:00", 3, "3 个工作日（登记当天不算）；2月15日至23日春节放假不计"),
    ],
)
async def test_the_slip_says_which_days_do_not_count(house: House, received: str, days: int, words: str) -> None:
    assert why_due(DISTRICT, await promised(house, received, days)) == words


async def test_days_off_over_the_end_of_a_month_name_both(house: House) -> None:
    trace = DISTRICT.calendar.due_after(at("2026-05-29 10:00"), 3).trace
    assert skipped(trace[1:]) == ["5月30日至31日周末"] and skipped([]) == []
    over = DISTRICT.calendar.due_after(at("2026-10-30 10:00"), 1).trace
    assert skipped(over[1:]) == ["10月31日至11月1日周末"]
    assert why_due(DISTRICT, (await promised(house, "2026-11-23 10:00")).model_copy(update={"due_at": None})) == ""


async def test_three_dated_lines_say_what_happens_next(house: House) -> None:
    steps = next_steps(DISTRICT, await promised(house, "2026-11-23 10:00"))
    assert [step.until for step in steps] == [at("2026-11-23 17:30"), at("2026-11-24 17:30"), at("2026-11-26 17:30")]
    assert "分析原因" in steps[0].words and "1 个工作日" in steps[1].words and "答复您" in steps[2].words


async def test_what_comes_in_after_hours_is_analysed_the_next_working_day(house: House) -> None:
    steps = next_steps(DISTRICT, await promised(house, "2026-11-27 18:00"))
    assert [step.until for step in steps] == [at("2026-11-30 17:30"), at("2026-12-01 17:30"), at("2026-12-02 17:30")]


async def test_no_step_is_later_than_the_answer(house: House) -> None:
    held = await promised(house, "2026-11-23 10:00", 0)
    assert [step.until for step in next_steps(DISTRICT, held)] == [at("2026-11-23 17:30"), at("2026-11-23 17:30")]
    assert next_steps(DISTRICT, held.model_copy(update={"due_at": None})) == []


async def test_the_code_stands_on_the_slip_of_the_window_that_took_it_in_alone(house: House) -> None:
    await house.at_the_counter(a_matter())
    code = person_code(house.sealer, CASE)
    await house.signed_in()
    slip = await look(house, f"/intake/receipts/{CASE}")
    assert grouped(code) in slip and CASE in slip and "021-" in slip and f'src="/intake/receipts/{CASE}/qr.svg"' in slip
    assert "王大力" not in slip and "13800000001" not in slip and 'style="' not in slip
    await house.at_the_counter(a_matter(site="101"), key="elsewhere")
    other = "PT2611231010001"
    elsewhere = await look(house, f"/intake/receipts/{other}")
    assert grouped(person_code(house.sealer, other)) not in elsewhere and "您不在受理点位" in elsewhere


async def test_the_qr_code_is_a_plain_picture_of_this_site(house: House) -> None:
    await house.at_the_counter(a_matter())
    await house.signed_in()
    answer = await house.client.get(f"/intake/receipts/{CASE}/qr.svg", headers=PAGE)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cache-control"] == "no-store" and b"<script" not in answer.content and b"style" not in answer.content
    await house.signed_in("yibao-dh")
    assert (await house.client.get(f"/intake/receipts/{CASE}/qr.svg", headers=PAGE)).status_code == 403


async def test_a_slip_printed_again_after_an_extension_says_the_new_end(house: House) -> None:
    await house.at_the_counter(a_matter())
    ends = {"due_at": at("2026-12-07 17:30"), "previous_due_at": at("2026-11-26 17:30")}
    said = {"case_no": CASE, "occurred_at": at("2026-11-23 11:00"), "order_no": f"{CASE}-01", "unit": "yibao", "reason": "需外省协查", **ends}
    await house.consumes(CaseExtended.model_validate(said))
    await house.signed_in()
    slip = await look(house, f"/intake/receipts/{CASE}")
    assert "2026年12月7日 周一 17:30 前" in slip and "10 个工作日" in slip and "11月28日至29日周末" in slip


async def test_a_chokepoint_has_no_slip(house: House) -> None:
    (row,) = await house.batch(an_exit(wants_contact=False))
    await house.signed_in()
    answer = await house.client.get(f"/intake/receipts/{row['case_no']}", headers=PAGE)
    assert answer.status_code in (404, 422)

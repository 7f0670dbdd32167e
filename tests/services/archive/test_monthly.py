"""方案 七(二); domain §7: the 月台账's columns and tail, who is not named in it, frozen pages and the 更正页."""

from __future__ import annotations

from typing import Any

from services.archive.domain.reports.books import Books
from services.archive.domain.reports.canonical import canonical, check_value
from services.archive.domain.reports.columns import COLUMNS
from services.archive.domain.reports.filing import Filing, file_month, open_month
from services.archive.domain.reports.periods import month_named
from shared.contracts import router_events as router
from shared.contracts import sla_events as sla
from shared.contracts.terms import Category, DeadlineKind, Grade, OrderRole, Result
from shared.testing.driver import DISTRICT, at
from shared.testing.events import a_contact, sealed
from tests.services.archive.years import Life, registered, some_year

NOVEMBER, DECEMBER = month_named("2026-11"), month_named("2026-12")
COLUMNS_OF_THE_SCHEME = (
    "序号、工单编号、反映点位、渠道、受理时间、办理对象、主体类型、联系电话、事项名称、事项编码、类别、原因分类、情况摘要、分级、研判完成时间、是否当日研判、"
    "主办单位、协办单位、转办时间、签收时间、先行联系时间、处理时限、是否延时、批准人、新期限、反馈时间、答复时间、用时(工作日)、是否超期、催办次数、督办次数、"
    "灯色、处理结果、处理意见摘要、回访时间、回访方式、诉求是否解决、满意度、不满意原因、是否重办、是否重复反映、是否入案例库、双平台上传状态、备注"
)


def an_answered_case(number: str = "PT2611240010001", site: str = "001", when: str = "2026-11-24 10:00", **more: Any) -> Life:
    """Received on a Tuesday, answered two days later, extended on the way, discontent."""
    life, about = registered(number, at(when), site, **more), {"order_no": f"{number}-01", "unit": "yibao"}
    life.say(router.CaseTriaged, at("2026-11-24 10:30"), category=Category.SERVICE, grade=Grade.GENERAL, lead="yibao",
             assist=("gongan",), requirement="查清", due_at=at("2026-11-27 17:30"))
    life.say(router.OrderIssued, at("2026-11-24 10:30"), **about, unit_name="医保局", role=OrderRole.LEAD, grade=Grade.GENERAL,
             category=Category.SERVICE, requirement="查清", due_at=at("2026-11-27 17:30"), sign_due_at=at("2026-11-24 15:30"),
             item="异地就医备案", site=site, matter=sealed("x"), contact=a_contact())
    life.say(router.OrderSigned, at("2026-11-24 11:00"), "yibao-do", **about)
    life.say(router.CitizenContacted, at("2026-11-24 14:00"), "yibao-dh", **about)
    life.say(router.CaseExtended, at("2026-11-25 10:00"), "zhengwu-go1", **about, due_at=at("2026-12-01 17:30"),
             previous_due_at=at("2026-11-27 17:30"), reason="跨省核查")
    life.say(router.OrderAnswered, at("2026-11-26 09:00"), "yibao-dh", **about, role=OrderRole.LEAD, result=Result.RESOLVED,
             text="已办", cause="系统", lesson="接口失败时给出原因，电话13800000009")
    life.say(router.CaseFedBack, at("2026-11-26 15:00"), replied_at=at("2026-11-26 14:00"), result=Result.RESOLVED,
             text="备案已办成，联系人13800000001", lead="yibao", lead_name="医保局")
    life.say(router.FollowUpRecorded, at("2026-11-27 10:00"), "zhengwu-fu1", attempt=1, reached=True, resolved=True, stars=2, reason="等太久")
    return life


def books(*lives: Life, filings: tuple[Filing, ...] = ()) -> Books:
    """The books with these cases."""
    return Books([life.facts() for life in lives], filings, DISTRICT)


def test_the_columns_are_those_of_the_scheme_in_its_order() -> None:
    """domain §7 月台账列, 回访时间与方式 and 延时/批准人/新期限 in columns of their own."""
    assert "、".join(label for _, label in COLUMNS) == COLUMNS_OF_THE_SCHEME


def test_a_line_tells_the_whole_case_in_masked_form() -> None:
    """domain §7: every column of one case that was extended, answered and rated."""
    line = books(an_answered_case()).report(NOVEMBER, "001")["lines"][0]

    assert list(line) == [name for name, _ in COLUMNS]
    assert line | EXPECTED == line


EXPECTED: dict[str, Any] = {
    "no": 1, "case_no": "PT2611240010001", "site": "001", "channel": "HALL", "received_at": "2026-11-24T10:00:00+08:00",
    "person": "张*", "phone": "138****0001", "item": "异地就医备案", "category": "SERVICE", "cause": "SYSTEM", "grade": "SPECIAL",
    "triaged_at": "2026-11-24T10:30:00+08:00", "same_day": True, "lead": "yibao", "dispatched_at": "2026-11-24T10:30:00+08:00",
    "signed_at": "2026-11-24T11:00:00+08:00", "contacted_at": "2026-11-24T14:00:00+08:00", "due_at": "2026-11-27T17:30:00+08:00",
    "extended": True, "extended_by": "zhengwu-go1", "extended_to": "2026-12-01T17:30:00+08:00",
    "answered_at": "2026-11-26T09:00:00+08:00", "replied_at": "2026-11-26T14:00:00+08:00", "working_days": 2, "overdue": False,
    "urge_count": 0, "supervision_count": 0, "light": "NONE", "result": "RESOLVED", "opinion": "备案已办成，联系人138****0001",
    "followed_up_at": "2026-11-27T10:00:00+08:00", "followed_up_by": "CALL", "resolved": True, "stars": 2, "discontent": "等太久",
    "redone": False, "repeated": False, "in_library": False, "upload": "NOT_UPLOADED", "remark": "",
}


def test_a_complaint_and_a_clue_are_counted_and_nobody_is_named() -> None:
    """domain 12A.8, 12A.9: 导出无投诉人; a clue's words stand nowhere but in the box."""
    complaint = an_answered_case("PT2611240010002", category=Category.COMPLAINT, complained_unit="yibao")
    complaint.say(router.CaseTriaged, at("2026-11-27 11:00"), category=Category.COMPLAINT, grade=Grade.GENERAL, lead="zhengwu",
                  requirement="核查", due_at=at("2026-11-27 17:30"))
    clue = registered("PT2611240010003", at("2026-11-24 11:00"), category=Category.COMPLAINT)
    clue.say(router.CaseTransferred, at("2026-11-24 12:00"), to="jiwei", reason="举报收代办费", clue=True)
    report = books(complaint, clue).report(NOVEMBER, "001")

    assert report["tail"]["cases"] == 2
    for word in ("张*", "138****0001", "备案点了三次", "代办费", "备案已办成", "等太久", "接口"):
        assert word not in canonical(report).decode()
    assert report["lines"][1]["item"] not in ("异地就医备案", "")


def test_a_case_belongs_to_the_month_of_its_receipt_in_shanghai() -> None:
    """domain §7: 30 November 23:59 is November, a minute later December."""
    late, early = registered("PT2611300010001", at("2026-11-30 23:59")), registered("PT2612010010001", at("2026-12-01 00:00"))
    found = books(late, early)

    assert [line["case_no"] for line in found.report(NOVEMBER, "001")["lines"]] == ["PT2611300010001"]
    assert [line["case_no"] for line in found.report(DECEMBER, "001")["lines"]] == ["PT2612010010001"]


def test_the_tail_counts_what_the_lines_say() -> None:
    """domain §7 尾部: 分类×结果, 部门排名, Top 原因, 举一反三清单, 零报告标记."""
    lives = [an_answered_case(f"PT26112400100{place:02d}") for place in range(1, 7)]
    report = books(*lives, registered("PT2611250020001", at("2026-11-25 09:00"), "002")).report(NOVEMBER)
    tail = report["tail"]

    assert (tail["nil"], tail["cases"]) == (False, 7)
    assert tail["by_category_and_result"] == {"SERVICE": {"NONE": 1, "RESOLVED": 6}}
    assert tail["causes"] == [{"cause": "SYSTEM", "name": "系统", "cases": 6}]
    assert [row["unit"] for row in tail["departments"]] == ["yibao"]
    assert tail["departments"][0]["on_time"] == {"numerator": 6, "denominator": 6, "value": "100.0%"}
    assert tail["departments"][0]["rank"] == 1
    assert len(tail["lessons"]) == 6
    assert tail["lessons"][0]["lesson"] == "接口失败时给出原因，电话138****0009"
    assert len(report["sites"]) == 30


def test_the_district_is_the_sum_of_its_sites() -> None:
    """方案 七(二): 29 + 1 汇总; every line once, numbered anew."""
    found = books(*some_year(5, 200))
    whole = found.report(month_named("2026-09"))
    parts = [line for site in found.sites for line in found.report(month_named("2026-09"), site)["lines"]]

    assert len(whole["lines"]) == len(parts) > 50
    assert [line["no"] for line in whole["lines"]] == list(range(1, len(parts) + 1))
    assert sorted(str(line["case_no"]) for line in parts) == sorted(str(line["case_no"]) for line in whole["lines"])


def test_the_same_cases_give_the_same_bytes() -> None:
    """domain 12A.12 in the month too: any order of reading, one check value over all the rest."""
    lives = some_year(6, 100)
    one, other = books(*lives).report(month_named("2026-09")), books(*lives[::-1]).report(month_named("2026-09"))

    assert canonical(one) == canonical(other)
    assert one["digest"] == check_value({name: held for name, held in one.items() if name != "digest"})


def filed(month: Any, *lives: Life, when: str, filings: tuple[Filing, ...] = ()) -> Filing:
    """Site 001 files its month."""
    draft = books(*lives, filings=filings).draft(month, "001")
    opened = open_month(None, month, "001", DISTRICT).state
    made = file_month(opened, draft, DISTRICT, nil=not draft.lines, by="s001-cl1", now=at(when)).state
    assert made is not None
    return made


def test_a_frozen_month_stays_as_it_was_filed_and_the_change_shows_in_the_next() -> None:
    """domain 12A.11: frozen; what changed, by case and column, on the next month's 更正页."""
    life = registered("PT2611300010001", at("2026-11-30 10:00"))
    november = filed(NOVEMBER, life, when="2026-12-02 09:00")
    frozen = books(life, filings=(november,)).report(NOVEMBER, "001")["lines"]
    life.say(router.CaseResolvedInstantly, at("2026-12-03 09:30"), category=Category.SERVICE, text="已当面办结")
    found = books(life, filings=(november,))

    assert found.report(NOVEMBER, "001")["lines"] == frozen
    changes = {change["column"]: change for change in found.report(DECEMBER, "001")["corrections"]}
    assert changes["result"] == {
        "month": "2026-11", "case_no": "PT2611300010001", "column": "result", "label": "处理结果", "before": None, "after": "RESOLVED",
    }
    assert set(changes) == {"grade", "triaged_at", "same_day", "replied_at", "working_days", "result", "opinion"}


def test_a_change_told_once_is_not_told_again() -> None:
    """domain 12A.11: a later page tells only what changed since the page before."""
    life = registered("PT2611300010001", at("2026-11-30 10:00"))
    november = filed(NOVEMBER, life, when="2026-12-02 09:00")
    life.say(router.CaseResolvedInstantly, at("2026-12-03 09:30"), category=Category.SERVICE, text="已当面办结")
    december = filed(DECEMBER, life, when="2027-01-04 09:00", filings=(november,))
    assert december.snapshot is not None
    assert december.snapshot.corrections

    held = (november, december)
    assert books(life, filings=held).draft(month_named("2027-01"), "001").corrections == ()
    life.say(router.CaseCorrected, at("2027-01-20 09:00"), "s001-ws1", field="item", before="异地就医备案", after="医保转移", reason="登记有误")
    again = books(life, filings=held).draft(month_named("2027-01"), "001").corrections
    assert [(change["column"], change["before"], change["after"]) for change in again] == [("item", "异地就医备案", "医保转移")]


def test_a_case_registered_after_the_filing_shows_with_all_its_columns() -> None:
    """domain 歧义 32 纸质补录: the whole line is on the next 更正页."""
    november = filed(NOVEMBER, when="2026-12-02 09:00")
    late = registered("PT2611200010001", at("2026-11-20 10:00"), backdated_reason="纸质登记", late_registered=True)
    changes = books(late, filings=(november,)).draft(DECEMBER, "001").corrections

    assert {change["case_no"] for change in changes} == {"PT2611200010001"}
    assert {"case_no", "received_at", "item", "remark"} <= {change["column"] for change in changes}


def test_a_day_not_over_is_neither_same_day_nor_not() -> None:
    """方案 六(二): 是否当日研判 is open until the close of business, then no."""
    life = registered("PT2611240010001", at("2026-11-24 10:00"))
    assert life.facts().triage_due_at == at("2026-11-24 17:30")

    assert books(life).report(NOVEMBER, "001")["lines"][0]["same_day"] is None
    life.say(sla.DeadlineMissed, at("2026-11-24 17:30"), "system", kind=DeadlineKind.TRIAGE, due_at=at("2026-11-24 17:30"))
    assert books(life).report(NOVEMBER, "001")["lines"][0]["same_day"] is False

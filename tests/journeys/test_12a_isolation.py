"""domain 12A.8, .9, .14: a complaint is not seen by whom it is about, a clue by nobody but 纪检, personal data by no bystander."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route

from services.notifier.store import LAYOUT as DISPATCHES
from shared.contracts.topics import orders_topic
from shared.district.roles import Role
from shared.observability.logs import configure
from shared.testing.driver import DISTRICT
from tests.journeys.living import HTML, Living, hits, living
from tests.journeys.texts import answer, day, register, scenario, step, triage, whole, woven
from tests.shared.papers.reading import text as on_paper

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]

NOWHERE, NO_CLUE = "PT2611230019999", "XS2611230019999"
WHO, PHONE = "欧阳若兰", "13800009911"
OUTBURST = "把材料甩在我脸上说这事归不了我管，让我爱找谁找谁。"
LISTS = (
    "/api/archive/cases?category=COMPLAINT", "/api/archive/cases?case_no=PT261123", "/api/archive/ledger?limit=1",
    "/api/archive/ledger?limit=1&after=PT2611230010001", "/api/notifier/outbox?limit=200", "/intake/?site=001",
)
CHANCE = re.compile(r'00-[0-9a-f]{32}-[0-9a-f]{16}-01|value="[\w.-]{16,}"')
PLAIN = scenario("11-23 08:50", "11-23 11:00", register(day("11-23 09:00")), triage("+10m"), step("+10m", "sign"))
ABOUT = {
    "unit": ({"complained_unit": "医保局", "complained_person": "邹星野"}, {p.id for p in DISTRICT.staff.values() if p.unit == "yibao"}),
    "person": ({"complained_person": "杨知行"}, {"s001-ws1"}),
    "office": (
        {"complained_unit": "政务服务办", "complained_person": "孔书瑶"},
        {p.id for p in DISTRICT.staff.values() if p.unit == "zhengwu" and Role.GL not in p.roles},
    ),
}


def everybody() -> set[str]:
    """One person of each role, the whole 医保局 and the whole 纪委监委."""
    each = {DISTRICT.staff_with(role)[0].id for role in Role}
    return each | {person.id for person in DISTRICT.staff.values() if person.unit in ("yibao", "jiwei")}


def readings(window: Living, case_no: str, clue_no: str = NO_CLUE) -> list[str]:
    """Every address of the whole site that can be read, filled in for one case and one clue."""
    given = {"case_no": case_no, "order_no": f"{case_no}-01", "clue_no": clue_no, "month": "2026-11"}
    services = [running.service for running in window.system.running.values()]
    routes = [route for service in services for router in (service.api, service.pages) for route in router.routes]
    found = [
        route.path_format.format_map(given) for route in routes
        if isinstance(route, Route) and "GET" in (route.methods or ()) and set(route.param_convertors) <= set(given)
    ]
    assert {f"/api/{name}/cases/{case_no}" for name in ("router", "sla", "archive")} < set(found)
    asked = [f"{path}?reason=核对签字" if path.endswith("form.pdf") else path for path in found]
    states = [f"/api/{name}/cases?state={state}" for name in ("router", "archive") for state in ("REGISTERED", "HANDLING", "TRANSFERRED")]
    return ["/", *asked, *states, *LISTS, f"/api/notifier/outbox?case_no={case_no}", f"/archive/?case_no={case_no}"]


async def shown(window: Living, staff: str, path: str) -> tuple[int, str]:
    """What somebody is shown at an address: its status, and all its text, a paper's too."""
    answer = await window.asks(staff, path, **HTML)
    paper = answer.headers.get("content-type", "").startswith("application/pdf")
    return answer.status_code, on_paper(answer.content) if paper else answer.text


async def tallies(window: Living) -> dict[str, int]:
    """The figures of the front page, as everybody sees them."""
    return {f"{name}{label}": count for name, running in window.system.running.items() for label, count in (await running.service.tally()).items()}


async def complain(window: Living, about: dict[str, str]) -> str:
    """Somebody complains at the counter."""
    said = {"site": "001", "name": WHO, "phone": PHONE, "item": "窗口服务态度", "text": OUTBURST, "category": "COMPLAINT", **about}
    answer = await window.asks("s001-cl1", "/api/intake/hall", said, **{"idempotency-key": "complaint-1"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_no"])


async def carried_on(window: Living, number: str, about: str) -> None:
    """The complaint is assigned to the office and answered there."""
    analyst = "zhengwu-gl1" if about == "office" else "s001-tr1"
    handler = "zhengwu-gl1" if about == "office" else "zhengwu-dh"
    given = {"grade": "GENERAL", "lead": "政务服务办", "requirement": "核查并答复。"}
    for staff, act, body in ((analyst, "triage", given), (handler, "sign", {}), (handler, "contact", {})):
        await window.gets(staff, f"/api/router/cases/{number}/{act}", body)


@pytest.mark.parametrize("about", list(ABOUT))
async def test_a_complaint_is_not_there_for_whom_it_is_about(about: str, places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.8: every address of the site answers them as if there were no such case; the front page counts one more, nothing else."""
    fields, hidden_from = ABOUT[about]
    async with living(PLAIN, places, prefix, tmp_path) as window:
        before = await tallies(window)
        number = await complain(window, fields)
        after = await tallies(window)
        await carried_on(window, number, about)
        paths, elsewhere = readings(window, number), readings(window, NOWHERE)
        leaks = [
            (staff, path) for staff in sorted(hidden_from) for path, other in zip(paths, elsewhere, strict=True)
            if not same(seen := await shown(window, staff, path), await shown(window, staff, other), number)
            or (path == other and number in seen[1])
        ]
        await nothing_leaves(window, number, hidden_from)

    assert leaks == []
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "intake今日受理": 1, "router待研判": 1, "sla计时中": 1, "archive今日受理": 1, "archive未归档": 1,
    }


def same(real: tuple[int, str], none: tuple[int, str], number: str) -> bool:
    """Whether two answers tell the same: neither the number, nor what was said, nor that there is anything."""
    told, nothing = (CHANCE.sub("", text) for text in (real[1].replace(number, NOWHERE), none[1]))
    return real[0] == none[0] and told == nothing and not any(word in real[1] for word in (OUTBURST[:12], WHO, PHONE))


async def nothing_leaves(window: Living, number: str, hidden_from: set[str]) -> None:
    """No message to them, no record on their unit's topic, no complainant in any export."""
    units = {DISTRICT.staff[person].unit for person in hidden_from} - {None, "zhengwu"}
    topics = tuple(window.system.places.prefix + orders_topic(str(unit)) for unit in units)
    records = {place: said for place, said in (await window.records()).items() if topics and place.startswith(topics)}
    log = (await window.system.running["notifier"].store.documents("dispatches", DISPATCHES).fetch([number]))[number]
    ledger = {"ledger": repr([row for row in await window.exported("ledger") if row["case_no"] == number]).encode()}

    assert hits(records, number) == []
    assert not {notice["to_id"] for notice in log["state"]["notices"]} & hidden_from
    assert log["state"]["notices"]
    assert hits(ledger, WHO, PHONE, "欧阳**", "138****9911", OUTBURST[:12]) == []


CLUE = "有人在取号机旁收插队费三百块一次，收款人自称老吴。"
WORDS = (CLUE, "收插队费", "三百块一次", "自称老吴")
MOVED = "某科长要我请客送烟才肯盖章，送了两条才盖。"
MOVED_WORDS = (MOVED, "请客送烟", "送了两条")
BUSINESS = scenario(
    "11-23 08:50", "11-23 09:30",
    *woven(
        whole(day("11-23 09:00"), "business")[:2],
        [register(day("11-23 09:02"), "moved", phone=f'"{PHONE}"', name=WHO, text=MOVED, category="COMPLAINT", item="盖章"),
         step("+10m", "transfer", "moved", to="纪委监委", reason="涉嫌违纪。")],
    ),
)


async def test_a_clue_is_opened_by_the_discipline_alone_and_the_matter_goes_on(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.9: in the box only, whoever searches, wherever; JW opens it and that is written down; the business ends in time."""
    async with living(BUSINESS, places, prefix, tmp_path) as window:
        business = window.numbers["business"]
        put = await window.gets("s001-cl1", "/api/intake/clues", {"text": CLUE, "unit": "医保局", "case_no": business})
        clue_no = str(put["clue_no"])
        assert await found_by_others(window, clue_no) == []
        outside = {place: said for place, said in (await window.documents()).items() if not place.startswith("intake.clues/")}
        # What was registered before it became a clue was published once; the ledger's chain keeps that line and shows it to nobody.
        unchained = {place: said for place, said in outside.items() if not place.startswith("archive.records/")}
        records = await window.records()

        assert hits(outside, *WORDS) == []
        assert hits(unchained, *MOVED_WORDS) == []
        assert hits(records, *WORDS) == []
        assert hits(outside, "备案点了三次")
        assert hits(records, "备案点了三次")
        await opened(window, clue_no)
        await goes_on(window, business)


async def found_by_others(window: Living, clue_no: str) -> list[tuple[str, str]]:
    """Where anybody but 纪检 reads a word of either clue."""
    paths = [path for number in window.numbers.values() for path in readings(window, number, clue_no)]
    others = [staff for staff in sorted(everybody()) if Role.JW not in DISTRICT.staff[staff].roles]
    taken = [(await window.asks(staff, f"/api/intake/clues/{clue_no}/take", {"reason": "看看"})).status_code for staff in others]
    assert set(taken) == {403}
    read = {(staff, path): (await shown(window, staff, path))[1] for staff in others for path in dict.fromkeys(paths)}
    return [place for place, text in read.items() if any(word in text for word in WORDS + MOVED_WORDS)]


async def opened(window: Living, clue_no: str) -> None:
    """纪检 lists both, opens each; who, when and why stands with it."""
    rows = await window.gets("jiwei-jw1", "/api/intake/clues")
    assert len(rows) == 2
    assert hits({"list": repr(rows).encode()}, *WORDS, *MOVED_WORDS) == []
    told = [await window.gets("jiwei-jw1", f"/api/intake/clues/{row['clue_no']}/take", {"reason": "初步核实"}) for row in rows]
    assert {held["words"]["text"] for held in told} == {CLUE, MOVED}
    again = await window.gets("jiwei-jw2", f"/api/intake/clues/{clue_no}")
    assert [(held["who"], held["reason"]) for held in again["openings"]] == [("jiwei-jw1", "初步核实")]


async def goes_on(window: Living, number: str) -> None:
    """业务诉求仍按期办: signed, contacted, answered and checked by the same unit as if there were no clue."""
    said = {"result": "RESOLVED", "text": "已联系当事人并查清原因，当日改正到位，事项已经办成，今后同类情况不必再跑第二趟。"}
    for staff, act, body in (("yibao-do", "sign", {}), ("yibao-dh", "contact", {}), ("yibao-dh", "answer", said), ("s001-tr1", "verify", {})):
        await window.gets(staff, f"/api/router/cases/{number}/{act}", body)
    line = await window.line("business")
    assert (line["state"], line["overdue"], line["orders"][0]["unit"]) == ("FED_BACK", False, "yibao")


CARD = "310107196203050027"
TALE = f"{WHO}的身份证{CARD}，电话{PHONE}，点了三次都报错。"
SAID = {"reason": f"请联系{WHO}，{PHONE}。"}
PERSONAL = scenario(
    "11-23 08:50", "12-01 18:00",
    *woven(
        [
            register(day("11-23 09:00"), "c1", name=WHO, phone=f'"{PHONE}"', text=TALE, item=f"{WHO}的异地备案"),
            step("+5m", "triage", "c1", grade="COMPLEX", lead="医保局", requirement=f"给{WHO}（{PHONE}）办好，证号{CARD}。", **SAID),
            step("+5m", "urge", "c1", text=f"我是{WHO}，电话{PHONE}。"), step("+5m", "sign", "c1"), step("+5m", "contact", "c1"),
            step("+5m", "request_material", "c1", list=f"[{WHO}的身份证{CARD}]"), step("+5m", "supply", "c1", text=f"已交{CARD}复印件。"),
            step("+5m", "request_return", "c1", **SAID), step("+5m", "rule_return", "c1", accepted="false", **SAID),
            step("+5m", "request_extension", "c1", until="2026-12-04", **SAID), step("+5m", "refuse_extension", "c1", **SAID),
            answer("+5m", "c1", text=f"已联系{WHO}（{PHONE}），核对{CARD}无误，备案当日改正到位，事项已经办成。", cause=f"系统把{CARD}读错。"),
            step("+5m", "reject_answer", "c1", **SAID), answer("+5m", "c1"), step("+5m", "verify", "c1"),
            step("+1d", "follow_up", "c1", resolved="false", stars="1", **SAID), step("+5m", "consult", "c1", **SAID),
            step("+5m", "conclude", "c1", outcome=f"请{WHO}（{PHONE}）持{CARD}到窗口，已书面说明依据和其他途径。"),
            step("+5m", "evaluate", "c1", resolved="true", stars="5", text=f"我是{WHO}，证号{CARD}。"),
        ],
        [
            register(day("11-23 09:01"), "exit", channel="PORTAL_EXIT", site="", name=WHO, phone=f'"{PHONE}"', text=TALE, source_id="e-1",
                     exit_step="实名核验", exit_reason=f"{PHONE}收不到验证码", wants_contact="true", item="居住证续签"),
            step("+5m", "transfer", "exit", to=f"市级主管部门{PHONE}", **SAID),
        ],
        [
            register(day("11-23 09:02"), "late", name=WHO, phone=f'"{PHONE}"', text=TALE, item="长期护理保险申请"), triage("+5m", "late"),
            step(day("11-30 10:00"), "answer_supervision", "late", text=f"{WHO}的电话{PHONE}一直打不通。"),
            step("+5m", "void_supervision", "late", **SAID), step("+5m", "withdraw", "late", **SAID),
        ],
    ),
)


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """All log lines of this test, the libraries' too."""
    configure("DEBUG", stream=tmp_path / "log.jsonl")
    yield tmp_path / "log.jsonl"
    configure("WARNING", stream="stderr")


async def test_nothing_personal_is_in_clear_and_a_look_leaves_a_trace(
    places: tuple[str, str], prefix: str, tmp_path: Path, log_file: Path
) -> None:
    """12A.14: typed into every field there is, name, phone and ID number stand in no record, document, message, line or export."""
    async with living(PERSONAL, places, prefix, tmp_path) as window:
        number, why = window.numbers["c1"], f"{WHO}来电核对签字"
        seen = await window.asks("s001-cl1", f"/intake/cases/{number}/form.pdf")
        assert seen.status_code == 422, "without a reason nothing is shown"
        paper = await window.asks("s001-cl1", f"/intake/cases/{number}/form.pdf?reason={why}")
        records, documents = await window.records(), await window.documents()
        exports = {name: repr(await window.exported(name)).encode() for name in ("ledger", "supervisions", "notices")}

    assert hits(records | documents | exports | {"log": log_file.read_bytes()}, WHO, PHONE, CARD) == []
    assert len(records) > 100
    assert WHO in on_paper(paper.content)
    assert PHONE in on_paper(paper.content)
    looked = documents[f"intake.registrations/{number}"].decode()
    assert "s001-cl1" in looked
    assert "来电核对签字" in looked


def test_the_search_finds_what_is_planted() -> None:
    """A search that cannot fail proves nothing: each way of writing it is found."""
    for way in ("utf-8", "gbk", "utf-16-le", "unicode_escape"):
        assert hits({"x": b"-" + WHO.encode(way) + b"-"}, WHO) == [("x", WHO)], way
    assert hits({"x": repr({"headers": WHO.encode()}).encode()}, WHO) == [("x", WHO)]
    assert hits({"x": b"GET /cases?phone=13800009911"}, PHONE) == [("x", PHONE)]

"""domain §2 and §9: every operation as every role and as nobody, over HTTP on the whole site; separation of duties; other people's cases."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.rights.asking import GOOD_FORM, IN, NOBODY, Tried, asked, tried
from deploy.local.rights.differences import DIFFERENCES
from deploy.local.rights.operations import operations
from deploy.local.rights.printing import faults, lines_of
from deploy.local.rights.table import NONE, ROLES, Table, Unwritten, read_table
from deploy.local.rights.town import MATTER, OTHER_UNIT, UNIT, built
from shared.district.model import StaffMember
from shared.district.roles import ADMINISTRATORS, Role
from shared.privacy.codes import person_code
from shared.testing.driver import DISTRICT
from shared.web.nav import NAV

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]  # a whole site is built for each of these

# Word for word from domain §2 (角色与权限).
DOMAIN = """
| 动作 | CL | TR | WS | DO | DH | SH | DL | GO | GL | FU | JW |
| 登记/补录/打印附件1 | W | W | W | — | — | — | — | R | R | — | — |
| 研判、定类定级、开承办单 | — | W | A(改级) | — | — | R | R | R | R | — | — |
| 不予受理 | 提 | 提 | **A** | — | — | — | — | R抄送 | R | — | R统计 |
| 签收/先行联系/反馈 | — | R | R | W | W | W(审签) | R | R | R | — | — |
| 退单申请 → 裁定 | — | A | A | W | — | W | R | A(二次争议) | R | — | — |
| 延时申请 → 批准 → 备案 | — | R | R | W | W | W | **A** | **A** | R | — | R统计 |
| 发提醒/催办 | — | W | W | — | — | W(本科室) | W(本单位) | W | W | — | — |
| 发督办单 | — | 提 | W(L2) | — | — | — | R | W(L2/L3) | A(L3) | — | R |
| 约谈/通报/问责建议 | — | — | 提 | — | — | R | R | 提 | **A** | — | R |
| 回访、甄别 | — | — | A(甄别) | — | — | — | — | A(二次) | R | W | — |
| 查看明文姓名/电话 | 本窗在办 | 本窗在办 | 本窗 | — | 本单在办 | 本单在办 | — | 留痕 | — | 回访中 | 线索件 |
| 台账上报/汇总 | W | — | A | — | — | — | — | W | A | — | R |
| 线索箱 | 投递 | 投递 | 投递 | — | — | — | — | — | — | — | **W** |
"""
CLEAR = {"本窗在办", "本窗", "本单在办", "留痕", "回访中", "线索件"}
DEPARTMENT = ("DO", "DH", "SH", "DL")
TRIAGE = {"grade": "GENERAL", "lead": UNIT, "requirement": "查清报错原因"}


def domain() -> dict[str, dict[str, str]]:
    """The table of domain §2: by row and role, the bare letter."""
    head, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in DOMAIN.strip().splitlines())
    return {row[0]: dict(zip(head[1:], map(letter, row[1:]), strict=True)) for row in rows}


def letter(cell: str) -> str:
    """`A(改级)`, `**A**`, `R抄送` without what is beside the letter; a word on clear text is `看`."""
    bare = cell.strip("*")
    return "看" if bare in CLEAR else re.sub(r"\(.*\)|抄送|统计", "", bare)


@pytest.fixture(scope="module")
def everything() -> tuple[Table, list[str], Tried]:
    """Every operation asked once as everybody."""

    async def ask() -> tuple[list[str], Tried]:
        town = await built(DISTRICT)
        found = operations(town.site)
        return found, await tried(town, found)

    found, real = asyncio.run(ask())
    return read_table(), found, real


def test_every_operation_answers_every_role_as_the_table_says(everything: tuple[Table, list[str], Tried]) -> None:
    """401 for nobody, 403 or 404 for who may not, else the rules answer; an operation without a row is a fault."""
    table, found, real = everything

    assert list(faults(table, real, found)) == []
    assert len(real.answers) == len(found) * (len(ROLES) + 1)


def test_the_table_is_that_of_domain_2_but_for_the_differences_that_are_told(everything: tuple[Table, list[str], Tried]) -> None:
    """Each cell as the site really lets people in; every difference is listed with its reason and is still one."""
    table, _, real = everything
    said = domain()
    ours = {row: {role: table.cell(row, role, only=real.let_in) for role in roles} for row, roles in said.items()}
    differ = {(row, role): (said[row][role], ours[row][role]) for row in said for role in said[row] if said[row][role] != ours[row][role]}

    assert table.rows[: len(said)] == tuple(said)
    assert differ == {(held.row, role): (held.said, held.ours) for held in DIFFERENCES for role in held.roles}
    assert all(held.why for held in DIFFERENCES)
    assert all(word in "\n".join(lines_of(table, real)) for word in ("发督办单", "与 domain §2 的不同"))


def test_the_openapi_document_speaks_of_nothing_else(everything: tuple[Table, list[str], Tried]) -> None:
    """Every operation of the document is among those asked."""
    _, found, _ = everything
    document = asyncio.run(_document())
    listed = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}

    assert listed <= set(found) and listed


async def _document() -> dict[str, Any]:
    return (await built(DISTRICT)).site.openapi()


def test_the_frame_offers_nobody_a_page_that_refuses_them(everything: tuple[Table, list[str], Tried]) -> None:
    """shared/web/nav only hides what the API would refuse."""
    _, _, real = everything
    refused = [
        (held.path, role) for held in NAV for role in (held.roles or ROLES)
        if real.answers.get((f"GET {held.path}", role)) != "in"
    ]

    assert refused == []


def test_the_three_administrators_handle_no_case_and_read_none(everything: tuple[Table, list[str], Tried]) -> None:
    """domain §2 互斥 (审计管理员不办业务), §9.4 三员分立: their rows are the system's, no operation on a case lets them in."""
    table, found, real = everything
    theirs = {row for row in table.rows for role in ADMINISTRATORS if table.cell(row, role.value) != NONE}
    let_in = {held for held in of_a_case(found) for role in ADMINISTRATORS if (held, role.value) in real.let_in}

    assert let_in == set()
    assert theirs <= {"系统状况", "账号、会话、API 令牌", "访问记录"} and theirs.isdisjoint(domain())


def test_a_table_that_does_not_fit_is_told_by_operation_and_role() -> None:
    """No row, gone, one role too many, one too few, nobody let in: each is named; the checker itself is seen to fail."""
    text = "[行]\nPOST /a | W: CL\nPOST /b | W: CL TR\nGET /gone | R: CL\n"
    real = Tried({
        ("POST /a", "CL"): "in", ("POST /a", "TR"): "in", ("POST /a", NOBODY): "401", ("POST /b", "CL"): "in", ("POST /b", "TR"): "403",
        ("POST /b", NOBODY): "in", ("POST /new", "CL"): "in", ("GET /broken", "CL"): "500",
    })

    assert list(faults(read_table(text), real, ["POST /a", "POST /b", "POST /new"])) == [
        "POST /a TR：in", "POST /b TR：403", f"POST /b {NOBODY}：in", "POST /new 没有写在 rights.txt 里", "GET /gone 写在 rights.txt 里，系统里没有",
    ]
    assert list(faults(read_table("[行]\nGET /broken | 任何人\n"), real, ["GET /broken"])) == ["GET /broken CL：500"]
    with pytest.raises(Unwritten, match="POST /a"):
        read_table("[行]\nPOST /a | W: XX\n")


def test_a_cell_has_its_strongest_letter_and_none_where_nobody_was_let_in() -> None:
    """A before W before R."""
    table = read_table("[行]\nPOST /a | W: CL WS\nPOST /b | A: WS\n")

    assert [table.cell("行", role) for role in ("CL", "WS", "TR")] == ["W", "A", NONE]
    assert table.cell("行", "WS", only=frozenset({("POST /a", "WS")})) == "W"


def of_a_case(found: list[str]) -> Iterator[str]:
    """The staff's operations on one case; the person's own pages know no staff."""
    yield from (operation for operation in found if "{case_no}" in operation and " /p/" not in operation)


def hidden(operation: str) -> set[int]:
    """What somebody is answered for whom the case is not there; an empty form may be refused before anybody looked for it."""
    return {403, 404} if operation.startswith("POST /api/") else {403, 404, 422}


async def test_a_department_gets_nowhere_with_another_departments_case() -> None:
    """trust C6: by any operation on the number, read or write, page or endpoint, in any list: as if there were none."""
    town = await built(DISTRICT)
    other = town.numbers["other_case"]
    numbers = town.numbers | {"case_no": other, "order_no": f"{other}-01"}
    for role in DEPARTMENT:
        async with town.client(town.person(role).id) as client:
            answers = {held: (await asked(client, held, numbers)).status_code for held in of_a_case(operations(town.site))}
            lists = [(await client.get(path)).text for path in ("/api/router/cases?state=HANDLING", "/api/archive/cases", "/router/", "/archive/")]
        wrong = {held: status for held, status in answers.items() if status not in hidden(held)}

        assert wrong == {}, role
        assert not any(other in text for text in lists)
        assert all(town.numbers["case_no"] in text for text in lists)


async def test_nobody_of_the_unit_complained_of_finds_the_complaint() -> None:
    """信访工作条例 30, domain §2 互斥: neither the case nor its line in any list, for its four people; the window sees it."""
    town = await built(DISTRICT)
    complaint = town.numbers["complaint"]
    numbers = town.numbers | {"case_no": complaint, "order_no": f"{complaint}-01"}
    lists = ("/api/router/cases?state=REGISTERED", "/api/archive/cases", "/router/", "/archive/", "/notifier/", "/")
    for role in DEPARTMENT:
        async with town.client(town.person(role).id) as client:
            answers = {held: (await asked(client, held, numbers)).status_code for held in of_a_case(operations(town.site))}
            shown = [(await client.get(path)).text for path in lists]

        wrong = {held: status for held, status in answers.items() if status not in hidden(held)}

        assert wrong == {}, role
        assert not any(complaint in text for text in shown)

    async with town.client(town.person("TR").id) as client:
        assert complaint in (await client.get("/router/")).text


async def test_another_address_of_the_same_case_opens_nothing() -> None:
    """trust C7: other methods, a slash more, upper case, dots, a doubled number: never the other unit's case."""
    town = await built(DISTRICT)
    other, own = town.numbers["other_case"], town.numbers["case_no"]
    async with town.client(town.person("DO").id) as client:
        for path in (
            f"/api/router/cases/{other}/", f"/API/router/cases/{other}", f"/api/router/cases/{own}/../{other}",
            f"/api/router/cases/{own}%2F..%2F{other}",
            f"/api/router/cases/{other.lower()}", f"/api/router//cases/{other}", f"/router/cases/{own}/orders/{other}-01.pdf",
            f"/api/router/cases/{own}?case_no={other}", f"/api/archive/cases/{other}?unit={OTHER_UNIT}",
        ):
            for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
                answer = await client.request(method, path, follow_redirects=True)
                assert other not in answer.text or answer.status_code >= 400, (method, path)
        named = await client.post(f"/api/router/cases/{own}/sign", json={"unit": OTHER_UNIT})

    assert (named.status_code, named.json()["rule"]) == (409, "order.not_yours")


async def test_what_a_request_may_not_say_is_refused_by_name() -> None:
    """trust C8: state, due moment, author and round are nobody's to send; each act names the field."""
    town = await built(DISTRICT)
    table = read_table()
    writes = [held for held in operations(town.site) if held.startswith("POST /api/") and held in table.operations and table.operations[held].roles]
    for held in writes:
        path = held.removeprefix("POST ").format(**town.numbers)
        body = next((said for end, said in GOOD_FORM.items() if path.endswith(end)), {}) | {"by": "x", "due_at": "2030-01-01T00:00:00+08:00"}
        async with town.client(town.person(min(table.operations[held].roles)).id) as client:
            answer = await client.post(path, json=body, headers={"idempotency-key": "k-more"})

        assert answer.status_code == 422, (held, answer.text)
        assert {"by", "due_at"} <= {error["field"] for error in answer.json()["errors"]}, held


def with_people(**roles: str) -> Any:
    """The district with some more people of yibao who hold several roles at once."""
    more = {
        name: StaffMember(id=name, name="多面手", roles=tuple(Role(role) for role in held.split()), unit=UNIT, phone="13800009999")
        for name, held in roles.items()
    }
    return DISTRICT.model_copy(update={"staff": {**DISTRICT.staff, **more}})


async def test_nobody_approves_what_they_proposed_themselves() -> None:
    """domain §2 互斥, trust C18: 不予受理 and 延时 take two people even where one holds both roles."""
    town = await built(with_people(both="SH DL", head="SH"))
    head = town.person("WS").id
    number = (await town.does(town.person("CL").id, "/api/intake/hall", MATTER | {"phone": "13800000009"}, "k9"))["case_no"]
    why = {"reason": "已判决", "basis": "行政诉讼法", "alternative": "申请再审"}
    await town.does(head, f"/api/router/cases/{number}/refuse", why)
    own = (await town.does(town.person("CL").id, "/api/intake/hall", MATTER | {"phone": "13800000007"}, "k7"))["case_no"]
    await town.does(town.person("TR").id, f"/api/router/cases/{own}/triage", TRIAGE)
    await town.does("both", f"/api/router/cases/{own}/request-extension", {"reason": "须核两地", "until": "2026-12-09"})
    told = {}
    for staff, path in ((head, f"{number}/confirm-refusal"), (head, f"{number}/overrule-refusal"), ("both", f"{own}/approve-extension")):
        async with town.client(staff) as client:
            answer = await client.post(f"/api/router/cases/{path}", json={})
            told[path.partition("/")[2]] = (answer.status_code, answer.json().get("rule"))

    assert told == {
        "confirm-refusal": (409, "reject.second_person"), "overrule-refusal": (409, "reject.second_person"),
        "approve-extension": (409, "extension.second_person"),
    }


async def test_whoever_took_a_case_in_or_worked_on_it_does_not_call_back() -> None:
    """domain §2 互斥: 回访员 ≠ 受理人、研判人、经办人, though they hold the role."""
    town = await built(with_people(all="CL TR FU DH"))
    number = (await town.does("all", "/api/intake/hall", MATTER | {"phone": "13800000008"}, "k8"))["case_no"]
    case = f"/api/router/cases/{number}"
    await town.does(town.person("TR").id, f"{case}/triage", TRIAGE)
    await town.does(town.person("DO").id, f"{case}/sign", {})
    await town.does(town.person("DO").id, f"{case}/contact", {})
    said = {"result": "RESOLVED", "text": "已查清参保地登记错误并当日改正，异地就医备案已经办成，今后不必再跑。", "evidence": "k1"}
    shown = await town.does(town.person("DO").id, f"{case}/answer", {name: value for name, value in said.items() if name != "evidence"})
    assert shown["state"] == "FEEDBACK_REVIEW"
    await town.does(town.person("TR").id, f"{case}/verify", {})
    async with town.client("all") as client:
        answer = await client.post(f"{case}/follow-up", json={"resolved": True, "stars": 5})

    assert (answer.status_code, answer.json()["rule"]) == (409, "follow_up.second_person")
    assert answer.status_code in IN


async def test_a_persons_code_opens_their_own_case_and_no_other() -> None:
    """trust B2: with the code of one case another stays shut, by its number at the door, by its address, by its forms and letters."""
    town = await built(DISTRICT)
    own, other = town.numbers["case_no"], town.numbers["other_case"]
    code = person_code(town.sealer, own)
    async with town.client(None) as client:
        wrong = await client.post("/p", data={"case_no": other, "code": code})
        entered = await client.post("/p", data={"case_no": own, "code": code})
        mine = await client.get(f"/p/{own}")
        others = [await client.get(f"/p/{other}{rest}") for rest in ("", "/urge", "/supply", "/evaluate", "/withdraw", "/letters/extension.pdf")]
        sent = [(await client.post(f"/p/{other}/{act}", data={"text": "x"})).status_code for act in ("urge", "supply", "evaluate", "withdraw")]

    assert (entered.status_code, mine.status_code, wrong.status_code in (401, 403, 404, 422)) == (303, 200, True)
    assert "办理中" in mine.text
    assert all("办理中" not in page.text and "市场监管" not in page.text for page in others)
    assert set(sent) == {401}

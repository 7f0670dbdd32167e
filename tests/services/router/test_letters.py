"""《不予受理告知书》 and 《延时告知书》 over HTTP: from the person's own page and from the window, filled as the case stands."""

from __future__ import annotations

from typing import Any

import pytest

from shared.testing.driver import DISTRICT
from shared.testing.events import CASE
from shared.web.looks import Asked
from tests.services.router.visiting import Visitor, visiting
from tests.services.router.web import asking
from tests.shared.papers.reading import text

REFUSAL = {"reason": "要求拆除邻居搭建物䶮𬱖，不属窗口受理范围。", "basis": "《行政处罚法》第二十条", "alternative": "向城管执法局反映"}


async def refused(visitor: Visitor) -> None:
    """Refused, and confirmed by a second person."""
    await visitor.staff.succeeds("s001-tr1", "refuse", REFUSAL)
    await visitor.staff.succeeds("s001-ws1", "confirm-refusal")


async def extended(visitor: Visitor) -> None:
    """Extended on two approvals."""
    await visitor.triaged()
    await visitor.staff.succeeds("yibao-sh", "request-extension", {"until": "2026-10-15", "reason": "须跨省核查"})
    await visitor.staff.succeeds("yibao-dl", "approve-extension")
    await visitor.staff.succeeds("zhengwu-go1", "approve-extension")


async def prints(visitor: Visitor, staff: str, kind: str) -> Any:
    """Somebody of the district asks for a letter."""
    return await visitor.staff.reads(staff, f"/router/cases/{CASE}/letters/{kind}.pdf")


async def test_both_letters_stand_as_the_case_does_and_are_the_same_from_both_doors() -> None:
    """The person is named in the masked form: the page is read without an account."""
    async with visiting() as visitor:
        await refused(visitor)
        own, window = await visitor.http.get(f"/p/{CASE}/letters/refusal.pdf"), await prints(visitor, "s001-cl1", "refusal")
        said = text(own.content)
    async with visiting() as visitor:
        await extended(visitor)
        longer = text((await visitor.http.get(f"/p/{CASE}/letters/extension.pdf")).content)

    assert (own.headers["content-type"], own.headers["cache-control"]) == ("application/pdf", "no-store")
    assert own.content == window.content
    assert all(words in said for words in ("张*：", *REFUSAL.values(), CASE, "同普路602号", "普陀区政务服务办公室", "2026年9月30日"))
    assert all(words in longer for words in ("2026年10月10日17:30前答复", "2026年10月15日17:30前", "须跨省核查", "歉意"))


@pytest.mark.parametrize("kind", ["refusal", "extension"])
async def test_there_is_no_letter_before_there_is_a_decision(kind: str) -> None:
    """Proposed is not decided; asked for is not granted."""
    async with visiting() as visitor:
        if kind == "refusal":
            await visitor.staff.succeeds("s001-tr1", "refuse", REFUSAL)
        else:
            await visitor.triaged()
            await visitor.staff.succeeds("yibao-sh", "request-extension", {"until": "2026-10-15", "reason": "须跨省核查"})

        assert (await visitor.http.get(f"/p/{CASE}/letters/{kind}.pdf")).status_code == 404
        assert (await prints(visitor, "s001-tr1", kind)).status_code == 404


async def test_the_window_and_the_office_print_and_nobody_else() -> None:
    """TR WS CL GO; nobody without an account gets further than the door."""
    async with visiting() as visitor:
        await refused(visitor)
        one_each = {person.roles: person for person in DISTRICT.staff.values() if person.site in (None, "001")}
        allowed = {
            role.value for roles, person in one_each.items() for role in roles if (await prints(visitor, person.id, "refusal")).status_code == 200
        }
        async with visitor.browser() as stranger:
            own, window = await stranger.get(f"/p/{CASE}/letters/refusal.pdf"), await stranger.get(f"/router/cases/{CASE}/letters/refusal.pdf")

    assert allowed == {"TR", "WS", "CL", "GO"}
    assert (own.status_code, "查询工单进度" in own.text) == (200, True)
    assert window.status_code == 303


async def test_the_name_stands_in_clear_only_with_a_reason_which_is_kept() -> None:
    """domain §9.5: the window prints the full name for who it hands the letter to; nobody else, and never unseen."""
    async with asking("张三丰", clerk="s001-cl1") as client:
        await client.succeeds("s001-tr1", "refuse", REFUSAL)
        await client.succeeds("s001-ws1", "confirm-refusal")
        path = f"/router/cases/{CASE}/letters/refusal.pdf"
        masked, named = await client.reads("s001-ws1", path), await client.reads("s001-ws1", f"{path}?reason=送达办理对象")
        other, short = await client.reads("s002-ws1", f"{path}?reason=送达办理对象"), await client.reads("s001-ws1", f"{path}?reason=x")
        page = await client.reads("s001-ws1", f"/router/cases/{CASE}")
        written = await client.looks.read(Asked(kind="reveal"))

    assert ("张*：" in text(masked.content), "张三丰" in text(masked.content)) == (True, False)
    assert "张三丰：" in text(named.content)
    assert (other.status_code, short.status_code) == (409, 422)
    assert [(entry.look.who, entry.look.case_no, entry.look.reason) for entry in written] == [("s001-ws1", CASE, "送达办理对象")]
    assert "印全名" in page.text
    assert "张三丰" not in page.text

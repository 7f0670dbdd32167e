"""Files handed in at the person's own page: known by content, sealed, the case's once and only to who works on it (个保法 51)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.router.api.person.files import Folder
from services.router.domain.attaching import MOST
from services.router.domain.state import Handed
from shared.decision import Decision
from shared.storage.sealed_files import LAYOUT, PENDING
from shared.testing.driver import at
from shared.testing.events import CASE
from shared.web.looks import Asked
from shared.web.uploads import Upload
from tests.services.router.visiting import OTHER, Visitor, visiting
from tests.shared.web.pictures import a_jpeg, a_png

WHY = {"reason": "核对补交的材料"}


async def asked(visitor: Visitor) -> None:
    """The unit has asked for papers."""
    await visitor.triaged()
    await visitor.staff.succeeds("yibao-dh", "request-material", {"list": ["参保凭证"]})


async def hands_in(visitor: Visitor, *files: tuple[str, bytes], text: str = "", hidden: dict[str, str] | None = None) -> httpx.Response:
    """The form with files."""
    sent: list[tuple[str, tuple[str, bytes]]] = [("files", file) for file in files]
    return await visitor.http.post(f"/p/{CASE}/supply", data=(hidden or await visitor.hidden("supply")) | {"text": text}, files=sent or None)


async def lying(visitor: Visitor) -> list[Any]:
    """Every file's particulars that lie in the store."""
    found = await visitor.driver.store.documents("files", LAYOUT).fetch([held.id for held in (await the_files(visitor))])
    return [document["state"] for document in found.values()]


async def the_files(visitor: Visitor) -> tuple[Handed, ...]:
    """What the case holds."""
    case = await visitor.staff.cases.get(CASE)
    assert case is not None
    return case.files


async def opens(visitor: Visitor, staff: str, number: str, **query: str) -> httpx.Response:
    """Somebody of the district opens a file."""
    path = httpx.URL(f"/router/cases/{CASE}/files/{number}", params=query or WHY)
    return await visitor.staff.reads(staff, str(path))


async def test_a_file_is_the_cases_and_opens_for_who_works_on_it() -> None:
    """Name and bytes as handed in but for what a photograph hides; the look is written down with its reason."""
    async with visiting() as visitor:
        await asked(visitor)
        answer = await hands_in(visitor, ("张三的凭证.exe", a_jpeg(exif=b"31.2304N")), ("b.png", a_png()))
        first, second = await the_files(visitor)
        unit = await opens(visitor, "yibao-dh", first.id)
        page, staff_page = await visitor.reads(), await visitor.staff.reads("yibao-dh", f"/router/cases/{CASE}")
        states, written = await lying(visitor), await visitor.staff.looks.read(Asked(kind="reveal"))

    assert answer.status_code == 303
    assert (first.media, second.media) == ("image/jpeg", "image/png")
    assert (unit.status_code, unit.headers["content-type"], b"31.2304N" in unit.content) == (200, "image/jpeg", False)
    assert [(entry.look.who, entry.look.reason) for entry in written] == [("yibao-dh", WHY["reason"])]
    assert "sandbox" in unit.headers["content-security-policy"]
    assert "%E5%BC%A0%E4%B8%89" in unit.headers["content-disposition"]
    assert "2 个" in page
    assert "张三的凭证" not in page + staff_page.text + repr(states)
    assert f"/files/{first.id}" in staff_page.text
    assert [state["case_no"] for state in states] == [CASE, CASE]


async def test_nobody_else_opens_it_and_nobody_without_a_reason() -> None:
    """domain §2: 本窗在办、本单在办; another case's number opens nothing."""
    async with visiting() as visitor:
        await asked(visitor)
        await hands_in(visitor, ("a.png", a_png()))
        (file,) = await the_files(visitor)
        refused = {staff: (await opens(visitor, staff, file.id)).status_code for staff in ("gongan-dh", "zhengwu-fu1", "s002-cl1", "jiwei-jw1")}
        no_reason = await opens(visitor, "yibao-dh", file.id, reason="")
        unknown = await opens(visitor, "yibao-dh", "0" * 32)
        other = await visitor.staff.reads("s001-cl1", f"/router/cases/{OTHER}/files/{file.id}?reason=核对材料")

    assert refused == {"gongan-dh": 404, "zhengwu-fu1": 409, "s002-cl1": 409, "jiwei-jw1": 403}
    assert (no_reason.status_code, unknown.status_code, other.status_code) == (422, 404, 404)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.pdf", b"MZ\x90\0")], "可以上传的是 PDF"), ([("a.png", b"")], "文件是空的"), ([("a.png", a_png())] * 6, "一次最多 5 个"),
        ([("a.svg", b"<svg xmlns='x'><script>1</script></svg>")], "可以上传的是 PDF"), ([], "请写补充的内容"),
    ],
)
async def test_what_cannot_be_taken_is_told_and_the_words_stay(files: list[tuple[str, bytes]], words: str) -> None:
    """422, nothing kept, nothing done; the words typed are there."""
    async with visiting() as visitor:
        await asked(visitor)
        answer = await hands_in(visitor, *files, text="凭证在附件里" if files else "")
        case = await visitor.staff.cases.get(CASE)

    assert (answer.status_code, words in answer.text) == (422, True)
    assert ("凭证在附件里" in answer.text) is bool(files)
    assert case is not None
    assert (case.files, case.waiting_citizen) == ((), True)


async def test_a_form_sent_twice_keeps_its_files_once() -> None:
    """The second lot is forgotten."""
    async with visiting() as visitor:
        await asked(visitor)
        hidden = await visitor.hidden("supply")
        answers = [await hands_in(visitor, ("a.png", a_png()), text="补齐了", hidden=hidden) for _ in range(2)]
        files = await the_files(visitor)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(files) == 1


async def test_files_of_a_refused_act_are_forgotten_and_a_case_takes_so_many() -> None:
    """Not asked for: refused with the rule's sentence; more than twenty: the window takes them."""
    async with visiting() as visitor:
        await visitor.triaged()
        refused = await hands_in(visitor, ("a.png", a_png()), text="x", hidden=await visitor.hidden("urge"))
        assert (refused.status_code, await the_files(visitor)) == (409, ())

        await visitor.staff.succeeds("yibao-dh", "request-material", {"list": ["参保凭证"]})
        case = await visitor.staff.cases.get(CASE)
        assert case is not None
        full = tuple(Handed(id=f"{place:032x}", media="image/png", size=1, at=at("2026-09-30 10:00")) for place in range(MOST))
        await visitor.staff.cases.change(CASE, lambda state: _with_files(state, full))
        many = await hands_in(visitor, ("a.png", a_png()), text="再补一张")

    assert (many.status_code, f"最多收 {MOST} 个文件" in many.text, "再补一张" in many.text) == (409, True, True)


def _with_files(state: Any, files: tuple[Handed, ...]) -> Any:
    return Decision(state.model_copy(update={"files": files}))


async def test_what_a_crash_left_is_tidied_and_what_a_case_holds_is_not() -> None:
    """A file of a broken-off act goes after a week; one whose act was done is settled late."""
    async with visiting() as visitor:
        await asked(visitor)
        folder = Folder(visitor.driver.ground, visitor.staff.cases)
        lost, held = await folder.keep(CASE, [Upload("a.png", "image/png", a_png()), Upload("b.png", "image/png", a_png())])
        noted = (Handed(id=held.id, media=held.media, size=held.size, at=held.saved_at),)
        await visitor.staff.cases.change(CASE, lambda state: _with_files(state, noted))
        visitor.driver.clock.move_to(visitor.driver.clock.now() + PENDING + timedelta(days=1))
        await folder.keep(CASE, [Upload("c.png", "image/png", a_png())])
        found = await folder.read(CASE, held.id)
        stored = await visitor.driver.store.documents("files", LAYOUT).fetch([lost.id, held.id])

    assert found is not None
    assert found[1:] == ("b.png", a_png())
    assert (stored[lost.id]["state"], stored[held.id]["state"]["case_no"]) == (None, CASE)

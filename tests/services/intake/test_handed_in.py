"""What comes with the clerk's form: signature, scan, witness, papers; kept when the form fails, sealed, given out one look at a time."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.intake.domain.access import may_open, works_at
from services.intake.domain.confirmation import Way, check_evidence, check_witness, method_of
from services.intake.domain.registration import Registration
from services.intake.handlers import inbox
from services.intake.store import forget_left_behind, open_register
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import CaseReopened, CaseTransferred, CaseTriaged, ConsultationConcluded
from shared.contracts.terms import ConfirmMethod
from shared.storage.documents import Query
from shared.storage.sealed_files import LAYOUT, PIECES, SealedFiles
from shared.testing.driver import at
from shared.web.looks import Asked
from tests.services.intake.conftest import House, a_matter
from tests.services.intake.test_pages import OWN, PAGE, hidden, look
from tests.shared.papers.reading import text
from tests.shared.web.pictures import a_jpeg, a_png

CASE = "PT2611230010001"
A_PDF = b"%PDF-1.7\ntrailer\n<<>>\n%%EOF\n"
SECRET = b"GPS 31.2304N"
DRAWN = "data:image/png;base64," + b64encode(a_png(width=60, height=30, extra=600)).decode()
Files = list[tuple[str, tuple[str, bytes]]]


async def hand_in(house: House, files: Files | None = None, **typed: Any) -> httpx.Response:
    """The form with its files, opened first."""
    html = await look(house, "/intake/register")
    fields = {"form_token": hidden(html, "form_token"), "entry": hidden(html, "entry"), **a_matter(), **typed}
    given = [(name, value) for name, value in fields.items() if not isinstance(value, list)]
    several = {name: value for name, value in fields.items() if isinstance(value, list)}
    return await house.client.post("/intake/register", data=dict(given) | several, files=files or [("files", ("", b""))], headers=OWN)


async def line(house: House, case: str = CASE) -> Registration:
    """The line of the register."""
    found = await open_register(house.ground, inbox).get(case)
    assert found is not None
    return found


def kept(html: str) -> list[str]:
    """The files a form with faults brought along."""
    return re.findall(r'name="kept" value="([0-9a-f]{32})"', html)


async def everything(house: House) -> str:
    """All that lies in every collection."""
    await house.courier.finish()
    return repr([documents._held for documents in house.store._documents.values()]) + repr(house._publisher.records)


async def opened(house: House, number: str, reason: str = "核对材料", case: str = CASE) -> httpx.Response:
    """Somebody signed in opens one file."""
    token = hidden(await look(house, f"/intake/cases/{case}/files"), "form_token")
    data = {"form_token": token, "file": number, "reason": reason}
    return await house.client.post(f"/intake/cases/{case}/files", data=data, headers=OWN)


async def test_a_drawn_signature_is_kept_sealed_and_stands_on_the_form(house: House) -> None:
    await house.signed_in()
    answer = await hand_in(house, confirm_method="PAD", signature=DRAWN)
    assert answer.status_code == 303, answer.text
    registered = await line(house)
    assert registered.confirm_method is ConfirmMethod.SIGNED and [held.kind for held in registered.filing.attached] == ["signature"]
    paper = await house.client.get(f"/intake/cases/{CASE}/form.pdf", params={"reason": "归档"}, headers=PAGE)
    assert paper.status_code == 200 and "日期：2026年11月23日" in text(paper.content) and b"/Subtype/Image" in paper.content.replace(b" ", b"")
    assert DRAWN not in await everything(house)


@pytest.mark.parametrize(
    "drawn", ["", "data:image/png;base64,", "data:image/svg+xml;base64,PHN2Zz4=", "nonsense", "data:image/png;base64,%%%",
              "data:image/png;base64," + b64encode(a_jpeg()).decode(), "data:image/png;base64," + b64encode(a_png()).decode()],
)
async def test_no_signature_on_the_pad_is_refused_with_the_other_ways_named(house: House, drawn: str) -> None:
    await house.signed_in()
    answer = await hand_in(house, confirm_method="PAD", signature=drawn)
    assert answer.status_code == 422 and "改选其他确认方式" in answer.text and 'href="#signature"' in answer.text
    assert house.documents() == {}


async def test_a_form_that_fails_comes_back_with_its_signature_and_files(house: House) -> None:
    await house.signed_in()
    files: Files = [("files", ("证明.jpg", a_jpeg(exif=SECRET))), ("files", ("../x.pdf", A_PDF)), ("files", ("坏.pdf", b"MZ" + bytes(90)))]
    failed = await hand_in(house, files, phone="123", confirm_method="PAD", signature=DRAWN)
    ids = kept(failed.text)
    assert failed.status_code == 422 and len(ids) == 3 and "证明.jpg" in failed.text and "x.pdf" in failed.text and "../" not in failed.text
    assert "第 3 个文件没有收下" in failed.text and "内容是程序" in failed.text
    assert f'<img src="{DRAWN}"' in failed.text
    again = await hand_in(house, kept=ids, dropped=[ids[-1]], confirm_method="PAD", entry=hidden(failed.text, "entry"))
    assert again.status_code == 303
    assert len((await line(house)).filing.attached) == 2


async def test_a_new_drawing_takes_the_place_of_the_one_before(house: House) -> None:
    await house.signed_in()
    failed = await hand_in(house, phone="123", confirm_method="PAD", signature=DRAWN)
    other = "data:image/png;base64," + b64encode(a_png(width=61, height=30, extra=600)).decode()
    await hand_in(house, kept=kept(failed.text), confirm_method="PAD", signature=other)
    (signature,) = (await line(house)).filing.attached
    assert signature.id not in kept(failed.text)


async def test_another_clerks_waiting_files_are_not_taken(house: House) -> None:
    await house.signed_in()
    ids = kept((await hand_in(house, [("files", ("a.png", a_png()))], phone="1")).text)
    await house.signed_in("s001-ws1")
    await hand_in(house, kept=[*ids, "x", "0" * 32])
    assert (await line(house)).filing.attached == ()


async def test_a_scan_is_wanted_where_a_scan_was_chosen(house: House) -> None:
    await house.signed_in()
    missing = await hand_in(house, confirm_method="SCANNED")
    assert missing.status_code == 422 and "请上传已签字的登记表" in missing.text
    assert (await hand_in(house, [("scan", ("签字页.pdf", A_PDF))], confirm_method="SCANNED")).status_code == 303
    registered = await line(house)
    assert registered.confirm_method is ConfirmMethod.SCANNED and [held.kind for held in registered.filing.attached] == ["scan"]


async def test_who_refuses_to_sign_does_so_before_a_witness_whose_name_is_sealed(house: House) -> None:
    await house.signed_in()
    missing = await hand_in(house, confirm_method="REFUSED_WITNESSED")
    assert missing.status_code == 422 and 'href="#witness"' in missing.text
    assert (await hand_in(house, confirm_method="REFUSED_WITNESSED", witness="钟见证")).status_code == 303
    assert "钟见证" not in await everything(house)
    (event,) = house.published(CaseRegistered)
    assert event.confirm_method is ConfirmMethod.REFUSED_WITNESSED
    paper = await house.client.get(f"/intake/cases/{CASE}/form.pdf", params={"reason": "归档"}, headers=PAGE)
    assert "拒签，见证人钟见证" in text(paper.content)


async def test_a_witness_typed_before_another_way_was_chosen_is_nothing(house: House) -> None:
    await house.signed_in()
    assert (await hand_in(house, confirm_method="SIGNED", witness="钟见证")).status_code == 303
    papers = (await line(house)).papers
    assert papers is not None and papers.witness is None


@pytest.mark.parametrize(
    ("method", "witness", "codes"),
    [
        (ConfirmMethod.REFUSED_WITNESSED, None, ["missing"]), (ConfirmMethod.REFUSED_WITNESSED, "钟见证", []),
        (ConfirmMethod.REFUSED_WITNESSED, "王大力", ["same"]), (ConfirmMethod.SIGNED, "钟见证", ["needless"]), (None, "钟见证", ["needless"]),
        (ConfirmMethod.SIGNED, None, []), (None, None, []),
    ],
)
def test_the_witness_rule_says_what_is_wrong(method: ConfirmMethod | None, witness: str | None, codes: list[str]) -> None:
    assert [fault.code for fault in check_witness(method, witness, "王大力")] == codes


def test_the_evidence_rule_asks_for_what_was_chosen() -> None:
    assert [fault.field for fault in check_evidence("PAD", signed=False, scanned=True)] == ["signature"]
    assert [fault.field for fault in check_evidence("SCANNED", signed=True, scanned=False)] == ["scan"]
    assert [*check_evidence("PAD", signed=True, scanned=False), *check_evidence("SCANNED", signed=False, scanned=True)] == []
    assert [*check_evidence("SIGNED", signed=False, scanned=False), *check_evidence("", signed=False, scanned=False)] == []
    assert [method_of(way.value) for way in Way] == ["SIGNED", "SIGNED", "SCANNED", "REFUSED_WITNESSED"] and method_of("WHAT") == "WHAT"


async def test_more_than_five_papers_are_refused_also_over_two_tries(house: House) -> None:
    await house.signed_in()
    six: Files = [("files", (f"{place}.png", a_png())) for place in range(6)]
    assert "一次最多 5 个文件" in (await hand_in(house, six)).text
    failed = await hand_in(house, six[:4], phone="1")
    again = await hand_in(house, six[:2], kept=kept(failed.text))
    assert again.status_code == 422 and "一共最多 5 个文件" in again.text and len(kept(again.text)) == 5


async def test_somebody_with_too_many_waiting_files_finishes_first(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.api.handed_in.MOST_PENDING", 0)
    await house.signed_in()
    await hand_in(house, [("files", ("a.png", a_png()))], phone="1")
    assert "还没有随表登记" in (await hand_in(house, [("files", ("a.png", a_png()))])).text


async def test_a_double_click_keeps_the_files_once(house: House) -> None:
    await house.signed_in()
    paper: Files = [("files", ("a.png", a_png()))]
    first, second = await hand_in(house, paper, entry="twice"), await hand_in(house, paper, entry="twice")
    assert first.headers["location"] == second.headers["location"]
    assert len(await house.store.documents("files", LAYOUT).find(Query(equal={}, limit=9))) == 1


async def test_a_paper_is_opened_by_who_works_on_the_case_and_each_look_is_written_down(house: House) -> None:
    await house.signed_in()
    await hand_in(house, [("files", ("王大力 身份证.jpg", a_jpeg(exif=SECRET)))])
    (held,) = (await line(house)).filing.attached
    listed = await look(house, f"/intake/cases/{CASE}/files")
    assert "附件 1" in listed and "王大力" not in listed
    answer = await opened(house, held.id, "核对王大力 13800000001")
    assert answer.status_code == 200 and SECRET not in answer.content and answer.content == a_jpeg()
    assert answer.headers["content-disposition"].startswith("attachment") and answer.headers["x-content-type-options"] == "nosniff"
    assert (answer.headers["cache-control"], answer.headers["content-type"]) == ("no-store", "image/jpeg")
    (entry,) = await house.site.state.looks.read(Asked(case_no=CASE))
    assert (entry.look.who, entry.look.what, entry.look.kind) == ("s001-cl1", "附件", "reveal") and "13800000001" not in entry.look.reason
    held_bytes = repr(house.store.documents("file_pieces", PIECES)._held)
    assert repr(a_jpeg()[:40])[2:-1] not in held_bytes and "身份证" not in await everything(house)


@pytest.mark.parametrize("reason", ["", " ", "看", "<b>x</b>", "字" * 201, "\u202e看看"])
async def test_without_a_good_reason_no_paper_is_opened(house: House, reason: str) -> None:
    await house.signed_in()
    await hand_in(house, [("files", ("a.png", a_png()))])
    (held,) = (await line(house)).filing.attached
    answer = await opened(house, held.id, reason)
    assert answer.status_code == 422 and "请写明查看原因" in answer.text
    assert await house.site.state.looks.read(Asked(case_no=CASE)) == []


async def test_who_does_not_work_on_the_case_opens_nothing(house: House) -> None:
    await house.signed_in()
    await hand_in(house, [("files", ("a.png", a_png()))])
    await house.signed_in("yibao-dh")
    assert (await house.client.get(f"/intake/cases/{CASE}/files", headers=PAGE)).status_code == 403
    triaged = CaseTriaged(
        case_no=CaseNo(CASE), occurred_at=at("2026-11-23 10:05"), category="SERVICE", grade="GENERAL", lead="yibao", assist=("gongan",),
        requirement="查清", due_at=at("2026-11-26 17:30"),
    )
    await house.consumes(triaged)
    assert (await house.client.get(f"/intake/cases/{CASE}/files", headers=PAGE)).status_code == 200
    for nobody in ("zhengwu-fu1", "zhengwu-gl1", "jiwei-jw1"):
        await house.signed_in(nobody)
        assert (await house.client.get(f"/intake/cases/{CASE}/files", headers=PAGE)).status_code == 403
    await house.signed_in("zhengwu-go")
    (held,) = (await line(house)).filing.attached
    assert (await opened(house, held.id)).status_code == 200 and (await opened(house, "0" * 32)).status_code == 404


async def test_the_papers_of_a_clue_are_there_for_nobody(house: House) -> None:
    await house.signed_in()
    await hand_in(house, [("files", ("a.png", a_png()))])
    await house.consumes(CaseTransferred(case_no=CaseNo(CASE), occurred_at=at("2026-11-23 10:05"), to="jiwei", reason="涉嫌违纪", clue=True))
    assert (await house.client.get(f"/intake/cases/{CASE}/files", headers=PAGE)).status_code == 404


async def test_a_unit_that_joins_later_may_look_too(house: House) -> None:
    """状态机 16、18: the lead of a second round or of a 会商 beside the units that were at work before."""
    await house.at_the_counter(a_matter())
    assert (await line(house)).units == ()
    await house.consumes(said_again("gongan"), concluded("yibao"), concluded("gongan"), concluded(None))
    registered = await line(house)
    assert registered.units == ("gongan", "yibao")


def said_again(lead: str) -> CaseReopened:
    """Router's word that it is done again."""
    return CaseReopened(
        case_no=CaseNo(CASE), occurred_at=at("2026-11-23 10:05"), round=2, lead=lead, lead_name="某局", due_at=at("2026-11-26 17:30"),
    )


def concluded(lead: str | None) -> ConsultationConcluded:
    """Router's word after a 会商."""
    return ConsultationConcluded(case_no=CaseNo(CASE), occurred_at=at("2026-11-23 10:05"), outcome="已会商", lead=lead)


async def test_who_may_open_follows_window_unit_and_office(house: House) -> None:
    """domain §2「查看明文」."""
    await house.at_the_counter(a_matter())
    held = (await line(house)).model_copy(update={"units": ("yibao",)})
    allowed = [("DH", "yibao", None), ("SH", "yibao", None), ("CL", None, "001"), ("TR", None, None), ("WS", None, "001"), ("GO", "zhengwu", None)]
    refused = [("DO", "yibao", None), ("SH", "gongan", None), ("DH", None, None), ("CL", None, "101"), ("FU", "zhengwu", None), ("GL", None, "001")]
    assert [row for row in allowed if not may_open(held, frozenset({row[0]}), unit=row[1], site=row[2])] == []
    assert [row for row in refused if may_open(held, frozenset({row[0]}), unit=row[1], site=row[2])] == []
    assert works_at(held, None) and not works_at(held, "900")


async def test_a_file_nobody_registered_goes_after_seven_days_and_one_that_was_stays(house: House) -> None:
    await house.signed_in()
    await hand_in(house, [("files", ("a.png", a_png()))])
    left = kept((await hand_in(house, [("files", ("b.png", a_png()))], phone="1", entry="never")).text)
    files, register = SealedFiles(house.store, house.sealer, house.clock), open_register(house.ground, inbox)
    house.clock.move_by(timedelta(days=8))
    assert await forget_left_behind(files, register) == 1 and await files.find(left) == []
    (held,) = (await line(house)).filing.attached
    assert [one.case_no for one in await files.find([held.id])] == [CASE]


async def test_files_of_a_form_whose_clerk_never_saw_the_answer_are_settled_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process died between the registration and the settling."""

    async def dies(*_: Any) -> None:
        return None

    await house.signed_in()
    with monkeypatch.context() as broken:
        broken.setattr(SealedFiles, "settle", dies)
        await hand_in(house, [("files", ("a.png", a_png()))])
    files, register = SealedFiles(house.store, house.sealer, house.clock), open_register(house.ground, inbox)
    house.clock.move_by(timedelta(days=8))
    assert await forget_left_behind(files, register) == 0
    (held,) = (await line(house)).filing.attached
    assert [one.case_no for one in await files.find([held.id])] == [CASE]

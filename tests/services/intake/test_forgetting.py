"""After the term the register finds nobody and opens nothing; what it counts stays."""

from __future__ import annotations

import re

from services.intake.api.desk import PARTY
from services.intake.domain.evaluations import Evaluation
from services.intake.domain.forgetting import forget_row_when_due
from services.intake.domain.paper import Attached
from services.intake.domain.registration import Registration
from services.intake.handlers import inbox
from services.intake.store import open_evaluations, open_register
from shared.contracts.archive_events import CaseForgotten
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import CaseRegistered, EvaluationImported
from shared.contracts.sealed import ANONYMISED
from shared.decision import Decision
from shared.storage.documents import Layout
from shared.storage.sealed_files import SealedFiles
from shared.testing.driver import DISTRICT, at
from tests.services.intake.conftest import House, a_matter
from tests.services.intake.test_evaluations import a_row, as_csv, bring, press, rows_of

PHONE = "13800000001"


async def test_nothing_is_left_that_opens_or_finds(house: House) -> None:
    """Box, key, index, digest: searched in all that lies in the store."""
    case_no = (await house.at_the_counter(a_matter())).json()["case_no"]
    index = house.ground.sealer.blind(PHONE, PARTY)
    before = repr(house.documents())
    assert index in before and re.search(r"'wrapped_key': '[^']+'", before)

    await house.consumes(CaseForgotten(case_no=CaseNo(case_no), occurred_at=at("2029-11-23 10:00"), archived_at=at("2026-11-23 10:00")))

    after = repr(house.documents())
    line = await open_register(house.ground, inbox).get(case_no)
    assert line is not None and line.papers is not None and line.papers.contact.phone is not None
    assert index not in after and not re.search(r"'(wrapped_key|box|digest|party_ref)': '[^']+'", after.replace(f"'{_token(after)}'", "''"))
    assert (line.papers.contact.phone.masked, line.papers.contact.party_ref, line.filing.digest) == (ANONYMISED, "", "")
    assert line.item == "异地就医备案" and line.papers.matter.masked


def _token(text: str) -> str:
    """The digest of the request's own key, which is of what was asked and not of whom."""
    found = re.search(r"'keys': .*?'digest': '([^']+)'", text)
    return found.group(1) if found else "-"


async def test_a_case_nobody_knows_is_forgotten_too(house: House) -> None:
    """It came and went before; nothing breaks, nothing is made."""
    await house.consumes(CaseForgotten(case_no=CaseNo("PT2611230010009"), occurred_at=at("2029-11-23 10:00"), archived_at=at("2026-11-23 10:00")))

    assert await open_register(house.ground, inbox).get("PT2611230010009") is None


async def test_the_files_go_with_it(house: House) -> None:
    """Pieces and particulars are emptied; the case names none of them any more."""
    case_no = (await house.at_the_counter(a_matter())).json()["case_no"]
    files, register = SealedFiles(house.store, house.sealer, house.clock), open_register(house.ground, inbox)
    kept = await files.keep(b"%PDF-1.7 a paper", owner="s001-cl1", about="form", kind="attachment", media="application/pdf", name="张三的证.pdf")
    held = Attached(id=kept.id, kind="attachment", media=kept.media, size=kept.size)

    def attach(line: Registration | None) -> Decision[Registration | None]:
        assert line is not None
        return Decision(line.model_copy(update={"filing": line.filing.model_copy(update={"attached": (held,)})}))

    await register.change(case_no, attach)
    await files.settle([kept.id], case_no)
    await house.consumes(CaseForgotten(case_no=CaseNo(case_no), occurred_at=at("2029-11-23 10:00"), archived_at=at("2026-11-23 10:00")))

    pieces = [document["box"] for document in house.store.documents("file_pieces", Layout())._held.values()]
    line = await register.get(case_no)
    assert line is not None
    assert (await files.find([kept.id]), pieces, line.filing.attached) == ([], [b""], ())


IMPORTED, OVER = "2026-11-23 10:00", "2029-11-23 10:00"
OPENS = re.compile(r"'(wrapped_key|box|digest)': '[^']+'")


async def a_kept_row(house: House) -> Evaluation:
    """One 差评 with name, phone and words, imported now."""
    await bring(house, as_csv(a_row()))
    row = await open_evaluations(house.ground, inbox).get(house.published(EvaluationImported)[0].case_no)
    assert row is not None
    return row


async def test_a_row_that_became_no_case_is_forgotten_at_its_own_term(house: House) -> None:
    """domain §9.3: boxes, key and digest go, searched in all that lies in the store; what the figures count stays."""
    before = await a_kept_row(house)
    await house.wakes("2029-11-23 09:59")
    assert OPENS.search(repr(rows_of(house)))
    await house.wakes("2029-11-23 10:01")
    await house.wakes("2030-11-23 10:01")

    after = await open_evaluations(house.ground, inbox).get(before.number)
    assert after is not None and after.name is not None and after.text is not None and before.text is not None
    assert not OPENS.search(repr(rows_of(house)))
    assert (after.name.masked, after.text.masked, after.forgotten_at) == (ANONYMISED, before.text.masked, at("2029-11-23 10:01"))
    gone = {"text", "name", "phone", "digest", "forgotten_at"}
    assert after.model_dump(exclude=gone) == before.model_dump(exclude=gone)


async def test_a_row_is_not_forgotten_a_second_early(house: House) -> None:
    """The rule without its term would let go at once."""
    row = await a_kept_row(house)

    for early in (IMPORTED, "2029-11-23 09:59"):
        assert forget_row_when_due(row, DISTRICT, at(early)).state == row
    assert forget_row_when_due(row, DISTRICT, at(OVER)).state != row
    assert forget_row_when_due(None, DISTRICT, at(OVER)).state is None


async def test_a_row_that_became_a_case_goes_with_it_and_not_before(house: House) -> None:
    """Its own term does not count any more; what archive says of the case does."""
    row = await a_kept_row(house)
    await press(house, row.number)
    case, = house.published(CaseRegistered)
    await house.wakes("2030-06-01 10:00")
    assert OPENS.search(repr(rows_of(house)[row.number]["state"]))

    said = CaseForgotten(case_no=case.case_no, occurred_at=at("2030-06-02 10:00"), archived_at=at("2027-06-02 10:00"))
    await house.consumes(said)

    after = await open_evaluations(house.ground, inbox).get(row.number)
    assert after is not None and not OPENS.search(repr(rows_of(house)[row.number]["state"]))
    assert (after.case_no, after.forgotten_at, after.kept_since) == (case.case_no, said.occurred_at, None)


async def test_a_forgotten_row_makes_no_case_and_comes_in_no_second_time(house: House) -> None:
    """The button is gone and the press refused; the same file again is known, and brings nothing back."""
    row = await a_kept_row(house)
    await house.wakes("2029-11-23 10:01")

    refused, again = await press(house, row.number), await bring(house, as_csv(a_row()))

    assert refused.status_code == 422 and "已过保存期限" in refused.text and "转为工单</button>" not in again.text
    assert "新收 0 行，早已收下 1 行" in again.text and house.published(CaseRegistered) == []
    assert not OPENS.search(repr(rows_of(house)))

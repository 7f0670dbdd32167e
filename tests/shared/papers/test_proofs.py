"""《工单记录证明》: one A4 sheet that says what it proves, with which values, and how anybody checks it without a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from shared.papers.proofs import Proof, Sealed
from tests.shared.papers.reading import fonts, pages, text

HEAD, VALUE = "sm3:" + "ab12" * 16, "sm3:" + "cd34" * 16
PROOF = Proof(
    case_no="PT2611230010012", records=23, first_at=datetime.fromisoformat("2026-11-23T09:05:00+08:00"),
    last_at=datetime.fromisoformat("2026-12-01T15:02:00+08:00"), head=HEAD, sealed=Sealed("2026-11", 21, "2026-12", VALUE), next_at=None,
    office="普陀区政务服务办公室", place="区政务服务中心", tel="021-00000000",
)


async def test_one_sheet_has_the_values_what_they_prove_and_the_command() -> None:
    """状态机 20: whole values, the file's name, the command as it is typed, where to ask; no name and no phone of anybody's."""
    pdf = await PROOF.pdf()
    said = text(pdf)

    assert len(pages(pdf)) == 1
    for part in (
        "工单记录证明", PROOF.case_no, "23条，2026年11月23日09:05至2026年12月1日15:02", HEAD, VALUE,
        "随2026年11月台账封存，含前21条记录；其后2条列入下一次封存", "2026年12月封存值",
        "它证明什么", "怎样核对", "python3-mcheckerproofPT2611230010012-proof.json", "区政务服务中心", "021-00000000", "普陀区政务服务办公室",
    ):
        assert part in said, part
    assert all(fonts(pdf).values()) and pdf == await PROOF.pdf()


async def test_before_its_month_is_sealed_it_says_when_and_claims_no_more() -> None:
    """A chain that nothing published binds proves only that it hangs together."""
    waiting = replace(PROOF, sealed=None, next_at=datetime.fromisoformat("2027-01-06T17:30:00+08:00"))
    said = text(await waiting.pdf())

    assert "尚未封存，预计在2027年1月6日17:30之后" in said and "请再取一份" in said and "这时只能核对记录前后是否一致" in said
    assert VALUE not in said and "记录就没有被改动" not in said

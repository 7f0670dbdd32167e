"""状态机 20; docs/decisions/0037: every month is sealed over all it has; what comes later is in the next month's seal; anybody can check."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checker import proof as checker_proof
from checker.__main__ import main
from checker.sm3 import by_hand, sm3
from services.archive.domain.reports.periods import month_named
from services.archive.domain.seals import seal as rules
from services.archive.domain.seals.merkle import path_of, root_of
from services.archive.domain.seals.seal import Seal, due_of, open_seal, seal_month, to_open
from services.archive.handlers import inbox
from services.archive.jobs import seals as job
from services.archive.store import Kept, open_filings, open_library, open_patterns, open_reports, open_summaries
from services.archive.store.seals import every_page, every_seal, open_seal_pages, open_seals
from shared.contracts.archive_events import MonthSealed, SealPageMade
from shared.contracts.router_events import CaseCorrected
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive, notice_sent, whole_life

SEPTEMBER = "2026-10-10 17:30"
WRONG = {"field": "item", "before": "甲", "after": "乙", "reason": "误录"}
RUN = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module('checker', run_name='__main__')"


async def sealed(archive: Archive) -> list[Seal]:
    """The months that stand sealed, the oldest first."""
    return [seal for seal in await every_seal(open_seals(archive.ground, inbox)) if seal.as_of is not None]


def leaves(archive: Archive, month: str) -> dict[str, tuple[int, str]]:
    """What the month's pages say, by number: how many events, the head."""
    pages = [event for event in archive.published(SealPageMade) if event.month == month]
    return {leaf.number: (leaf.events, leaf.head) for page in pages for leaf in page.leaves}


async def lived(archive: Archive) -> None:
    """September was opened on its last day, a case was registered and closed in October."""
    await archive.ticks()
    for event in whole_life():
        if event.occurred_at > at(SEPTEMBER) > archive.clock.now():
            await archive.wakes(SEPTEMBER)
        await archive.consumes(event)


async def test_a_month_is_sealed_when_its_filings_are_due_over_every_case_and_every_site(archive: Archive) -> None:
    await lived(archive)
    await archive.wakes("2026-10-13 09:00")

    (september,) = archive.published(MonthSealed)
    record, kept = await archive.record(), leaves(archive, "2026-09")

    assert (september.month, september.as_of, september.previous, september.cases) == ("2026-09", at(SEPTEMBER), "", 1)
    assert september.filings == len(DISTRICT.sites) == 30
    assert kept.pop(CASE)[0] <= len(record.events)
    assert set(kept.values()) == {(0, "")}, "nobody filed: that stands there too"
    (stored,) = await sealed(archive)
    assert (stored.value, stored.root) == (september.value, september.root)


async def test_what_comes_after_the_seal_stands_in_the_next_with_its_new_head(archive: Archive) -> None:
    """A notice and a 更正 after the lock: October's seal has the case again, and is chained to September's."""
    await lived(archive)
    await archive.wakes("2026-10-13 09:00")
    await archive.consumes(notice_sent("2026-10-14 10:00"))
    await archive.consumes(CaseCorrected(case_no=CASE, occurred_at=at("2026-10-14 11:00"), actor="s001-ws1", **WRONG))
    await archive.wakes("2026-11-05 09:00")

    first, second = archive.published(MonthSealed)
    record = await archive.record()

    assert second.previous == first.value
    assert leaves(archive, "2026-10")[CASE] == (len(record.events), record.chain) != leaves(archive, "2026-09")[CASE]
    assert record.late_events == 2


async def test_an_unchanged_case_is_not_sealed_twice_and_an_empty_month_is_sealed_all_the_same(archive: Archive) -> None:
    await lived(archive)
    await archive.consumes(notice_sent("2026-10-12 11:00"))
    await archive.wakes("2026-12-04 09:00")

    assert [(event.month, event.cases) for event in archive.published(MonthSealed)] == [("2026-09", 1), ("2026-10", 1), ("2026-11", 0)]


async def test_a_seal_is_made_once_and_goes_on_where_it_was_cut_off(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are written, then the process dies: the next sweep adds what came since and seals over both pages."""
    monkeypatch.setattr(rules, "PAGE", 16)
    await archive.ticks()
    kept = Kept(
        archive.ledger, open_filings(archive.ground, inbox), open_summaries(archive.ground, inbox),
        open_seals(archive.ground, inbox), open_seal_pages(archive.ground, inbox), open_library(archive.ground, inbox),
        open_patterns(archive.ground, inbox), open_reports(archive.ground, inbox),
    )
    await job._write_pages(archive.ground, kept, "2026-09")
    await archive.consumes(a_case_registered("2026-09-30 11:00"))
    await archive.wakes("2026-10-12 09:00")
    await archive.ticks()

    (seal,) = archive.published(MonthSealed)
    assert [page.leaves for page in seal.pages] == [16, 14, 1]
    assert [page.number async for page in every_page(kept.pages, month_named("2026-09"))] == [page.number for page in seal.pages]


def test_months_an_outage_left_out_are_opened_and_sealed_one_after_the_other() -> None:
    november = open_seal(None, month_named("2026-11"), DISTRICT).state
    assert november is not None
    assert [month.text for month in to_open(november, at("2027-02-03 09:00"))] == ["2026-12", "2027-01", "2027-02"]
    assert [month.text for month in to_open(None, at("2027-02-03 09:00"))] == ["2027-02"]

    december = open_seal(None, month_named("2026-12"), DISTRICT).state
    early = seal_month(november, [], None, DISTRICT, at("2026-12-03 17:29"))
    waits = seal_month(december, [], november, DISTRICT, at("2027-02-03 09:00"))
    done = seal_month(november, [], None, DISTRICT, at("2026-12-03 17:30"))

    assert (early.events, waits.events, len(done.events)) == ((), (), 1)
    assert due_of(month_named("2026-11"), DISTRICT) == at("2026-12-03 17:30")
    assert done.state is not None and not seal_month(done.state, [], None, DISTRICT, at("2026-12-04 09:00")).events


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_every_leaf_leads_to_the_root_and_no_other(count: int) -> None:
    """Also where a level is odd; the checker climbs with its own code."""
    hashes = [sm3(str(nth)) for nth in range(count)]
    root = root_of(hashes)

    assert checker_proof.root_over(hashes) == root
    for place, own in enumerate(hashes):
        path = [list(step) for step in path_of(hashes, place)]
        assert checker_proof.climbed(own, path) == root
        assert checker_proof.climbed(sm3("another"), path) != root


def test_sm3_by_hand_is_openssls() -> None:
    """GB/T 32905 A.1, A.2, and every length over two blocks."""
    assert by_hand(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert by_hand(b"abcd" * 16) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    assert [by_hand(b"x" * length) == sm3(b"x" * length) for length in range(130)] == [True] * 130


async def kept_proof(archive: Archive, visiting: Visiting) -> dict[str, Any]:
    """What a person takes home in November, of a case of September."""
    await lived(archive)
    await archive.wakes("2026-11-05 09:00")
    async with visiting("s001-cl1") as client:
        answer = await client.get(f"/api/archive/cases/{CASE}/proof")
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_person_keeps_a_proof_and_checks_it_offline(
    archive: Archive, visiting: Visiting, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    """No word of the case is in it; what it ends with is what the page of the seals shows."""
    proof = await kept_proof(archive, visiting)
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof, ensure_ascii=False), encoding="utf-8")
    record = await archive.record()
    async with visiting("zhengwu-go1") as client:
        shown = (await client.get("/archive/seals/", headers={"accept": "text/html"})).text
        listed = (await client.get("/api/archive/seals")).json()

    assert main(["proof", str(file)]) == 0
    assert proof["seals"][-1]["value"] in capsys.readouterr().out
    assert proof["seals"][-1]["value"] in shown
    assert [row["month"] for row in listed] == ["2026-11", "2026-10", "2026-09"]
    assert record.entry is not None and record.entry.matter not in file.read_text(encoding="utf-8")
    assert alone(file).returncode == 0


def alone(file: Path) -> subprocess.CompletedProcess[str]:
    """The checker in a process that knows nothing but Python's standard library."""
    ours = str(Path(checker_proof.__file__).parents[1])
    return subprocess.run([sys.executable, "-I", "-S", "-c", RUN, ours, "proof", str(file)], capture_output=True, text=True, check=False)


async def test_every_change_to_a_proof_is_found(archive: Archive, visiting: Visiting, tmp_path: Path) -> None:
    """Each leaf of the JSON changed by itself, but for what is only words about it."""
    whole = await kept_proof(archive, visiting)
    assert list(checker_proof.check(whole)) == []

    assert [path for path in places(whole) if path[0] not in ("form", "how") and not found(whole, path)] == []
    assert main(["proof", str(tmp_path / "none.json")]) == 1
    assert main(["proof"]) == 2


def places(held: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value stands."""
    inside = held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ()
    return [place for name, value in inside for place in places(value, (*path, name))] or ([path] if not isinstance(held, dict | list) else [])


def found(whole: dict[str, Any], path: tuple[Any, ...]) -> bool:
    """Whether the checker finds this value changed."""
    copy = json.loads(json.dumps(whole))
    within: Any = copy
    for name in path[:-1]:
        within = within[name]
    within[path[-1]] = _other(within[path[-1]])
    try:
        return bool(list(checker_proof.check(copy)))
    except (KeyError, ValueError, IndexError, TypeError):
        return True


def _other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    text = str(value)
    if text in ("left", "right"):
        return "left" if text == "right" else "right"
    return f"{'1' if text[:1] != '1' else '2'}{text[1:]}"


async def test_a_case_that_is_not_sealed_yet_has_a_proof_that_says_so(
    archive: Archive, visiting: Visiting, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    await archive.consumes(*whole_life()[:2])
    async with visiting("s001-cl1") as client:
        proof = (await client.get(f"/api/archive/cases/{CASE}/proof")).json()
        unknown = await client.get("/api/archive/cases/PT2609300019999/proof")
    (tmp_path / "proof.json").write_text(json.dumps(proof), encoding="utf-8")

    assert (proof["sealed"], proof["seals"], unknown.status_code) == (None, [], 404)
    assert main(["proof", str(tmp_path / "proof.json")]) == 0
    assert "还没有封存" in capsys.readouterr().out

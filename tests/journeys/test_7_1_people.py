"""方案 七(一)、六(四): a unit names its leader, section head, operator and receiver, or nothing is dispatched to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from shared.district import check_district
from shared.district.faults import DistrictFault
from shared.district.loading import load_district
from shared.testing.driver import DISTRICT, PUTUO
from tests.journeys.stage import play
from tests.journeys.texts import day, register, scenario, step, triage

FOUR = {"leader": "分管领导", "section_head": "科室负责人", "operator": "操作人员", "receiver": "收单专人"}
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("who", list(FOUR))
def test_rules_with_a_unit_that_lacks_one_of_its_four_are_not_taken(tmp_path: Path, who: str) -> None:
    """W11: check-scheme names unit, role and line; no system starts on such rules, so nothing is dispatched."""
    folder = Path(copytree(PUTUO, tmp_path / "putuo"))
    file = folder / "departments.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(f"  {who}: yibao-")), encoding="utf-8")

    said = [str(problem) for problem in check_district(folder, TODAY)]

    assert [FOUR[who] in problem and "yibao" in problem for problem in said] == [True]
    with pytest.raises(DistrictFault):
        load_district(folder)


def test_every_unit_of_the_district_has_its_four() -> None:
    """Different people, each of the unit."""
    for unit in DISTRICT.departments.values():
        people = [getattr(unit, who) for who in FOUR]

        assert len(set(people)) == len(FOUR), unit.code
        assert {DISTRICT.staff[person].unit for person in people} == {unit.code}


@pytest.mark.real
async def test_each_of_the_four_does_and_hears_what_is_theirs(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """The receiver signs, the operator answers, the head asks for time, the leader agrees; each is told of their part."""
    text = scenario(
        "11-23 08:50", "11-24 18:00",
        register(day("11-23 09:00")), triage("+10m", grade="COMPLEX"), step("+10m", "sign", by="DO"), step("+10m", "contact", by="DH"),
        step("+10m", "approve_extension", by="yibao-dl", expect="refused"),
        step("+10m", "request_extension", by="SH", until="2026-12-04", reason="须发函外省调档。"), step("+10m", "approve_extension", by="yibao-dl"),
        step("+10m", "sign", by="gongan-do", expect="refused"),
    )
    outcome = await play(text, places, prefix, tmp_path)

    assert outcome.played.failures == []
    actors = {event["type"].split(".")[-2]: event["actor"] for event in outcome.events}
    assert actors["OrderSigned"] == "yibao-do"
    assert (actors["ExtensionRequested"], actors["ExtensionEndorsed"]) == ("yibao-sh", "yibao-dl")
    assert {notice["to_role"] for notice in outcome.notices_of("c1", "S01")} == {"DO", "DH"}
    assert "DL" in {notice["to_role"] for notice in outcome.notices_of("c1", "S07")}

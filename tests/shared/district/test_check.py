"""The check as a whole: years, ladder, missing files, and what loading raises."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shared.district import DistrictFault, Problem, check_district, load_district

PUTUO = Path(__file__).parents[3] / "deploy/district/putuo"
TODAY = date(2026, 11, 23)
Plant = Callable[[str, str, str], Path]


def the_problem(folder: Path) -> Problem:
    """The one problem of a folder with one fault."""
    problems = check_district(folder, TODAY)
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_putuo_itself_has_no_problem() -> None:
    """The folder we ship starts; 2027 may be provisional."""
    assert check_district(PUTUO, TODAY) == []


def test_a_ladder_step_nobody_stands_on(plant: Plant) -> None:
    """Without 政务服务办领导 nobody approves 督办·红, 约谈 or 通报."""
    plant("staff.yaml", "roles: [GL]", "roles: [KB]")
    folder = plant("staff.yaml", "roles: [GL]", "roles: [KB]")
    messages = [problem.message for problem in check_district(folder, TODAY)]
    steps = [f"升级阶梯 {step} 要找政务服务办领导（GL），可没有这样的人。" for step in ("L3", "L4", "L5")]
    assert [message for message in messages if message.startswith("升级阶梯")] == steps
    assert "supervision.drafted 要告诉政务服务办领导（GL），可没有这样的人。" in messages


def test_a_year_without_a_notice_stops_a_district_that_wants_one(plant: Plant) -> None:
    """The next year must be there unless the district accepts provisional days."""
    folder = plant("policy.yaml", "provisional_ok: true", "provisional_ok: false")
    problem = the_problem(folder)
    assert (problem.file, problem.message) == ("calendar/2027.yaml", "没有 2027 年的日历。")
    assert check_district(folder, date(2025, 6, 1)) == []


def test_the_present_year_must_be_there(plant: Plant) -> None:
    """A provisional year is for what no notice has announced yet, not for a file somebody lost."""
    folder = plant("sites.yaml", "", "")
    (folder / "calendar/2026.yaml").unlink()
    problem = the_problem(folder)
    assert (problem.file, problem.message) == ("calendar/2026.yaml", "没有 2026 年的日历。")
    assert "国务院" in problem.fix


def test_no_year_between_may_be_missing(plant: Plant) -> None:
    """A hole in the middle would be counted as provisional by nobody's wish."""
    folder = plant("sites.yaml", "", "")
    (folder / "calendar/2025.yaml").unlink()
    assert the_problem(folder).file == "calendar/2025.yaml"


def test_a_missing_file_is_named(plant: Plant) -> None:
    """A folder without its sites."""
    folder = plant("sites.yaml", "", "")
    (folder / "sites.yaml").unlink()
    assert the_problem(folder).message == "没有这个文件。"


def test_a_year_under_another_years_name_is_named(plant: Plant) -> None:
    """A copied file whose year was not changed must not replace the true one."""
    folder = plant("sites.yaml", "", "")
    (folder / "calendar/2027.yaml").write_bytes((folder / "calendar/2026.yaml").read_bytes())
    problem = the_problem(folder)
    assert (problem.file, problem.message) == ("calendar/2027.yaml", "文件里写的是 2026 年。")


def test_an_empty_file_is_named(plant: Plant) -> None:
    """A file somebody emptied by accident."""
    folder = plant("items.yaml", "", "")
    (folder / "items.yaml").write_text("# 空\n", encoding="utf-8")
    assert the_problem(folder).message == "文件里没有内容。"


def test_loading_a_faulty_folder_raises_every_problem(plant: Plant) -> None:
    """The exception reads as a list a clerk can work down."""
    folder = plant("departments.yaml", "leader: yibao-dl", "leader: nobody")
    with pytest.raises(DistrictFault) as fault:
        load_district(folder)
    assert [problem.file for problem in fault.value.problems] == ["departments.yaml"]
    assert "departments.yaml:" in str(fault.value)

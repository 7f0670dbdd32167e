"""Keys with one value: another is refused by check-scheme, by line, in a sentence (domain §3.7, §10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from shared.district import check_district
from shared.testing.driver import PUTUO

TODAY = date(2026, 11, 23)
ALLOWED = "请改成允许的值："

FIXED: dict[str, tuple[str, str, str]] = {
    "clock.start": ("start: received_at\n", "start: dispatched_at\n", ALLOWED),
    "clock.day0": ("day0: excluded", "day0: included", ALLOWED),
    "clock.pause.enabled": ("enabled: false", "enabled: true", "方案没有停表，本系统不支持；请改成 false"),
    "clock.pause.whitelist": ("[HEARING, ", "[WAITING, ", ALLOWED),
    "triage.same_day": ("same_day: true", "same_day: false", ALLOWED),
    "triage.after_hours": ("after_hours: next_working_day", "after_hours: now", ALLOWED),
    "simple.max": ("simple: {max: same_day", "simple: {max: next_day", ALLOWED),
    "grading.approver": ("approver: WS", "approver: DL", ALLOWED),
    "reject.start": ("reject: {start: received_at", "reject: {start: triaged_at", ALLOWED),
    "extension.mode": ("mode: total_cap", "mode: added", ALLOWED),
    "extension.citizen_told": ("citizen_told: true", "citizen_told: false", ALLOWED),
    "extension.approvers": ("[DEPT_LEADER, GSO]", "[DEPT_LEADER, CLERK]", ALLOWED),
    "lead.gathers": ("gathers: true", "gathers: false", ALLOWED),
    "reply.by": ("by: LEAD}", "by: WINDOW}", ALLOWED),
    "supervision.count_from": ("count_from: [L2, L3]", "count_from: [L1, L3]", ALLOWED),
    "supervision.count_by": ("count_by: order", "count_by: case", ALLOWED),
    "supervision.count_voided": ("count_voided: false", "count_voided: true", ALLOWED),
    "followup.scope": ("scope: dispatched_all", "scope: everybody", ALLOWED),
    "upstream.rule": ("rule: earliest", "rule: latest", ALLOWED),
    "complaint.hide_complainant": ("hide_complainant: true", "hide_complainant: false", ALLOWED),
    "clue.holder": ("holder: JW", "holder: GO", ALLOWED),
}


@pytest.fixture
def plant(tmp_path: Path) -> Callable[[str, str], Path]:
    """Putuo's folder with one text of its policy replaced."""
    folder = Path(copytree(PUTUO, tmp_path / "putuo"))

    def planted(old: str, new: str) -> Path:
        path = folder / "policy.yaml"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return planted


@pytest.mark.parametrize(("key", "old", "new", "fix"), [(key, *held) for key, held in FIXED.items()], ids=FIXED)
def test_another_value_is_refused_by_line_in_a_sentence(
    plant: Callable[[str, str], Path], key: str, old: str, new: str, fix: str
) -> None:
    """The program has one way here; a district that writes another is told, before anything starts."""
    problems = check_district(plant(old, new), TODAY)

    assert len(problems) == 1, "\n".join(map(str, problems))
    assert key in problems[0].message
    assert fix in problems[0].fix
    lines = (PUTUO / "policy.yaml").read_text(encoding="utf-8").splitlines()
    assert old.strip().split(", ")[0] in lines[problems[0].line - 1]


def test_what_stands_in_the_file_is_taken() -> None:
    """A check that refused everything would prove nothing."""
    assert check_district(PUTUO, TODAY) == []

"""The sample day reads as a scenario should before any service runs it."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from shared.contracts.terms import Grade
from shared.district import load_district

FOLDER = Path(__file__).parents[3] / "deploy/district/putuo"
PUTUO = load_district(FOLDER)
DAY: dict[str, Any] = yaml.safe_load((FOLDER / "sample-day.yaml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = DAY["steps"]


def at(case: str, verb: str) -> datetime | None:
    """When `verb` last happened to a case."""
    return next((s["at"] for s in reversed(STEPS) if (s["case"], s["do"]) == (case, verb)), None)


def test_thirty_matters_in_time_order_with_eight_verbs() -> None:
    """Monday morning to the Friday after next."""
    times = [step["at"] for step in STEPS]
    assert times == sorted(set(times)) and DAY["start"] < times[0] and times[-1] < DAY["until"]
    verbs = Counter(step["do"] for step in STEPS)
    assert verbs["register"] == 30 and verbs["resolve_now"] + verbs["follow_up"] == 24
    assert set(verbs) == set(
        "register resolve_now triage sign contact answer verify follow_up".split()
    )


def test_every_name_in_it_is_known() -> None:
    """Units, sites and items resolve."""
    for step in STEPS:
        for name in (step.get("lead"), step.get("unit"), *step.get("assist", [])):
            assert name is None or PUTUO.unit(name), step
        if step["do"] == "register":
            assert step["site"] in PUTUO.sites and PUTUO.item_named(step["item"]), step
        if step["do"] == "answer":
            assert len(step["text"]) >= PUTUO.policy.feedback.min_chars, step


def test_two_matters_run_overdue_and_no_other() -> None:
    """c03 has no answer by the end, c23 gets one late."""
    overdue = set()
    for step in STEPS:
        if step["do"] == "triage":
            limit = PUTUO.policy.limit_wd(Grade(step["grade"]))
            due = PUTUO.calendar.due_after(
                at(step["case"], "register") or DAY["start"], limit
            ).due_at
            if (at(step["case"], "verify") or DAY["until"]) > due:
                overdue.add(step["case"])
    assert overdue == {"c03", "c23"}


def test_every_order_is_signed_contacted_and_answered_before_the_check() -> None:
    """One of each per unit, c03's own unit excepted."""
    for step in STEPS:
        if step["do"] == "triage" and step["case"] != "c03":
            orders = 1 + len(step.get("assist", []))
            mine = [s for s in STEPS if s["case"] == step["case"]]
            for verb in ("sign", "contact", "answer"):
                assert sum(s["do"] == verb for s in mine) == orders, (step["case"], verb)
            last_answer, check = at(step["case"], "answer"), at(step["case"], "verify")
            assert last_answer and check and last_answer < check

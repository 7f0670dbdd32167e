"""What a scenario names that a district must have, checked before anything is played."""

from __future__ import annotations

from difflib import get_close_matches

from deploy.local.rehearsal.casting import CALLED
from deploy.local.rehearsal.reading import ScenarioFault
from deploy.local.rehearsal.scenario import Scenario
from deploy.local.rehearsal.verbs import Redeliver
from shared.contracts.topics import all_topics
from shared.district.model import District


def check_scenario(scenario: Scenario, district: District) -> None:
    """Raises ScenarioFault with the line of every person and topic this district does not have."""
    topics = [topic.name for topic in all_topics(district.departments)]
    people = {*CALLED, *district.staff, *(person.name for person in district.staff.values())}
    faults: list[tuple[int, str]] = []
    for step in scenario.steps:
        if step.by is not None and step.by not in people:
            faults.append((step.line, f"没有名为“{step.by}”的人员或角色；by 可写工号、姓名或角色，如 WS、窗口负责人、leader、office。"))
        if isinstance(step.fields, Redeliver) and step.fields.topic not in topics:
            near = get_close_matches(step.fields.topic, topics, 1)
            meant = f"，是不是“{near[0]}”" if near else ""
            faults.append((step.line, f"没有主题“{step.fields.topic}”{meant}。"))
    if faults:
        raise ScenarioFault(faults)

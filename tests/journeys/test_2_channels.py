"""方案 二: four ways in, one closed loop; who only left the portal is counted as 堵点."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, play_once
from tests.journeys.texts import day, scenario, whole, woven

pytestmark = pytest.mark.real

LEFT = {"channel": "PORTAL_EXIT", "site": "", "exit_step": "上传材料", "exit_reason": "页面长时间无响应", "error_code": "UP-504"}
STORY = scenario(
    "11-23 08:50", "11-25 18:00",
    *woven(
        whole(day("11-23 09:00"), "hall"),
        whole(day("11-23 09:01"), "portal", channel="YWTB", site="", phone='"13800000002"', source_id="yw-1"),
        whole(day("11-23 09:02"), "app", channel="SUISHENBAN", site="", phone='"13800000003"', source_id="ssb-1"),
        whole(day("11-23 09:03"), "left", **LEFT, phone='"13800000004"', source_id="exit-1", wants_contact="true"),
        whole(day("11-23 09:04"), "silent", **LEFT, phone="", name="", source_id="exit-2", wants_contact="false")[:1],
    ),
)
STATIONS = ["CaseRegistered", "CaseTriaged", "OrderAnswered", "CaseFedBack", "CaseArchived"]
WAYS = {"hall": ("HALL", "001"), "portal": ("YWTB", "900"), "app": ("SUISHENBAN", "900"), "left": ("PORTAL_EXIT", "900")}


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The day of four matters and one 堵点, played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("channels"))


def test_whichever_way_it_comes_it_goes_round_the_whole_loop(outcome: Outcome) -> None:
    """受理、研判、办理、反馈、归档: the same five stations for every channel."""
    assert outcome.played.failures == []
    for label, (channel, site) in WAYS.items():
        assert [name for name in outcome.names_of(label) if name in STATIONS] == STATIONS
        assert (outcome.ledger[label]["channel"], outcome.played.numbers[label][8:11]) == (channel, site)


def test_where_and_why_somebody_left_the_portal_is_kept(outcome: Outcome) -> None:
    """市「一网通办」门户中途退出: the step, the reason, the code."""
    (said,) = outcome.events_of("left", "CaseRegistered")

    assert said["data"]["portal_exit"] == {"exit_step": "上传材料", "exit_reason": "页面长时间无响应", "error_code": "UP-504"}


def test_who_wants_no_answer_is_counted_and_nobody_waits(outcome: Outcome) -> None:
    """堵点: no case, no clock, no message, nobody's name."""
    (counted,) = [event for event in outcome.events if event["type"].endswith("ChokepointRecorded.v1")]

    assert "silent" not in outcome.ledger
    assert counted["case_no"].startswith("DD")
    assert not [event for event in outcome.events if event["case_no"] == counted["case_no"] and event is not counted]
    assert not [notice for notice in outcome.notices if notice["case_no"] == counted["case_no"]]

"""方案 三: every site of the list takes a matter in, 29 counters and the window on line."""

from __future__ import annotations

import pytest

from shared.testing.driver import DISTRICT
from tests.journeys.stage import Outcome, play_once
from tests.journeys.texts import day, register, scenario

pytestmark = pytest.mark.real

CENTRES = (
    "区政务服务中心", "区退役军人服务中心", "区婚姻登记中心", "区就业促进中心", "区医保中心", "区自然资源确权登记事务中心",
    "区房地产交易中心", "区法律援助中心", "区残疾人综合服务中心",
)
ONLINE = "900"
COUNTERS = sorted(code for code in DISTRICT.sites if code != ONLINE)
STORY = scenario(
    "11-23 08:50", "11-23 12:00",
    register(day("11-23 09:00"), f"s{ONLINE}", channel="SUISHENBAN", site="", source_id="online"),
    *(register("+1m", f"s{site}", site=f'"{site}"', phone=f'"13800000{site}"') for site in COUNTERS),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Thirty matters, one at each site, played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("sites"))


def test_the_list_is_the_schemes() -> None:
    """Nine centres by name, a 社区事务受理中心 and a 市场监管所 of each of the ten streets and towns, one on line."""
    names = [DISTRICT.sites[code].name for code in COUNTERS]

    assert tuple(names[:9]) == CENTRES
    assert [sum(word in name for name in names) for word in ("社区事务受理", "市场监管所")] == [10, 10]
    assert (len(COUNTERS), ONLINE in DISTRICT.sites) == (29, True)


def test_every_site_registers_a_matter_under_its_own_number(outcome: Outcome) -> None:
    """工单编号 carries the site; each site begins at 0001."""
    numbers = outcome.played.numbers

    assert outcome.played.failures == []
    assert [numbers[f"s{site}"] for site in [*COUNTERS, ONLINE]] == [f"PT261123{site}0001" for site in [*COUNTERS, ONLINE]]
    assert {row["state"] for row in outcome.ledger.values()} == {"REGISTERED"}


def test_at_each_counter_its_own_clerk_took_it(outcome: Outcome) -> None:
    """受理人员 of that site; on line nobody."""
    clerks = {label: outcome.events_of(label, "CaseRegistered")[0]["data"]["clerk"] for label in outcome.ledger}

    assert clerks.pop(f"s{ONLINE}") is None
    assert all(DISTRICT.staff[str(clerk)].site == label[1:] for label, clerk in clerks.items())

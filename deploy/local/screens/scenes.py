"""What the window looks like in the pictures: an afternoon of the sample day, a crowded one, an empty one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from deploy.local.rehearsal.scenario import Scenario, Step, load_scenario, parse_scenario

PUTUO = Path(__file__).parents[2] / "district" / "putuo"
AFTERNOON = datetime.fromisoformat("2026-11-24T10:20:00+08:00")
OPENS = datetime.fromisoformat("2026-11-24T09:01:00+08:00")
CROWD, PER_MINUTE = 66, 1
ITEMS = ("异地就医备案", "不动产继承登记", "居住证转户籍", "失业保险金申领", "既有多层住宅加装电梯", "公积金提取还商业贷款")
WORDS = (
    "手机上点了三次都退回，窗口说系统还没有同步，让我过几天再来，已经跑了三趟。", "材料交齐了又说少一张证明，两个窗口说法不一样。",
    "网上显示办结，可是我什么也没有收到，打电话没有人接。", "要提供的证明原单位已经没有了，不知道该找谁开。",
)
NAMES = "林予晴 阮清秋 陆安宁 曾守拙 梁思诚 孟和平 车素心 龚长松 雷卫国 崔美兰 柯慧珍 叶采青".split()

RED = """name: red
start: 2026-11-23T09:10:00+08:00
steps:
  - {{at: 2026-11-23T09:11:00+08:00, do: register, case: third, channel: HALL, site: "001", name: 何如月, phone: "13800000078",
     item: 异地就医备案, text: 手机上备案总说参保地有误，不知道该先去哪里改。, category: SERVICE}}
  - {{at: 2026-11-23T09:12:00+08:00, do: register, case: red, channel: HALL, site: "005", name: 柏云起, phone: "13800000077",
     item: 异地就医备案, text: 备案在手机上点了三次都退回，三个窗口三种说法，两周没有人回电话。, category: SERVICE}}
  - {{at: +30m, do: triage, case: red, grade: GENERAL, lead: 医保局, requirement: 一次性说清并办到底。}}
  - {{at: +10m, do: sign, case: red}}
  - {{at: +10m, do: contact, case: red}}
  - {{at: 2026-11-27T10:00:00+08:00, do: issue_supervision, case: red}}
  - {{at: 2026-12-01T10:05:00+08:00, do: issue_supervision, case: red, level: RED}}
until: {until}
"""


def light() -> Scenario:
    """The sample day's thirty matters, stopped on its second morning: cases in every state."""
    return _until(load_scenario(PUTUO / "sample-day.yaml"), AFTERNOON)


def dense() -> Scenario:
    """The same morning with two more matters a minute at one window, half of them given to one unit."""
    return replace(_together(light(), parse_scenario(_crowd())), name="dense")


def papers() -> Scenario:
    """The whole scheme's thirty cases to their end, and one that lies until it is red: every official paper there is."""
    cases = load_scenario(PUTUO / "thirty-cases.yaml")
    return _together(cases, parse_scenario(RED.format(until=cases.until.isoformat())))


def empty() -> Scenario:
    """A window nobody has come to yet."""
    moment = AFTERNOON.isoformat()
    return parse_scenario(f"name: empty\nstart: {OPENS.isoformat()}\nsteps: []\nuntil: {moment}\n")


SCENES: dict[str, Callable[[], Scenario]] = {"light": light, "dense": dense, "empty": empty, "papers": papers}


def _together(one: Scenario, other: Scenario) -> Scenario:
    steps = sorted((*one.steps, *other.steps), key=lambda step: (step.at, step.place))
    return replace(one, steps=tuple(_numbered(steps)))


def _until(scenario: Scenario, end: datetime) -> Scenario:
    return replace(scenario, steps=tuple(step for step in scenario.steps if step.at <= end), until=end)


def _numbered(steps: list[Step]) -> list[Step]:
    return [replace(step, place=place) for place, step in enumerate(steps, start=1)]


def _crowd() -> str:
    lines = []
    for place in range(CROWD):
        at = OPENS + timedelta(minutes=place * PER_MINUTE)
        lines.append(
            f'  - {{at: {at.isoformat()}, do: register, case: m{place}, channel: HALL, site: "001", name: {NAMES[place % len(NAMES)]}, '
            f'phone: "1380000{2000 + place}", item: {ITEMS[place % len(ITEMS)]}, text: {WORDS[place % len(WORDS)]}, category: SERVICE}}'
        )
        if place % 2:
            lines.append(f"  - {{at: +20s, do: triage, case: m{place}, grade: GENERAL, lead: 医保局, requirement: 一次性说清并办到底。}}")
        if place % 4 == 1:
            lines.append(f"  - {{at: +20s, do: sign, case: m{place}}}")
    return "\n".join([f"name: crowd\nstart: {OPENS.isoformat()}\nsteps:", *lines, f"until: {AFTERNOON.isoformat()}\n"])

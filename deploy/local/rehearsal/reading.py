"""Reads a scenario file: YAML with the line of every step, times as written, no key twice."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import yaml

from shared.clock import shanghai

RELATIVE = re.compile(r"^\+(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")


class ScenarioFault(Exception):
    """What is wrong with a scenario, each with its line; nothing of it was played."""

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(f"第 {line} 行：{message}" for line, message in self.faults))


class Mapping(dict[str, Any]):
    """A YAML mapping that knows its line."""

    line: int = 0


class _Loader(yaml.SafeLoader):
    """Leaves times and dates as they are written and refuses a key that stands twice."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Mapping:
    held = Mapping()
    held.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in held:
            raise ScenarioFault([(key_node.start_mark.line + 1, f"“{key}”写了两次。")])
        held[str(key)] = loader.construct_object(value_node, deep=True)
    return held


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(text: str) -> Mapping:
    """The file's mapping; raises ScenarioFault with the line for what is not YAML."""
    try:
        held = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader without timestamps
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise ScenarioFault([(line, f"不是有效的 YAML：{fault.problem}。")]) from None
    except yaml.YAMLError:
        raise ScenarioFault([(1, "文件含有 YAML 不允许的字符。")]) from None
    if not isinstance(held, Mapping):
        raise ScenarioFault([(1, "剧本须以 name、start、steps、until 四项组成。")])
    return held


def moment(value: object, before: datetime | None, line: int) -> datetime:
    """An absolute time with its zone, or one relative to the step before, such as `+1h30m`."""
    text = str(value).strip()
    if (found := RELATIVE.match(text)) and any(found.groups()):
        if before is None:
            raise ScenarioFault([(line, f"时间“{text}”是相对的，但前面没有可参照的时间。")])
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return before + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    try:
        return shanghai(datetime.fromisoformat(text))
    except ValueError:
        raise ScenarioFault([(line, f"时间“{text}”读不懂。请写成 2026-09-30T10:00:00+08:00（须带时区），或 +30m、+1h、+2d。")]) from None

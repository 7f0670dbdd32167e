"""YAML files as plain values that remember on which line each value stands."""

from dataclasses import dataclass
from pathlib import Path

import yaml

Place = tuple[str | int, ...]


class SheetUnreadable(Exception):
    """A file that is no YAML; says the line and what is wrong."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


@dataclass(frozen=True)
class Sheet:
    """One file's value, the line of every place in it, and keys written twice."""

    file: str
    value: object
    lines: dict[Place, int]
    twice: tuple[Place, ...]

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest place around it that is written."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_sheet(path: Path, file: str) -> Sheet:
    """Read one file; `file` is its name in messages."""
    loader = yaml.CSafeLoader(path.read_text(encoding="utf-8"))
    try:
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        twice: list[Place] = []
        if node is not None:
            _note(node, (), lines, twice)
        value: object = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise SheetUnreadable(line, str(fault.problem or fault.context)) from fault
    except ValueError as fault:  # a date such as 2026-13-01
        raise SheetUnreadable(1, str(fault)) from fault
    finally:
        loader.dispose()
    return Sheet(file, value, lines, tuple(twice))


def _note(node: yaml.Node, place: Place, lines: dict[Place, int], twice: list[Place]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _note(item, (*place, number), lines, twice)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, item in node.value:
            inner = (*place, str(key.value))
            if key.value in seen:
                twice.append(inner)
            seen.add(key.value)
            lines[inner] = key.start_mark.line + 1
            _note(item, inner, lines, twice)

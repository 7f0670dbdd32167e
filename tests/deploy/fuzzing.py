"""Schemathesis over the operations of a running site: what it sends, what it holds against the document, what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, negative_data_rejection,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
Headers = Callable[[str], Mapping[str, str]]


def findings(
    document: dict[str, Any], address: str, *, headers: Headers, numbers: Mapping[str, str], examples: int
) -> dict[str, str]:
    """By operation and mode, the first thing that was wrong; empty when every answer was as the document says."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=address)
    found = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in MODES:
            for name, fault in _tried(operation, mode, headers(operation.label), numbers, examples):
                found[f"{operation.label} {name}"] = fault
    return found


def _tried(operation: Any, mode: GenerationMode, headers: Mapping[str, str], numbers: Mapping[str, str], examples: int) -> Iterator[tuple[str, str]]:
    """Numbers nobody has, and those of the town: only with these an act comes as far as its rules."""
    names = {held.name for held in operation.path_parameters}
    ways: dict[str, dict[str, str] | None] = {"any": None}
    if names and names <= set(numbers):
        ways["own"] = {name: numbers[name] for name in names}
    for way, path in ways.items():
        if fault := _fault(operation, mode, headers, path, examples):
            yield f"{mode.value}/{way}", fault


def _fault(operation: Any, mode: GenerationMode, headers: Mapping[str, str], path: dict[str, str] | None, examples: int) -> str:
    more = {"path_parameters": path} if path else {}

    @hypothesis.settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate], print_blob=False,
    )
    @given(case=operation.as_strategy(generation_mode=mode, **more))
    def one(case: Any) -> None:
        answer = case.call(headers=dict(headers), timeout=30)
        case.validate_response(answer, checks=CHECKS)

    try:
        one()
    except Unsatisfiable:
        return ""  # nothing of this mode can be said to it
    except (Failure, FailureGroup) as fault:
        return "; ".join(str(held) for held in getattr(fault, "exceptions", [fault]))[:1500]
    return ""

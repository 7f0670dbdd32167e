"""Every word of the closed lists, every policy key and every transition is used by a test (issue 4: what must be shown)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from shared.contracts import terms
from shared.contracts.lifecycle import CASE, ORDER
from shared.district.policy import Policy
from shared.testing.driver import PUTUO
from tests.scheme import (
    test_keys_fixed,
    test_keys_ladder,
    test_keys_library,
    test_keys_limits,
    test_keys_notice,
    test_keys_patterns,
    test_keys_reports,
    test_keys_ways,
)
from tests.services.router import test_lifecycle

TESTS = Path(__file__).resolve().parents[1]
LISTS: tuple[type[StrEnum], ...] = tuple(
    kind for kind in vars(terms).values() if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
)
TABLES = (
    test_keys_ladder.ROWS, test_keys_library.ROWS, test_keys_limits.ROWS, test_keys_notice.ROWS, test_keys_patterns.ROWS,
    test_keys_reports.ROWS, test_keys_ways.ROWS,
)
NAMED = frozenset({row.key for rows in TABLES for row in rows} | set(test_keys_fixed.FIXED))
ANY = "*"


def texts() -> str:
    """Every test but this one, and the scenarios that are played by tests."""
    tests = [path for path in sorted(TESTS.rglob("*.py")) if path != Path(__file__).resolve()]
    played = [*sorted(TESTS.rglob("*.yaml")), PUTUO / "sample-day.yaml", PUTUO / "thirty-cases.yaml"]
    return "\n".join(path.read_text(encoding="utf-8") for path in (*tests, *played))


def words_unused(text: str) -> list[str]:
    """Members no text uses: a word of one list alone may stand bare, of several only as Kind.MEMBER."""
    lists = Counter(member.value for kind in LISTS for member in kind)
    found = set(re.findall(r"[A-Za-z_.0-9]+", text))
    bare = {word.rpartition(".")[2] for word in found}
    return [
        f"{kind.__name__}.{member.name}" for kind in LISTS for member in kind
        if f"{kind.__name__}.{member.name}" not in found and (lists[member.value] > 1 or member.value not in bare)
    ]


def leaves(kind: Any, path: str = "") -> Iterator[str]:
    """Every key a policy may hold, as its file writes it; `*` stands for a word of a closed list."""
    kind = _plain(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            yield from leaves(field.annotation, f"{path}{'.' if path else ''}{field.alias or name}")
    elif get_origin(kind) is dict and _is_model(get_args(kind)[1]):
        yield from leaves(get_args(kind)[1], f"{path}.{ANY}")
    else:
        yield path


def _is_model(kind: Any) -> bool:
    held = _plain(kind)
    return isinstance(held, type) and issubclass(held, BaseModel)


def _plain(kind: Any) -> Any:
    while get_origin(kind) in (Annotated, Union, UnionType):
        kind = next(held for held in get_args(kind) if held is not type(None))
    return kind


def keys_unnamed(keys: Iterable[str], named: Iterable[str]) -> list[str]:
    """Keys no row changes."""
    held = list(named)
    return [key for key in keys if not any(_is(key, name) for name in held)]


def _is(key: str, name: str) -> bool:
    return re.fullmatch(re.escape(key).replace(re.escape(ANY), "[A-Z_]+"), name) is not None


def test_every_word_of_the_closed_lists_is_used_by_a_test_or_a_scenario() -> None:
    """A word nobody uses is a promise nobody keeps."""
    text = texts()

    assert words_unused(text) == []
    assert words_unused(text.replace("REFUSED_WITNESSED", "")) == ["ConfirmMethod.REFUSED_WITNESSED"]
    assert words_unused(text.replace("SupervisionState.DRAFT", "")) == ["SupervisionState.DRAFT"]


def test_every_policy_key_is_changed_by_a_row() -> None:
    """A key without effect is a lie in the file; one with a single value is refused with another."""
    keys = list(leaves(Policy))

    assert keys_unnamed(keys, NAMED) == []
    assert keys_unnamed(keys, NAMED - {"return.max"}) == ["return.max"]
    assert keys_unnamed(keys, NAMED - {"grades.GENERAL.name"}) == ["grades.*.name"]


def test_no_row_names_a_key_that_is_not_there() -> None:
    """And none is changed twice."""
    keys = list(leaves(Policy))
    rows = [row.key for table in TABLES for row in table] + list(test_keys_fixed.FIXED)

    assert [name for name in rows if not any(_is(key, name) for key in keys)] == []
    assert [name for name, times in Counter(rows).items() if times > 1] == []


async def test_every_transition_is_taken_by_a_test() -> None:
    """domain 3.1, 3.2: the ways of the lifecycle's suite, walked here once more and counted."""
    every = {row.number for row in (*CASE, *ORDER)}

    assert every - await test_lifecycle.rows_of(test_lifecycle.WAYS) == set()
    assert "O9" in every - await test_lifecycle.rows_of(test_lifecycle.WAYS[:2])

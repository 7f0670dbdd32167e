"""Equal rooms, small files, no banned names; each rule is shown to fail on a planted offender."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shared.contracts.topics import SERVICES

REPO = Path(__file__).resolve().parents[2]
ROOMS = {"__init__", "__main__", "app", "handlers", "api", "jobs", "store", "gateways", "domain", "settings", "pages"}
BANNED = re.compile(r"(^|_)(utils?|helpers?|common|misc|manager|processor)($|_)|^(handle|process|do)_")
ALLOWED = {"handle_reply", "do", "handle_async_request"}  # the kit's own verb for a reply; a scenario's field; httpx's own name
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_HANDLER = 300, 25, 8
SILENCED = re.compile(r"#\s*(noqa|type: ignore)(?!.*(-|#) ?\S)")


def code() -> Iterator[Path]:
    """Every Python file that is not a test."""
    for part in ("services", "shared", "deploy", "checker"):
        yield from sorted((REPO / part).rglob("*.py"))


def long_functions(text: str, longest: int) -> list[str]:
    """Functions with a body of more lines than allowed; what is declared inside counts for itself."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [n for n in ast.walk(node) if n is not node and isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
            lines = (node.end_lineno or 0) - node.lineno + 1 - sum((n.end_lineno or 0) - n.lineno + 1 for n in inner)
            if lines > longest:
                found.append(f"{node.name}: {lines}")
    return found


def banned_names(text: str) -> list[str]:
    """Functions and classes whose name says nothing."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
    return [name for name in names if BANNED.search(name.lower()) and name not in ALLOWED]


def test_every_service_has_the_same_rooms_and_a_page_of_its_own() -> None:
    """Nine rooms and templates; a README each."""
    for service in SERVICES:
        folder = REPO / "services" / service
        there = {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()} - {"__pycache__"}
        assert there <= ROOMS, service
        assert (folder / "README.md").read_text(encoding="utf-8").count("\n") < 120


def test_no_file_is_longer_than_a_sitting() -> None:
    """300 lines."""
    assert [str(path) for path in code() if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE] == []


def test_no_function_is_longer_than_a_screen() -> None:
    """25 lines; 8 for a handler."""
    found = {path.name: long for path in code() if (long := long_functions(path.read_text(encoding="utf-8"), LONGEST_FUNCTION))}
    handlers = {
        path.parent.name: long for path in code() if path.name == "handlers.py"
        if (long := long_functions(path.read_text(encoding="utf-8"), LONGEST_HANDLER))
    }
    assert found == {}
    assert handlers == {}


def test_no_name_says_nothing() -> None:
    """No utils, managers and do_."""
    assert {str(path): names for path in code() if (names := banned_names(path.read_text(encoding="utf-8")))} == {}


def test_nothing_is_silenced_without_a_reason() -> None:
    """Each noqa and type: ignore says why."""
    found = [
        f"{path.name}:{number}" for path in code()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1) if SILENCED.search(line)
    ]
    assert found == []


def test_planted_offenders_are_found() -> None:
    """Each of these checks can fail."""
    long = "def f():\n" + "    x = 1\n" * 30
    assert long_functions(long, LONGEST_FUNCTION) == ["f: 31"]
    assert banned_names("def do_it(): ...\nclass CaseManager: ...\nclass Case_Manager: ...") == ["do_it", "Case_Manager"]
    assert SILENCED.search("x = 1  # noqa: S101")
    assert not SILENCED.search("x = 1  # noqa: S101 - tests assert")
    assert not SILENCED.search("x = 1  # type: ignore[misc]  # aiokafka is untyped")

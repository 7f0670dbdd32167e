"""The checker shares no code with the system: it imports the standard library only, and runs where nothing else can be imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from checker import known
from deploy.local.audit import RUN_CHECKER, check
from shared.contracts import topics
from shared.contracts.ids import event_id
from tests.checker.history import good

CHECKER = Path(known.__file__).parent


def imports(text: str) -> set[str]:
    """The first names of everything a module imports."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_it_imports_the_standard_library_and_itself_only() -> None:
    """No module of ours, none of anybody else's."""
    said = {path.name: imports(path.read_text(encoding="utf-8")) for path in CHECKER.glob("*.py")}

    assert len(said) > 8
    assert {name: used for name, found in said.items() if (used := found - set(sys.stdlib_module_names) - {"checker"})} == {}
    assert imports("import orjson\nfrom shared.clock import Clock") == {"orjson", "shared"}


def test_what_it_knows_is_what_the_contract_says() -> None:
    """Written down twice, by two hands; here the two are held against each other."""
    assert {topic.name: topic.owner for topic in topics.EVENT_TOPICS} == known.OWNER_OF
    assert {topic.name: set(topic.consumed_by) for topic in topics.EVENT_TOPICS} == {name: set(known.readers(name)) for name in known.OWNER_OF}
    assert known.readers(topics.replies_topic("yibao")) == ("router",)
    assert known.orders_topic("yibao") == topics.orders_topic("yibao")
    for stream, seq in (("intake/PT2610090010001", 1), ("router/PT2610090010001", 37)):
        assert known.event_id(stream, seq) == str(event_id(stream, seq))


def test_it_runs_in_a_process_that_knows_nothing_of_ours(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`./bancheng audit` runs it so: isolated, without site packages, from a copy."""
    assert check(good().write(tmp_path)) == 0
    assert "审计通过" in capfd.readouterr().out
    probe = RUN_CHECKER.partition("runpy.run_module")[0] + "import checker, shared"
    alone = subprocess.run([sys.executable, "-I", "-S", "-c", probe, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path, check=False)

    assert "ModuleNotFoundError" in alone.stderr

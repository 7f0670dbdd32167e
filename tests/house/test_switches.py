"""The switches of fault tests: what they do when set, that nothing happens when they are not, and that production never sets them."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local.stepping import SWITCH as CLOCK
from deploy.local.stepping import SteppedClock, own_clock
from shared import points
from shared.clock import SystemClock
from shared.points import POINTS, armed, point

REPO = Path(__file__).resolve().parents[2]
SETTERS = {"deploy/local/soak/town.py"}


def test_a_point_strikes_once_at_its_so_manieth_time() -> None:
    """Neither earlier, nor at another point, nor again."""
    struck: list[str] = []
    strike = armed("stored:2", struck.append)

    for name in ("stored", "published", "stored", "stored"):
        strike(name)

    assert struck == ["stored"]


def test_an_unknown_point_is_told() -> None:
    """A misspelt point would make a fault test that tests nothing."""
    with pytest.raises(ValueError, match="there is no point stoerd"):
        armed("stoerd:1")


def test_without_the_switch_a_point_is_an_empty_function() -> None:
    """Production pays one call of an empty function."""
    assert point is points._nothing


def test_every_point_is_somewhere_in_the_code() -> None:
    """A name in the list that no code comes to would be waited for in vain."""
    said = "".join(path.read_text(encoding="utf-8") for part in ("shared", "services") for path in (REPO / part).rglob("*.py"))

    assert [name for name in POINTS if f'point("{name}")' not in said] == []


def test_a_stepped_clock_follows_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forward, back, and the machine's own without the switch."""
    clock = SteppedClock(tmp_path / "deep" / "offset")
    clock.step(-7200)
    assert SystemClock().now() - clock.now() > timedelta(hours=1, minutes=59)
    clock.step(0)
    assert SystemClock().now() - clock.now() < timedelta(seconds=5)

    monkeypatch.delenv(CLOCK, raising=False)
    assert isinstance(own_clock(), SystemClock)


def places_of(switch: str) -> set[str]:
    """The files of the product that name a switch."""
    files = [path for part in ("services", "shared", "deploy", "checker") for path in (REPO / part).rglob("*") if path.is_file()]
    files += [REPO / "bancheng", *(REPO / ".ci").glob("*")]
    texts = {path: path.read_bytes() for path in files if "__pycache__" not in path.parts}
    return {str(path.relative_to(REPO)) for path, text in texts.items() if switch.encode() in text}


def test_production_never_sets_a_switch() -> None:
    """Only the module that reads one, and the fault tests' own town which sets it by that module's name, know of it."""
    for switch, reader in ((points.SWITCH, "shared/points.py"), (CLOCK, "deploy/local/stepping.py")):
        assert places_of(switch) == {reader}
    users = {
        str(path.relative_to(REPO)) for part in ("services", "shared", "deploy") for path in (REPO / part).rglob("*.py")
        if any(isinstance(node, ast.Attribute) and node.attr == "SWITCH" for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert users == SETTERS

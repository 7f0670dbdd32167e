"""Decisions name guards that exist, every term stands in the glossary, every link leads somewhere."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from deploy.local.mapping import write_map
from shared.contracts import terms
from shared.contracts.catalogue import EVENTS
from shared.contracts.topics import SERVICES

REPO = Path(__file__).resolve().parents[2]
DECISIONS = sorted((REPO / "docs" / "decisions").glob("*.md"))
PARTS = ("**Context.**", "**Options.**", "**Decision.**", "**Consequences.**", "**Kept by:**")
LONGEST = 50


def faults_of(text: str) -> list[str]:
    """What a decision record lacks: a part, or a guard that exists."""
    said = [f"no {part}" for part in PARTS if part not in text]
    guards = re.findall(r"`([^`]+)`", text.rpartition("**Kept by:**")[2])
    if not guards:
        said.append("no guard")
    for guard in guards:
        path, _, test = guard.partition("::")
        if path.startswith(("tests/", ".importlinter")):
            file = REPO / path
            if not file.exists():
                said.append(f"{path} does not exist")
            elif test and f"def {test}(" not in file.read_text(encoding="utf-8"):
                said.append(f"{path} has no {test}")
    return said


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem[:4])
def test_a_decision_has_its_parts_and_a_guard_that_exists(path: Path) -> None:
    """A decision nothing enforces rots."""
    text = path.read_text(encoding="utf-8")

    assert faults_of(text) == []
    assert len(text.splitlines()) <= LONGEST


def test_a_bad_record_is_found() -> None:
    """A missing part, a missing file, a missing test."""
    assert "no **Options.**" in faults_of("**Context.** x **Kept by:** `tests/none.py`")
    assert "tests/none.py does not exist" in faults_of("**Kept by:** `tests/none.py`")
    assert faults_of("**Kept by:** `tests/house/test_papers.py::test_nothing`")[-1].endswith("has no test_nothing")


def test_every_service_is_named_in_a_decision() -> None:
    """Nobody lives here undecided."""
    text = " ".join(path.read_text(encoding="utf-8") for path in DECISIONS)
    assert [service for service in SERVICES if service not in text] == []


def test_decisions_are_numbered_without_holes() -> None:
    """0001, 0002, …"""
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def unexplained(glossary: str) -> list[str]:
    """Events and members of closed lists that the glossary does not have."""
    lists = [kind for kind in vars(terms).values() if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum]
    words = [event.__name__ for event in EVENTS] + [kind.__name__ for kind in lists] + [member.value for kind in lists for member in kind]
    return [word for word in words if f"`{word}`" not in glossary and f"### {word} " not in glossary]


def test_every_event_and_term_stands_in_the_glossary() -> None:
    """One word, one row."""
    glossary = (REPO / "docs" / "glossary.md").read_text(encoding="utf-8")

    assert unexplained(glossary) == []
    assert unexplained(glossary.replace("`OrderIssued`", "")) == ["OrderIssued"]


def test_the_map_is_fresh() -> None:
    """Made from the code, so it must equal what the code makes."""
    assert write_map(REPO, check=True)


@pytest.mark.parametrize("page", ["README.md", "deploy/runbook.md", *(f"services/{name}/README.md" for name in SERVICES)])
def test_every_link_leads_somewhere(page: str) -> None:
    """No dead link in what newcomers read first."""
    path = REPO / page
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))

    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


def test_no_registry_and_no_machine_is_named() -> None:
    """Locks and documents carry no index address and no path of anybody's machine."""
    texts = [path for pattern in ("*.lock", "*.in", "*.md", "*.toml", "docs/**/*.md") for path in REPO.glob(pattern)]
    words = re.compile(r"(--index-url|--extra-index-url|https?://[^ )]*(pypi|pythonhosted|maven|npmjs))|/(root|work)/")

    assert texts
    assert [path.name for path in texts if words.search(path.read_text(encoding="utf-8"))] == []

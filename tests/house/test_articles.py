"""Every article of the scheme is played by a journey named after it and has a row in the glossary (方案 二-七)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
GLOSSARY = REPO / "docs" / "glossary.md"
PARTS = {"二": 0, "三": 0, "四": 4, "五": 4, "六": 6, "七": 4}
DIGITS = "一二三四五六七"
NAMED = re.compile(r"([二三四五六七])((?:\([一二三四五六]\))*)")
ARTICLES = [article for part, count in PARTS.items() for article in ([f"{part}({DIGITS[n]})" for n in range(count)] or [part])]


def file_of(article: str) -> str:
    """How a journey of `六(三)` is called: `test_6_3_*.py`."""
    return "_".join(["test", *(str(DIGITS.index(sign) + 1) for sign in article if sign in DIGITS), "[a-z]*.py"])


def unplayed(files: Iterable[str]) -> list[str]:
    """Articles that no journey is named after."""
    names = list(files)
    return [article for article in ARTICLES if not any(fnmatch(name, file_of(article)) for name in names)]


def unworded(glossary: str) -> list[str]:
    """Articles that no row of the glossary names; `七(三)(四)` names two."""
    found = {
        article for row in glossary.splitlines() if row.startswith("|") for part, points in NAMED.findall(row)
        for article in ([f"{part}({point})" for point in re.findall(r"\((.)\)", points)] or [part])
    }
    return [article for article in ARTICLES if article not in found]


def journeys() -> list[str]:
    """The files there are."""
    return [path.name for path in (REPO / "tests" / "journeys").glob("test_*.py")]


def test_the_scheme_has_twenty_articles_to_play() -> None:
    """二 and 三 as wholes, four of 四, four of 五, six of 六, four of 七; 一 says only why."""
    assert len(ARTICLES) == 20
    assert (file_of("二"), file_of("六(三)")) == ("test_2_[a-z]*.py", "test_6_3_[a-z]*.py")


def test_every_article_has_a_journey_named_after_it() -> None:
    """Who reads the scheme finds it played."""
    assert unplayed(journeys()) == []


def test_every_article_has_a_row_in_the_glossary() -> None:
    """Who reads the code finds the scheme's word."""
    assert unworded(GLOSSARY.read_text(encoding="utf-8")) == []


def test_a_renamed_journey_and_a_lost_row_are_noticed() -> None:
    """A check that cannot fail proves nothing."""
    renamed = [name.replace("test_6_3_", "test_dispatch_").replace("test_2_", "test_2_2_") for name in journeys()]

    assert unplayed(renamed) == ["二", "六(三)"]
    assert unworded(GLOSSARY.read_text(encoding="utf-8").replace("五(四)", "五")) == ["五(四)"]
    assert unworded("| 约谈 | `interview` | 方案 七(三)(四) |") == [article for article in ARTICLES if article not in ("七(三)", "七(四)")]

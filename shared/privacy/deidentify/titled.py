"""Names by the title behind them (王阿姨, 李建国医生) and by how people are called (老王, 小李)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.privacy.deidentify.kinds import Kind, Proposal
from shared.privacy.deidentify.surnames import (
    BEHIND,
    COMPOUND,
    EVERYDAY,
    GRAMMAR,
    NEVER_GIVEN,
    NOT_CALLED,
    NOT_TITLED,
    PUBLIC_WORDS,
    SINGLE,
    TITLES,
    USUAL,
)
from shared.privacy.deidentify.tokens import LONGEST_NAME, Tokens, is_han

_TITLE = re.compile(rf"(?:{TITLES})")
_LOOSELY = re.compile(
    r"(?:局|处|科|所|队|导|某|家|氏|嫂|伯|爷叔|爷|婆|阿?姐|阿?哥|头|妹|弟|娘|娘舅|干事|专员"
    r"|店长|馆长|部长|厂长|房东|中介|师母|老师傅|组员|保安|保洁|助理|秘书)"
)
_CALLED = re.compile(r"(?P<how>[老小阿])(?P<name>[一-龥])")


def titled(plain: str, tokens: Tokens) -> Iterator[Proposal]:
    """The name right before a title; the title itself stays."""
    for match in _TITLE.finditer(plain):
        size = _before(plain, match.start(), match.group(), tokens)
        if size:
            yield Proposal(match.start() - size, match.start(), Kind.NAME, 0.94)


def _before(plain: str, title: int, word: str, tokens: Tokens) -> int:
    """How many characters before the title are a name: the longest that can be one."""
    for size in range(min(LONGEST_NAME, title), 0, -1):
        start = title - size
        name = plain[start:title]
        if is_han(name) and (_short(start, title, word, tokens) if size == 1 else _full(name, start, tokens)):
            return size
    return 0


def _full(name: str, start: int, tokens: Tokens) -> bool:
    """Surname and given name, beginning where a word begins."""
    surname = 2 if name[:2] in COMPOUND else int(name[0] in SINGLE)
    given = name[surname:]
    if not surname or len(given) > 2 or set(given) & NEVER_GIVEN or not tokens.bounded(start):  # noqa: PLR2004 - given names have two characters at most
        return False
    if not given:
        return True
    if tokens.everyday(start) or name in PUBLIC_WORDS or name[:2] in PUBLIC_WORDS:
        return False
    return name[0] not in EVERYDAY or tokens.tag_at(start).startswith("nr") or len(name) > 2  # noqa: PLR2004 - as above


def _short(start: int, title: int, word: str, tokens: Tokens) -> bool:
    """A surname alone before the title."""
    char = tokens.text[start]
    if char not in SINGLE or char in NOT_TITLED:
        return False
    begin, end, tag = tokens.covering(start)
    whole = tokens.text[begin:end]
    if begin < start and (len(word) == 1 or tokens.known(whole)):
        return False
    if end > title and whole in PUBLIC_WORDS:
        return False
    if len(word) == 1:
        return char not in EVERYDAY and (end == title or tag.startswith("nr") or not tokens.known(whole))
    return char not in GRAMMAR or not is_han(tokens.text[start - 1 : start])


def called(plain: str, tokens: Tokens) -> Iterator[Proposal]:
    """老王, 小李, 阿芳: the surname goes, the way of calling stays; sure where what stands behind leaves no other reading."""
    for match in _CALLED.finditer(plain):
        start, end = match.start(), match.end()
        word = tokens.word_at(start)
        char, behind = match["name"], plain[end : end + 1]
        begin, stop, _ = tokens.covering(start)
        inside = begin < start and tokens.known(plain[begin:stop])
        longer = len(word) > 2 and tokens.known(word)  # noqa: PLR2004 - 老王 as one word
        if inside or char not in SINGLE or char in NOT_CALLED or word in PUBLIC_WORDS or longer:
            continue
        whole = len(word) == 2 or tokens.end_at(start + 1) == end  # noqa: PLR2004 - as above
        sign = not is_han(behind) or behind in BEHIND
        if (whole or sign) and (char not in EVERYDAY or sign):
            yield Proposal(start + 1, end, Kind.NAME, 0.85 if whole or char not in EVERYDAY else 0.6)
        elif char in USUAL:
            yield Proposal(start + 1, end, Kind.NAME, 0.6)


def loosely_called(plain: str, tokens: Tokens) -> Iterator[Proposal]:
    """A surname before what people are called by only now and then, 田局, 于保安: shown, never sure."""
    for match in _LOOSELY.finditer(plain):
        start = match.start() - 1
        if start < 0 or plain[start] not in SINGLE or plain[start] in NOT_TITLED | GRAMMAR | EVERYDAY - frozenset("高于金方白万"):
            continue
        begin, end, _ = tokens.covering(start)
        whole = tokens.text[begin:end]
        if begin == start and not (len(whole) > 1 and tokens.known(whole)):
            yield Proposal(start, match.start(), Kind.NAME, 0.55)

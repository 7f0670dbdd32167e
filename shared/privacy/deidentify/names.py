"""Names of people in Chinese text: by what stands before them, behind them, how the words part, and by being said again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from shared.privacy.deidentify.foreign import sounded
from shared.privacy.deidentify.kinds import CERTAIN, Kind, Proposal
from shared.privacy.deidentify.lattice import Lattice
from shared.privacy.deidentify.likely import likely, spans_at, weighed
from shared.privacy.deidentify.slots import slotted
from shared.privacy.deidentify.surnames import COMPOUND, PUBLIC_WORDS, SINGLE, STRONG, SURE, WEAK
from shared.privacy.deidentify.titled import called, loosely_called, titled
from shared.privacy.deidentify.tokens import Tokens, is_han

_LINK = r"(?:也?(?:是|叫|名叫|叫做|为|姓名|名字)?(?:是|为)?[\s:：，,（(「“\"']{0,3})"
_SURELY = re.compile(
    rf"(?:{SURE}){_LINK}|(?:{STRONG}|{WEAK}|人|者|户)(?:的?(?:姓名|名字))?"
    rf"(?:名叫|名字叫|叫做|姓名|[:：]|（|\(|叫) {{0,2}}(?:是|为|叫)?[\s:：「“]{{0,2}}"
)
_MAYBE = re.compile(rf"(?:{STRONG}|{WEAK}){_LINK}|(?:叫|找|跟|和|与|给|由|被|问|向|同|、|系|据|持|替|代|称|：|，|。) ?")
_NOT_SAID = "的说在去来和与及跟也是已于就给让被把对向从没要会又还则却但因之现住办问找申投称表认觉做电手联护身今"
_DOTTED = re.compile(rf"(?P<name>(?:[一-龥]{{2,8}}|(?<![一-龥])[一-龥])(?:·[一-龥]{{1,3}}){{0,3}}·[一-龥]{{1,2}}(?:(?![{_NOT_SAID}])[一-龥]){{0,6}})")
_LEAD = re.compile(rf".*?(?:{SURE}|{STRONG}|{WEAK}|[和与是叫给由找问被让向跟对把称为室号])+(?=[一-龥]{{2}})")
_HIDDEN = re.compile(
    r"(?P<name>(?P<first>(?:(?!某)[一-龥]){1,2}?)(?:\*{1,3}|[×ＸXx]{1,3}(?![A-Za-z0-9])|某某?(?:某)?|[○〇O]{1,2}(?![A-Za-z0-9])))(?![A-Za-z0-9*])"
)
_ROAD = re.compile(r"[东南西北中]?[一二三]?(?:支路|路|街|大道|公路|镇|新村|小区)")
_CLAUSE = re.compile(r"(?:^|[，。；：、！？,.;:!?\s“”「」（）()]|[和与及由])")
_LATIN_WORD = r"(?:(?:Mc|Mac|O['’])?[A-Z][a-z]{1,14}(?:[\-'’][A-Za-z][a-z]{1,14})?)"
_LATIN_MORE = rf"(?:{_LATIN_WORD}|[A-Z]\.?(?![A-Za-z])|[A-Z]{{2,14}}|(?:de|la|van|von|der|bin|al|el|da|di)(?= ))"
_LATIN = re.compile(
    rf"(?<![A-Za-z])(?P<name>{_LATIN_WORD}(?:(?:, ?|[ ·]){_LATIN_MORE}){{1,4}}|[A-Z]\. ?{_LATIN_WORD}|"
    rf"[A-Z]{{2,14}}(?:(?:, ?| {{1,2}}|-)[A-Z][A-Za-z]{{1,14}}(?:-[A-Za-z]{{1,14}})?){{1,3}})(?![A-Za-z])"
)
_LATIN_SAID = re.compile(rf"(?:{SURE}|{STRONG}|{WEAK}|护照名|英文名|拼音)[^，。；]{{0,8}}$")
_SOFTWARE = frozenset(
    "Windows Office Word Excel Adobe Reader Internet Explorer Google Chrome Microsoft Edge Safari Android Apple Server Error Not Found Bad "
    "Gateway Request Timeout Service Internal PDF USB APP OCR".split()
)

LEAST, SURELY = -3.5, 1.0  # the least weight that is shown, and what may not be published
_GOES_ON, _SOUNDS_SURE = -1.0, 8.0
_DOUBT, _DOUBT_FIRM = 0.0, -4.0  # the weight below which a rule alone makes nothing sure; a rule whose word leaves no doubt
_VERY, _FIRM = 0.9, 0.93  # a name that is very likely; what the rules find by a word that leaves no doubt
_CLEAR, _SHOWN = 2.0, 0.6
_NO_NAME_ENDS = frozenset("路镇区局厅院县弄栋幢")


def names_in(plain: str, others: Sequence[Proposal] = ()) -> list[Proposal]:
    """Every name of a person in a folded text; `others` are stretches that are something else already."""
    tokens = Tokens(plain)
    taken = [(one.start, one.end) for one in others if one.confidence >= CERTAIN]
    found = [
        *_by_signs(plain), *_opening(plain, tokens), *_after(plain, tokens), *titled(plain, tokens),
        *called(plain, tokens), *loosely_called(plain, tokens), *_tagged(tokens),
    ]
    words = Lattice(plain)
    by_weight = [*_weighed(words, found)]
    found = [*_doubted(words, _unless_weighed(found, by_weight)), *by_weight]
    found += [_name(start, end, _SHOWN) for start, end in slotted(words, found)]
    clear = [one for one in found if not _ROAD.match(plain, one.end) and not any(low < one.end and one.start < high for low, high in taken)]
    return [*clear, *_again(plain, tokens, clear)]


def _unless_weighed(ruled: Sequence[Proposal], by_weight: Sequence[Proposal]) -> Iterator[Proposal]:
    """What the rules found, less what only overlaps a name that is very likely: there the likelihood tells better where it ends."""
    clear = [one for one in by_weight if one.confidence >= _VERY]
    for one in ruled:
        if one.confidence > _FIRM or not any(held.start < one.end and one.start < held.end for held in clear):
            yield one


def _doubted(words: Lattice, ruled: Iterable[Proposal]) -> Iterator[Proposal]:
    """What the rules found; no longer sure where all that speaks for it is a rule and words explain it as well."""
    for one in ruled:
        yield _name(one.start, one.end, min(one.confidence, 0.7)) if _doubt(words, one) else one


def _doubt(words: Lattice, one: Proposal) -> bool:
    if one.confidence < CERTAIN or one.end - one.start == 1 or not is_han(words.text[one.start : one.end]):
        return False
    span = next((held for held in spans_at(words.text[: one.end], one.start) if held.end == one.end), None)
    return span is not None and weighed(words, span) < (_DOUBT_FIRM if one.confidence > _FIRM else _DOUBT)


def _weighed(words: Lattice, ruled: Sequence[Proposal]) -> Iterator[Proposal]:
    """Names by likelihood: sure where it is great, else shown; one that goes on from a name the rules are sure of is as sure as they are."""
    for span, weight in likely(words, LEAST):
        if words.text[span.end - 1] in _NO_NAME_ENDS:
            continue
        sureness = _VERY if weight >= _CLEAR else 0.82 if weight >= SURELY else 0.5 + 0.28 * (weight - LEAST) / (SURELY - LEAST)
        begun = [one.confidence for one in ruled if one.start == span.start and one.end <= span.end]
        yield _name(span.start, span.end, max([sureness, *(held + 0.01 for held in begun if weight > _GOES_ON)]))
    for start, end, more in sounded(words):
        yield _name(start, end, 0.82 if more > _SOUNDS_SURE else 0.6)


def _by_signs(plain: str) -> Iterator[Proposal]:
    """Names that show themselves: 买买提·吐尔逊, 张*, 李某某, Li Ming."""
    for match in _DOTTED.finditer(plain):
        lead = _LEAD.match(match["name"])
        if match["name"].partition("·")[0][-2:] in PUBLIC_WORDS:
            continue
        yield _name(match.start() + (lead.end() if lead else 0), match.end(), 0.95)
    for match in _HIDDEN.finditer(plain):
        first = match["first"]
        begin = match.start() if first in COMPOUND else match.start() + len(first) - 1
        if first[-1] in SINGLE or first in COMPOUND:
            yield _name(begin, match.end(), 0.85)
    for match in _LATIN.finditer(plain):
        if not _SOFTWARE.intersection(re.split(r"[ ,\-·]+", match["name"])):
            said = _LATIN_SAID.search(plain[max(0, match.start() - 16) : match.start()])
            yield _name(*match.span("name"), 0.9 if said else 0.8 if match["name"][1].islower() else 0.5)


def _name(start: int, end: int, confidence: float) -> Proposal:
    return Proposal(start, end, Kind.NAME, confidence)


def _after(plain: str, tokens: Tokens) -> Iterator[Proposal]:
    """A name behind a word that calls for one."""
    for match in _SURELY.finditer(plain):
        end = tokens.name_end(match.end(), sure=True)
        if end:
            yield _name(match.end(), end, 0.96)
    for match in _MAYBE.finditer(plain):
        end = tokens.name_end(match.end(), sure=False)
        if end and (len(match.group().strip()) > 1 or tokens.tag_at(match.end()).startswith("nr") or tokens.named_like(match.end(), end)):
            yield _name(match.end(), end, 0.9)
        elif not end and len(match.group()) > 1 and tokens.odd_name_at(match.end()):
            yield _name(match.end(), tokens.end_at(match.end()), 0.84)


def _opening(plain: str, tokens: Tokens) -> Iterator[Proposal]:
    """A name that opens a clause or stands in a row: 魏平和许福彪两人, 程志鹏反映."""
    for match in _CLAUSE.finditer(plain):
        end = tokens.opening_name(match.end())
        if end:
            yield _name(match.end(), end, 0.84)


def _tagged(tokens: Tokens) -> Iterator[Proposal]:
    """Words the segmentation itself takes for a name, and those it split behind the surname."""
    for start in range(len(tokens.text)):
        for found in (tokens.tagged_name(start), tokens.likely_name(start)):
            if found:
                yield _name(start, *found)


def _again(plain: str, tokens: Tokens, found: Iterable[Proposal]) -> Iterator[Proposal]:
    """A name said once is one wherever it stands; its given name alone too, where that is no word."""
    names = {plain[one.start : one.end] for one in found if one.confidence >= CERTAIN and one.end - one.start > 1}
    given = {_given(name) for name in names}
    for word in names | {name for name in given if len(name) > 1 and not tokens.known(name)}:
        if is_han(word):
            yield from (_name(match.start(), match.end(), 0.86) for match in re.finditer(re.escape(word), plain))


def _given(name: str) -> str:
    return name[2:] if name[:2] in COMPOUND else name[1:] if name[0] in SINGLE and len(name) > 2 else ""  # noqa: PLR2004 - surname and two characters

"""Names by likelihood: every surname with what may be a given name, weighed by how ordinary words explain it and by what stands around it.

What the weights are, and how they were come by, `weights.py` says. No word of office or of grammar is needed beside a name to see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import log10
from typing import NamedTuple

from shared.privacy.deidentify.around import AROUND
from shared.privacy.deidentify.lattice import Lattice, cost, frequency, is_name_word, sort_of
from shared.privacy.deidentify.surnames import COMPOUND, PUBLIC_WORDS, SINGLE, STRONG, SURE, TITLES, WEAK
from shared.privacy.deidentify.weights import GIVEN, SURNAMES, TABLES

# Two characters that open a Japanese name.
JAPANESE = frozenset(
    "佐藤 铃木 高桥 田中 渡边 伊藤 山本 中村 小林 加藤 吉田 山田 山口 松本 井上 木村 清水 斋藤 坂本 藤田 松田 中岛 小野 宫本 石川 前田 冈田 藤井 "
    "后藤 村上 近藤 石井 青木 福田 三浦 西村 藤原 冈本 松井 中野 原田 中川 竹内 安藤 野村 上田 森田 横山".split()
)
RARE = frozenset(
    "是缑芈牟朴纳侴禚辜练乜仉俎卬厙原呙和妫姒姞嬴宛岑录律忻念恽戎扈折拓揭撒支敖斛旷明春昝晏暨曲木束来枚柏染柯柴桓植楚榮檀毋汝沐波海涂涟漆澹炎牙狐猗"
    "玄甄甯畅疏百皋盖盘真睢矫示禹秋种秘稽穰窦竺笪管箕米粘粟糜素索繁绍绳维缪罕耶耿聂肇胶腾臧芒苌苑英茅茆茹荆荔莘菅营蒉蒙蒯蒿蔺虎虢衣衡裔觉訾言谬谯"
    "豆贯资赫辉辕轩迮逢遆邸邝邢郇郏郗郜鄞鄢酒里钊铎银锁闪闽阎阚阳降隋隗雒雪霜静鞠项颛飞香骆骞鲜鹿黑默龚瘳眭皮门年员区句种折厍"
    "兀火麴啜偶叩召告商妙孛官寸寻射崇希库底征忽慈抄招拜摆斯昔朗望札桐棋淦漏潭琴瑞画皇督矢祭积突端笃策綦续翦肃脱茂菊萨藏藤藩蚁诗象负贠赏赤过逮速遇"
    "郈释镇镡革顿风鬲鼓佼刑厚味哀善喜堂奇妥密尕尼屯岐峰帖帕弋彦彪怡慧抑排敏昂曼朝未杏桃桴楮楠欣泥洒流浑淮涛渠渊漫灌炉烟烩照熟犁狼玺珠瑜瑶疆登盈眉"
    "眘硕祈秀稳笔粱绪翠耀聪胆舍芷苓荃荷菜萍葵蓓藕蜀衷证诚豪贵辇逊郢郸鄯酋醋钦钻铜铺锐镜闯阔隐雄霞鞏韧颖馥驷骁鬼魁鲧鸟鸿鹄鹅麒黛"
)
ONE = (SINGLE | RARE) - frozenset("单查布")
TWO = COMPOUND | JAPANESE | {"淳于", "单于"}
NEVER = frozenset("的了是在不我你他她它们这那个就也都没吗呢吧啊么什怎哪您咱嘛呀啦给被把")
GIVEN_FLOOR, SURNAME_FLOOR = -11.5, -9.5
_JOINED = 3.0  # two surnames in a row are seldom two of a kind
_SIZES_ONE, _SIZES_TWO, _SIZES_JAPANESE = (1, 2, 3), (1, 2), (1, 2, 3)
_COMMON = -8.0
_NEAR, _WORD_LESS, _USUAL, _SPOKEN_FOR = 1.5, 1.5, -7.2, -2.0
_LONE_LESS, _QUITE_USUAL = 2.0, -6.5
_LONG = -1.0  # three characters of a given name are seldom
LONGEST, _MORE, _TIME_AND_PLACE = 2, 0.5, frozenset("tfs")
_TITLE = re.compile("|".join(title for title in TITLES.split("|") if len(title) > 1 and title.isalnum()))
_LINK = r"(?:的?(?:姓名|名字))?(?:名?叫|是|为)?[\s:：,，(（「“\"']{0,2}$"
_LEAD = re.compile(rf"(?:(?P<sure>{SURE})|(?P<strong>{STRONG})|(?P<weak>{WEAK})|(?P<person>人|者|员|[:：](?=[^:：]{{0,1}}$))){_LINK}")
_WEIGHS_MORE = ("before:", "behind:", "sort-", "kind-", "between:", "lead:", "word:", "titled:")


class Span(NamedTuple):
    """What may be a name: where it begins and ends, and how much of it is surname."""

    start: int
    end: int
    surname: int


def han(char: str) -> bool:
    """Whether it is one Chinese character."""
    return "一" <= char <= "龥"


def spans(text: str) -> Iterator[Span]:
    """Every stretch that could be a name by its characters alone."""
    for start in range(len(text)):
        yield from spans_at(text, start)


def spans_at(text: str, start: int) -> Iterator[Span]:
    """Those that begin here."""
    two = text[start : start + 2]
    if two in TWO:
        yield from _sized(text, start, 2, _SIZES_JAPANESE if two in JAPANESE else _SIZES_TWO)
    if text[start] in ONE:
        yield from _sized(text, start, 1, _SIZES_ONE)
        if two not in TWO and two[1:] in ONE and min(map(_surname, two)) > _COMMON:
            yield from _sized(text, start, 2, (2,))


def _sized(text: str, start: int, surname: int, sizes: tuple[int, ...]) -> Iterator[Span]:
    for size in sizes:
        given = text[start + surname : start + surname + size]
        if len(given) == size and not _TITLE.match(text, start + surname) and all(han(char) and char not in NEVER for char in given):
            yield Span(start, start + surname + size, surname)


def features(words: Lattice, span: Span) -> dict[str, float]:
    """What speaks for and against a name here: characters, words, and what stands before and behind."""
    text, (start, end, _) = words.text, span
    own = "w-" if words.begins.get(start) == end else ""  # a word of every day, cut as one: there what stands around it weighs more
    found = _within(words, span, own)
    around = _around(words, start, end)
    if own:
        around += [f"w-{sign}" for sign in around if sign.startswith(_WEIGHS_MORE)] + [f"w-is:{sort_of(text[start:end])}"]
    found.update(dict.fromkeys([*around, *_known(text, start, end)], 1.0))
    return found


def _within(words: Lattice, span: Span, own: str) -> dict[str, float]:
    """The characters themselves: how usual as surname and given name, how well words explain them, how the words cut them."""
    text, (start, end, surname) = words.text, span
    family, given = text[start : start + surname], text[start + surname : end]
    explained, alike = words.explained(start, end), sum(map(_given, given))
    odds = _surname(family) + alike - 7 - explained
    alone = surname == 1 and words.begins.get(start) == start + 1
    lone = int(max(min(_surname(family) - (cost(family) or 0.0), 9.0), -9.0)) if alone else "no"
    cut = "".join(str(int(place in words.begins)) for place in range(start, end + 1))
    return {
        f"{own}odd:{int(max(min(odds, 13.0), -13.0) // 2)}": 1.0, f"cut:{surname}{cut}": 1.0, f"lone:{lone}": 1.0,
        f"size:{surname}+{len(given)}": 1.0, f"{own}words": max(explained, -45.0) / 10, f"{own}surname": _surname(family) / 4,
        f"{own}given": alike / 4, f"{own}odds": max(min(odds, 15.0), -15.0) / 5, f"family:{family}": 1.0, f"last:{text[end - 1]}": 1.0,
    }


def _known(text: str, start: int, end: int) -> list[str]:
    """What the dictionary has it as, and whether a word of office is or opens it."""
    whole, found = text[start:end], []
    if seen := frequency(whole):
        found += [f"known:{'n' if is_name_word(whole) else 'w'}{min(int(log10(seen + 1)), 4)}", f"is:{sort_of(whole)}"]
    opening = [text[start : start + size] for size in (2, 3, 4) if text[start : start + size] in PUBLIC_WORDS]
    if opening:
        found.append("public:is" if whole in opening else "public:opens" if len(opening[-1]) < len(whole) else "public:longer")
    return found


def _around(words: Lattice, start: int, end: int) -> list[str]:
    """What stands before and behind, as characters, words and kinds of words."""
    text = words.text
    before, behind = text[start - 1 : start] or "^", text[end : end + 1] or "$"
    word, after = words.word_before(start), words.word_behind(end)
    lead = _LEAD.search(text, max(0, start - 12), start)
    found = [
        f"cut-before:{int(start in words.begins)}", f"cut-behind:{int(end in words.stops)}", f"before:{before}", f"behind:{behind}",
        f"before2:{text[max(0, start - 2) : start]}", f"behind2:{text[end : end + 2]}", f"sort-before:{_sort(before)}",
        f"sort-behind:{_sort(behind)}", f"word:{word}", f"kind-before:{sort_of(word)}", f"kind-behind:{sort_of(after)}",
        f"between:{_sort(before)}+{_sort(behind)}", f"kinds:{sort_of(word)}+{sort_of(after)}",
    ]
    found += [f"lead:{lead.lastgroup}"] if lead else []
    return found + (["titled:1"] if _TITLE.match(text, end) else [])


def weighed(words: Lattice, span: Span) -> float:
    """How likely a name is here; 0 is as likely as not."""
    return sum(WEIGHTS.get(key, 0.0) * value for key, value in features(words, span).items())


def likely(words: Lattice, least: float) -> list[tuple[Span, float]]:
    """The names weighed likelier than `least`, the likeliest first; over a likelier one only where it is nearly as likely."""
    scored = sorted(((weighed(words, span), span) for span in spans(words.text)), reverse=True)
    found: list[tuple[Span, float]] = []
    for weight, span in scored:
        if weight < _asked(words, span, least, found):
            continue
        if not _of_office(words.text, span, weight) and all(_beside(span, weight, *held) for held in found):
            found.append((span, weight))
    return found


def _asked(words: Lattice, span: Span, least: float, found: list[tuple[Span, float]]) -> float:
    """The weight asked of it: less of a word only what stands around can tell, more of a long one and of a word of time or place."""
    if span.end - span.start - span.surname > LONGEST and not any(span.start == held.start for held, _ in found):
        return _LONG
    if words.begins.get(span.start) != span.end:
        return least - (_LONE_LESS if _is_lone(words, span) else 0)
    whole = words.text[span.start : span.end]
    if not is_name_word(whole) and (len(whole) > LONGEST or sort_of(whole) in _TIME_AND_PLACE):
        return least + _MORE
    return least - (_WORD_LESS if _is_word(words, span) else 0)


def _beside(span: Span, weight: float, other: Span, held: float) -> bool:
    """Whether a name may stand though a likelier one does: apart from it, nearly as likely while that is unlikely, or the same and more."""
    if span.end <= other.start or other.end <= span.start:
        return True
    more = span.start <= other.start and span.end >= other.end
    return weight >= held - _NEAR and (held <= 0 or more)


def _of_office(text: str, span: Span, weight: float) -> bool:
    """Whether a word of office stands here that nobody is called by, or few and nothing around speaks for it."""
    if any(text[span.start : span.start + size] in PUBLIC_WORDS for size in (3, 4)):
        return True
    return weight < _SPOKEN_FOR and text[span.start : span.end] in PUBLIC_WORDS and _surname(text[span.start]) <= _USUAL


def _is_word(words: Lattice, span: Span) -> bool:
    """Whether it is a word of every day, cut as one: only what stands around it can tell, so less is asked of it."""
    family = words.text[span.start : span.start + span.surname]
    usual = _surname(family) > _USUAL and words.text[span.start : span.end] not in PUBLIC_WORDS
    return usual and words.begins.get(span.start) == span.end


def _is_lone(words: Lattice, span: Span) -> bool:
    """Whether a usual surname is left over by the words: few other readings are left, so less is asked of what stands around."""
    usual = _surname(words.text[span.start : span.start + span.surname]) > _QUITE_USUAL
    return usual and words.begins.get(span.start) == span.start + span.surname


@lru_cache(maxsize=4096)
def _surname(family: str) -> float:
    if len(family) > 1 and family not in TWO:
        return sum(map(_surname, family)) + _JOINED
    return SURNAME_SHARES.get(family, SURNAME_FLOOR)


def _given(char: str) -> float:
    return GIVEN_SHARES.get(char, GIVEN_FLOOR)


def _sort(char: str) -> str:
    if char in "^$":
        return char
    return "han" if han(char) else "digit" if char.isdigit() else "stop" if char in "，。；！？,.;!?" else "mark"


def _flat(table: dict[float, str], apart: str | None = None) -> dict[str, float]:
    """Each entry of a table by its weight; its entries are characters, or words with `apart` between."""
    return {entry: weight for weight, entries in table.items() for entry in (entries.split(apart) if apart else entries)}


GIVEN_SHARES = _flat(GIVEN)
SURNAME_SHARES = _flat(SURNAMES, " ")
WEIGHTS = {
    f"{kind}:{entry}" if entry != "_" else kind: held for kind, table in (TABLES | AROUND).items() for entry, held in _flat(table, " ").items()
}

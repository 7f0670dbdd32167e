"""Names from elsewhere written by their sound, with no surname to begin them: 古丽米热, 扎西次仁, 乌云其其格, 安德烈."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.privacy.deidentify.lattice import Lattice, cost
from shared.privacy.deidentify.likely import JAPANESE, NEVER, han
from shared.privacy.deidentify.sounds import LONG_SURNAMES, LONGEST_PART, PAIRS, PARTS

# Further characters that write sounds where no part is known.
SOUNDS = frozenset(
    "扎西次仁央金卓玛达瓦边巴尼旦增丹格桑梅朵洛平措多吉罗布曲珍拉姆德白仓决贡嘎顿珠索朗旺堆强久美加朗杰加措其嘉尕让措毛才太本青索南坚赞土登"
    "乌云其格特尔苏日娜那阿坦仓萨如拉勒图斯琴高娃仁托娅呼和哈额敦宝音毕力牧朝鲁孟布来吉嘎腾巴雅图门希木楞都兰满达胡塔图雅"
    "古丽米热买提吐逊江木合艾山力克亚孜卜杜依明玉素明甫帕迪努库班汗麦守吾肉夏姆丁汉迪曼赛图荪尤努斯伊敏斯坎叶尔兰别克沙热甫海如则瓦"
    "约翰玛丽安烈维奇夫诺娃琳史密森莉莎菲罗伯理查詹姆威廉迈尔彼得保卡洛桑托斯费南蒂尼奥贝蕾蕊克劳黛佩穆默罕侯赛易卜欣法蒂优素福奥马尔萨义"
    "爱新觉启星完颜诗恩裕凯文戴琼杰弗瑞基萝朱朵伦奈韦恩蒙林登泰勒弥塞温顿肯伍纳坎贾比拜登索娅柯埃利耶乐茨兹赫谢捷雷里鲁路内普奇切舒沃辛佐泽久戈皮廷逊霍惠莫莱苦子"
).union(*PARTS)
_CHAR, _WORD, _NAME, _PART = -5.6, -9.0, -7.0, -8.5
_WORDS = frozenset("来和才如都本太多大为")  # sounds within a part; alone mostly words
_BEFORE = frozenset("和与对请找问叫由给跟向被让替受因把从为的是经按据代同及称有陪帮带见托")
_LONGEST, _SHORTEST = 10, 3
_LONG = re.compile("|".join(sorted(LONG_SURNAMES, key=len, reverse=True)))
_JAPANESE = re.compile(rf"(?:{'|'.join(sorted(JAPANESE))})(?:[一-龥]{{1,2}}[郎子美树介夫彦之纪奈惠辅哉雄]|[爱健翔莲葵])")
_LONG_SURELY, _SHOWN = 20.0, 1.0


def sounded(words: Lattice) -> Iterator[tuple[int, int, float]]:
    """Where a name of sounds begins and ends, and by how much sounds explain it better than words do; none over another."""
    text, place = words.text, 0
    yield from _long_surnames(words)
    yield from _pairs(words)
    yield from ((match.start(), match.end(), _SHOWN) for match in _JAPANESE.finditer(words.text))
    while place < len(text):
        end = place
        while end < len(text) and text[end] in SOUNDS:
            end += 1
        yield from _within(words, place, end)
        place = max(end, place + 1)


def _within(words: Lattice, low: int, high: int) -> Iterator[tuple[int, int, float]]:
    """The best of this stretch, then the best of what is left on either side."""
    best = max(_scored(words, low, high), default=None)
    if best and best[0] > 0:
        more, start, end = best
        yield start, end, more
        yield from _within(words, low, start)
        yield from _within(words, end, high)


def _scored(words: Lattice, low: int, high: int) -> Iterator[tuple[float, int, int]]:
    for start in range(low, high - _SHORTEST + 1):
        for end, paid in _sounds(words.text, start, min(high, start + _LONGEST)):
            edge = sum(1.5 for place in (start, end) if _parted(words, place))
            if end - start >= _SHORTEST:
                yield paid + _NAME - words.explained(start, end) + edge, start, end


def _sounds(text: str, start: int, high: int) -> Iterator[tuple[int, float]]:
    """What parts and single sounds pay for the stretch up to each place, the cheapest way."""
    paid = {start: 0.0}
    for end in range(start + 1, high + 1):
        known = [paid[begin] + _PART for begin in range(max(start, end - LONGEST_PART), end - 1) if text[begin:end] in PARTS]
        paid[end] = max([paid[end - 1] + (_WORD if text[end - 1] in _WORDS else _CHAR), *known])
        yield end, paid[end]


def _pairs(words: Lattice) -> Iterator[tuple[int, int, float]]:
    """洛桑, 央金: where no word of every day is cut through."""
    for start in range(len(words.text) - 1):
        word = words.text[start : start + 2]
        if word in PAIRS and cost(word) is None and start in words.begins and start + 2 in words.stops:
            yield start, start + 2, _SHOWN


def _long_surnames(words: Lattice) -> Iterator[tuple[int, int, float]]:
    """长谷川健太, 爱新觉罗启星: up to two characters behind it, fewer before a word of grammar or a mark."""
    for match in _LONG.finditer(words.text):
        end = match.end()
        while end < min(len(words.text), match.end() + 2) and han(words.text[end]) and words.text[end] not in NEVER:
            end += 1
        if end > match.end():
            yield match.start(), end, _LONG_SURELY


def _parted(words: Lattice, place: int) -> bool:
    """Whether words part here whatever stands around: at a mark or the end, or behind a word of grammar."""
    text = words.text
    return not 0 < place < len(text) or not (han(text[place - 1]) and han(text[place])) or text[place - 1] in _BEFORE

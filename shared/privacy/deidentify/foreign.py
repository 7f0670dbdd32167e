"""Names from elsewhere written by their sound, with no surname to begin them: 古丽米热, 扎西次仁, 乌云其其格, 安德烈."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.privacy.deidentify.lattice import Lattice
from shared.privacy.deidentify.likely import han

# Characters that write sounds, Tibetan, Mongolian, Uyghur and Kazakh, Manchu, European and Arabic.
SOUNDS = frozenset(
    "扎西次仁央金卓玛达瓦边巴尼旦增丹格桑梅朵洛平措多吉罗布曲珍拉姆德白仓决贡嘎顿珠索朗旺堆强久美加朗杰加措其嘉尕让措毛才太本青索南坚赞土登"
    "乌云其格特尔苏日娜那阿坦仓萨如拉勒图斯琴高娃仁托娅呼和哈额敦宝音毕力牧朝鲁孟布来吉嘎腾巴雅图门希木楞都兰满达胡塔图雅"
    "古丽米热买提吐逊江木合艾山力克亚孜卜杜依明玉素明甫帕迪努库班汗麦守吾肉夏姆丁汉迪曼赛图荪尤努斯伊敏斯坎叶尔兰别克沙热甫海如则瓦"
    "约翰玛丽安烈维奇夫诺娃琳史密森莉莎菲罗伯理查詹姆威廉迈尔彼得保卡洛桑托斯费南蒂尼奥贝蕾蕊克劳黛佩穆默罕侯赛易卜欣法蒂优素福奥马尔萨义"
    "爱新觉启星完颜诗恩裕凯文戴琼杰弗瑞基萝朱朵伦奈韦恩蒙林登泰勒弥塞温顿肯伍纳坎贾比拜登索娅柯埃利"
)
_CHAR, _NAME = -5.6, -7.0
_BEFORE = frozenset("和与对请找问叫由给跟向被让替受因把从为的是经按据代同及称有陪帮带见托")
# What such names commonly end in: Uyghur and Kazakh, Tibetan, Mongolian, European.
_ENDS = re.compile(
    r"(?:古丽|古力|江|别克|提|提明|日苏|买提|木提|尔汗|丽娜|克孜|依拉|娜尔|巴依|次仁|卓玛|拉姆|卓嘎|央金|顿珠|多吉|扎西|旺姆|旺堆|平措|曲珍|达瓦|尼玛|边巴|措姆|桑|"
    r"其其格|格日勒|图雅|高娃|巴特尔|托娅|花日|呼|夫|娃|斯基|维奇|诺夫|诺娃|琳娜|丽莎|莎|曼|森|尔德|伯特|姆斯)$"
)
# And what they commonly begin with.
_BEGINS = re.compile(
    "买买提|阿卜杜|阿不都|阿依|吐尔|努尔|古丽|热依|米热|帕提|艾尼|玛依|库尔|迪丽|扎西|次仁|达瓦|边巴|索朗|格桑|卓玛|央金|丹增|仁增|其美|德吉|洛桑|"
    "巴特|苏日|那日|乌云|其其|斯琴|萨如|格日|阿拉坦|额尔|哈斯|布和|呼和"
)
_USUAL_END, _USUAL_BEGINNING = 2.5, 5.0
_LONGEST, _SHORTEST = 8, 3


def sounded(words: Lattice) -> Iterator[tuple[int, int, float]]:
    """Where a name of sounds begins and ends, and by how much sounds explain it better than words do; none over another."""
    text, place = words.text, 0
    while place < len(text):
        end = place
        while end < len(text) and text[end] in SOUNDS:
            end += 1
        best = max(_scored(words, place, end), default=None)
        if best and best[0] > 0:
            yield best[1], best[2], best[0]
        place = max(end, place + 1)


def _scored(words: Lattice, low: int, high: int) -> Iterator[tuple[float, int, int]]:
    text = words.text
    for start in range(low, high):
        for end in range(start + _SHORTEST, min(high, start + _LONGEST) + 1):
            edge = sum(1.5 for place in (start, end) if _parted(words, place))
            usual = _USUAL_END if _ENDS.search(text, start, end) else 0.0
            usual += _USUAL_BEGINNING if _BEGINS.match(text, start, end) else 0.0
            yield (end - start) * _CHAR + _NAME - words.explained(start, end) + edge + usual, start, end


def _parted(words: Lattice, place: int) -> bool:
    """Whether words part here whatever stands around: at a mark or the end, or behind a word of grammar."""
    text = words.text
    return not 0 < place < len(text) or not (han(text[place - 1]) and han(text[place])) or text[place - 1] in _BEFORE

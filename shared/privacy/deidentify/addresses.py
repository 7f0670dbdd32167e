"""Addresses beyond the road: number, lane, building, room, and the estate or village before them (domain §9.2: 地址到路名)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.privacy.deidentify.kinds import Kind, Proposal

_HAN = "一二三四五六七八九十百零〇两"
_NUM = rf"(?:[A-Za-z]?\d{{1,5}}(?:[\-之]\d{{1,4}}){{0,3}}[A-Za-z甲乙丙丁戊]?|[{_HAN}]{{1,9}}|[A-Za-z](?=[座栋幢楼区])|[甲乙丙丁](?=[座栋幢楼单]))"
_UNIT = r"(?:支弄|弄|号楼|号院|号房|号门|号|栋楼?|幢楼?|座|单元|门栋|楼|层|室|房间|房|户|组|队|宅|铺位?|摊位|排)"
_NO_PLACE = (
    "窗口?|线|令|文|机|公告|材料|表|柜台|工作台|楼梯|下午|上午|早上|晚上|中午|之前|前|以前|后|开始|那天|就|来|去|起|到(?!\\d)|令"
)
_NOT_PLACE = rf"(?!{_NO_PLACE})"
_NO_HOUSE = r"(?!窗口?|线|令|文|柜台|工作台|公告)"  # behind a road or a village the rest is a house whatever is said next
_SEP = r"[ ,，\-—/]{0,2}"
_STEP = rf"{_NUM} ?(?:{_UNIT}){_NOT_PLACE}(?:甲|乙|内|旁边?)?"
_ROOM = rf"(?:{_SEP}(?!(?:19|20)\d\d[.\-/年])(?:\d{{1,4}}[\-之])?[A-Za-z]?\d{{2,4}}[A-Za-z甲乙]?(?![\d元年月日岁次个条份天平块万号点米]))"
_HOUSE = rf"{_NUM} ?(?:{_UNIT}){_NO_HOUSE}(?:甲|乙|内|旁边?)?"
_DETAIL = (
    rf"(?:{_STEP}|{_HOUSE})(?:{_SEP}(?:{_STEP}|{_HOUSE}|[东西南北中前后]{{1,2}}(?:楼|幢|栋|座|间|侧|门|单元)))*{_ROOM}?"
    rf"(?:{_SEP}(?:[东西南北中前后]{{1,2}}间))?"
)
_LOOSE = rf"\d{{1,4}}[\-—/]\d{{1,4}}(?:[\-—/]\d{{1,5}})*(?:{_UNIT})?"

_AFTER_ROAD = re.compile(
    rf"(?P<road>[一-龥]{{1,6}}(?:路|街|大道|公路|巷|胡同|道)(?:[东南西北中]段)?)[ (（]?(?P<place>{_DETAIL}|{_LOOSE})"
)
_ESTATE_END = (
    r"(?:小区|花园|新村|公寓|家园|花苑|名苑|雅苑|佳苑|嘉苑|华苑|名邸|华庭|豪庭|豪园|山庄|别墅|名都|新城|湾城|城|大厦|广场|苑|园|庭|邸|里|坊|墅|府|湾|湖畔|大楼|国际|"
    r"[一二三四五六七八九十]{1,2}村|[一二三四五六七八九十]{1,3}街坊|中心城|工房|公馆|公房|宿舍|老公房|名居|雅居|新苑|景苑|家苑)"
)
_ESTATE = re.compile(
    rf"(?P<estate>[一-龥]{{2,7}}?{_ESTATE_END}(?:[一二三四五六七八九十东南西北]{{1,2}}(?:期|村|区|街坊)|[A-Z]区|\d{{1,2}}(?:期|区|街坊))?)[ ,，(（]?"
    rf"(?P<place>{_DETAIL}|{_LOOSE})"
)
_VILLAGE = re.compile(
    rf"(?P<estate>[一-龥]{{2,4}}(?:新村|村|庄|屯|宅|浜|湾|堂|桥)(?:[{_HAN}]{{1,3}}村)?)(?:第)?(?P<place>(?:\d{{1,3}}|[{_HAN}]{{1,3}})(?:组|队|社|宅){_SEP}"
    rf"(?:{_DETAIL})?|{_DETAIL})"
)
_ALONE = re.compile(
    rf"(?P<place>(?:{_NUM} ?(?:支弄|弄|号楼|号院|号|栋楼?|幢楼?|座|单元){_SEP}){{1,4}}"
    rf"{_NUM} ?(?:室|房间|房|户|号(?!{_NO_PLACE})|单元|层|楼(?!梯|道|下|上))|"
    rf"(?:{_NUM} ?(?:号楼|栋楼?|幢楼?|座|单元|弄|号){_SEP})[A-Za-z]?\d{{3,4}}(?![\d元年月日岁次个条份天平块万号点米])|"
    r"\d{1,3}[\-—]\d{1,3}[\-—]\d{3,4}(?:室)?(?![\d\-]))"
)
_LIVES = re.compile(
    rf"(?:住址?|居住|家住|住在|住的?是|地址|户籍|租住|租在|暂住|家里?在|房子在|搬到|住所|寄到|送到|户口在|家门口|楼上|楼下|隔壁|对门|对面)"
    rf"[^，。；,;]{{0,4}}?(?P<place>(?:[A-Za-z]?\d{{3,4}}|[{_HAN}]{{3,5}})(?:室|房)|{_STEP})"
)
_ROOM_ONLY = re.compile(r"(?<![\d\-])(?P<place>[A-Za-z]?\d{3,4}室|[一二三四五六七八九零〇]{3,4}室)")
_PUBLIC = re.compile(r"(?:中心|办公|大厅|会议|局|所|窗口|接待|法院|办|科|部)[^，。；,;]{0,3}$")
_OFFICE = re.compile(r"(?:政务服务中心|受理中心|服务中心|管理所|市场监管所|区政府|分局|法院|派出所|监管局|大厅)")
_CUT = re.compile(
    r"^.*(?:在|住|到|是|于|址|从|位于|产权|房子|房屋|房产|户口|户籍|说|她|他|我家?|搬|租|给|的|名下|寄|往|由|叫)|^(?:家|了|店|现|原|老|这|那|去|和|与|人|开|买|女|男)+"
)


def addresses(plain: str) -> Iterator[Proposal]:
    """What of an address tells more than the road."""
    for match in _AFTER_ROAD.finditer(plain):
        yield Proposal(*match.span("place"), Kind.ADDRESS, 0.75 if _of_office(plain, match.start(), match.end()) else 0.95)
    for pattern in (_ESTATE, _VILLAGE):
        yield from _with_estate(pattern, plain)
    for match in _ALONE.finditer(plain):
        yield Proposal(*match.span("place"), Kind.ADDRESS, 0.75 if _public(plain, match.start()) else 0.92)
    for match in _LIVES.finditer(plain):
        yield Proposal(*match.span("place"), Kind.ADDRESS, 0.88)
    for match in _ROOM_ONLY.finditer(plain):
        yield Proposal(*match.span("place"), Kind.ADDRESS, 0.6 if _public(plain, match.start()) else 0.85)


def _with_estate(pattern: re.Pattern[str], plain: str) -> Iterator[Proposal]:
    """The estate tells as much as the number: both go; what is no part of its name stays."""
    for match in pattern.finditer(plain):
        estate = match["estate"]
        road = re.search(r".*(?:路|街道|大道|镇|街(?!坊))", estate)
        begin = match.start("estate") + (road.end() if road else _lead(estate))
        yield Proposal(begin, match.end("place"), Kind.ADDRESS, 0.7 if _of_office(plain, match.start(), match.end()) else 0.93)


def _lead(estate: str) -> int:
    cut = _CUT.match(estate)
    return cut.end() if cut and cut.end() < len(estate) - 1 else 0


def _public(plain: str, start: int) -> bool:
    return bool(_PUBLIC.search(plain[max(0, start - 8) : start]))


def _of_office(plain: str, start: int, end: int) -> bool:
    """An office's own address is no person's."""
    return bool(_OFFICE.search(plain[max(0, start - 14) : start]) or _OFFICE.match(plain, end))

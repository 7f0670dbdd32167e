"""Phones, numbers of papers, cards and records, plates, addresses on the net: what `shapes` finds, named, and what only its label tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.privacy.deidentify.kinds import Kind, Proposal
from shared.privacy.shapes import Found, personal

_DIGITS = "〇零一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖"
_PLAIN = str.maketrans(dict(zip(_DIGITS, "0011223456789123456789", strict=True)))
_GAP = r"[ \-·.，,、]{0,2}"
_MIXED = re.compile(rf"[{_DIGITS}\d](?:{_GAP}[{_DIGITS}\d]){{6,29}}(?![次个天趟回遍位家人张])")
_COUNTED = re.compile(r" {0,2}(?:元|万|亿|千|块|平方|平米|㎡|%|人次|人民币|股|吨|公里)")
_IS = r"\s{0,2}(?:是|为|:|：|号|＝|=)?[\s:：]{0,3}"
_VALUE = r"(?=[A-Za-z0-9\-]{0,20}\d[A-Za-z\-]{0,4}\d[A-Za-z\-]{0,4}\d)[A-Za-z0-9][A-Za-z0-9\-]{3,29}"
_OWN_NUMBER = re.compile(r"(?:PT|DD|XS|TZ|FC|AL|DB)[0-9A-Z]{13,18}", re.IGNORECASE)

_RECORD = re.compile(
    r"(?:(?:办件|受理|业务|流水|档案|病历|病案|住院|门诊|就诊|挂号|就诊卡|社保|医保|公积金|社会保障|社会保险|保险|低保|残疾人?|退役军人|优待|退伍|军官|士兵|"
    r"学籍|学|准考|考生|驾驶|行驶|房产|产权|不动产权?|房地产权?|结婚|离婚|出生医学证明|出生证明|护照|通行|居住|居留|营业执照?|许可|保单|合同|快递|运单|订单|会员|"
    r"客户|户|存折|工|编制|个人|单位|电脑|参保|案件|仲裁|申请|登记|取件|查询|预约|排队|缴费|户口本?|电表|水表|燃气|宽带)"
    r"(?:人|者|卡|证|证书|书|单|费|本|簿|账户|帐户|系统)?(?:的)?(?:编号|号码|代码|账号|帐号|证号|卡号|单号|户号|证件号|序号|编码|密码|号)|"
    r"(?:证件|社保|医保|银行|工资|储蓄|就诊|公积金)(?:卡|号|账户)|(?:护照|通行证|居住证|回乡证|台胞证|军官证|士兵证|退伍证|残疾证|优待证|居留证))"
    rf"(?:号码|号|编号)?{_IS}(?P<value>{_VALUE})"
)
_TITLE_DEED = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][一-龥]{0,3} ?[(（〔\[]\d{4}[)）〕\]] ?[一-龥]{1,8}"
    r"(?:不动产权|房地|房地产|字|民初|民终|行初|执|破)[一-龥]{0,3}(?:第 ?\d{3,9} ?号|\d{2,6}号)|"
    r"[(（〔\[]\d{4}[)）〕\]]沪\d{2,4}[民行执刑][初终字]?\d{1,6}号"
)
_SOLDIER = re.compile(r"(?:军|士|兵|文|政|后|参|空|海|武)字?第? ?\d{6,8}号?")
_PAPER = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,2}\d{7,8}|[HMhm]\d{8,10}|[A-Z]{3}\d{12})(?![A-Za-z0-9])")
_USCC = re.compile(r"(?<![A-Za-z0-9])(?P<code>[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![A-Za-z0-9])", re.IGNORECASE)
_SMALL_TRADER = re.compile(r"个体|经营部|小吃店|理发店|夫妻店|水果店|早餐店")
_ACCOUNT = re.compile(
    r"(?:微信|薇信|威信|[Vv]信|[Vv][Xx]|[Ww][Xx]|WeChat|wechat|weixin|QQ|qq|Qq|扣扣|抖音|小红书|支付宝|钉钉|微博)(?:群|号码|账号|帐号|号|ID|id)?"
    r"(?:就是|是|为|也是|同号|加|:|：)?[\s:：]{0,3}(?P<value>[A-Za-z][A-Za-z0-9_\-]{4,24}|\d[\d ]{4,14}\d)"
)
_MASKED = re.compile(r"(?<![\d*])\d{0,6}-?\*{3,18}\d{0,4}[Xx]?(?![\d*])")
_LOCAL = re.compile(r"(?<![\d\-.])(?P<value>[2-8]\d{3}[ \-]?\d{3,4})(?![\d.])")
_CALLED = re.compile(r"(?:电话|座机|分机|联系|手机|打|拨|传真|热线)[^，。；,;]{0,6}$")
_STANDARD = re.compile(r"(?:GB/?T?|DB\d\d/?T?|ISO|GM/T|JR/T) ?$")
_EIGHT = 8
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def numbers(text: str, plain: str) -> Iterator[Proposal]:
    """Every number that may be about a person; `plain` is the folded text."""
    said = _spelt(plain)
    for found in personal(text):
        yield from _named(found, plain)
    if said != plain:
        yield from (one for found in personal(said) for one in _named(found, said))
    for look in (_records, _codes, _papers, _accounts, _masked, _local):
        yield from look(said)


def _spelt(plain: str) -> str:
    """The text with long rows of digits, some or all of them written out, as digits: 一三八 零零零零 1234."""
    return _MIXED.sub(lambda row: row.group().translate(_PLAIN), plain)


def _named(found: Found, plain: str) -> Iterator[Proposal]:
    if _STANDARD.search(plain[max(0, found.start - 6) : found.start]) or _in_a_code(found, plain):
        return
    kinds: dict[str, tuple[Kind, float]] = {
        "mobile": (Kind.PHONE, 0.98), "landline": (Kind.PHONE, 0.95), "email": (Kind.EMAIL, 0.98), "plate": (Kind.PLATE, 0.95),
    }
    digits = re.sub(r"[^0-9Xx]", "", found.plain)
    if found.kind in kinds:
        yield Proposal(found.start, found.end, *kinds[found.kind])
    elif _is_company(digits):
        return
    elif found.kind == "id":
        yield Proposal(found.start, found.end, Kind.ID, 0.99 if id_checks(digits) else 0.85)
    elif not _COUNTED.match(plain, found.end):
        yield Proposal(found.start, found.end, *_long(digits))


def _long(digits: str) -> tuple[Kind, float]:
    """What a long number without a known shape most likely is."""
    if re.fullmatch(r"[48]00\d{7}", digits):
        return Kind.PHONE, 0.9
    if re.fullmatch(r"\d{16,19}", digits):
        return Kind.CARD, 0.95 if luhn(digits) else 0.85
    if re.fullmatch(r"[2-8]\d{6,7}", digits):
        return Kind.PHONE, 0.82
    return Kind.NUMBER, 0.82


def _in_a_code(found: Found, plain: str) -> bool:
    """Whether it is a part of a longer code of letters and digits, which is looked at as a whole."""
    codes = _USCC.finditer(plain, max(0, found.start - 17))
    near = (code.span() for code in codes if code.start() <= found.start and found.end <= code.end())
    return any(end - start > found.end - found.start for start, end in near)


def _records(plain: str) -> Iterator[Proposal]:
    for match in _RECORD.finditer(plain):
        if not _OWN_NUMBER.match(match["value"]) and not _is_company(match["value"]):
            yield Proposal(*match.span("value"), Kind.RECORD, 0.9)
    for match in _TITLE_DEED.finditer(plain):
        yield Proposal(*match.span(), Kind.RECORD, 0.96)
    for match in _SOLDIER.finditer(plain):
        yield Proposal(*match.span(), Kind.ID, 0.9)


def _codes(plain: str) -> Iterator[Proposal]:
    """统一社会信用代码: a firm's is no person's, that of an 个体户 is (domain §9.2)."""
    for match in _USCC.finditer(plain):
        code = match["code"].upper()
        own = code.startswith("92") or bool(_SMALL_TRADER.search(plain[max(0, match.start() - 30) : match.end() + 10]))
        if own and (not code.isdigit() or uscc_checks(code)):
            yield Proposal(*match.span(), Kind.USCC, 0.97)


def _papers(plain: str) -> Iterator[Proposal]:
    for match in _PAPER.finditer(plain):
        yield Proposal(*match.span(), Kind.ID, 0.92)


def _accounts(plain: str) -> Iterator[Proposal]:
    for match in _ACCOUNT.finditer(plain):
        yield Proposal(*match.span("value"), Kind.ACCOUNT, 0.93)


def _masked(plain: str) -> Iterator[Proposal]:
    """What was masked when it came in: 138****5678, 310***********123X."""
    for match in _MASKED.finditer(plain):
        kind = Kind.ID if len(match.group()) > 12 else Kind.PHONE  # noqa: PLR2004 - a phone has at most twelve places
        yield Proposal(*match.span(), kind, 0.9)


def _local(plain: str) -> Iterator[Proposal]:
    """A landline without its area code, where the words before it speak of calling."""
    for match in _LOCAL.finditer(plain):
        digits = re.sub(r"\D", "", match["value"])
        called = _CALLED.search(plain[max(0, match.start() - 10) : match.start()])
        if called and len(digits) in (_EIGHT - 1, _EIGHT) and not _COUNTED.match(plain, match.end()):
            yield Proposal(*match.span(), Kind.PHONE, 0.88)


def _is_company(digits: str) -> bool:
    code = digits.upper()
    return len(code) == 18 and code[:2] in ("91", "93", "52", "12", "11") and uscc_checks(code) and not id_checks(code)  # noqa: PLR2004 - eighteen signs


def id_checks(number: str) -> bool:
    """GB 11643: the last sign of an ID number follows from the others."""
    if not re.fullmatch(r"\d{17}[\dXx]", number):
        return False
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11] == number[-1].upper()


def luhn(digits: str) -> bool:
    """The check of a bank card's number."""
    weighed = (int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits)))
    return sum(sum(divmod(weight, 10)) for weight in weighed) % 10 == 0


def uscc_checks(code: str) -> bool:
    """GB 32100: the last sign of a 统一社会信用代码 follows from the others."""
    if len(code) != 18 or any(sign not in _USCC_SIGNS for sign in code):  # noqa: PLR2004 - eighteen signs
        return False
    total = sum(_USCC_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return _USCC_SIGNS[(31 - total % 31) % 31] == code[17]

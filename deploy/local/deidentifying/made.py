"""What stands in a drawn text: people, phones, papers, addresses, and beside them what is nobody's; every spelling people use."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from deploy.local.deidentifying.fifth import PEOPLE5
from deploy.local.deidentifying.fourth import PEOPLE4
from deploy.local.deidentifying.people import ELSEWHERE, LATIN, anybody, called
from deploy.local.deidentifying.second import PEOPLE2
from deploy.local.deidentifying.seventh import PEOPLE7
from deploy.local.deidentifying.sixth import PEOPLE6
from deploy.local.deidentifying.third import PEOPLE3
from deploy.local.deidentifying.unseen import PEOPLE

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱"
    "方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱覃武戚莫孔汤"
)
RARE = "瞿仇卞匡冼植郦褚宓荆查裘缪阚鄢麦沙尤费屠桑储祁蔺佟芮闻翟詹柴"
COMPOUND = ("欧阳", "上官", "司徒", "诸葛", "皇甫", "慕容", "尉迟", "夏侯", "司马", "令狐", "东方", "长孙")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂兰凤玉珍建国华梅红宝根福生阿毛妹弟龙虎彪雯婷悦涵梓轩睿宸诺柠沐宥晗嘉怡思琪浩宇俊豪志鹏佩瑶"
    "炜烨舒翊昊然晟铭"
)
MINORITY = ("买买提·吐尔逊", "古丽娜尔·阿布都拉", "阿依努尔·艾合买提", "扎西·多吉次仁", "巴特尔·孟和", "迪丽娜尔·库尔班", "热合曼・依明")
ROADS = (
    "梅岭北路", "岚皋路", "枣阳路", "真北路", "宜川路", "华池路", "曹杨路", "武宁路", "大渡河路", "新村路", "常德路", "安远路", "花溪路", "杏山路",
    "铜川路", "交通路", "光复西路",
    "中江路", "金沙江支路", "延长西路",
)
ESTATES = (
    "中远两湾城", "香溢花城", "曹杨五村", "石泉六村", "真光新村第三小区", "清涧八街坊", "恒盛鼎城", "绿洲公寓", "金鼎花苑", "祥和名邸",
    "梅川一街坊", "泰欣嘉园", "子长小区", "管弄新村", "甘泉三村",
    "同济融景苑", "品尊国际",
)
VILLAGES = ("李家宅", "厉家浜", "张泾村", "槎浦村", "红旗村", "新杨村")
OFFICES = (
    "区政务服务中心", "长寿路街道社区事务受理服务中心", "真如镇街道社区事务受理服务中心", "市场监督管理局", "区医保中心", "石泉路市场监管所",
    "婚姻登记中心", "规划和自然资源局", "区就业促进中心",
    "公安分局出入境办", "房屋管理局", "桃浦镇社区事务受理服务中心", "区房地产交易中心", "曹杨新村街道办事处", "城管执法局", "区残联",
)
ITEMS = (
    "食品经营许可", "异地就医备案", "居住证续签", "不动产转移登记", "加装电梯", "失业金申领", "公积金提取", "长护险评估", "营业执照变更",
    "社保补缴", "出生医学证明换发", "敬老卡申领", "医疗机构执业登记", "单用途预付卡备案",
)
ARTICLES = (
    "《上海市优化营商环境条例》第二十五条", "普政务服务办〔2023〕2号", "沪人社规〔2021〕15号", "《个人信息保护法》第28条", "国令第722号",
    "GB/T 39786-2021", "方案六（四）", "沪府办发〔2019〕20号",
)
TITLES = ("女士", "先生", "阿姨", "师傅", "医生", "老师", "经理", "主任", "科长", "大爷", "老伯", "护士")
HAN = "零一二三四五六七八九"

Piece = tuple[str, str]  # a stretch and what it is: a kind, `keep` for what may not be touched, "" for words
Maker = Callable[[Random], list[Piece]]


def full(draw: Random) -> str:
    """A name as people have them: mostly three characters."""
    (whose,) = draw.choices((MINORITY, COMPOUND, RARE, SURNAMES), weights=(3, 5, 10, 82))
    if whose is MINORITY:
        return draw.choice(MINORITY)
    return draw.choice(whose) + "".join(draw.choice(GIVEN) for _ in range(draw.choice((2, 2, 2, 1))))


def name(draw: Random) -> list[Piece]:
    """Somebody."""
    return [(full(draw), "NAME")]


def person(draw: Random) -> list[Piece]:
    """Somebody of the unseen bank."""
    return [(draw.choice(PEOPLE), "NAME")]


def who(draw: Random) -> list[Piece]:
    """Somebody with a name of any kind."""
    return [(anybody(draw), "NAME")]


def nick(draw: Random) -> list[Piece]:
    """Somebody by what others call them."""
    before, surname, behind = called(draw)
    return [(before, ""), (surname, "NAME"), (behind, "")]


def one_of(words: tuple[str, ...]) -> Maker:
    """One of these names."""
    return lambda draw: [(draw.choice(words), "NAME")]


def titled(draw: Random) -> list[Piece]:
    """王阿姨, 李建国医生, 老陈, 小周."""
    way = draw.choice(("老王", "王阿姨", "王阿姨", "王建国医生"))
    if way == "老王":
        return [(draw.choice("老小"), ""), (draw.choice(SURNAMES), "NAME")]
    who = draw.choice(SURNAMES) if way == "王阿姨" else full(draw)
    return [(who, "NAME"), (draw.choice(TITLES), "")]


def masked(draw: Random) -> list[Piece]:
    """A name as it was masked before."""
    return [(draw.choice(SURNAMES) + draw.choice(("*", "**", "某某")), "NAME")]


def _digits(draw: Random, many: int, first: str = "0123456789") -> str:
    return draw.choice(first) + "".join(draw.choice("0123456789") for _ in range(many - 1))


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in text)


def _said(text: str, draw: Random) -> str:
    one = draw.choice("一幺")
    return "".join({"1": one}.get(sign, HAN[int(sign)] if sign.isdigit() else sign) for sign in text)


def mobile(draw: Random) -> list[Piece]:
    """A mobile number in one of nine spellings."""
    plain = "1" + draw.choice("3456789") + _digits(draw, 9)
    parted = f"{plain[:3]} {plain[3:7]} {plain[7:]}"
    spelt = draw.choice((
        plain, plain, plain, parted, parted.replace(" ", "-"), "+86" + plain, "+86 " + parted, "86-" + plain, _wide(plain), _said(plain, draw),
        _said(parted, draw), " ".join(plain), f"{plain[:3]}.{plain[3:7]}.{plain[7:]}", plain[:3] + _said(plain[3:], draw),
            f"{plain[:3]}****{plain[7:]}",
        f"{plain[:5]} {plain[5:]}",
    ))
    return [(spelt, "PHONE")]


def landline(draw: Random) -> list[Piece]:
    """A landline or a company's line."""
    local = _digits(draw, 8, "3456")
    return [(draw.choice((
        f"021-{local}", f"021{local}", f"(021){local}", f"（021）{local[:4]}-{local[4:]}", f"+86-21-{local}", f"021 {local[:4]} {local[4:]}",
        f"021-{local}转{draw.randint(1, 999)}",
        f"400-{_digits(draw, 3)}-{_digits(draw, 4)}", f"0512-{local}", _wide(f"021-{local}"),
    )), "PHONE")]


def local_line(draw: Random) -> list[Piece]:
    """A landline without its area."""
    local = _digits(draw, 8, "3456")
    return [(draw.choice((local, f"{local[:4]}-{local[4:]}", f"{local[:4]} {local[4:]}")), "PHONE")]


def id_number(draw: Random) -> list[Piece]:
    """An ID number of eighteen or fifteen places, with its check or mistyped."""
    place, born = draw.choice(("310107", "310104", "320924", "340123", "411522")), draw.randint(1935, 2018)
    body = f"{place}{born}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}{_digits(draw, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, weights, strict=True)) % 11]
    whole = body + check
    spelt = draw.choice((
        whole, whole, whole, whole.replace("X", "x"), f"{whole[:6]} {whole[6:14]} {whole[14:]}", f"{whole[:6]}-{whole[6:14]}-{whole[14:]}",
            body[:6] + body[8:],
        _wide(whole), f"{whole[:3]}***********{whole[14:]}",
    ))
    return [(spelt, "ID")]


def paper(draw: Random) -> list[Piece]:
    """A passport or a permit to travel."""
    return [(draw.choice((
        "E" + _digits(draw, 8), "EA" + _digits(draw, 7), "G" + _digits(draw, 8), "C" + _digits(draw, 8), "H" + _digits(draw, 8), "M" + _digits(draw,
        10), "e" + _digits(draw, 8),
    )), "ID")]


def card(draw: Random) -> list[Piece]:
    """A bank card."""
    plain = draw.choice(("622202", "621700", "621226", "622848", "436742")) + _digits(draw, draw.choice((10, 13)))
    return [(draw.choice((plain, " ".join(plain[place : place + 4] for place in range(0, len(plain), 4)))), "CARD")]


def plate(draw: Random) -> list[Piece]:
    """A car: petrol, electric, Hong Kong and Macao."""
    sign = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    return [(draw.choice((
        f"沪{draw.choice('ABCDEFG')}{_digits(draw, 1)}{draw.choice(sign)}{_digits(draw, 3)}", f"沪A·{_digits(draw, 5)}", f"沪AD{_digits(draw, 5)}",
        f"苏E {_digits(draw, 2)}{draw.choice(sign)}{_digits(draw, 2)}",
        f"粤Z{_digits(draw, 4)}{draw.choice('港澳')}", f"皖A-{_digits(draw, 5)}",
    )), "PLATE")]


def email(draw: Random) -> list[Piece]:
    """An address on the net."""
    who, where = draw.choice(("zhang.wei", "li_na88", "sunny", "xm2008")), draw.choice(("qq.com", "163.com", "gmail.com", "shpt.gov.cn"))
    return [(f"{who}{draw.randint(1, 99)}@{where}", "EMAIL")]


def account(draw: Random) -> list[Piece]:
    """A WeChat or QQ account with the word before it."""
    word = draw.choice(("微信", "微信号", "微信号是", "加我VX：", "QQ", "QQ号", "wx:", "WeChat "))
    return [(word, ""), (draw.choice((f"abc_{_digits(draw, 5)}", f"ming{_digits(draw, 4)}", f"wxid_{_digits(draw, 6)}", _digits(draw, 9,
        "123456789"))), "ACCOUNT")]


def record(draw: Random) -> list[Piece]:
    """A number of a file somebody has: with the word before it."""
    word = draw.choice((
        "病历号", "住院号", "社保卡号", "医保卡号：", "公积金账号", "档案编号", "办件编号", "低保证号", "残疾人证号", "优待证号", "户号", "保单号",
        "快递单号", "准考证号", "参保编号", "门诊号是",
    ))
    return [(word, ""), (draw.choice((_digits(draw, 8, "123456789"), "SH" + _digits(draw, 9), _digits(draw, 6),
        f"{draw.choice('ABD')}{_digits(draw, 7)}", f"20{_digits(draw, 8)}")), "RECORD")]


def uscc(draw: Random) -> list[Piece]:
    """The code of a small trader."""
    return [("个体工商户的统一社会信用代码", ""), (f"92310107MA1{draw.choice('FGHJK')}{_digits(draw, 4)}{draw.choice('XYWR')}{_digits(draw, 1)}",
        "USCC")]


def address(draw: Random) -> list[Piece]:
    """The road stays, what stands behind it goes; an estate or village goes with its numbers."""
    house, room, lane = draw.randint(1, 199), f"{draw.randint(1, 28)}0{draw.randint(1, 6)}", draw.randint(10, 2900)
    (where,) = draw.choices(("road", "estate", "village"), weights=(6, 3, 1))
    if where == "road":
        rest = draw.choice((
            f"{lane}弄{house}号{room}室", f"{lane}弄{house}号", f"{lane}号{room}室", f"{lane}弄{house}支弄{draw.randint(1, 20)}号",
            f"{_wide(str(lane))}弄{_wide(str(house))}号{room}室",
            f"{lane}弄{house}号楼{room}室", f"{lane}号甲", f"{lane}弄{house}-{room}", f"{lane}弄 {house}号 {room}室",
            f"{_han(lane)}弄{_han(house)}号", f"{lane}号{draw.randint(1, 9)}楼",
        ))
        return [(draw.choice(ROADS), "keep"), (rest, "ADDRESS")]
    if where == "estate":
        rest = draw.choice((
            f"{house}号楼{room}室", f"{house}号{room}室", f"{house}栋{draw.randint(1, 4)}单元{room}", f"{house}幢{room}室", f"{house}号{room}",
            f"{house}-{draw.randint(1, 4)}-{room}", f"{_han(house)}号{_han(int(room[:1]))}楼",
        ))
        return [(draw.choice(ESTATES) + rest, "ADDRESS")]
    return [(f"{draw.choice(VILLAGES)}{draw.choice((f'{house}号', f'{draw.randint(1, 12)}组{house}号', f'第{draw.randint(1, 9)}组'))}", "ADDRESS")]


def _han(number: int) -> str:
    return "".join(HAN[int(sign)] for sign in str(number))


def kept(words: tuple[str, ...]) -> Maker:
    """One of these, which may not be touched."""
    return lambda draw: [(draw.choice(words), "keep")]


def case_no(draw: Random) -> list[Piece]:
    """工单编号, and an order's."""
    received, serial = f"26{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}0{draw.randint(10, 99)}", draw.randint(1, 9999)
    return [(f"PT{received}{serial:04d}{draw.choice(('', '', '-01'))}", "keep")]


def day(draw: Random) -> list[Piece]:
    """A date as people write it."""
    year, month, date = draw.randint(2019, 2026), draw.randint(1, 12), draw.randint(1, 28)
    return [(draw.choice((f"{year}年{month}月{date}日", f"{year}-{month:02d}-{date:02d}", f"{month}月{date}号", f"{year}.{month}.{date}",
        f"{year}/{month}/{date}", f"{year}{month:02d}{date:02d}")), "keep")]


def amount(draw: Random) -> list[Piece]:
    """Money and sizes."""
    return [(draw.choice((f"{draw.randint(100, 99999)}元", f"{draw.randint(2, 900)}万元", f"{draw.randint(1, 9)}千多块",
        f"{draw.randint(30, 180)}.5平方米", f"{draw.randint(1000000, 9000000)}元", "三百多块钱")), "keep")]


MAKERS: dict[str, Maker] = {
    "name": name, "person": person, "who": who, "nick": nick, "alien": one_of(ELSEWHERE), "latin": one_of(LATIN),
    "other": one_of(PEOPLE2), "third": one_of(PEOPLE3), "fourth": one_of(PEOPLE4), "fifth": one_of(PEOPLE5),
    "sixth": one_of(PEOPLE6), "seventh": one_of(PEOPLE7),
    "titled": titled, "masked": masked, "mobile": mobile, "landline": landline, "local": local_line, "id": id_number, "paper": paper,
    "card": card, "plate": plate,
    "email": email, "account": account, "record": record, "uscc": uscc, "address": address, "case": case_no, "day": day, "amount": amount,
    "office": kept(OFFICES), "item": kept(ITEMS),
    "article": kept(ARTICLES),
}

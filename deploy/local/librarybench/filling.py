"""Very many library cases that answer none of the questions: the district's items with everyday troubles, causes and ways, drawn by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from services.archive.domain.search.entry import Indexed
from shared.district.model import District, Item

STEPS = (
    "网上预约", "填写申请表", "上传身份材料", "窗口收件", "材料初审", "部门复核", "现场勘查", "缴纳费用", "领取结果", "短信通知", "邮寄送达",
    "电子签名", "委托他人代办", "补正材料", "进度查询", "打印回执", "授权查询", "核对户籍地址", "提交承诺书", "登记联系方式",
)
TROUBLES = (
    "页面提示系统繁忙，换了时段也一样", "提交以后十多天没有任何消息", "要的材料和网上清单不一样，来回三趟", "窗口说不归本窗口办，让去别的楼层",
    "工作人员休假，没有人能接", "说要原件，可原件还在别的单位手里", "填错一个字就要全部重来", "照片不合格被退，没说哪里不合格",
    "名字里有生僻字打不出来", "中午不办公，白等了两个小时", "取号机坏了，排队没有次序", "说当天能取，去了又说要再等一周", "两个窗口的说法不一样",
    "电话打了几十个都是占线", "短信里的链接打不开", "委托书的格式被退了两次", "地址写到弄堂门牌对不上", "人不在本市，一定要本人到场",
    "打印出来的回执盖章不清楚", "收费标准没有公示，问了才说", "节假日前后没有说明停办", "系统里还是旧名称，对不上新证", "快递送错了地方",
    "老人不会用手机，没有人帮", "推送的结果和纸面的不一样", "提示已有相同申请，其实没有办过", "表格下载下来是空白的", "语音提示太快听不清",
    "复印件要求双面，退了回来", "没有外语说明",
)
CAUSES = (
    "接口夜间维护，数据次日才同步", "清单没有及时更新", "前后台交接没有登记", "窗口轮岗，新人不熟悉", "系统校验规则过严", "两级平台字段不一致",
    "告知不完整", "纸质流转时间长", "临时停电后没有补录", "归口调整后没有公告", "专人负责，没有备岗", "表单版本不同",
)
WAYS = (
    "由窗口负责人当场协调，先收件后补正", "后台更正后通知本人，不用再跑", "开设帮办席，一对一办到底", "两个单位当面对清口径，写入一次性告知单",
    "容缺受理，五日内补齐", "改走线上补传，结果邮寄到家", "由承办单位上门办理", "登记后错峰预约，按时段叫号", "与技术单位联调，次日恢复",
    "更新清单并在门口张贴", "由系统自动核验，不再要求提供", "重新打印并说明使用范围", "设备用机，停机不停办", "安排延时服务，当天办结",
)
CONDITIONS = ("本人或受托人到场", "材料真实有效", "在本区办理", "近三个月内提出", "资料已在系统内", "")
BASES = ("一次性告知制度", "容缺受理目录", "首问负责制规定", "政务服务事项清单", "帮办代办工作规范", "")


def fillers(district: District, many: int, seed: int = 7) -> Iterator[Indexed]:
    """So many cases, none twice the same."""
    draw = random.Random(seed)  # noqa: S311 - drawn by a seed, no secret
    items = list(district.items.values())
    for nth in range(many):
        item = items[nth % len(items)]
        until = date(2027, 1, 1) + timedelta(days=draw.randrange(700))
        yield Indexed(f"AL261130900{nth:08d}", _words(draw, item, nth), item.department, item.code, until, stamp="1")


def _words(draw: random.Random, item: Item, nth: int) -> dict[str, str]:
    called = draw.choice((item.name, *item.aliases))
    steps, troubles = draw.sample(STEPS, 3), draw.sample(TROUBLES, 2)
    return {
        "item": " ".join([item.name, *item.aliases, *item.keywords]),
        "problem": f"办{called}，{steps[0]}这一步{troubles[0]}；到{steps[1]}时又遇到{troubles[1]}。第{nth}件同类反映",
        "cause": "；".join(draw.sample(CAUSES, 2)), "basis": draw.choice(BASES), "conditions": draw.choice(CONDITIONS),
        "way": f"{steps[2]}环节：" + "；".join(draw.sample(WAYS, 3)),
    }

"""A message's words: moments in Chinese, a template's places, what each channel can hold (domain: 通知)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from shared.clock import shanghai
from shared.contracts.terms import NoticeChannel
from shared.district.messages import places_of
from shared.district.model import District, Template
from shared.district.notice_rules import WeChatLimits

ONE_PART, LONG_PART = 70, 67  # characters of a text message alone, and of each part of a longer one
MATTER = "办事反映"  # never the matter itself: others see the screen too
CARDS: Mapping[str, tuple[str, str]] = {
    "C01": ("已受理", "可在随申办查询进度"),
    "C02": ("已办结", "如有疑问请凭单号咨询窗口"),
    "C03": ("不予受理", "理由和其他途径见随申办"),
    "C04": ("办理中", "承办单位将先与您联系"),
    "C05": ("待补材料", "请在随申办查看清单并提交"),
    "C06": ("已延时", "原因见随申办，敬请谅解"),
    "C07": ("待回访", "请在随申办查看答复"),
    "C08": ("已答复", "依据及其他途径见随申办"),
    "C10": ("待评价", "回访未接通，请在随申办评价"),
    "C11": ("重新办理", "您的意见已收悉"),
    "C12": ("已归档", "如有新情况可再次反映"),
    "C14": ("已收悉", "感谢您的支持"),
    "C15": ("已受理", "将核查并为您保密"),
    "C16": ("已并案", "已并案办理，无需重复提交"),
    "C17": ("期限调整", "因放假安排公布，答复期限调整"),
    "C18": ("已转渠道", "请在随申办查看办理渠道"),
}
_FIELD = re.compile(r"(thing|phrase|character_string|name|date)[0-9]+")
_SHAPES = {
    "phrase": (re.compile(r"[\u4e00-\u9fff]+"), "只能是汉字"),
    "character_string": (re.compile(r"[\x21-\x7e]+"), "只能是数字、字母或符号"),
    "date": (re.compile(r"\d{4}年\d{1,2}月\d{1,2}日"), "不是年月日"),
}


def day_text(moment: datetime) -> str:
    """`10月10日`."""
    local = shanghai(moment)
    return f"{local.month}月{local.day}日"


def date_text(moment: datetime) -> str:
    """`2026年10月10日`, the only form a WeChat date field takes."""
    return f"{shanghai(moment).year}年{day_text(moment)}"


def hour_text(moment: datetime) -> str:
    """`17:30`."""
    return f"{shanghai(moment):%H:%M}"


def parameters(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """The values a template has places for, which is what a text-message gateway takes."""
    return {place: values[place] for place in places_of(template)}


def card(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """A WeChat subscription message: number, state, matter, date, hint; empty where it has no words."""
    words = CARDS.get(template.code)
    if words is None:
        return {}
    number, day = {"character_string1": values["no"]}, {"date4": values["date"]}
    return number | {"phrase2": words[0], "thing3": MATTER} | day | {"thing5": words[1]}


def card_fault(fields: Mapping[str, str], limits: WeChatLimits) -> str:
    """Which field a WeChat card can't hold and why, as its gateway refuses it (47003); "" for none."""
    if not fields:
        return "没有内容"
    faults = ((name, _field_fault(name, value, limits)) for name, value in fields.items())
    return next((f"{name}{fault}" for name, fault in faults if fault), "")


def _field_fault(name: str, value: str, limits: WeChatLimits) -> str:
    match = _FIELD.fullmatch(name)
    if match is None:
        return "不是模板的字段"
    if not value:
        return "不能为空"
    kind = match[1]
    longest = getattr(limits, kind, len(value))
    if len(value) > longest:
        return f"超过{longest}字"
    shape = _SHAPES.get(kind)
    return "" if shape is None or shape[0].fullmatch(value) else shape[1]


def fits(channel: NoticeChannel, template: Template, values: Mapping[str, str], district: District) -> bool:
    """Whether this channel can carry the message; one that can't is passed over and the next one taken."""
    text, rules = template.render(dict(values)), district.policy.notice
    match channel:
        case NoticeChannel.SMS:
            return len(text) <= rules.sms.max_chars
        case NoticeChannel.WECHAT:
            return not card_fault(card(template, values), rules.wechat)
        case NoticeChannel.WECOM:
            return len(text.encode()) <= rules.wecom.max_bytes
        case NoticeChannel.CALL:
            return True


def parts_of(text: str) -> int:
    """How many text messages the operator counts: one up to 70 characters, else one for each 67 begun (domain: 通知)."""
    return 1 if len(text) <= ONE_PART else -(-len(text) // LONG_PART)

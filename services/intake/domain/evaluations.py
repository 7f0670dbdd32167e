"""好差评 and 12345 rows from other systems' files: read, kept once, and a 差评 made a case once (方案 七(三); domain 歧义 29)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime

from services.intake.domain.matter import ONLINE_SITE
from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import EvaluationImported
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Channel
from shared.decision import Decision, unchanged
from shared.district.model import District
from shared.errors import RuleBroken
from shared.privacy.masking import normalise_phone, scrub

PREFIX = "PJ"
Kind = Literal[Channel.RATING, Channel.HOTLINE_12345]
RATING_COLUMNS = ("评价编号", "评价日期", "点位", "单位", "事项", "星级", "评价内容", "姓名", "电话")
HOTLINE_COLUMNS = ("热线工单号", "日期", "点位", "单位", "事项", "是否解决", "是否满意", "内容")
COLUMNS: Mapping[Channel, tuple[str, ...]] = {Channel.RATING: RATING_COLUMNS, Channel.HOTLINE_12345: HOTLINE_COLUMNS}
EXAMPLES: Mapping[Channel, tuple[str, ...]] = {
    Channel.RATING: ("HCP-20261123-0001", "2026-11-23", "001", "医保局", "异地就医备案", "2", "窗口让我跑了三趟", "王小明", "13800000001"),
    Channel.HOTLINE_12345: ("12345-20261123-0001", "2026-11-23", "001", "医保局", "异地就医备案", "是", "否", "反映备案太慢"),
}
LONGEST: Mapping[str, int] = {"评价内容": 1000, "内容": 1000, "事项": 100, "姓名": 60, "电话": 40}
LONGEST_ID = 64
FACTS = ("channel", "source_id", "day", "site", "unit", "item", "stars", "resolved", "satisfied")  # what is kept in clear and told
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/#@+=-]*")
NUMBER_OF_A_PERSON = re.compile(r"1[3-9]\d{9}|[1-9]\d{16}[\dXx]")
DAY = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
YES = {"是": True, "已解决": True, "满意": True, "1": True, "否": False, "未解决": False, "不满意": False, "0": False, "": None}
MOST_STARS = 5


@dataclass(frozen=True)
class Fault:
    """Why one cell keeps its row out, and what to do."""

    column: str
    why: str


@dataclass(frozen=True)
class Said:
    """One row that can be kept, its personal words still in clear; `site` "" where only a unit is named."""

    channel: Channel
    source_id: str
    day: date
    site: str
    unit: str | None
    item: str
    stars: int | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    text: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


class Evaluation(Frozen):
    """One row as it is kept; words, name and phone are sealed for its number, `case_no` is the case a 差评 became.

    After its term (`forgotten_at`) no box opens and no digest tells what was typed; `kept_since` is when a term of its own began.
    """

    number: CaseNo
    channel: Channel
    source_id: str
    digest: str
    day: date
    site: str
    unit: str | None
    item: str
    stars: int | None = None
    resolved: bool | None = None
    satisfied: bool | None = None
    text: Sealed | None = None
    name: Sealed | None = None
    phone: Sealed | None = None
    imported_at: AwareDatetime
    by: str
    case_no: CaseNo | None = None
    forgotten_at: AwareDatetime | None = None

    @property
    def kept_since(self) -> datetime | None:
        """When its own term began; None once it is over, or where the row goes with its case."""
        return self.imported_at if self.case_no is None and self.forgotten_at is None else None

    def is_low(self, district: District) -> bool:
        """差评: one or two stars (link.low_stars)."""
        return _low(self.stars, district)


State = Evaluation | None


def read(cells: Mapping[str, str], channel: Channel, district: District, today: date) -> Said | list[Fault]:
    """What a row says, or every fault of it."""
    first, day_column = COLUMNS[channel][:2]
    found = {name: cells.get(name, "").strip() for name in COLUMNS[channel]}
    faults = [*_too_long(found), *_of_id(first, found[first])]
    day = _day(found[day_column], today)
    site, unit = _site(found["点位"], district), district.unit(found["单位"]) if found["单位"] else None
    if isinstance(day, str):
        faults.append(Fault(day_column, day))
    faults += _of_place(found, site, known=unit is not None)
    marks, wrong = _stars(found["星级"]) if channel is Channel.RATING else _answers(found)
    faults += wrong
    if faults or isinstance(day, str):
        return faults
    words = {"text": found.get("评价内容", found.get("内容", "")), "name": found.get("姓名", ""), "phone": found.get("电话", "")}
    return Said(channel, found[first], day, site or "", unit.code if unit else None, scrub(found["事项"]), **marks, **words)  # type: ignore[arg-type]  # by column


def _too_long(found: Mapping[str, str]) -> list[Fault]:
    faults = [Fault(name, f"过长，最多 {most} 个字，请缩短。") for name, most in LONGEST.items() if len(found.get(name, "")) > most]
    if found.get("电话") and normalise_phone(found["电话"]) is None:
        faults.append(Fault("电话", "不是电话号码，请填 11 位手机号或带区号的固定电话，没有就留空。"))
    return faults


def _of_id(column: str, value: str) -> list[Fault]:
    if not value:
        return [Fault(column, "必填，请填来源系统自己的编号。")]
    if len(value) > LONGEST_ID or not ID.fullmatch(value):
        return [Fault(column, f"编号只用字母、数字和 . _ : / # @ + = -，最多 {LONGEST_ID} 个字符；请照来源系统的编号填写。")]
    if NUMBER_OF_A_PERSON.fullmatch(value):
        return [Fault(column, "编号里不能用电话号码或身份证号，请换成来源系统的编号。")]
    return []


def _day(value: str, today: date) -> date | str:
    match = DAY.fullmatch(value)
    try:
        day = date(*(int(part) for part in match.groups()[:3])) if match else None
    except ValueError:
        day = None
    if day is None:
        return "不是日期，请写成 2026-11-23 的样子。"
    return "日期晚于今天，请核对年月日。" if day > today else day


def _site(value: str, district: District) -> str | None:
    """A site by its code, `1` for 001 as a workbook writes it, or by its name."""
    code = value.zfill(3) if value.isdigit() else value
    return code if code in district.sites else next((site for site, held in district.sites.items() if held.name == value), None)


def _of_place(found: Mapping[str, str], site: str | None, *, known: bool) -> list[Fault]:
    faults = []
    if not found["点位"] and not found["单位"]:
        faults.append(Fault("单位", "点位和单位至少填一个。"))
    if found["点位"] and site is None:
        faults.append(Fault("点位", "没有这个反映点位，请填点位目录中的三位码或名称。"))
    if found["单位"] and not known:
        faults.append(Fault("单位", "没有这个单位，请填部门名录中的编码或名称。"))
    return faults


def _stars(value: str) -> tuple[dict[str, int], list[Fault]]:
    plain = value.removesuffix(".0").removesuffix("星")
    if plain.isdecimal() and plain.isascii() and len(plain) == 1 and 1 <= int(plain) <= MOST_STARS:
        return {"stars": int(plain)}, []
    return {}, [Fault("星级", "星级是 1 至 5 的整数，请核对。")]


def _answers(found: Mapping[str, str]) -> tuple[dict[str, bool | None], list[Fault]]:
    faults = [Fault(name, "请填“是”或“否”，没有评价就留空。") for name in ("是否解决", "是否满意") if found[name] not in YES]
    return {"resolved": YES.get(found["是否解决"]), "satisfied": YES.get(found["是否满意"])}, faults


def keep(state: State, evaluation: Evaluation) -> Decision[State]:
    """方案 七(三): a row is kept and told once, without a word of the person."""
    if state is not None:
        return unchanged(state)
    facts = evaluation.model_dump(include=set(FACTS))
    said = EvaluationImported(case_no=evaluation.number, occurred_at=evaluation.imported_at, actor=evaluation.by, **facts)
    return Decision(evaluation, [said])


def needed(said: Said, district: District) -> tuple[str, ...]:
    """个保法 6, 19: who it was is kept of a 差评 alone, for it may become a case; of any other row the words only."""
    return ("text", "name", "phone") if _low(said.stars, district) else ("text",)


def _low(stars: int | None, district: District) -> bool:
    return stars is not None and stars <= district.policy.link.low_stars


def may_become_case(evaluation: Evaluation, district: District) -> None:
    """domain 歧义 29: only a 差评 of one or two stars; raises RuleBroken for any other row."""
    if not evaluation.is_low(district):
        words = f"只有 {district.policy.link.low_stars} 星及以下的差评可以转为工单。"
        raise RuleBroken("evaluation.not_low", words, evaluation.number)
    if evaluation.forgotten_at is not None:
        words = "这一行已过保存期限，内容和联系方式已匿名，不能再转为工单；本人仍有诉求的，请到窗口重新登记。"
        raise RuleBroken("evaluation.forgotten", words, evaluation.number)


def became(state: State, case_no: CaseNo) -> Decision[State]:
    """The row shows its 工单编号 from now on, and lets go of who it was: the case has that."""
    if state is None or state.case_no == case_no:
        return unchanged(state)
    return Decision(state.model_copy(update={"case_no": case_no, "name": None, "phone": None}))


def site_of(evaluation: Evaluation) -> str:
    """Where the case goes: the row's site, else the one on line."""
    return evaluation.site or ONLINE_SITE

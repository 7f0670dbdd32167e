"""What a person keeps of their case: one sheet that says what the proof proves, its values, and how anybody checks it without a network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import orjson

from shared.papers.annexes import moment
from shared.papers.typesetting import typeset

TEMPLATE, TITLE = "proof.typ", "工单记录证明"
WHAT = (
    "您这件事从受理起的每一步（研判、转办、联系、答复、回访等）都按先后留有记录。每条记录都算出一个校验值，并与前一条连在一起，最后得到上面的“本件校验值”。",
    "每月台账封存时，全区每一件的校验值再合成一个“封存值”，逐月首尾相接。此后只要有人改动、删去、添加或调换您这件事的任何一条记录，重新计算的值就与这里的不同。",
    "本证明不含您反映的内容，也没有姓名、电话，可以交给任何人核对。它证明记录未被改动，不评价办理结果。",
)


@dataclass(frozen=True)
class Sealed:
    """The month the case was sealed in, over how many of its records, and the newest published seal."""

    month: str
    records: int
    newest: str
    value: str


@dataclass(frozen=True)
class Proof:
    """The sheet of one case; `sealed` None while no month with it was sealed, `next_at` is when the next one is."""

    case_no: str
    records: int
    first_at: datetime
    last_at: datetime
    head: str
    sealed: Sealed | None
    next_at: datetime | None
    office: str
    place: str
    tel: str

    @property
    def file_name(self) -> str:
        """The file that is checked, as it was downloaded."""
        return f"{self.case_no}-proof.json"

    def facts(self) -> list[tuple[str, str]]:
        """The values that are compared."""
        held = [
            ("工单编号", self.case_no), ("记录", f"{self.records} 条，{moment(self.first_at)}至{moment(self.last_at)}"), ("本件校验值", self.head),
        ]
        if self.sealed is None:
            soon = f"，预计在{moment(self.next_at)}之后" if self.next_at else ""
            return [*held, ("封存", f"尚未封存{soon}。封存后请再取一份，才能与公布的封存值核对。")]
        sealed = f"随{_month(self.sealed.month)}台账封存，含前 {self.sealed.records} 条记录"
        later = self.records - self.sealed.records
        more = f"；其后 {later} 条列入下一次封存" if later else ""
        return [*held, ("封存", f"{sealed}{more}"), (f"{_month(self.sealed.newest)}\n封存值", self.sealed.value)]

    def steps(self) -> list[str]:
        """How it is checked, without a network."""
        compare = "三、显示“证明成立”，且显示的封存值与本页、与窗口公布的封存值逐字相同，记录就没有被改动。" if self.sealed else (
            "三、显示“本件还没有封存”是正常的：这时只能核对记录前后是否一致。"
        )
        return [
            f"一、在查询工单的网页上下载证明文件 {self.file_name}（与本页同一处）。",
            "二、在装有 Python 3 的电脑上，于核验程序 checker 所在目录运行（不用联网）：", compare,
        ]

    @property
    def command(self) -> str:
        """What is typed."""
        return f"python3 -m checker proof {self.file_name}"

    async def pdf(self) -> bytes:
        """The sheet; it bears the moment of its last record, so that the same proof is the same paper."""
        fields = {
            "title": TITLE, "case_no": self.case_no, "facts": orjson.dumps(self.facts()).decode(), "what": orjson.dumps(WHAT).decode(),
            "steps": orjson.dumps(self.steps()).decode(), "command": self.command, "office": self.office,
            "asking": f"没有电脑，或者要核验程序、看公布的封存值：请到{self.place}“办不成事”反映窗口，或致电 {self.tel}。",
        }
        return await typeset(TEMPLATE, fields, dated=self.last_at)


def _month(text: str) -> str:
    """`2026-11` as people write it."""
    year, _, month = text.partition("-")
    return f"{year}年{int(month)}月"

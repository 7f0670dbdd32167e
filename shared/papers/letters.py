"""Letters to the person, set as official papers are (方案 四(四)4、四(四)5; GB/T 9704-2012): 不予受理 and 延时 with their reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shared.papers.annexes import day, moment
from shared.papers.typesetting import typeset

TEMPLATE = "letter.typ"
REFUSAL_TITLE, EXTENSION_TITLE = "不予受理告知书", "延时告知书"
PARTS = "\x1e"  # between paragraphs: no text people write holds it


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What every letter has: to whom, about which case, by which office, on which day, and where to ask."""

    case_no: str
    addressee: str = field(repr=False)
    received_at: datetime
    dated: datetime
    office: str
    place: str
    tel: str

    @property
    def title(self) -> str:
        """What it is called."""
        raise NotImplementedError

    def paragraphs(self) -> list[tuple[str, str]]:
        """Its paragraphs in order: a heading, which may be empty, and what stands after it."""
        raise NotImplementedError

    def fields(self) -> dict[str, str]:
        """The texts of the template."""
        heads, texts = zip(*self.paragraphs(), strict=True)
        return {
            "title": self.title, "case_no": self.case_no, "addressee": self.addressee, "office": self.office, "dated": day(self.dated),
            "heads": PARTS.join(heads), "texts": PARTS.join(texts),
        }

    async def pdf(self) -> bytes:
        """The paper."""
        return await typeset(TEMPLATE, self.fields(), dated=self.dated)

    def _received(self) -> str:
        return f"您于{day(self.received_at)}反映的“办不成事”事项（工单编号 {self.case_no}）"

    def _asking(self) -> str:
        return f"对本告知有疑问，可到{self.place}“办不成事”反映窗口当面询问，或致电 {self.tel}，请说明工单编号 {self.case_no}。"


@dataclass(frozen=True, kw_only=True)
class RefusalLetter(Letter):
    """《不予受理告知书》: why, by which rule, which other way, where to ask again (方案 四(四)5)."""

    reason: str = field(repr=False)
    basis: str = field(repr=False)
    alternative: str = field(repr=False)

    @property
    def title(self) -> str:
        """What it is called."""
        return REFUSAL_TITLE

    def paragraphs(self) -> list[tuple[str, str]]:
        """Reason, basis, other way, where to ask."""
        opening = f"{self._received()}收悉。经研判并由第二人复核，该事项不属于本窗口受理范围，决定不予受理。"
        return [
            ("", opening), ("一、理由", self.reason), ("二、依据", self.basis), ("三、其他办理途径", self.alternative),
            ("四、再次询问", f"{self._asking()}有新情况、新理由的，可再次到窗口反映。"), ("", "特此告知。"),
        ]


@dataclass(frozen=True, kw_only=True)
class ExtensionLetter(Letter):
    """《延时告知书》: from which date to which, why, with an apology (方案 四(四)4)."""

    before: datetime
    until: datetime
    most_days: int
    reason: str = field(repr=False)

    @property
    def title(self) -> str:
        """What it is called."""
        return EXTENSION_TITLE

    def paragraphs(self) -> list[tuple[str, str]]:
        """Both dates, the reason, the apology, where to ask."""
        opening = f"{self._received()}正在办理。因情况特殊，经批准延长答复期限。"
        dates = f"原定{moment(self.before)}前答复，现延至{moment(self.until)}前答复。"
        most = f"延长后的期限自受理次日起总计不超过{self.most_days}个工作日，此后不再延长。"
        return [
            ("", opening), ("一、答复期限", dates + most), ("二、延长原因", self.reason), ("三、询问途径", self._asking()),
            ("", "未能按原定期限答复，给您带来不便，谨致歉意。"), ("", "特此告知。"),
        ]

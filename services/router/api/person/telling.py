"""What the person was told on which day, what they said themselves, and the answers they had: the journal in words (方案 六(六))."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.router.api.papers import RATINGS
from services.router.api.person.standing import unit_name
from services.router.domain.state import CaseFile, Noted
from shared.contracts.terms import Result
from shared.district.model import District
from shared.web.pages import short

RESULTS = {
    Result.RESOLVED: "已经解决", Result.PARTLY_RESOLVED: "解决了一部分", Result.EXPLAINED: "按现行规定不能办，理由和其他途径如下",
    Result.UNRESOLVED: "没有解决",
}
OWN = {"CitizenUrged": "您催了单", "MaterialSupplied": "您补交了材料", "CaseWithdrawn": "您申请撤回"}


@dataclass(frozen=True)
class Line:
    """One dated line."""

    at: datetime
    title: str
    text: str = ""


@dataclass(frozen=True)
class Reply:
    """One answer in full."""

    at: datetime
    by: str
    solved: bool
    result: str
    text: str
    basis: str = ""
    alternative: str = ""


Tells = Callable[[Noted, str], tuple[str, str]]
TOLD: Mapping[str, Tells] = {
    "OrderIssued": lambda line, unit: (f"告诉您：已转{unit}办理", f"{short(line.until)} 前答复。"),
    "CitizenContacted": lambda _, unit: (f"{unit}与您联系", ""),
    "MaterialRequested": lambda line, unit: (f"{unit}请您补充材料", "、".join(line.words[1:])),
    "CaseRegraded": lambda line, _: (f"答复期限改到 {short(line.until)}", f"原因：{line.words[0]}"),
    "CaseExtended": lambda line, _: (f"告诉您：答复期限延到 {short(line.until)}", f"原来是 {short(line.before)}。原因：{line.words[0]}"),
    "CaseResolvedInstantly": lambda *_: ("告诉您：已当场办结", ""),
    "CaseFedBack": lambda *_: ("告诉您：已有答复", "答复全文见上面。"),
    "CaseReopened": lambda line, unit: (f"告诉您：已交{unit}重新办理", f"{short(line.until)} 前再次答复。"),
    "ConsultationConcluded": lambda line, _: ("几个部门商量后的意见", line.words[0]),
    "CaseRejected": lambda *_: ("告诉您：不予受理", "理由、依据和其他途径见上面。"),
    "CaseTransferred": lambda line, _: (f"告诉您：已转{line.words[0]}", ""),
    "CaseMerged": lambda line, _: (f"告诉您：已与工单 {line.words[0]} 合并办理", ""),
    "CaseClosed": lambda *_: ("已办结", ""),
}


def told(case: CaseFile, district: District) -> list[Line]:
    """What was said to the person, the newest first; of a call, whether somebody picked up."""
    lines = [Line(case.received_at, "告诉您：已受理", f"工单编号 {case.case_no}。")]
    for held in case.journal:
        if says := TOLD.get(held.what):
            lines.append(Line(held.at, *says(held, unit_name(case, held.words[0], district) if held.words else "")))
        elif held.what == "FollowUpRecorded" and held.by in district.staff:
            heard = held.words[0] == "heard"
            lines.append(Line(held.at, "打电话回访您" if heard else "打电话回访您，没有接通"))
    return lines[::-1]


def own_words(case: CaseFile) -> list[Line]:
    """What the person said and did, the newest first."""
    lines = [Line(held.at, OWN[held.what], held.words[0]) for held in case.journal if held.what in OWN]
    lines += [
        Line(said.at, f"您的评价：{'已解决' if said.resolved else '没有解决'}，{RATINGS[said.stars]}", said.words) for said in case.said
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def replies(case: CaseFile, district: District) -> list[Reply]:
    """The answers, the newest first, with basis and other way where the unit gave them."""
    found = []
    for line in reversed(case.journal):
        if line.what == "CaseResolvedInstantly":
            found.append(Reply(line.at, "窗口", True, RESULTS[Result.RESOLVED], line.words[0]))
        elif line.what == "CaseFedBack":
            name, text, result = line.words
            order = next((held for held in reversed(case.orders) if held.text == text), None)
            found.append(Reply(
                line.at, unit_name(case, name, district), result == Result.RESOLVED, RESULTS.get(Result(result), "答复如下"), text,
                order.basis if order else "", order.alternative if order else "",
            ))
    return found

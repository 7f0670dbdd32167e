"""Where a case stands, in plain words for whose it is: what it means, who has it, what to do now (usability §3.3 row 9)."""

from __future__ import annotations

from dataclasses import dataclass

from services.router.domain.declining import is_complaint
from services.router.domain.state import CaseFile
from shared.contracts.terms import CaseState
from shared.district.model import District, Site

SOMEBODY = "专门人员"
SEVERAL = "几个部门"
CONTACT = "有疑问请打窗口电话。"
AGAIN = "有新情况、新理由，可以再到窗口或在随申办反映。"


@dataclass(frozen=True)
class Standing:
    """One word, one sentence, who has it, and what the person can do now."""

    word: str
    says: str
    holder: str
    now: str
    ended: bool = False


def unit_name(case: CaseFile, code_or_name: str, district: District) -> str:
    """A unit as the person is told it; of a complaint no unit is named, for others may look on (domain: 歧义 21)."""
    if is_complaint(case):
        return SOMEBODY
    unit = district.unit(code_or_name)
    return unit.name if unit else code_or_name


def standing(case: CaseFile, district: District, site: Site | None) -> Standing:
    """Where it stands; what a second person still decides on is 研判 to the person."""
    window = f"{site.name}窗口" if site else "窗口"
    unit = unit_name(case, case.lead.unit, district) if case.lead else window
    if case.state in (CaseState.HANDLING, CaseState.CONSULTATION, CaseState.FEEDBACK_REVIEW):
        return _in_work(case, unit, window)
    if case.state is CaseState.FED_BACK:
        return _answered(case, window)
    return _ended(case, window) or Standing(
        "窗口研判中", "您反映的事已受理。窗口正在分析原因，找承办单位。", window, "不用再跑。有进展会告诉您。"
    )


def _in_work(case: CaseFile, unit: str, window: str) -> Standing:
    if case.state is CaseState.CONSULTATION:
        return Standing("会商中", "这件事要几个部门一起商量。商量好了会答复您。", SEVERAL, CONTACT)
    if case.state is CaseState.FEEDBACK_REVIEW:
        return Standing("窗口核对中", f"{unit}已提出处理意见，窗口正在核对。核对后答复您。", window, CONTACT)
    if case.waiting_citizen:
        return Standing("请您补材料", f"{unit}正在办理，需要您补充材料。", unit, "请尽快补交材料。可以在这里填写，也可以交到原窗口。")
    if case.round > 1:
        return Standing("重新办理中", f"您对上次答复不满意，{unit}正在重新办理。", unit, CONTACT)
    return Standing("办理中", f"{unit}正在办理。", unit, "承办单位会与您联系，请留意电话。")


def _answered(case: CaseFile, window: str) -> Standing:
    if case.discontent:
        return Standing("意见处理中", "您说不满意，我们记下了。窗口正在研究能否重新办理。", window, "结果会告诉您。" + CONTACT)
    return Standing("已答复", "已经答复您。请看下面的答复。", window, "请告诉我们：解决了没有？满意不满意？")


def _ended(case: CaseFile, window: str) -> Standing | None:
    ends = {
        CaseState.CLOSED: ("已办结", "这件事已办结。", "您还可以评价。" + AGAIN),
        CaseState.ARCHIVED: ("已归档", "这件事已办结并归档，记录不再改动。", AGAIN),
        CaseState.REJECTED: ("不予受理", "这件事不属于本窗口受理范围。理由、依据和其他途径写在下面。",
                             "请按“其他办理途径”办理。不明白请打窗口电话，或再到窗口问。"),
        CaseState.TRANSFERRED: ("已转其他渠道", _transferred(case), "请等那边联系您，也可以直接去问。" + CONTACT),
        CaseState.MERGED: ("已并案", _merged(case), "请用那个工单编号和它的查询码查看进度。不用重复提交。"),
        CaseState.WITHDRAWN: ("已撤回", "您已撤回，这件事不再办理。", "不是您本人撤回的，请马上打窗口电话。" + AGAIN),
    }
    word, says, now = ends.get(case.state, ("", "", ""))
    return Standing(word, says, window, now, ended=True) if word else None


def _transferred(case: CaseFile) -> str:
    line = next((held for held in reversed(case.journal) if held.what == "CaseTransferred"), None)
    if line is None:
        return "这件事按规定应由其他渠道办理，已经转过去。"
    return f"这件事按规定由“{line.words[0]}”办理，已经转过去。理由：{line.words[1]}"


def _merged(case: CaseFile) -> str:
    return f"这件事和您另一件在办的事相同，合在一起办。合并后的工单编号是 {case.merged_into}。"

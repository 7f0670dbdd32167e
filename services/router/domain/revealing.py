"""Who may see a person's name and phone in clear, and when (domain §2 「查看明文姓名/电话」, §9.5 最小可见)."""

from __future__ import annotations

from services.router.domain.guards import Doer
from services.router.domain.state import CaseFile
from shared.contracts.terms import CaseState
from shared.errors import RuleBroken

WINDOW, UNIT = ("CL", "TR", "WS"), ("DH", "SH")


def reveal(case: CaseFile, *, by: Doer, site: str | None) -> CaseFile:
    """The case, if this person works on it now; raises RuleBroken with what would have to be so.

    本窗在办 for the window (its head also afterwards), 本单在办 for who handles an order, 回访中 for the caller, the
    office's 督办岗 always; each look is written down by the caller before anything is shown.
    """
    if case.forgotten_at is not None:
        words = "此件归档已满保存期限（或经本人申请），姓名、电话和原文已匿名，密钥已销毁，任何人都不能再看。"
        raise RuleBroken("reveal.forgotten", words, field="case_no")
    if case.contact.name is None and case.contact.phone is None:
        raise RuleBroken("reveal.nothing", "此件没有登记姓名和电话（匿名）。", field="case_no")
    return may_open(case, by=by, site=site, what="姓名和电话")


def may_open(case: CaseFile, *, by: Doer, site: str | None, what: str) -> CaseFile:
    """The case, if this person works on it now and so may open what its person gave in confidence; raises RuleBroken."""
    if not (by.has("GO") or _of_window(case, by, site) or _of_unit(case, by) or _of_caller(case, by)):
        words = f"只有正在办理此件的人能看{what}：本窗在办、本单位在办或回访中。请转请经办的同事。"
        raise RuleBroken("reveal.not_working", words, field="case_no")
    return case


def may_reveal(case: CaseFile, *, by: Doer, site: str | None) -> bool:
    """Whether a page should lead there."""
    try:
        reveal(case, by=by, site=site)
    except RuleBroken:
        return False
    return True


def _of_window(case: CaseFile, by: Doer, site: str | None) -> bool:
    return site == case.site and (by.has("WS") or (by.has("CL", "TR") and not case.ended))


def _of_unit(case: CaseFile, by: Doer) -> bool:
    own = any(order.unit == by.unit and order.open for order in case.orders)
    return by.has(*UNIT) and own and not case.ended


def _of_caller(case: CaseFile, by: Doer) -> bool:
    drawn = case.state is CaseState.CLOSED and case.sampled
    return by.has("FU") and (case.state is CaseState.FED_BACK or drawn)

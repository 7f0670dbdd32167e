"""Steps of a case's life that a district switches off, and whether every state still leads to an end (domain: 状态机)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from shared.contracts.event import Event
from shared.contracts.lifecycle import CASE, CASE_ENDS, ORDER, ORDER_ENDS, State, Transition
from shared.contracts.terms import CaseState, OrderState
from shared.district.faults import Problem, nearest
from shared.district.model import District
from shared.district.sheets import Sheet
from shared.errors import RuleBroken

NAMES: dict[CaseState | OrderState, str] = {
    CaseState.REGISTERED: "已受理", CaseState.TRIAGING: "研判中", CaseState.HANDLING: "办理中", CaseState.FEEDBACK_REVIEW: "反馈审核",
    CaseState.FED_BACK: "待回访", CaseState.CLOSED: "已办结", CaseState.REJECT_REVIEW: "拟不受理", CaseState.REJECTED: "不予受理",
    CaseState.TRANSFERRED: "已转渠道", CaseState.MERGED: "已并案", CaseState.WITHDRAWN: "已撤回", CaseState.CONSULTATION: "提级会商",
    OrderState.ISSUED: "待签收", OrderState.SIGNED: "已签收", OrderState.PROCESSING: "办理中",
    OrderState.FEEDBACK_SUBMITTED: "已反馈待审", OrderState.RETURN_REQUESTED: "退单待裁",
}  # fmt: skip
THE_PERSONS_OWN = "CaseWithdrawn"  # nobody may count on it as the way out
PLACE = "disabled_transitions"
Rows = tuple[Transition[State], ...]
S = TypeVar("S", CaseState, OrderState)


def transition_problems(district: District, sheet: Sheet) -> list[Problem]:
    """Numbers that name no step, and states that can be entered and never left."""
    return [
        *_unknown(district, sheet),
        *_dead_ends(district, sheet, CASE, CASE_ENDS, "件"),
        *_dead_ends(district, sheet, ORDER, ORDER_ENDS, "承办单"),
    ]


def _unknown(district: District, sheet: Sheet) -> Iterator[Problem]:
    numbers = [*(row.number for row in CASE), *(row.number for row in ORDER)]
    for place, number in enumerate(district.policy.disabled_transitions):
        if number not in numbers:
            line = sheet.line((PLACE, place))
            yield Problem(sheet.file, line, f"没有编号为「{number}」的办理步骤。", nearest(number, numbers))


def _dead_ends(district: District, sheet: Sheet, table: Rows[S], ends: tuple[S, ...], what: str) -> Iterator[Problem]:
    off = set(district.policy.disabled_transitions)
    for state in stuck(in_force(table, off), ends):
        lost = [row.number for row in table if row.number in off and state in row.from_states and row.to_state is not None]
        named = "、".join(lost or sorted(off))
        message = f"{what}到了「{NAMES.get(state, state)}」（{state}）就没有出路。"
        yield Problem(sheet.file, sheet.line((PLACE,)), message, f"请从 {PLACE} 里删去 {named}。")


def in_force(table: Rows[S], off: Iterable[str]) -> Rows[S]:
    """The rows of a table that are not switched off."""
    gone = set(off)
    return tuple(row for row in table if row.number not in gone)


def stuck(rows: Rows[S], ends: tuple[S, ...]) -> list[S]:
    """The states that can be entered and from which no step of the window, a unit or the office leads to an end."""
    ways = [(start, row.to_state) for row in rows if row.to_state is not None for start in row.from_states]
    own = [(row_start, to) for row in rows if row.event != THE_PERSONS_OWN and (to := row.to_state) for row_start in row.from_states]
    entered = _spread({row.to_state for row in rows if not row.from_states and row.to_state is not None}, ways)
    leading = _spread(set(ends), [(to, start) for start, to in own])
    return sorted(entered - leading - set(ends))


def _spread(found: set[S], ways: list[tuple[S, S]]) -> set[S]:
    while more := {to for start, to in ways if start in found} - found:
        found = found | more
    return found


def refuse_switched_off(district: District, before: CaseState, events: Iterable[Event]) -> None:
    """A step the district does without is refused in words, whoever asks for it."""
    off = district.policy.disabled_transitions
    names = [type(event).__name__ for event in events]
    if not off or not names:
        return
    gone = {row.event for row in ORDER if row.number in off}
    listed = [name for name in names if any(row.event == name for row in CASE)]
    if gone.isdisjoint(names) and (_way(in_force(CASE, off), before, listed) or not _way(CASE, before, listed)):
        return
    raise RuleBroken("lifecycle.switched_off", "本区没有启用这一步，请按其他办法办理，或请政务服务办调整规则。")


def _way(rows: Rows[S], before: S, names: Iterable[str]) -> set[S]:
    reached = {before}
    for name in names:
        reached = {row.to_state or state for row in rows for state in reached if row.event == name and state in row.from_states}
    return reached

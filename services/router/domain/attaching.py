"""Files a person hands in with what they supply: noted on the case, so many and no more (domain: 状态机 11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.router.domain.state import CaseFile, Handed
from shared.decision import Decision
from shared.errors import RuleBroken

MOST = 20
File = CaseFile | None


def attaching(rule: Callable[[File], Decision[File]], files: Sequence[Handed]) -> Callable[[File], Decision[File]]:
    """The rule, whose case then holds these files too; raises RuleBroken where they would be too many for one case."""

    def deciding(state: File) -> Decision[File]:
        decision = rule(state)
        if decision.state is None or not files:
            return decision
        held = (*decision.state.files, *files)
        if len(held) > MOST:
            words = f"一件最多收 {MOST} 个文件，已经有 {len(decision.state.files)} 个；其余请交到受理的窗口。"
            raise RuleBroken("material.files", words, field="files")
        return Decision(decision.state.model_copy(update={"files": held}), decision.events)

    return deciding

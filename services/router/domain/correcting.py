"""更正: a particular was wrong; what it was before stays written (状态机 22)."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.commands import Correct
from services.router.domain.guards import Doer, known
from services.router.domain.state import CaseFile
from shared.contracts.router_events import CaseCorrected
from shared.contracts.terms import Category
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

File = CaseFile | None


def correct(state: File, command: Correct, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """Appended at any time, after the archive lock too; no deadline follows from it."""
    case = known(state)
    before = getattr(case, command.field)
    value = _checked(command, district)
    if (before or "") == value:
        raise RuleBroken("correct.same", "更正后的内容与原来相同，无需更正。", field="value")
    said = CaseCorrected(
        case_no=case.case_no, occurred_at=now, actor=by.id, field=command.field, before=str(before or ""), after=value,
        reason=command.reason,
    )
    new = Category(value) if command.field == "category" else value
    return Decision(case.model_copy(update={command.field: new}), [said])


def _checked(command: Correct, district: District) -> str:
    if command.field == "category":
        return _category(command.value, district)
    if command.field == "item_code" and command.value not in district.items:
        raise RuleBroken("correct.item_code", "没有这个事项编码，请填事项目录中的编码。", field="value")
    return command.value


def _category(value: str, district: District) -> str:
    """The category by its code or its name in the district."""
    names = {one: district.category_name(one).removesuffix("类") for one in Category}
    found = next((one for one, name in names.items() if value in (one.value, name, f"{name}类")), None)
    if found is None:
        raise RuleBroken("correct.category", f"类别只能是：{'、'.join(names.values())}。", field="value")
    return found.value

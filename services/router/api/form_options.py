"""What may be chosen in a form on this case: the district's units, this case's orders, the scheme's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from services.router.api.form_kinds import Field, Options
from services.router.domain.extending import days_offered
from services.router.domain.state import CaseFile
from shared.calendar.workdays import DayCount
from shared.contracts.terms import Category, ContactWay, Finding, Grade, OrderState, Result
from shared.district.model import District
from shared.web.names import zh
from shared.web.pages import when

Find = Callable[[District, CaseFile], Options]


def options_of(field: Field, district: District, case: CaseFile) -> Options:
    """The pairs of value and label a field offers; raises KeyError for a name nobody finds anything under."""
    return FOUND[field.options](district, case) if isinstance(field.options, str) else field.options


def _words(*values: StrEnum) -> Find:
    pairs = tuple((value.value, zh(value)) for value in values)
    return lambda _district, _case: pairs


def _units(district: District, _case: CaseFile) -> Options:
    return tuple((unit.code, unit.name) for unit in district.departments.values())


def _orders_in(*states: OrderState) -> Find:
    def found(district: District, case: CaseFile) -> Options:
        return named(district, (order.unit for order in case.this_round if order.state in states))

    return found


def named(district: District, codes: Iterable[str]) -> Options:
    """These units with their names."""
    units = district.departments
    return tuple((code, units[code].name if code in units else code) for code in codes)


def _channels(district: District, _case: CaseFile) -> Options:
    clue = district.departments.get(district.policy.clue.route)
    names = (*district.policy.transfer.channels, *((clue.name,) if clue else ()))
    return tuple((name, name) for name in names)


def _day(held: DayCount) -> str:
    return f"{when(held.day)}（第 {held.counted} 个工作日）"


HOTLINES = tuple((name, name) for name in (
    "12345 市民服务热线", "12348 公共法律服务", "12366 纳税服务", "12368 人民法院", "12333 人力资源社会保障", "12329 住房公积金", "12393 医疗保障",
    "12315 市场监管",
))
FOUND: dict[str, Find] = {
    "grades": _words(Grade.SIMPLE, Grade.GENERAL, Grade.COMPLEX),
    "categories": _words(*Category),
    "results": _words(Result.RESOLVED, Result.PARTLY_RESOLVED, Result.EXPLAINED, Result.UNRESOLVED),
    "findings": _words(*Finding),
    "ways": _words(*ContactWay),
    "units": _units,
    "causes": lambda district, _case: tuple(district.policy.causes.items()),
    "extension_days": lambda district, case: tuple((held.day.isoformat(), _day(held)) for held in days_offered(case, district)),
    "channels": _channels,
    "hotlines": lambda _district, _case: HOTLINES,
    "answered": _orders_in(OrderState.FEEDBACK_SUBMITTED),
    "returning": _orders_in(OrderState.RETURN_REQUESTED),
    "particulars": lambda _district, _case: (("item", "事项名称"), ("item_code", "事项编码"), ("category", "类别")),
}

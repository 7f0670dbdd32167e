"""Whether the files of a district's folder agree with each other (方案 六(四)、七(一))."""

from collections.abc import Iterable, Iterator

from shared.contracts.terms import Category, Grade
from shared.district.faults import Problem, nearest
from shared.district.model import Department, District, StaffMember
from shared.district.roles import ADMINISTRATORS, Role
from shared.district.sheets import Place, Sheet

Sheets = dict[str, Sheet]
FOUR = {
    "leader": ("分管领导", Role.DL),
    "section_head": ("科室负责人", Role.SH),
    "operator": ("系统操作人员", Role.DH),
    "receiver": ("收单专人", Role.DO),
}
UNIT_ROLES = (Role.DO, Role.DH, Role.SH, Role.DL)
SITE_ROLES = (Role.CL, Role.TR, Role.WS)


def reference_problems(district: District, sheets: Sheets) -> list[Problem]:
    """Every name, code or id that points nowhere, twice, or to the wrong person."""
    return [
        *_people(district, sheets["departments.yaml"]),
        *_unit_names(district, sheets["departments.yaml"]),
        *_staff(district, sheets["staff.yaml"]),
        *_administrators(district, sheets["staff.yaml"]),
        *_sites(district, sheets["sites.yaml"]),
        *_items(district, sheets["items.yaml"]),
        *_limits(district, sheets["policy.yaml"]),
        *_routes(district, sheets["policy.yaml"]),
        *_ladder(district, sheets["policy.yaml"]),
    ]


def at(sheet: Sheet, place: Place, message: str, fix: str) -> Problem:
    """A problem on the line of `place`."""
    return Problem(sheet.file, sheet.line(place), message, fix)


def _people(district: District, sheet: Sheet) -> Iterator[Problem]:
    for unit in district.departments.values():
        for key, (title, role) in FOUR.items():
            person_id = str(getattr(unit, key))
            person = district.staff.get(person_id)
            place = (unit.code, key)
            if person is None:
                fix = nearest(person_id, list(district.staff))
                yield at(sheet, place, f"{unit.name}的{title}「{person_id}」不在人员表里。", fix)
            elif fault := _misfit(unit, person, role):
                yield at(
                    sheet,
                    place,
                    f"{unit.name}的{title}「{person_id}」{fault}。",
                    "请改人员表或换人。",
                )


def _misfit(unit: Department, person: StaffMember, role: Role) -> str | None:
    if person.unit != unit.code:
        return "不是本单位的人"
    return None if role in person.roles else f"没有 {role}（{role.chinese}）角色"


def _unit_names(district: District, sheet: Sheet) -> Iterator[Problem]:
    owner = {code: code for code in district.departments}
    for unit in district.departments.values():
        for place, name in _written_names(unit.code, unit.name, unit.full_name, unit.aliases):
            first = owner.setdefault(name, unit.code)
            if first != unit.code:
                yield at(
                    sheet, place, f"「{name}」同时指 {first} 和 {unit.code}。", "请只留给一个单位。"
                )


def _written_names(
    code: str, name: str, full_name: str | None, aliases: Iterable[str]
) -> Iterator[tuple[Place, str]]:
    yield (code, "name"), name
    if full_name is not None:
        yield (code, "full_name"), full_name
    for number, alias in enumerate(aliases):
        yield (code, "aliases", number), alias


def _staff(district: District, sheet: Sheet) -> Iterator[Problem]:
    for person in district.staff.values():
        if person.unit is not None and person.unit not in district.departments:
            fix = nearest(person.unit, list(district.departments))
            yield at(sheet, (person.id, "unit"), f"没有编码为「{person.unit}」的单位。", fix)
        if person.site is not None and person.site not in district.sites:
            fix = nearest(person.site, list(district.sites))
            yield at(sheet, (person.id, "site"), f"没有编码为「{person.site}」的点位。", fix)


def _administrators(district: District, sheet: Sheet) -> Iterator[Problem]:
    """三员分立: who administers the system, its safety or its audit does that alone (domain §2 互斥, §9.4)."""
    for person in district.staff.values():
        held = [role for role in person.roles if role in ADMINISTRATORS]
        if held and len(set(person.roles)) > 1:
            others = "、".join(dict.fromkeys(role.chinese for role in person.roles if role != held[0]))
            message = f"{person.name}（{person.id}）任{held[0].chinese}，又任{others}：三员须分立，也不得兼任业务角色。"
            yield at(sheet, (person.id, "roles"), message, "请只留一个角色，其余改由他人担任。")


def _sites(district: District, sheet: Sheet) -> Iterator[Problem]:
    for site in district.sites.values():
        for role in SITE_ROLES:
            if not district.staff_with(role, site=site.code):
                message = f"点位 {site.code}（{site.name}）没有{role.chinese}。"
                fix = f"请在 staff.yaml 加一个 roles 含 {role}、site 为 {site.code} 的人。"
                yield at(sheet, (site.code,), message, fix)


def _items(district: District, sheet: Sheet) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for item in district.items.values():
        if item.department not in district.departments:
            fix = nearest(item.department, list(district.departments))
            message = f"事项「{item.name}」的单位「{item.department}」不存在。"
            yield at(sheet, (item.code, "department"), message, fix)
        for place, name in _written_names(item.code, item.name, None, item.aliases):
            first = owner.setdefault(name, item.code)
            if first != item.code:
                yield at(
                    sheet, place, f"「{name}」同时指 {first} 和 {item.code}。", "请只留给一个事项。"
                )


def _limits(district: District, sheet: Sheet) -> Iterator[Problem]:
    policy = district.policy
    for category in Category:
        if category not in policy.categories:
            fix = f"请补一行 {category}: {{name: …, limit: GENERAL}}。"
            yield at(sheet, ("categories",), f"类别 {category} 没有时限。", fix)
    for grade in Grade:
        if grade not in policy.grades:
            yield at(
                sheet, ("grades",), f"分级 {grade} 没有名称。", f"请补一行 {grade}: {{name: …}}。"
            )


def _routes(district: District, sheet: Sheet) -> Iterator[Problem]:
    policy = district.policy
    places: list[tuple[Place, str]] = [
        (("complaint", "route"), policy.complaint.route),
        (("clue", "route"), policy.clue.route),
    ]
    for place, code in places:
        if code not in district.departments:
            yield at(
                sheet,
                place,
                f"没有编码为「{code}」的单位。",
                nearest(code, list(district.departments)),
            )


def _ladder(district: District, sheet: Sheet) -> Iterator[Problem]:
    ladder = district.policy.ladder
    steps = {
        "reminder": ladder.reminder.to,
        "urge": ladder.urge.to,
        "L2": (*ladder.l2.to, *ladder.l2.issuers),
        "L3": (*ladder.l3.to, ladder.l3.approver),
        "L4": (*ladder.l4.to, ladder.l4.approver),
        "L5": (*ladder.l5.to, ladder.l5.approver),
    }
    for step, roles in steps.items():
        for role in dict.fromkeys(roles):
            if role not in UNIT_ROLES and not district.staff_with(role):
                message = f"升级阶梯 {step} 要找{role.chinese}（{role}），可没有这样的人。"
                fix = f"请在 staff.yaml 给一个人加上 {role}，或改这一级的 to。"
                yield at(sheet, ("ladder", step), message, fix)

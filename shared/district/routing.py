"""Whether everybody who must hear of something does: routes, their templates, their people, the ladder's steps."""

from collections.abc import Iterator

from shared.contracts.terms import SupervisionLevel
from shared.district.faults import Problem, nearest
from shared.district.model import District
from shared.district.notice_rules import Route
from shared.district.roles import Role
from shared.district.sheets import Sheet

CITIZEN, OWNER = "CITIZEN", "OWNER"
BY_UNIT_OR_SITE = (Role.DO, Role.DH, Role.SH, Role.DL, Role.CL, Role.TR, Role.WS)
RED_CARDS = (SupervisionLevel.RED, "RED_IN_TIME")
MUST_TELL = (
    "case.registered", "case.recalculated", "case.instant_resolved", "case.rejected", "case.transferred", "case.withdrawn",
    "case.merged", "case.material_requested", "case.extended", "case.fed_back", "case.reopened", "case.escalated", "case.archived",
    "followup.requested", "followup.unreachable", "order.issued", "extension.requested", "return.requested", "return.ruled",
    "feedback.rejected", "sla.sign_overdue", "sla.reminder", "sla.urged", "supervision.drafted", "supervision.issued",
    "interview.proposed", "accountability.proposed", "recalculation.held", "clue.received", "ledger.due", "sync.failed",
    "improvement.assigned", "improvement.due", "improvement.missed", "library.stale",
)  # fmt: skip


def route_problems(district: District, sheet: Sheet) -> list[Problem]:
    """Every event nobody hears of, every route that leads nowhere or to the wrong people (方案 六、七(一))."""
    return [
        *_untold(district, sheet),
        *_routes(district, sheet),
        *_audiences(district, sheet),
        *_nobody(district, sheet),
        *_ladder(district, sheet),
    ]


def _untold(district: District, sheet: Sheet) -> Iterator[Problem]:
    routes = district.policy.notice.routes
    for event in MUST_TELL:
        if not routes.get(event):
            line = sheet.line(("notice", "routes", event))
            fix = f"请在 notice.routes 补一行 {event}: [{{template: …, to: […]}}]。"
            yield Problem(sheet.file, line, f"{event} 没有写发什么模板、发给谁。", fix)


def _routes(district: District, sheet: Sheet) -> Iterator[Problem]:
    for event, routes in district.policy.notice.routes.items():
        for number, route in enumerate(routes):
            line = sheet.line(("notice", "routes", event, number, "template"))
            template = district.templates.get(route.template)
            if template is None:
                fix = nearest(route.template, list(district.templates))
                yield Problem(
                    sheet.file, line, f"{event} 要发的模板「{route.template}」不存在。", fix
                )
            elif template.event != event:
                message = f"模板 {route.template} 属于 {template.event}，却写在 {event} 下。"
                yield Problem(sheet.file, line, message, "请移到它自己的事件下，或换模板。")


def _each(district: District) -> Iterator[tuple[tuple[str | int, ...], str, Route]]:
    for event, routes in district.policy.notice.routes.items():
        for number, route in enumerate(routes):
            yield ("notice", "routes", event, number), event, route


def _audiences(district: District, sheet: Sheet) -> Iterator[Problem]:
    for place, event, route in _each(district):
        template = district.templates.get(route.template)
        if template is None:
            continue
        strangers = [role for role in route.to if (role == CITIZEN) != (template.audience == CITIZEN)]
        if strangers:
            message = f"{event} 的模板 {route.template} 不是写给 {'、'.join(strangers)} 的。"
            yield Problem(sheet.file, sheet.line(place), message, "请改 to，或换给他们看的模板。")


def _nobody(district: District, sheet: Sheet) -> Iterator[Problem]:
    for place, event, route in _each(district):
        for role in route.to:
            if role not in (CITIZEN, OWNER) and role not in BY_UNIT_OR_SITE and not district.staff_with(Role(role)):
                message = f"{event} 要告诉{Role(role).chinese}（{role}），可没有这样的人。"
                yield Problem(sheet.file, sheet.line(place), message, f"请在 staff.yaml 给一个人加上 {role}，或改 to。")


def _ladder(district: District, sheet: Sheet) -> Iterator[Problem]:
    """Who stands on a step of the ladder must also be written to when it is reached (方案 七(三)(四))."""
    ladder, issued = district.policy.ladder, "supervision.issued"
    steps: tuple[tuple[str, tuple[Role, ...], str, bool | None], ...] = (
        ("reminder", ladder.reminder.to, "sla.reminder", None),
        ("urge", ladder.urge.to, "sla.urged", None),
        ("L2", ladder.l2.to, issued, False),
        ("L3", ladder.l3.to, issued, True),
        ("L3", (ladder.l3.approver,), "supervision.drafted", None),
        ("L4", (*ladder.l4.to, ladder.l4.approver), "interview.proposed", None),
        ("L5", (*ladder.l5.to, ladder.l5.approver), "accountability.proposed", None),
    )
    for step, roles, event, red in steps:
        for route in district.policy.notice.routes.get(event, ()):
            missing = [role for role in dict.fromkeys(roles) if role not in route.to]
            if missing and _meant(district, route, red):
                message = f"升级阶梯 {step} 要找 {'、'.join(missing)}，{event} 的模板 {route.template} 却不发给他们。"
                yield Problem(sheet.file, sheet.line(("ladder", step)), message, "请把 notice.routes 的 to 与阶梯写成一致。")


def _meant(district: District, route: Route, red: bool | None) -> bool:
    template = district.templates.get(route.template)
    if template is None or red is None:
        return template is not None
    return (template.when in RED_CARDS) is red

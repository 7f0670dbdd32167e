"""Whether every message has a text, every text a route, and every text fits its channel."""

from collections.abc import Iterator
from string import Formatter

from shared.contracts.terms import NoticeChannel
from shared.district.faults import Problem, nearest
from shared.district.model import District, Template
from shared.district.sheets import Sheet

Sheets = dict[str, Sheet]


def message_problems(district: District, sheets: Sheets) -> list[Problem]:
    """Routes against templates, and each template measured with its longest values."""
    return [
        *_routes(district, sheets["policy.yaml"]),
        *_unrouted(district, sheets["templates.yaml"]),
        *_lengths(district, sheets["templates.yaml"]),
    ]


def longest_values(district: District, template: Template) -> dict[str, str]:
    """The longest thing each place of a template can become in this district."""
    notice = district.policy.notice
    values = dict(notice.samples)
    if template.audience == "STAFF" and "order" in values:
        values["no"] = values["order"]
    units = (unit.name for unit in district.departments.values())
    longest = max(units, key=len, default="")
    channels = (*district.policy.transfer.channels, longest)
    return values | {"tel": notice.tel, "dept": longest, "to": max(channels, key=len)}


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


def _unrouted(district: District, sheet: Sheet) -> Iterator[Problem]:
    routed = {r.template for routes in district.policy.notice.routes.values() for r in routes}
    for code, template in district.templates.items():
        if code not in routed:
            message = f"模板 {code} 没有人会收到。"
            fix = f"请在 policy.yaml 的 notice.routes.{template.event} 写上它，或删去它。"
            yield Problem(sheet.file, sheet.line((code,)), message, fix)


def _lengths(district: District, sheet: Sheet) -> Iterator[Problem]:
    for code, template in district.templates.items():
        line = sheet.line((code, "text"))
        values = longest_values(district, template)
        unknown = [place for place in places_of(template) if place not in values]
        for place in unknown:
            fix = nearest(place, [*values])
            yield Problem(sheet.file, line, f"模板 {code} 用了不认识的变量「{place}」。", fix)
        if not unknown:
            yield from _too_long(district, template, Problem(sheet.file, line, "", ""), values)


def places_of(template: Template) -> list[str]:
    """The names of a template's places, in order."""
    return [name for _, name, _, _ in Formatter().parse(template.text) if name is not None]


def _too_long(
    district: District, template: Template, spot: Problem, values: dict[str, str]
) -> Iterator[Problem]:
    notice = district.policy.notice
    text = template.render(values)
    limits = [("模板上限", len(text), template.max_length, "字")]
    if NoticeChannel.SMS in template.channels:
        limits.append(("短信", len(text), notice.sms.max_chars, "字"))
    if NoticeChannel.WECOM in template.channels:
        limits.append(("企业微信", len(text.encode()), notice.wecom.max_bytes, "字节"))
    channel, size, most, measure = max(limits, key=lambda limit: limit[1] - limit[2])
    if size > most:
        message = (
            f"模板 {template.code} 最长时有 {size} {measure}，超过{channel} {most} {measure}。"
        )
        yield Problem(spot.file, spot.line, message, f"请删短 {size - most} {measure}以上。")

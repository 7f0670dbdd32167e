"""Whether every text fits its channel: length, signature, places; who gets it is `routing`'s."""

from collections.abc import Iterator
from string import Formatter

from shared.contracts.terms import NoticeChannel
from shared.district.faults import Problem, nearest
from shared.district.model import District, Template
from shared.district.sheets import Sheet

Sheets = dict[str, Sheet]
WEB_MARKS = ("http", "www.")


def message_problems(district: District, sheets: Sheets) -> list[Problem]:
    """Each template measured with its longest values, and read as its channel's operator reads it."""
    sheet = sheets["templates.yaml"]
    return [*_unrouted(district, sheet), *_lengths(district, sheet), *_wordings(district, sheet)]


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


def _wordings(district: District, sheet: Sheet) -> Iterator[Problem]:
    """What the operator of text messages refuses: no signature, one place twice, an address of the web (domain: 通知)."""
    signature = district.policy.notice.sms.signature
    for code, template in district.templates.items():
        line, places = sheet.line((code, "text")), places_of(template)
        if not template.text.startswith(signature):
            yield Problem(sheet.file, line, f"模板 {code} 没有以签名开头。", f"请以「{signature}」开头。")
        for place in sorted({place for place in places if places.count(place) > 1}):
            yield Problem(sheet.file, line, f"模板 {code} 的变量「{place}」出现了两次。", "请只留一处，或改写文字。")
        if any(mark in template.text.lower() for mark in WEB_MARKS):
            yield Problem(sheet.file, line, f"模板 {code} 里有网址。", "请删去网址，写“见随申办”或电话。")

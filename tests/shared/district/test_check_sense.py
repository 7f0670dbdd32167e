"""Faults of sense: states without an exit, rungs out of order, limits that shrink, messages nobody gets, one planted each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.contracts.event import Event
from shared.contracts.router_events import CaseEscalated, CitizenContacted
from shared.contracts.terms import CaseState
from shared.district.transitions import refuse_switched_off
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_closed, a_case_fed_back

Plant = Callable[[str, str, str], Path]
Finds = Callable[[Path, str, str, str], None]
Fault = tuple[str, str, str]
OFF = "disabled_transitions: []"

EXITS = {
    "a case nobody may close": (["15"], "件到了「待回访」（FED_BACK）就没有出路", "删去 15"),
    "a refusal nobody may decide": (["7a", "7b"], "件到了「拟不受理」（REJECT_REVIEW）就没有出路", "删去 7a、7b"),
    "an archive that takes nothing": (["20"], "件到了「已办结」（CLOSED）就没有出路", "删去 20"),
    "a consultation without an end": (["18a", "18b"], "件到了「提级会商」（CONSULTATION）就没有出路", "删去 18a、18b"),
    "a return nobody rules on": (["O8", "O9", "O10"], "承办单到了「退单待裁」（RETURN_REQUESTED）就没有出路", "删去 O8、O9、O10"),
    "a step that is none": (["99"], "没有编号为「99」的办理步骤", "9"),
}

SENSE: dict[str, tuple[Fault, str, str, str]] = {
    "an urge after the due moment": (
        ("policy.yaml", "urge: {hours_before: 4", "urge: {hours_before: 0"), "urge: {hours_before", "催办落在到期时", "改成 1"),
    "an urge before the last reminder": (
        ("policy.yaml", "urge: {hours_before: 4", "urge: {hours_before: 9"), "urge: {hours_before", "催办早于最后一次提醒", "不大于 7"),
    "a reminder after the due moment": (
        ("policy.yaml", "days_left_wd: 1", "days_left_wd: 0"), "days_left_wd", "提醒落在到期之后", "改成 1"),
    "a yellow card before the due moment": (
        ("policy.yaml", "    overdue_wd: 1\n", "    overdue_wd: 0\n"), "overdue_wd: 0", "黄色督办落在到期之前", "改成 1"),
    "a red card beside the yellow one": (
        ("policy.yaml", "L3: {l2_age_wd: 2", "L3: {l2_age_wd: 0"), "L3: {", "红色督办与黄色督办同时", "改成 1"),
    "an interview before the yellow card": (
        ("policy.yaml", "L4: {overdue_wd: 5", "L4: {overdue_wd: 1"), "L4: {", "约谈不晚于黄色督办", "大于 1"),
    "an interview before the red card": (
        ("policy.yaml", "L4: {overdue_wd: 5, supervision: 3", "L4: {overdue_wd: 5, supervision: 1"), "L4: {", "比红色督办还少", "不小于 2"),
    "a total below the complex limit": (
        ("policy.yaml", "SPECIAL_TOTAL: 10", "SPECIAL_TOTAL: 5"), "SPECIAL_TOTAL: 5", "SPECIAL_TOTAL（5）比 COMPLEX（7）还短", "不小于 7"),
    "a complex limit below the general one": (
        ("policy.yaml", "COMPLEX: 7", "COMPLEX: 2"), "COMPLEX: 2", "COMPLEX（2）比 GENERAL（3）还短", "不小于 3"),
    "a category with the special limit": (
        ("policy.yaml", "{name: 咨询类, limit: GENERAL", "{name: 咨询类, limit: SPECIAL"), "咨询类", "类别 CONSULT 按“特殊”的时限走", "GENERAL"),
    "ungraded matters with the special limit": (
        ("policy.yaml", "ungraded: GENERAL", "ungraded: SPECIAL"), "ungraded: SPECIAL", "未定级的件", "GENERAL"),
    "city limits that shrink": (
        ("policy.yaml", "upstream: {contact: 1, general: 5, complex: 15", "upstream: {contact: 1, general: 15, complex: 5"),
        "upstream:", "市级时限", "1-5-15"),
    "a signature due after it signed itself": (
        ("policy.yaml", "sign: {due_hours: 4", "sign: {due_hours: 40"), "sign: {due_hours", "签收期限比视同签收还晚", "due_hours 改小"),
    "a reminder to sign before the dispatch": (
        ("policy.yaml", "sign_minutes_before: 60", "sign_minutes_before: 240"), "sign_minutes_before", "签收提醒早于派单", "小于 240"),
    "a draft when nobody is there": (
        ("policy.yaml", '    draft_at: "09:05"', '    draft_at: "19:05"'), "draft_at", "19:05 不在工作时段内", "时段以内"),
    "calls on more days than there are calls": (
        ("policy.yaml", "min_days: 2", "min_days: 4"), "min_days: 4", "回访 3 次跨不了 4 天", "不大于 3"),
    "a monthly reminder after the due day": (
        ("policy.yaml", "remind_wd: 1", "remind_wd: 9"), "remind_wd: 9", "月台账的提醒晚于上报期限", "不大于 3"),
}  # fmt: skip

TELLING: dict[str, tuple[Fault, str, str, str]] = {
    "an event without a route": (
        ("policy.yaml", "    case.extended: [{template: C06, to: [CITIZEN]}]\n", ""), "  routes:", "case.extended 没有写发什么模板", "补一行"),
    "a route without a template": (
        ("policy.yaml", "    case.extended: [{template: C06, to: [CITIZEN]}]", "    case.extended: []"),
        "case.extended: []", "case.extended 没有写发什么模板", "补一行"),
    "a person's text sent to a unit": (
        ("policy.yaml", "{template: C06, to: [CITIZEN]}", "{template: C06, to: [CITIZEN, DH]}"),
        "C06", "case.extended 的模板 C06 不是写给 DH 的", "改 to"),
    "a unit's text sent to a person": (
        ("policy.yaml", "{template: S20, to: [DO, SH]}", "{template: S20, to: [CITIZEN]}"),
        "S20", "return.ruled 的模板 S20 不是写给 CITIZEN 的", "改 to"),
    "a step of the ladder that is not written to": (
        ("policy.yaml", "{template: S05, to: [DH, DO, SH, DL]}", "{template: S05, to: [DH, DO, SH]}"),
        "  L2:", "升级阶梯 L2 要找 DL，supervision.issued 的模板 S05 却不发给他们", "写成一致"),
    "a red card its leader never hears of": (
        ("policy.yaml", "{template: S17, to: [GL]}", "{template: S17, to: [GO]}"), "  L3:", "升级阶梯 L3 要找 GL，supervision.drafted", "写成一致"),
    "a text without its signature": (
        ("templates.yaml", "'【普陀政务服务】{m}月", "'{m}月"), "'{m}月", "模板 S11 没有以签名开头", "【普陀政务服务】"),
    "a place named twice": (
        ("templates.yaml", "工单{no}已办结归档。", "工单{no}已办结归档{no}。"), "归档{no}", "模板 C12 的变量「no」出现了两次", "只留一处"),
    "an address of the web": (
        ("templates.yaml", "请登录系统组织", "请登录http://a.cn组织"), "http://", "模板 S21 里有网址", "删去网址"),
    "a transfer text longer than a message": (
        ("templates.yaml", "渠道办理，详见随申办或致电", "渠道办理，具体情况请见随申办或者致电"), "具体情况请见", "模板 C18 最长时有", "删短"),
    "a person written twice": (
        ("staff.yaml", "yibao-dl: {", "yibao-sh: {name: 某, roles: [SH], unit: yibao, phone: \"1\"}\nyibao-dl: {"),
        "yibao-sh: {", "「yibao-sh」写了两次", "留一个"),
    "a template written twice": (
        ("templates.yaml", "S11:\n", "S10: {}\nS11:\n"), "S10: {}", "「S10」写了两次", "留一个"),
}  # fmt: skip


def the_last(folder: Path, file: str, spot: str) -> str:
    """The last line with `spot`, which is where a key written twice stands."""
    return [line for line in (folder / file).read_text(encoding="utf-8").splitlines() if spot in line][-1]


@pytest.mark.parametrize(("numbers", "message", "fix"), EXITS.values(), ids=EXITS)
def test_a_state_without_an_exit_is_found(plant: Plant, finds: Finds, numbers: list[str], message: str, fix: str) -> None:
    """A district that does without steps must leave a way to the end; that the person may withdraw is none."""
    finds(plant("policy.yaml", OFF, f"disabled_transitions: {numbers!r}"), "disabled_transitions", message, fix)


def test_steps_a_district_can_do_without(plant: Plant, check: Callable[[Path], list[str]]) -> None:
    """Without 会商 and 当场办结 every state still has a way out."""
    assert check(plant("policy.yaml", OFF, 'disabled_transitions: ["5", "17"]')) == []


@pytest.mark.parametrize(("fault", "spot", "message", "fix"), [*SENSE.values(), *TELLING.values()], ids=[*SENSE, *TELLING])
def test_a_planted_fault_is_named_with_its_line_and_mend(
    plant: Plant, finds: Finds, fault: Fault, spot: str, message: str, fix: str
) -> None:
    """The one fault, where it stands, in Chinese."""
    folder = plant(*fault)
    finds(folder, the_last(folder, fault[0], spot) if "写了两次" in message else spot, message, fix)


@pytest.mark.parametrize(
    ("off", "before", "events", "refused"),
    [
        (("17",), CaseState.HANDLING, [CaseEscalated(case_no=CASE, occurred_at=at("2026-11-23 10:00"), reason="职责争议")], True),
        (("5",), CaseState.HANDLING, [CaseEscalated(case_no=CASE, occurred_at=at("2026-11-23 10:00"), reason="职责争议")], False),
        (("15",), CaseState.FEEDBACK_REVIEW, [a_case_fed_back("2026-11-23 10:00"), a_case_closed("2026-11-23 10:00")], True),
        (("15",), CaseState.FEEDBACK_REVIEW, [a_case_fed_back("2026-11-23 10:00")], False),
        (("O3",), CaseState.HANDLING,
         [CitizenContacted(case_no=CASE, occurred_at=at("2026-11-23 10:00"), order_no=f"{CASE}-01", unit="yibao")], True),
        ((), CaseState.HANDLING, [CaseEscalated(case_no=CASE, occurred_at=at("2026-11-23 10:00"), reason="职责争议")], False),
        (("17",), CaseState.HANDLING, [], False),
    ],
)  # fmt: skip
def test_a_step_that_is_switched_off_is_refused(
    off: tuple[str, ...], before: CaseState, events: list[Event], refused: bool
) -> None:
    """What the policy says counts: a district that does without a step does not do it."""
    policy = DISTRICT.policy.model_copy(update={"disabled_transitions": off})
    district = DISTRICT.model_copy(update={"policy": policy})

    if not refused:
        refuse_switched_off(district, before, events)
        return
    with pytest.raises(RuleBroken, match="本区没有启用这一步") as broken:
        refuse_switched_off(district, before, events)
    assert broken.value.rule == "lifecycle.switched_off"

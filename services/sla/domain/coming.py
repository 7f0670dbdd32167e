"""What fires by itself next, and the ways of one case's countdowns: every step past and to come (domain: 升级阶梯)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.sla.domain.due import due_of
from services.sla.domain.state import CaseClocks, Countdown
from services.sla.domain.steps import steps_of
from shared.calendar import DayCount
from shared.contracts.terms import DeadlineKind, Rung
from shared.district.model import District
from shared.district.roles import Role

SIGNS_ITSELF = "黄牌自动签发"
ROUTES: Mapping[Rung, str] = {
    Rung.HALF_TIME: "sla.reminder", Rung.LAST_DAY: "sla.reminder", Rung.URGE: "sla.urged", Rung.RED_DRAFT: "supervision.drafted",
    Rung.INTERVIEW: "interview.proposed", Rung.AUTO_SIGN: "sla.sign_overdue",
}
NOBODY: Mapping[Rung, str] = {Rung.MISSED: "只记逾期，不发消息", Rung.SUPERVISION_DRAFT: "窗口负责人、督办岗（本页待签）"}
ISSUED = "supervision.issued"


@dataclass(frozen=True)
class Fires:
    """One thing that happens by itself unless what is due comes before."""

    at: datetime
    case_no: str
    kind: DeadlineKind | None
    rung: Rung | None
    order_no: str
    unit: str
    to: str

    @property
    def what(self) -> str:
        """Its name where no rung has one."""
        return SIGNS_ITSELF if self.rung is None else self.rung.value


def fires(cases: Iterable[CaseClocks], until: datetime, district: District) -> list[Fires]:
    """Everything these cases have up to `until`, the earliest first."""
    found: list[Fires] = []
    for case in cases:
        for held in case.running:
            found += [_step(case, held, step.rung, step.at, district) for step in held.steps if step.at <= until]
        for card in case.supervisions:
            if card.issues_itself_at is not None and card.issues_itself_at <= until:
                found.append(Fires(card.issues_itself_at, case.case_no, None, None, card.order_no, card.unit, _roles(district, ISSUED)))
    return sorted(found, key=lambda one: (one.at, one.case_no))


def _step(case: CaseClocks, held: Countdown, rung: Rung, at: datetime, district: District) -> Fires:
    inside = held.unit is None and rung in (Rung.LAST_DAY, Rung.HALF_TIME)
    to = "研判人员（研判列表标出）" if inside else NOBODY.get(rung) or _roles(district, ROUTES[rung])
    return Fires(at, case.case_no, held.kind, rung, held.order_no or "", held.unit or "", to)


def _roles(district: District, event: str) -> str:
    """Who hears of this, by the policy's first route: the roles' names."""
    routes = district.policy.notice.routes.get(event, ())
    return "、".join(Role(to).chinese for to in routes[0].to if to != "CITIZEN") if routes else "—"


@dataclass(frozen=True)
class WayStep:
    """One step on a countdown's way: behind us, still to come, or not any more."""

    rung: Rung
    at: datetime
    state: str


@dataclass(frozen=True)
class Way:
    """One countdown with its days and steps; `counted` is the end by the rules of today where it differs from the one that holds."""

    held: Countdown
    days: tuple[DayCount, ...]
    steps: tuple[WayStep, ...]
    counted: datetime | None


def way_of(case: CaseClocks, held: Countdown, district: District, now: datetime) -> Way:
    """方案 四(四): why it ends when it ends, day by day, and what happens on the way."""
    deadline = due_of(case, held, district)
    differs = deadline.due_at != held.due_at
    return Way(held, deadline.trace, tuple(_ways(case, held, district, now)), deadline.due_at if differs else None)


def _ways(case: CaseClocks, held: Countdown, district: District, now: datetime) -> Iterable[WayStep]:
    coming = {(step.rung, step.at) for step in held.steps}
    told = {(step.rung, step.at): step for step in (*steps_of(case, held, district), *held.steps)}
    for (rung, at), _ in sorted(told.items(), key=lambda pair: pair[0][1]):
        ended = held.met_at is not None and at > held.met_at
        yield WayStep(rung, at, "coming" if (rung, at) in coming else ("never" if ended or at > now else "past"))

"""月台账 a second time: every column of every case, the tail, the frozen pages and what changed since (方案 七(二); domain §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pandas as pd

from tests.scheme.year.given import LEAST, SHANGHAI, Given, shown, to_the_second, told
from tests.scheme.year.hearing import Heard
from tests.scheme.year.second_beside import exits_of, exits_told, roots_of
from tests.scheme.year.second_operations import Operations
from tests.scheme.year.telling import UNHAPPY_BELOW, Case, Told

Page = dict[str, list[Told]]
Pages = dict[tuple[str, str], Page]
Filed = Mapping[tuple[str, str], datetime]
ON_THE_SPOT = timedelta(minutes=30)
DUE_AT = time(17, 30)
LABELS = dict(held.split(" ") for held in (  # domain §7 月台账列, in their order
    "no 序号", "case_no 工单编号", "site 反映点位", "channel 渠道", "received_at 受理时间", "person 办理对象", "party_kind 主体类型",
    "phone 联系电话", "item 事项名称", "item_code 事项编码", "category 类别", "cause 原因分类",
    "matter 情况摘要", "grade 分级", "triaged_at 研判完成时间",
    "same_day 是否当日研判", "lead 主办单位", "assist 协办单位", "dispatched_at 转办时间", "signed_at 签收时间", "contacted_at 先行联系时间",
    "due_at 处理时限", "extended 是否延时", "extended_by 批准人", "extended_to 新期限", "answered_at 反馈时间", "replied_at 答复时间",
    "working_days 用时(工作日)", "overdue 是否超期", "urge_count 催办次数", "supervision_count 督办次数", "light 灯色", "result 处理结果",
    "opinion 处理意见摘要", "followed_up_at 回访时间", "followed_up_by 回访方式", "resolved 诉求是否解决", "stars 满意度", "discontent 不满意原因",
    "redone 是否重办", "repeated 是否重复反映", "in_library 是否入案例库", "upload 双平台上传状态", "remark 备注",
))


def line_of(case: Case) -> Told:
    """One case as its line."""
    given, first, orders = case.given, case.first, case.orders
    leads = [order for order in orders if order["role"] == "LEAD"]
    contact, extensions, calls = first["contact"], case.by["CaseExtended"], case.by["FollowUpRecorded"]
    counted = case.supervisions
    levels = {held["level"] for held in counted}
    answered = [one for one in case.by["OrderAnswered"] if one.what["role"] == "LEAD"]
    triage = case.triage_due
    done = case.triaged is not None or case.triage_missed
    assisting = dict.fromkeys(order["unit"] for order in orders if order["role"] == "ASSIST")
    spoken = [one for one in calls if one.what["reached"]]
    stars, resolved = case.spoken("stars"), case.spoken("resolved")
    unhappy = bool(spoken and spoken[-1].what["stars"] is not None and spoken[-1].what["stars"] < UNHAPPY_BELOW)
    why_not = shown(spoken[-1].what["reason"]) if spoken and (unhappy or resolved is False) else ""
    return {
        "case_no": case.no, "site": first["site"], "channel": first["channel"], "received_at": to_the_second(case.received),
        "person": "保密" if case.withheld or first["confidential"] else (contact["name"] or {"masked": "匿名"})["masked"],
        "party_kind": None, "phone": "" if case.withheld or first["confidential"] else (contact["phone"] or {"masked": ""})["masked"],
        "item": "保密" if case.clue else shown_item(case.item),
        "item_code": None if case.clue else case.item_code,
        "category": case.category, "cause": case.cause, "matter": "保密" if case.withheld else shown(first["matter"]["masked"]),
        "grade": case.grade, "triaged_at": to_the_second(case.triaged),
        "same_day": (case.triaged is not None and case.triaged <= triage) if triage is not None and done else None,
        "lead": case.lead, "assist": "、".join(assisting), "dispatched_at": to_the_second(leads[0]["issued"]) if leads else None,
        "signed_at": to_the_second(leads[-1]["signed"]) if leads else None,
        "contacted_at": to_the_second(leads[-1]["contacted"]) if leads else None,
        "due_at": to_the_second(datetime.fromisoformat(extensions[0].what["previous_due_at"]) if extensions else case.due),
        "extended": bool(extensions), "extended_by": extensions[-1].by if extensions else None,
        "extended_to": to_the_second(datetime.fromisoformat(extensions[-1].what["due_at"])) if extensions else None,
        "answered_at": to_the_second(answered[0].at) if answered else None, "replied_at": to_the_second(case.replied),
        "working_days": given.days(case.received, case.replied) if case.replied else None, "overdue": case.overdue,
        "urge_count": len(case.by["OrderUrged"]), "supervision_count": len(counted),
        "light": "RED" if "RED" in levels else "YELLOW" if levels else "NONE", "result": case.result,
        "opinion": "保密" if case.clue or (case.withheld and case.opinion) else shown(case.opinion),
        "followed_up_at": to_the_second(calls[-1].at) if calls else None,
        "followed_up_by": ("CALL" if calls[-1].by in given.callers else "EVALUATION") if calls else None,
        "resolved": resolved, "stars": stars, "discontent": "保密" if case.withheld and why_not else why_not,
        "redone": case.round > 1, "repeated": case.repeated, "in_library": False, "upload": "NOT_UPLOADED", "remark": _remark(case),
    }


def shown_item(text: str) -> str:
    """The item without numbers, however long."""
    clean = shown(text)
    return clean if not clean.endswith("…") else text


def _remark(case: Case) -> str:
    ended = case.ended[1] if case.ended else ""
    merged = [one.what["into"] for one in case.by["CaseMerged"]]
    quick = case.grade == "SIMPLE" and case.replied is not None and case.replied - case.received <= ON_THE_SPOT
    said = [
        ("当场", quick), ("迟录", case.first["late_registered"]), ("补录", case.first["backdated_reason"] is not None),
        ("匿名", case.first["anonymous"]), ("线索", case.clue), (f"并入{merged[-1] if merged else ''}", bool(merged)),
        ("已撤回", ended == "WITHDRAWN"), ("会商", case.consulting), ("期限暂定", case.provisional),
    ]
    return "；".join(word for word, holds in said if holds)


class Months:
    """Every month of every site, as it would be filed or as it was; all of it as it was known at a moment, None for now."""

    def __init__(self, heard: Heard, given: Given, filed: Filed, frozen: Pages | None = None, until: datetime | None = None) -> None:
        self._given, self._heard, self._until = given, heard, until
        self._filed = {place: at for place, at in filed.items() if until is None or at <= until}
        self.cases = heard.cases(until)
        self.lines = self._shelved(pd.DataFrame([_placed(case) for case in self.cases], dtype=object), until)
        self._groups = dict(list(self.lines.groupby(["site", "_month"])))
        self._frozen: Pages = {place: page for place, page in (frozen or {}).items() if place in self._filed}
        for place in sorted(set(self._filed) - set(self._frozen), key=lambda place: self._filed[place]):
            self._frozen[place] = self._page(*place, until=self._filed[place])
        self._operations = Operations(self.cases, [*exits_told(heard.told("ChokepointRecorded", until)), *exits_of(self.cases)], given)

    def at(self, until: datetime) -> Months:
        """The same as it was known then."""
        return Months(self._heard, self._given, self._filed, self._frozen, until)

    @property
    def sites(self) -> list[str]:
        """Every site."""
        return sorted({*self._given.sites, *self.lines["site"]})

    @property
    def months(self) -> list[str]:
        """Every month with a case or a filing."""
        return sorted({*self.lines["_month"], *(month for _, month in self._filed)})

    def _of(self, site: str, month: str, until: datetime | None) -> pd.DataFrame:
        found = self._groups.get((site, month), self.lines.iloc[:0])
        if until is None:
            return found
        earlier = [case for number in found["case_no"] if (case := self._heard.lives[number].case(until)) is not None]
        return self._shelved(pd.DataFrame([_placed(case) for case in earlier], columns=self.lines.columns, dtype=object), until)

    def _shelved(self, lines: pd.DataFrame, until: datetime | None) -> pd.DataFrame:
        """是否入案例库 is told by the library, not by the case."""
        return lines.assign(in_library=[self._heard.in_library(number, until) for number in lines["case_no"]])

    def _page(self, site: str, month: str, until: datetime | None = None, *, restated: bool = False) -> Page:
        if until is None and (site, month) in self._frozen and not restated:
            return self._frozen[site, month]
        found = self._of(site, month, until)
        lessons = [held for told in found.sort_values("case_no")["_lessons"] for held in told] if len(found) else []
        changes = self._frozen[site, month]["corrections"] if restated and (site, month) in self._frozen else self._changes(site, month, until)
        return {"lines": _lines(found), "lessons": lessons, "corrections": changes}

    def _changes(self, site: str, month: str, until: datetime | None) -> list[Told]:
        """What is otherwise now than the frozen months before say, with every later page laid over them."""
        pages = [held for (code, _), held in self._frozen.items() if code == site]
        changes: list[Told] = []
        for place, page in sorted(self._frozen.items()):
            if place[0] != site or place[1] >= month:
                continue
            known: dict[str, Told] = {line["case_no"]: dict(line) for line in page["lines"]}
            for change in (held for later in pages for held in later["corrections"] if held["month"] == place[1]):
                known.setdefault(change["case_no"], {})[change["column"]] = change["after"]
            for line in sorted(_lines(self._of(site, place[1], until)), key=lambda line: line["case_no"]):
                before = known.get(line["case_no"], {})
                changes += [{"month": place[1], "case_no": line["case_no"], "column": name, "label": LABELS[name], "before": before.get(name),
                             "after": now} for name, now in line.items() if name != "no" and before.get(name) != now]
        return changes

    def report(self, month: str, site: str | None, *, restated: bool = False) -> Told:
        """The month of one site, or of all; 重述 as the events say now, whatever was filed."""
        chosen = self.sites if site is None else [site]
        pages = {code: self._page(code, month, restated=restated) for code in chosen}
        lines = sorted((line for page in pages.values() for line in page["lines"]), key=lambda line: (line["received_at"], line["case_no"]))
        lines = [{**line, "no": place} for place, line in enumerate(lines, start=1)]
        lessons = sorted((held for page in pages.values() for held in page["lessons"]), key=lambda held: held["case_no"])
        name = self._given.policy["district"]["name"] if site is None else self._given.sites.get(site, site)
        return {
            "report": "monthly", "month": month, "site": site, "name": name, "as_of": self._as_of(month, chosen), "lines": lines,
            "columns": [[name, label] for name, label in LABELS.items()],
            "tail": {"lessons": lessons, **self._tail(pd.DataFrame(lines, dtype=object))},
            "corrections": [change for page in pages.values() for change in page["corrections"]],
            "root_causes": roots_of(self._heard.told("RootCauseNamed", self._until), month) if site is None else [],
            "sites": [self._standing(code, month, pages[code]) for code in chosen],
            **({"operations": self._operations.of(month)} if site is None else {}),
        }

    def _standing(self, site: str, month: str, page: Page) -> Told:
        """Whether the site reported, on time, and that nothing came."""
        at = self._filed.get((site, month))
        due = datetime.combine(self._given.third_working_day(last_day(month)), DUE_AT, SHANGHAI)
        filed = self._frozen.get((site, month))
        return {
            "site": site, "name": self._given.sites.get(site, site), "cases": len(page["lines"]), "filed_at": to_the_second(at),
            "nil": not filed["lines"] if filed else None, "late": at > due if at else None,
        }

    def _as_of(self, month: str, chosen: Sequence[str]) -> str | None:
        if len(chosen) == 1 and (chosen[0], month) in self._filed:
            return to_the_second(self._filed[chosen[0], month])  # of what a site filed nothing later is told
        found = self.lines[self.lines["site"].isin(chosen) & (self.lines["_month"] <= month)]["_as_of"]
        return to_the_second(max(found)) if len(found) else None

    def _tail(self, lines: pd.DataFrame) -> Told:
        if lines.empty:
            return {"nil": True, "cases": 0, "by_category_and_result": {}, "departments": [], "causes": []}
        crossed = lines.fillna({"category": "NONE", "result": "NONE"}).groupby(["category", "result"]).size()
        causes = lines[lines["cause"].notna()].groupby("cause").size()
        names = self._given.policy["causes"]
        return {
            "nil": False, "cases": len(lines),
            "by_category_and_result": {kind: held.droplevel(0).to_dict() for kind, held in crossed.groupby(level=0)},
            "departments": self._ranking(lines),
            "causes": [{"cause": cause, "name": names[cause], "cases": int(count)}
                       for cause, count in sorted(causes.items(), key=lambda held: (-held[1], held[0]))],
        }

    def _ranking(self, lines: pd.DataFrame) -> list[Told]:
        rows = []
        for unit, held in lines[lines["lead"].notna()].groupby("lead"):
            late = held["overdue"].astype(bool)
            due = int((held["replied_at"].notna() | late).sum())
            rows.append({"unit": unit, "name": self._given.units.get(unit, unit), "cases": len(held), "overdue": int(late.sum()),
                         "supervisions": int(held["supervision_count"].sum()), "on_time": told(due - int(late.sum()), due)})
        shares = [Fraction(row["on_time"]["numerator"], row["on_time"]["denominator"]) for row in rows if row["on_time"]["denominator"] >= LEAST]
        for row in rows:
            here = row["on_time"]
            ranked = here["denominator"] >= LEAST
            row["rank"] = 1 + sum(other > Fraction(here["numerator"], here["denominator"]) for other in shares) if ranked else None
        return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["unit"]))


def _placed(case: Case) -> Told:
    if "line" not in case.kept:
        month = case.received.astimezone(SHANGHAI).strftime("%Y-%m")
        lessons = [] if case.withheld else case.lessons
        case.kept["line"] = {**line_of(case), "_month": month, "_as_of": case.as_of, "_lessons": lessons}
    return case.kept["line"]


def _lines(found: pd.DataFrame) -> list[Told]:
    held = found.sort_values(["received_at", "case_no"]).to_dict("records") if len(found) else []
    return [{"no": place, **{str(name): value for name, value in line.items() if not str(name).startswith("_")}}
            for place, line in enumerate(held, start=1)]


def last_day(month: str) -> date:
    """The last day of a month."""
    return (pd.Period(month, "M").end_time).date()

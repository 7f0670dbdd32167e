"""月台账 of a site or the district, its tail, and the 更正页 (方案 七(二); domain §7, 12A.11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from services.archive.domain.reports.canonical import Cell, Content, Line
from services.archive.domain.reports.columns import COLUMNS, LABELS, NUMBER, lines_of, short
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.periods import Period
from services.archive.domain.reports.ratios import Ratio
from shared.district.model import District

UNSAID = "NONE"
Known = dict[str, Line]


def month_lines(cases: Iterable[Facts], month: Period, site: str | None, district: District) -> list[Line]:
    """方案 七(二): a line a case received in the month, at one site or (None) anywhere."""
    return lines_of((facts for facts in cases if _of(facts, month, site)), district)


def month_lessons(cases: Iterable[Facts], month: Period, site: str | None) -> list[Line]:
    """举一反三清单 of the cases received in the month; of what is withheld nothing."""
    found = [facts for facts in cases if _of(facts, month, site) and not facts.withheld]
    found.sort(key=lambda facts: facts.entry.case_no)
    return [
        {"case_no": facts.entry.case_no, "site": facts.entry.site, "unit": lesson.unit, "lesson": short(lesson.text)}
        for facts in found for lesson in facts.lessons
    ]


def _of(facts: Facts, month: Period, site: str | None) -> bool:
    return month.has(facts.entry.received_at) and site in (None, facts.entry.site)


def tail(lines: Sequence[Line], lessons: Sequence[Line], district: District) -> Content:
    """尾部: 分类×结果, 部门排名, Top 原因, 举一反三清单, 零报告标记; from the lines alone, so a frozen month's stays."""
    causes = Counter(str(line["cause"]) for line in lines if line["cause"])
    return {
        "nil": not lines, "cases": len(lines), "by_category_and_result": _crossed(lines), "departments": _ranking(lines, district),
        "causes": [{"cause": cause, "name": district.policy.causes.get(cause, cause), "cases": count}
                   for cause, count in sorted(causes.items(), key=lambda held: (-held[1], held[0]))],
        "lessons": list(lessons),
    }


def _crossed(lines: Sequence[Line]) -> dict[str, dict[str, int]]:
    counts = Counter((str(line["category"] or UNSAID), str(line["result"] or UNSAID)) for line in lines)
    table: dict[str, dict[str, int]] = {}
    for (category, result), count in sorted(counts.items()):
        table.setdefault(category, {})[result] = count
    return table


def _ranking(lines: Sequence[Line], district: District) -> list[Content]:
    """部门排名 by 按时办结 among what was due; under report.bimonthly_min_n shown without a place (歧义 28)."""
    least = district.policy.report.bimonthly_min_n
    rows = [_of_unit(unit, [line for line in lines if line["lead"] == unit])
            for unit in sorted({str(line["lead"]) for line in lines if line["lead"]})]
    rows.sort(key=lambda row: (not row[1].shown(least), -row[1].share() if row[1].shown(least) else 0, row[0]["unit"]))
    names = district.unit_names
    return [
        {**row, "name": names.get(row["unit"], row["unit"]), "on_time": on_time.told(least),
         "rank": _place(on_time, [other for _, other in rows], least)}
        for row, on_time in rows
    ]


def _of_unit(unit: str, lines: Sequence[Line]) -> tuple[Content, Ratio]:
    due = [line for line in lines if line["replied_at"] or line["overdue"]]
    row = {
        "unit": unit, "cases": len(lines), "overdue": sum(bool(line["overdue"]) for line in lines),
        "supervisions": sum(int(line["supervision_count"] or 0) for line in lines),
    }
    return row, Ratio(sum(not line["overdue"] for line in due), len(due))


def _place(mine: Ratio, others: Iterable[Ratio], least: int) -> int | None:
    if not mine.shown(least):
        return None
    return 1 + sum(other.shown(least) and other.share() > mine.share() for other in others)


def overlaid(pages: Iterable[tuple[str, Sequence[Line], Sequence[Line]]]) -> dict[str, Known]:
    """What is known of each frozen month: its lines (month, lines, corrections) with every later 更正 laid over them."""
    held = list(pages)
    known: dict[str, Known] = {month: {str(line["case_no"]): dict(line) for line in lines} for month, lines, _ in held}
    for _, _, corrections in held:
        for change in corrections:
            line = known.setdefault(str(change["month"]), {}).setdefault(str(change["case_no"]), {})
            line[str(change["column"])] = change["after"]
    return known


def corrections(known: Mapping[str, Known], now: Mapping[str, Sequence[Line]]) -> list[Line]:
    """更正页: what is otherwise than a frozen month says, by case and column (方案 七(二); domain 12A.11).

    A case that was not there, such as a 补录, shows with all its columns; 序号 is the frozen page's own.
    """
    found: list[Line] = []
    for month in sorted(known):
        for line in sorted(now.get(month, ()), key=lambda line: str(line["case_no"])):
            before = known[month].get(str(line["case_no"]), {})
            found += [_change(month, line, name, before.get(name)) for name, _ in COLUMNS
                      if name != NUMBER and before.get(name) != line[name]]
    return found


def _change(month: str, line: Line, column: str, before: Cell) -> Line:
    return {
        "month": month, "case_no": line["case_no"], "column": column, "label": LABELS[column], "before": before, "after": line[column],
    }

"""Reading a district's folder into one value, or saying line by line why it cannot be used."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from shared.calendar import CalendarYear, WorkCalendar
from shared.district.calendar_file import load_calendar_year
from shared.district.faults import DistrictFault, Problem, problems_of
from shared.district.messages import message_problems
from shared.district.model import Department, District, Item, Site, StaffMember, Template
from shared.district.policy import Policy
from shared.district.references import reference_problems
from shared.district.routing import route_problems
from shared.district.sense import sense_problems
from shared.district.sheets import Sheet, SheetUnreadable, read_sheet
from shared.district.transitions import transition_problems
from shared.district.upload_rules import FOLDER as UPLOADS
from shared.district.upload_rules import UploadMapping, upload_problems

CALENDAR = "calendar"
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Reading:
    """What a folder gave: the district if every file could be read, its sheets, what was wrong."""

    district: District | None
    sheets: dict[str, Sheet]
    problems: list[Problem]


def load_district(folder: Path) -> District:
    """The district of `folder`; DistrictFault lists every problem with file, line and mend."""
    reading = read_folder(folder)
    problems = reading.problems + scheme_problems(reading)
    if problems or reading.district is None:
        raise DistrictFault(problems)
    return reading.district


def scheme_problems(reading: Reading) -> list[Problem]:
    """What is wrong between the files of a folder that could be read."""
    if reading.district is None:
        return []
    policy = reading.sheets["policy.yaml"]
    return [
        *reference_problems(reading.district, reading.sheets),
        *message_problems(reading.district, reading.sheets),
        *route_problems(reading.district, policy),
        *sense_problems(reading.district, policy),
        *transition_problems(reading.district, policy),
        *upload_problems(reading.district.policy.sync.platforms, reading.district.uploads, reading.sheets),
    ]


def read_folder(folder: Path) -> Reading:
    """Read every file once, collecting problems instead of stopping at the first."""
    shelf = _Shelf(folder)
    policy = shelf.one("policy.yaml", Policy)
    departments = shelf.entries("departments.yaml", Department, "code")
    sites = shelf.entries("sites.yaml", Site, "code")
    staff = shelf.entries("staff.yaml", StaffMember, "id")
    items = shelf.entries("items.yaml", Item, "code")
    templates = shelf.entries("templates.yaml", Template, "code")
    uploads, years = shelf.uploads(), shelf.years()
    if shelf.problems or policy is None:
        return Reading(None, shelf.sheets, shelf.problems)
    district = District(
        name=policy.district.name,
        version=policy.version,
        policy=policy,
        departments=departments,
        sites=sites,
        staff=staff,
        items=items,
        templates=templates,
        uploads=uploads,
        calendar=WorkCalendar(years, policy.calendar.hours(), calendar_version(years)),
    )
    return Reading(district, shelf.sheets, [])


class _Shelf:
    """The files of one folder while they are being read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sheets: dict[str, Sheet] = {}
        self.problems: list[Problem] = []

    def one(self, file: str, kind: type[Model]) -> Model | None:
        """The whole file as one value."""
        sheet = self._sheet(file)
        return self._made(sheet, kind, sheet.value, ()) if sheet else None

    def entries(self, file: str, kind: type[Model], key: str) -> dict[str, Model]:
        """A file of entries by code, each told its own code."""
        sheet = self._sheet(file)
        if sheet is None or not isinstance(sheet.value, dict):
            return {}
        found: dict[str, Model] = {}
        for code, fields in sheet.value.items():
            if not isinstance(code, str) or not isinstance(fields, dict):
                self.problems.append(_no_entry(sheet, code))
                continue
            made = self._made(sheet, kind, {**fields, key: code}, (code,))
            if made is not None:
                found[code] = made
        return found

    def uploads(self) -> dict[str, UploadMapping]:
        """Every platform's mapping."""
        names = sorted(path.stem for path in (self.folder / UPLOADS).glob("*.yaml"))
        made = {name: self.one(f"{UPLOADS}/{name}.yaml", UploadMapping) for name in names}
        return {name: mapping for name, mapping in made.items() if mapping is not None}

    def years(self) -> dict[int, CalendarYear]:
        """Every year's file of the calendar folder."""
        years: dict[int, CalendarYear] = {}
        for path in sorted((self.folder / CALENDAR).glob("*.yaml")):
            try:
                year = load_calendar_year(path)
            except DistrictFault as fault:
                self.problems += fault.problems
            else:
                years[year.year] = year
                if path.stem != str(year.year):
                    file = f"{CALENDAR}/{path.name}"
                    fix = f"请把文件改名为 {year.year}.yaml，或改 year。"
                    message = f"文件里写的是 {year.year} 年。"
                    self.problems.append(Problem(file, 1, message, fix))
        return years

    def _sheet(self, file: str) -> Sheet | None:
        path = self.folder / file
        if not path.is_file():
            self.problems.append(Problem(file, 1, "没有这个文件。", "请照样例补上。"))
            return None
        try:
            sheet = read_sheet(path, file)
        except SheetUnreadable as fault:
            self.problems.append(
                Problem(
                    file, fault.line, f"读不懂这一行：{fault.message}。", "请检查缩进、冒号和引号。"
                )
            )
            return None
        self.sheets[file] = sheet
        self.problems += [_twice(sheet, place) for place in sheet.twice]
        if not isinstance(sheet.value, dict):
            self.problems.append(Problem(file, 1, "文件里没有内容。", "请照样例写成键值对。"))
        return sheet

    def _made(
        self, sheet: Sheet, kind: type[Model], value: object, at: tuple[str | int, ...]
    ) -> Model | None:
        try:
            return kind.model_validate(value)
        except ValidationError as fault:
            self.problems += problems_of(fault, sheet, kind, at)
            return None


def _twice(sheet: Sheet, place: tuple[str | int, ...]) -> Problem:
    where = ".".join(map(str, place))
    return Problem(
        sheet.file, sheet.line(place), f"「{where}」写了两次。", "请留一个，删去另一个。"
    )


def _no_entry(sheet: Sheet, code: object) -> Problem:
    if isinstance(code, str):
        return Problem(
            sheet.file, sheet.line((code,)), f"「{code}」不是键值对。", "请写出它的各项。"
        )
    return Problem(sheet.file, 1, f"编码 {code!r} 没有加引号。", '请加引号，如 "001"。')


def with_calendar_year(district: District, year: CalendarYear) -> District:
    """The district with one year put in or replaced, under the version its folder would then have."""
    years = {**district.calendar.years, year.year: year}
    return district.model_copy(update={"calendar": district.calendar.with_year(year, calendar_version(years))})


def calendar_version(years: dict[int, CalendarYear]) -> str:
    """Which years the calendar holds and a short digest of what they say."""
    if not years:
        return "provisional"
    said = [
        (year.year, year.announced, year.source, sorted(year.closed), sorted(year.extra_working))
        for _, year in sorted(years.items())
    ]
    return f"{min(years)}-{max(years)}@{sha256(repr(said).encode()).hexdigest()[:8]}"

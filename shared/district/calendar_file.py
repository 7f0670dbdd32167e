"""One year of the calendar from its file, as `calendar import` and the district read it."""

from datetime import date, timedelta
from pathlib import Path

from pydantic import Field, ValidationError

from shared.calendar import CalendarYear
from shared.district.entry import Entry
from shared.district.faults import DistrictFault, Problem, problems_of
from shared.district.sheets import SheetUnreadable, read_sheet


class Holiday(Entry):
    """Consecutive days a notice closes under one name."""

    name: str
    start: date = Field(alias="from")
    end: date = Field(alias="to")


class YearFile(Entry):
    """What a year's file says."""

    year: int
    announced: bool
    source: str
    holidays: tuple[Holiday, ...]
    working: tuple[date, ...]

    def calendar_year(self) -> CalendarYear:
        """The file as the calendar counts it; a contradiction is a ValueError."""
        names = {
            holiday.start + timedelta(days=n): holiday.name
            for holiday in self.holidays
            for n in range((holiday.end - holiday.start).days + 1)
        }
        return CalendarYear(
            year=self.year,
            announced=self.announced,
            source=self.source,
            closed=frozenset(names),
            extra_working=frozenset(self.working),
            names=names,
        )


def load_calendar_year(path: Path) -> CalendarYear:
    """Read and check one year's file; DistrictFault says line and mend."""
    file = f"{path.parent.name}/{path.name}"
    try:
        sheet = read_sheet(path, file)
        return YearFile.model_validate(sheet.value).calendar_year()
    except SheetUnreadable as fault:
        raise DistrictFault(
            [Problem(file, fault.line, f"读不懂：{fault.message}。", "请按 YAML 改正。")]
        ) from fault
    except ValidationError as fault:
        raise DistrictFault(problems_of(fault, sheet, YearFile, ())) from fault
    except ValueError as fault:
        raise DistrictFault([Problem(file, 1, str(fault), "")]) from fault


def load_calendar_years(folder: Path) -> dict[int, CalendarYear]:
    """Every year's file of a calendar folder, by year."""
    years = map(load_calendar_year, sorted(folder.glob("*.yaml")))
    return {year.year: year for year in years}

"""Statutory working days and working hours, counted from given calendars (方案 四(四))."""

from shared.calendar.hours import SHANGHAI, WorkHours
from shared.calendar.workdays import DayCount, Deadline, WorkCalendar
from shared.calendar.years import CalendarYear, provisional_year

__all__ = [
    "SHANGHAI",
    "CalendarYear",
    "DayCount",
    "Deadline",
    "WorkCalendar",
    "WorkHours",
    "provisional_year",
]

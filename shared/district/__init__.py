"""A district's scheme as data: models, loading, the check before anything starts, suggestions."""

from shared.district.calendar_file import load_calendar_year, load_calendar_years
from shared.district.check import check_district
from shared.district.faults import DistrictFault, Problem
from shared.district.loading import load_district
from shared.district.model import Department, District, Item, Site, StaffMember, Template
from shared.district.policy import Policy
from shared.district.roles import Role
from shared.district.suggest import Suggestion, suggest_units

__all__ = [
    "Department",
    "District",
    "DistrictFault",
    "Item",
    "Policy",
    "Problem",
    "Role",
    "Site",
    "StaffMember",
    "Suggestion",
    "Template",
    "check_district",
    "load_calendar_year",
    "load_calendar_years",
    "load_district",
    "suggest_units",
]

"""A district's scheme as values: units, sites, people, items, messages (方案 三、七(一))."""

from datetime import time
from functools import cached_property

from pydantic import Field, InstanceOf

from shared.calendar import WorkCalendar
from shared.contracts.terms import Category, NoticeChannel
from shared.district.entry import Entry
from shared.district.notice_rules import Route
from shared.district.policy import Policy
from shared.district.roles import Role
from shared.district.upload_rules import UploadMapping


class Department(Entry):
    """A unit that handles matters, with its four people (staff ids)."""

    code: str = Field(pattern=r"^[a-z][a-z0-9]*$")
    name: str
    full_name: str
    aliases: tuple[str, ...] = ()
    duties: tuple[str, ...]
    leader: str
    section_head: str
    operator: str
    receiver: str
    has_system: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name by which the unit is called."""
        return tuple(dict.fromkeys((self.name, self.full_name, *self.aliases)))

    @property
    def people(self) -> tuple[str, ...]:
        """Staff ids of 分管领导, 科室负责人, 操作人员 and 收单专人 (方案 六(四)、七(一))."""
        return (self.leader, self.section_head, self.operator, self.receiver)


class ServiceHours(Entry):
    """服务日历 of a counter, apart from the working calendar: open at weekends, closing earlier than offices do."""

    weekend: bool = False
    close: time | None = None


class Site(Entry):
    """A 反映点位: three digits, used in 工单编号."""

    code: str = Field(pattern=r"^[0-9]{3}$")
    name: str
    kind: str
    address: str | None = None
    phone: str
    service: ServiceHours = ServiceHours()


class StaffMember(Entry):
    """A person who acts, by role, in a unit or at a site."""

    id: str
    name: str
    roles: tuple[Role, ...] = Field(min_length=1)
    unit: str | None = None
    site: str | None = None
    phone: str


class Item(Entry):
    """A service item (事项) and the words people use for it."""

    code: str
    name: str
    department: str
    keywords: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Template(Entry):
    """A message text; `when` narrows its event to a category, a level or an outcome."""

    code: str
    event: str
    when: str | None = None
    audience: str = Field(pattern=r"^(CITIZEN|STAFF)$")
    channels: tuple[NoticeChannel, ...] = Field(min_length=1)
    text: str
    max_length: int

    def render(self, values: dict[str, str]) -> str:
        """The text with its places filled; a missing value is a KeyError."""
        return self.text.format_map(values)


class District(Entry):
    """One district: everything the five services look up, under the policy's version."""

    name: str
    version: str
    policy: Policy
    departments: dict[str, Department]
    sites: dict[str, Site]
    staff: dict[str, StaffMember]
    items: dict[str, Item]
    templates: dict[str, Template]
    calendar: InstanceOf[WorkCalendar]
    uploads: dict[str, UploadMapping] = Field(default_factory=dict)

    def unit(self, name_or_code: str) -> Department | None:
        """The unit called so by code, name, full name or alias."""
        called = name_or_code.strip()
        return self.departments.get(called) or self._units.get(called)

    def item_named(self, name: str) -> Item | None:
        """The service item with this code, name or alias."""
        called = name.strip()
        return self.items.get(called) or self._items.get(called)

    def staff_with(
        self, role: Role, unit: str | None = None, site: str | None = None
    ) -> tuple[StaffMember, ...]:
        """Who has `role`, narrowed to a unit or a site where one is given; in the file's order."""
        return tuple(
            person
            for person in self._staff.get(role, ())
            if unit in (None, person.unit) and site in (None, person.site)
        )

    def routes_for(self, event: str, when: str | None = None) -> tuple[Route, ...]:
        """The routes of `event`: for each audience those made for `when`, else the plain ones."""
        routes = self.policy.notice.routes.get(event, ())
        chosen: list[Route] = []
        for audience in ("CITIZEN", "STAFF"):
            mine = [r for r in routes if self.templates[r.template].audience == audience]
            meant = [r for r in mine if when and self.templates[r.template].when == when]
            chosen += meant or [r for r in mine if self.templates[r.template].when is None]
        return tuple(chosen)

    def category_name(self, category: Category) -> str:
        """The category in Chinese."""
        return self.policy.categories[category].name

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Each unit's name by its code."""
        return {code: unit.name for code, unit in self.departments.items()}

    @cached_property
    def site_names(self) -> dict[str, str]:
        """Each site's name by its code."""
        return {code: site.name for code, site in self.sites.items()}

    @cached_property
    def staff_names(self) -> dict[str, str]:
        """Each staff member's name by their number."""
        return {number: person.name for number, person in self.staff.items()}

    @cached_property
    def _units(self) -> dict[str, Department]:
        return {name: unit for unit in self.departments.values() for name in unit.names}

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {name: item for item in self.items.values() for name in (*item.aliases, item.name)}

    @cached_property
    def _staff(self) -> dict[Role, tuple[StaffMember, ...]]:
        people = self.staff.values()
        return {role: tuple(p for p in people if role in p.roles) for role in Role}

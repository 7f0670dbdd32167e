"""Asks every page of every role, one after another, and counts the milliseconds of the server's own time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from statistics import median
from time import perf_counter, process_time
from urllib.parse import parse_qsl, urlsplit

import httpx

from deploy.local.rights.asking import PARAMETER
from deploy.local.rights.operations import operations
from deploy.local.rights.town import Town

LINK = re.compile(r'href="(/[^"]*|\?[^"]*)"')
NUMBER = re.compile(r"PT[0-9A-Z]{13,18}(-\d+)?")
FILE = re.compile(r"\.(pdf|xlsx|json|\{paper\})(\?|$)")
GOOD = 200
LEFT_OUT = ("/static/", "/signin", "/signout", "/health", "/metrics", "/api/", "/large-print", "/p")
MOST_LINKS = 12


@dataclass(frozen=True)
class Timed:
    """One page as one role: milliseconds of each asking, in order of size; `cpu` is the median of this process's own."""

    page: str
    role: str
    took: tuple[float, ...]
    cpu: float

    @property
    def is_file(self) -> bool:
        """Whether it is a paper or a workbook to take away: made when asked for, no page somebody waits to read."""
        return bool(FILE.search(self.page))

    def at(self, share: float) -> float:
        """The time so large a share of the askings stays within (nearest rank)."""
        return self.took[max(ceil(share * len(self.took)) - 1, 0)]


async def measured(town: Town, roles: tuple[str, ...], rounds: int, begin: str = "/") -> list[Timed]:
    """Every page a role may open whose address begins so, and every kind of link on it, `rounds` times; the slowest first."""
    found: list[Timed] = []
    for role in roles:
        async with town.client(town.person(role).id) as client:
            client.headers["accept"] = "text/html"
            for page, path in (await _pages(client, town)).items():
                if page.startswith(begin):
                    took = [await _took(client, path) for _ in range(rounds)]
                    found.append(Timed(page, role, tuple(sorted(whole for whole, _ in took)), median(cpu for _, cpu in took)))
    return sorted(found, key=lambda held: -held.at(0.95))


async def _took(client: httpx.AsyncClient, path: str) -> tuple[float, float]:
    begun, busy = perf_counter(), process_time()
    await client.get(path)
    return (perf_counter() - begun) * 1000, (process_time() - busy) * 1000


async def _pages(client: httpx.AsyncClient, town: Town) -> dict[str, str]:
    """By pattern, one address of each page this person may open."""
    found: dict[str, str] = {}
    for operation in operations(town.site):
        method, _, pattern = operation.partition(" ")
        names = PARAMETER.findall(pattern)
        if method != "GET" or pattern.startswith(LEFT_OUT) or not set(names) <= set(town.numbers):
            continue
        path = PARAMETER.sub(lambda held: town.numbers[held[1]], pattern)
        answer = await client.get(path)
        if answer.status_code == GOOD:
            found.setdefault(pattern, path)
            for name, link in _links(answer.text, path):
                found.setdefault(name, link)
    return found


def _links(html: str, here: str) -> Iterator[tuple[str, str]]:
    """The addresses on a page that ask something of a list, one for each set of fields."""
    kinds: dict[str, str] = {}
    for link in LINK.findall(html):
        whole = (here + link if link.startswith("?") else link).replace("&amp;", "&")
        parts = urlsplit(whole)
        if not parts.query or parts.path.startswith(LEFT_OUT) or len(kinds) >= MOST_LINKS:
            continue
        fields = ",".join(sorted({name for name, value in parse_qsl(parts.query) if value}))
        kinds.setdefault(f"{NUMBER.sub('{…}', parts.path)}?{fields}", whole)
    yield from kinds.items()


def numbers_of(open_number: str, unit_number: str) -> Mapping[str, str]:
    """What stands for the names in paths."""
    return {"case_no": open_number, "order_no": f"{unit_number}-01"}

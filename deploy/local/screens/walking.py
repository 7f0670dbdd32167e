"""A walk along links from page to page; pages of one kind differ only in numbers, and a few of each kind are enough."""

from __future__ import annotations

import re
from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

PEOPLE = {
    "CL": "s001-cl1", "TR": "s001-tr1", "DO": "yibao-do", "DH": "yibao-dh", "SH": "yibao-sh", "DL": "yibao-dl", "WS": "s001-ws1",
    "GO": "zhengwu-go1", "GL": "zhengwu-gl1", "FU": "zhengwu-fu1", "JW": "jiwei-jw1", "KB": "zhengwu-kb1",
    "SA": "zhengwu-sa1", "SE": "zhengwu-se1", "AU": "zhengwu-au1",
}
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))"
_LEFT_OUT = re.compile(r"^/(large-print|signin/once|signout|static/|metrics|health/|api/)|\.(pdf|png|svg|xlsx|json|zip|csv)$")
_NUMBER = re.compile(r"(PT|XS|DB|AL|TL|JY|PJ)\d{6}[0-9A-Z]+(-\d+)*|\d{6,}(-\d+)*|(?<=/)\d+(?=/|$)|\d{4}-\d{2}(-\d{2})?|[0-9a-f]{16,}")


class Trail:
    """The pages still to be seen: each once, `most` of a kind."""

    def __init__(self, base: str, most: int) -> None:
        self._base, self._most = base, most
        self._kinds: Counter[str] = Counter()
        self._known: set[str] = set()
        self._left: deque[str] = deque()

    def note(self, path: str) -> None:
        """A page to be seen, unless enough of its kind are."""
        kind = kind_of(path)
        if path in self._known or _LEFT_OUT.search(urlsplit(path).path) or self._kinds[kind] >= self._most:
            return
        self._known.add(path)
        self._kinds[kind] += 1
        self._left.append(path)

    def found(self, here: str, links: list[str]) -> None:
        """The links of the page at `here`; those to other hosts are not followed."""
        for link in links:
            there = urlsplit(urljoin(here, link))
            if f"{there.scheme}://{there.netloc}" == self._base:
                self.note(there.path + (f"?{there.query}" if there.query else ""))

    def following(self) -> str | None:
        """The next page; None at the end."""
        return self._left.popleft() if self._left else None


def kind_of(path: str) -> str:
    """`/router/cases/N?skip`: an address without its numbers and without what its fields hold."""
    parts = urlsplit(path)
    fields = "&".join(sorted(pair.split("=")[0] for pair in parts.query.split("&")))
    return f"{_NUMBER.sub('N', parts.path)}?{fields}" if fields else _NUMBER.sub("N", parts.path)

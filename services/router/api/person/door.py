"""The person's own door: 工单编号 and 查询码 open one case for a while, wrong tries make it wait (usability §3.3 row 5).

Nothing here belongs to a staff session: another cookie, another key, no roles. Sessions and waits follow the clock given.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from fastapi import Request, Response

from shared.clock import Clock
from shared.privacy.codes import opens
from shared.privacy.sealing import Sealer
from shared.web.visits import COOKIE, PATH, Visit, Visits

MOST_TRIES, WAIT = 5, timedelta(minutes=15)
MOST_ACTS, ACTS_WITHIN = 20, timedelta(hours=1)
MOST_HELD = 10_000
NUMBER = re.compile(r"PT[0-9A-Z]{13,18}")


def number_of(typed: str) -> str | None:
    """The 工单编号 in what was typed: full width, blanks, dashes and a missing PT do not matter; None for what is none."""
    plain = unicodedata.normalize("NFKC", typed[:60]).upper()
    kept = "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
    number = kept if kept.startswith("PT") else f"PT{kept}"
    return number if NUMBER.fullmatch(number) else None


class Tries:
    """So many within so long, for each name; who was longest unheard of is forgotten when too many are held."""

    def __init__(self, clock: Clock, most: int, within: timedelta, held: int = MOST_HELD) -> None:
        self._clock, self._most, self._within, self._held = clock, most, within, held
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()

    def left(self, name: str) -> int:
        """How many more are allowed now."""
        return max(self._most - len(self._recent(name)), 0)

    def wait(self, name: str) -> int:
        """Seconds until the next is allowed: 0, or counted from the last one that was."""
        recent = self._recent(name)
        if len(recent) < self._most:
            return 0
        return int((recent[-1] + self._within - self._clock.now()).total_seconds()) + 1

    def count(self, name: str) -> None:
        """One more."""
        times = self._recent(name)
        times.append(self._clock.now())
        self._times[name] = times
        self._times.move_to_end(name)
        while len(self._times) > self._held:
            self._times.popitem(last=False)

    def forget(self, name: str) -> None:
        """From now on as if there had been none."""
        self._times.pop(name, None)

    def _recent(self, name: str) -> deque[datetime]:
        times = self._times.get(name, deque())
        if times and self._clock.now() - times[-1] >= self._within:
            times.clear()
        return times


class Door:
    """Opens one case by its number and code, keeps the visit, and makes who guesses wait."""

    def __init__(self, sealer: Sealer, clock: Clock) -> None:
        self._sealer, self._clock = sealer, clock
        self._visits = Visits(sealer, clock)
        self._by_case, self._by_client = Tries(clock, MOST_TRIES, WAIT), Tries(clock, MOST_TRIES, WAIT)
        self._acts = Tries(clock, MOST_ACTS, ACTS_WITHIN)
        self._ended: OrderedDict[str, None] = OrderedDict()

    def wait(self, case_no: str, client: str) -> int:
        """Seconds this case and this address still wait after too many wrong codes."""
        return max(self._by_case.wait(case_no), self._by_client.wait(network(client)))

    def left(self, case_no: str, client: str) -> int:
        """How many tries are left."""
        return min(self._by_case.left(case_no), self._by_client.left(network(client)))

    def fits(self, case_no: str, code: str) -> bool:
        """Whether this is the case's code; takes the same time for every wrong one, and for a case there is not."""
        return opens(self._sealer, case_no, code)

    def refused(self, case_no: str, client: str) -> None:
        """One wrong try, against the case and against the address."""
        self._by_case.count(case_no)
        self._by_client.count(network(client))

    def opened(self, case_no: str) -> Visit:
        """A new visit; wrong tries at this case are forgotten, those of the address are not."""
        self._by_case.forget(case_no)
        now = self._clock.now().isoformat()
        return Visit(case_no, now, now, secrets.token_urlsafe(12))

    def visit(self, request: Request) -> Visit | None:
        """Who is here and has not left."""
        visit = self._visits.of(request)
        return visit if visit is not None and visit.form not in self._ended else None

    def keep(self, request: Request, answer: Response, visit: Visit) -> Response:
        """The answer with the visit's cookie, seen now."""
        return self._visits.keep(request, answer, visit)

    def end(self, visit: Visit | None, answer: Response) -> Response:
        """The visit is over, even where somebody kept a copy of the cookie."""
        if visit is not None:
            self._ended[visit.form] = None
            while len(self._ended) > MOST_HELD:
                self._ended.popitem(last=False)
        answer.delete_cookie(COOKIE, path=PATH)
        return answer

    def act_wait(self, visit: Visit) -> int:
        """Seconds until this case takes another act of its person; counts this one when it may."""
        waits = self._acts.wait(visit.case_no)
        if not waits:
            self._acts.count(visit.case_no)
        return waits


def network(client: str) -> str:
    """Whom wrong tries are counted against: an address; of IPv6 the network, for one house has as many as it likes."""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return client
    return f"{int(address) >> 64:x}/64" if isinstance(address, IPv6Address) else str(address)

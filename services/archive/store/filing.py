"""One filing per site and month, one 台账汇总 per month."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.archive.domain.reports.filing import Filing
from services.archive.domain.reports.periods import Period
from services.archive.domain.reports.summary import Summary
from services.archive.domain.seals.leaves import of_filing, of_summary
from services.archive.domain.seals.seal import told
from services.archive.store.ledger import AFTER_ALL, CHUNK, SEALING
from shared.assembly import Ground, earliest
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Query

Filings = CaseStore[Filing]
Summaries = CaseStore[Summary]
OWED = Layout(indexed=("next_at", "by_month", "by_site"))



def open_summaries(ground: Ground, inbox: Inbox) -> Summaries:
    """The store of the district's monthly summaries."""
    return ground.cases("summaries", Summary, inbox, layout=Layout(indexed=("month",)), indexed=_summed)


def _summed(summary: Summary) -> Indexed:
    return Indexed({"month": summary.month, SEALING: told(of_summary(summary))})


def open_filings(ground: Ground, inbox: Inbox) -> Filings:
    """The store of every site's monthly filings."""
    return ground.cases("filings", Filing, inbox, layout=OWED, indexed=_owed)


def _owed(filing: Filing) -> Indexed:
    month, site = filing.month, filing.site
    places = {"by_month": f"{month}|{site}", "by_site": f"{site}|{month}", SEALING: told(of_filing(filing))}
    return Indexed({"next_at": filing.next_at, **places})


async def filings_of_month(filings: Filings, month: Period) -> list[Filing]:
    """What every site owes of one month, by site."""
    return await filings_from(filings, "by_month", f"{month.text}|")


async def filings_from(filings: Filings, name: str, begins: str) -> list[Filing]:
    """Every filing whose place in this index begins so, in its order."""
    held: list[Filing] = []
    bounds: dict[str, Any] = {"at_least": {name: begins}, "at_most": {name: f"{begins}{AFTER_ALL}"}, "sort": name, "limit": CHUNK}
    while found := await filings.find(Query(**bounds, skip=len(held))):
        held += found
    return held


async def next_filing(filings: Filings) -> datetime | None:
    """The next moment at which a site is reminded, or its month is missed."""
    return await earliest(filings, "next_at", lambda filing: filing.next_at)

"""What the sites filed and the office summed up, against its own check value, what was published and what was sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.archive.domain.reports.canonical import canonical, check_value
from services.archive.domain.reports.filing import Draft
from services.archive.domain.reports.summary import State as Summed
from services.archive.domain.reports.summary import summary_from
from services.archive.domain.sm3 import sm3
from services.archive.domain.verifying.findings import Document, Finding, Kind, Published
from services.archive.domain.verifying.naming import named
from shared.contracts.archive_events import FilingDue, FilingMade, FilingMissed, SealedLeaf, SummaryEvent

State = Mapping[str, Any]


def inspect_filing(number: str, document: Document | None, leaves: Sequence[SealedLeaf], published: Published) -> list[Finding]:
    """Everything that is wrong with one site's month."""
    events = published.own.get(number, ())
    made = next((event for event in events if isinstance(event, FilingMade)), None)
    sealed = next((leaf.head for leaf in reversed(leaves) if leaf.events), "")
    state = (document or {}).get("state") or {}
    kept = state.get("snapshot")
    if not state or kept is None:
        return [Finding(Kind.FILING_MISSING, number, "已上报的内容不在了")] if made or sealed else _begun(number, state, published)
    if made is None and published.since is None and not (document or {}).get("outbox"):
        return [Finding(Kind.FILING_ADDED, number, "没有上报过")]
    words = next(iter(_unlike(number, state, kept, made, sealed)), "")
    return [Finding(Kind.FILING_CHANGED, number, words)] if words else _begun(number, state, published)


def _unlike(number: str, state: State, kept: State, made: FilingMade | None, sealed: str) -> Iterator[str]:
    if state.get("number") != number:
        yield f"这里放着 {state.get('number')}"
    content = {name: state.get(name) for name in ("number", "site", "month")} | {name: kept.get(name) for name in Draft.model_fields}
    if kept.get("digest") != check_value(content):
        yield "内容与校验值不符"
    if made is not None:
        said = {"digest": made.digest, "nil": made.nil, "late": made.late, "by": made.actor}
        other = [name for name, value in said.items() if kept.get(name) != value]
        if not _same_moment(kept.get("at"), made.occurred_at):
            other.append("at")
        if other:
            yield f"{named(other)} 与公布的不同"
    if sealed and sealed != sm3(canonical(kept)):
        yield "与封存的不同"


def _same_moment(text: object, moment: datetime) -> bool:
    try:
        return datetime.fromisoformat(str(text)) == moment
    except ValueError:
        return False


def _begun(number: str, state: State, published: Published) -> list[Finding]:
    """Reminded and missed are what was said, no more and no less."""
    events = published.own.get(number, ())
    missed, due = (any(isinstance(event, kind) for event in events) for kind in (FilingMissed, FilingDue))
    if (missed or due) and not state:
        return [Finding(Kind.FILING_MISSING, number, "提醒过，库里没有")]
    if (missed and not state.get("missed")) or ((missed or due) and not state.get("reminded")):
        return [Finding(Kind.FILING_CHANGED, number, "提醒或未报的标记被去掉")]
    if published.since is None and state.get("missed") and not missed:
        return [Finding(Kind.FILING_CHANGED, number, "没有逾期却标为未报")]
    return []


def inspect_summary(number: str, document: Document | None, published: Published) -> list[Finding]:
    """The district's month is what its events say."""
    made: Summed = None
    for event in published.own.get(number, ()):
        made = summary_from(made, event) if isinstance(event, SummaryEvent) else made
    state = (document or {}).get("state")
    if made is None:
        added = state is not None and published.since is None and not (document or {}).get("outbox")
        return [Finding(Kind.FILING_ADDED, number, "没有汇总过")] if added else []
    if state is None:
        return [Finding(Kind.FILING_MISSING, number, "汇总不在了")]
    return [] if dict(state) == made.model_dump(mode="json") else [Finding(Kind.FILING_CHANGED, number, "汇总与公布的不同")]

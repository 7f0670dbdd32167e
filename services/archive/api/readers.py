"""Who may read the ledger, and one record as far as they may (方案 四(三); domain 12A.8)."""

from __future__ import annotations

from typing import Annotated

from services.archive.domain.access import Reader, may_see
from services.archive.domain.entry import Entry
from services.archive.domain.record import CaseRecord
from services.archive.store import Ledger
from shared.assembly import Ground
from shared.errors import RuleBroken
from shared.web.signin import Staff, acting

Anybody = Annotated[Staff, acting("CL", "TR", "WS", "DO", "DH", "SH", "DL", "GO", "GL", "FU", "JW", "KB")]
Keeper = Annotated[Staff, acting("CL", "WS", "GO", "GL", "JW")]
SignedIn = Annotated[Staff, acting()]


def reader_of(ground: Ground, staff: Staff) -> Reader:
    """The reader a signed-in person is."""
    return Reader.of(ground.scheme.district.policy, staff.unit, staff.roles, staff.id)


async def seen_record(ground: Ground, ledger: Ledger, case_no: str, staff: Staff) -> tuple[CaseRecord, Entry]:
    """One record and its entry, if this person may see it; otherwise it is as if there were none."""
    record = await ledger.get(case_no)
    if record is None or record.entry is None or not may_see(record.entry, reader_of(ground, staff)):
        raise RuleBroken("case.unknown", "查无此件，请核对工单编号。", field="case_no")
    return record, record.entry

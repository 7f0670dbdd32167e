"""Names of cases, streams and events; every id follows from what it names."""

from __future__ import annotations

import re
from datetime import date
from typing import NewType
from uuid import NAMESPACE_URL, UUID, uuid5

CaseNo = NewType("CaseNo", str)
OrderNo = NewType("OrderNo", str)

EVENT_NAMESPACE = uuid5(NAMESPACE_URL, "urn:bancheng:event")
CASE_NO = re.compile(r"^(PT|DD|XS|TZ|FC|AL|TL|JY|SC|PJ)\d{6}\d{3}([0-9]|[A-HJ-NP-Z])\d{3,}$")
_OVERFLOW = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_PLAIN = 10_000


def case_number(day: date, site: str, serial: int, prefix: str = "PT") -> CaseNo:
    """工单编号: prefix, yyMMdd, site (3 digits), serial (from 1); 15 characters up to 33,999 a site and day.

    From the ten-thousandth matter on the first place of the serial is a letter, so that no matter is
    ever refused for want of a number (docs/decisions/0011).
    """
    return CaseNo(f"{prefix}{day:%y%m%d}{site}{_serial_text(serial)}")


def _serial_text(serial: int) -> str:
    if serial < _PLAIN:
        return f"{serial:04d}"
    place, rest = divmod(serial - _PLAIN, 1000)
    if place < len(_OVERFLOW):
        return f"{_OVERFLOW[place]}{rest:03d}"
    return f"Z{serial}"


def order_number(case_no: str, seq: int) -> OrderNo:
    """承办单 number: the case's number and the order's place in it, from 1."""
    return OrderNo(f"{case_no}-{seq:02d}")


def library_number(source: str) -> CaseNo:
    """案例 number: AL and what stands behind the prefix of the case it came from; one case, one library case."""
    return CaseNo(f"AL{source[2:]}")


def stream_of(owner: str, case_no: str) -> str:
    """The stream of the document in which service `owner` keeps case `case_no`."""
    return f"{owner}/{case_no}"


def event_id(stream: str, seq: int) -> UUID:
    """The id of the `seq`-th event of a stream: the same whoever computes it."""
    return uuid5(EVENT_NAMESPACE, f"{stream}#{seq}")

"""线索箱 over HTTP: the window puts in, 纪检 alone looks, and nobody else finds a word (方案 七(四); domain 12A.9)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain.clues import Clue, Opening
from services.intake.domain.matter import ONLINE_SITE
from services.intake.domain.submission import LONGEST_TEXT, Id, Name, Reason
from services.intake.store import ClueBox, Told
from shared.assembly import Ground
from shared.errors import FieldFault, InputRefused, RuleBroken
from shared.text import PlainText
from shared.web.numbers import Key
from shared.web.signin import Staff, acting

Bringer = Annotated[Staff, acting("CL", "TR", "WS")]
HOLDER = acting("JW")
Holder = Annotated[Staff, HOLDER]
Skip = Annotated[int, Query(ge=0, le=10_000, description="跳过多少条")]
Limit = Annotated[int, Query(ge=1, le=200, description="每页多少条")]
ClueNumber = Annotated[str, Path(pattern=r"^XS[0-9A-Z]{13,18}$", description="线索编号")]
UNKNOWN = RuleBroken("clue.unknown", "查无此线索，请核对线索编号。", field="clue_no")


class ClueWords(BaseModel):
    """A clue as the window takes it down; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Annotated[str, PlainText(LONGEST_TEXT), Field(min_length=1, description="线索内容", repr=False)]
    site: Id | None = Field(None, description="反映点位，三位码；不填即本人所在点位")
    case_no: Annotated[str, Field(pattern=r"^PT[0-9A-Z]{13,18}$")] | None = Field(None, description="随哪个工单而来")
    unit: Name | None = Field(None, description="涉及单位，编码或名称", repr=False)


class Why(BaseModel):
    """Why a clue is opened."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[Reason, Field(min_length=2, description="查看原因，记入线索箱")]


class ClueReceipt(BaseModel):
    """All the window gets to see of it ever again."""

    clue_no: str
    received_at: datetime
    repeated: bool = False


class ClueRow(BaseModel):
    """One clue in the box: that it is there, and who opened it when and why."""

    clue_no: str
    site: str
    received_at: datetime
    transferred: bool
    openings: tuple[Opening, ...]


class OpenedClue(ClueRow):
    """A clue opened for this once: what it says, by name; its opening is among those written down."""

    case_no: str | None
    words: dict[str, str]


def add_clues(api: APIRouter, ground: Ground, clues: ClueBox) -> None:
    """The endpoints of the clue box."""
    _add_putting(api, ground, clues)
    _add_looking(api, clues)


def _add_putting(api: APIRouter, ground: Ground, clues: ClueBox) -> None:
    @api.post("/clues", status_code=201)
    async def put_clue(said: ClueWords, response: Response, staff: Bringer, key: Key = None) -> ClueReceipt:
        """投入线索 (方案 七(四)): sealed at once; only its number comes back."""
        done = await clues.put(told(said, ground, staff, key))
        response.status_code = 200 if done.repeated else 201
        return ClueReceipt(clue_no=done.state.clue_no, received_at=done.state.received_at, repeated=done.repeated)


def told(said: ClueWords, ground: Ground, staff: Staff, key: str | None) -> Told:
    """What goes into the box; raises InputRefused for a site or unit the district does not have."""
    district, site = ground.scheme.district, said.site or staff.site or ONLINE_SITE
    unit = district.unit(said.unit) if said.unit else None
    faults = []
    if site not in district.sites:
        faults.append(FieldFault("site", "没有这个反映点位，请填点位目录中的三位码。", "unknown"))
    if said.unit and unit is None:
        faults.append(FieldFault("unit", "没有这个单位，请填部门名录中的编码或名称，或留空写在内容里。", "unknown"))
    if faults:
        raise InputRefused(faults)
    texts = {"text": said.text, "unit": unit.code if unit else "", "brought_by": staff.id}
    return Told(texts, site, said.case_no, f"{staff.id}/{key}" if key else None)


def _add_looking(api: APIRouter, clues: ClueBox) -> None:
    @api.get("/clues", dependencies=[HOLDER])
    async def list_clues(skip: Skip = 0, limit: Limit = 50) -> list[ClueRow]:
        """线索清单, the newest first, sealed."""
        return [row_of(clue) for clue in await clues.newest(skip, limit)]

    @api.get("/clues/{clue_no}", dependencies=[HOLDER])
    async def one_clue(clue_no: ClueNumber) -> ClueRow:
        """One clue, sealed, with every opening."""
        clue = await clues.get(clue_no)
        if clue is None:
            raise UNKNOWN
        return row_of(clue)

    @api.post("/clues/{clue_no}/take")
    async def take_clue(clue_no: ClueNumber, why: Why, response: Response, staff: Holder) -> OpenedClue:
        """签收并查看一条线索: who, when and why is written down first."""
        clue, words = await clues.take(clue_no, staff.id, why.reason)
        response.headers["cache-control"] = "no-store"
        return OpenedClue(**row_of(clue).model_dump(), case_no=clue.case_no, words=words)


def row_of(clue: Clue) -> ClueRow:
    """The clue as it stands in a list: sealed."""
    return ClueRow(**clue.model_dump(include=set(ClueRow.model_fields)))

"""What comes with the clerk's form besides words: papers, a scan of the signed form, a drawn signature (附件1「办理对象确认」).

Each is sealed as it arrives and waits under the form's own id; a form that comes back with faults brings them along.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass, field

from fastapi import Request

from services.intake.domain.confirmation import check_evidence
from services.intake.domain.paper import Attached
from shared.errors import FieldFault
from shared.storage.sealed_files import KeptFile, SealedFiles
from shared.web.filetypes import PNG, FileRefused, known
from shared.web.uploads import MOST_FILES, Upload, read_uploads

FIELDS = {"files": "attachment", "scan": "scan"}
MOST_SCANS, MOST_PENDING, LARGEST_DRAWING = 2, 60, 300_000
DRAWING, KEPT, DROPPED = "signature", "kept", "dropped"
DATA_URL = "data:image/png;base64,"
_ID = re.compile(r"[0-9a-f]{32}")
_BLANK = 250  # a drawing of no stroke is smaller than any signature


@dataclass
class HandedIn:
    """The files that will belong to the case, and what is wrong with the others."""

    kept: list[KeptFile] = field(default_factory=list)
    faults: list[FieldFault] = field(default_factory=list)

    def of(self, kind: str) -> list[KeptFile]:
        """The files of one kind."""
        return [kept for kept in self.kept if kept.kind == kind]

    @property
    def attached(self) -> tuple[Attached, ...]:
        """As the register keeps them."""
        return tuple(Attached.model_validate({"id": k.id, "kind": k.kind, "media": k.media, "size": k.size}) for k in self.kept)


async def hand_in(request: Request, files: SealedFiles, owner: str, entry: str, way: str) -> HandedIn:
    """Seals what came with a form and finds what came with it before; every file that cannot be taken gets a sentence."""
    papers = HandedIn(kept=await _kept_before(request, files, owner))
    if await files.count_pending(owner) > MOST_PENDING:
        papers.faults.append(FieldFault("files", f"您有 {MOST_PENDING} 个以上的附件还没有随表登记，请先完成或放弃手上的登记。", "too_many"))
        return papers
    for name, kind in FIELDS.items():
        await _add_uploads(request, files, papers, name, _Place(owner, entry, kind))
    await _add_drawing(request, files, papers, _Place(owner, entry, DRAWING))
    papers.faults += check_evidence(way, signed=bool(papers.of(DRAWING)), scanned=bool(papers.of("scan")))
    return papers


@dataclass(frozen=True)
class _Place:
    owner: str
    about: str
    kind: str


async def _kept_before(request: Request, files: SealedFiles, owner: str) -> list[KeptFile]:
    """Files a form with faults brought along, but those the clerk took away again; nobody else's."""
    form = await request.form()
    dropped = set(form.getlist(DROPPED))
    ids = [one for one in form.getlist(KEPT) if isinstance(one, str) and _ID.fullmatch(one) and one not in dropped]
    return await files.pending(owner, list(dict.fromkeys(ids))[: MOST_FILES + MOST_SCANS + 1])


async def _add_uploads(request: Request, files: SealedFiles, papers: HandedIn, name: str, place: _Place) -> None:
    most = MOST_FILES if place.kind == "attachment" else MOST_SCANS
    good, faults = await read_uploads(request, name, most=most)
    room = most - len(papers.of(place.kind))
    if len(good) > room and not faults:
        faults = [FieldFault(name, f"一共最多 {most} 个文件，多出的没有收下；请先去掉几个。", "too_many")]
    papers.faults += faults[:1]
    papers.kept += [await _put(files, one, place) for one in good[: max(room, 0)]]


async def _add_drawing(request: Request, files: SealedFiles, papers: HandedIn, place: _Place) -> None:
    drawn = str((await request.form()).get(DRAWING, ""))
    if not drawn:
        return
    try:
        raw = b64decode(drawn.removeprefix(DATA_URL), validate=True)
        found = await asyncio.to_thread(known, raw)
    except (NotBase64, FileRefused, ValueError):
        found = None
    if found is None or found.media != PNG or not drawn.startswith(DATA_URL) or not _BLANK < len(found.data) <= LARGEST_DRAWING:
        papers.faults.append(FieldFault(DRAWING, "签名没有收到，请重新签名，或改选其他确认方式。", "file"))
        return
    papers.kept = [kept for kept in papers.kept if kept.kind != DRAWING]
    papers.kept.append(await _put(files, Upload("签名.png", PNG, found.data), place))


async def _put(files: SealedFiles, upload: Upload, place: _Place) -> KeptFile:
    return await files.keep(upload.data, owner=place.owner, about=place.about, kind=place.kind, media=upload.media, name=upload.name)

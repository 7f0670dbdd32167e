"""Files a person hands in at their own page: known by content, kept sealed, the case's once the act was done (个保法 51)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from fastapi import Request

from services.router.domain.state import Handed
from services.router.store import Cases
from shared.assembly import Ground
from shared.errors import FieldFault, TryAgain
from shared.storage.sealed_files import KeptFile, SealedFiles
from shared.web.uploads import Upload, read_uploads

FIELD, OWNER, KIND = "files", "person:", "supplied"


async def handed_in(request: Request) -> tuple[list[Upload], dict[str, str]]:
    """The good files of the form, and what is wrong with the others, as a fault of their field."""
    good, faults = await read_uploads(request, FIELD)
    return good, {FIELD: _said(faults)} if faults else {}


def _said(faults: Sequence[FieldFault]) -> str:
    return "".join(fault.message for fault in faults) + "所有文件请重新选择。"


class Folder:
    """Where these files lie: waiting until their act is done, then the case's for good."""

    def __init__(self, ground: Ground, cases: Cases) -> None:
        self._files = SealedFiles(ground.store, ground.sealer, ground.clock)
        self._cases = cases

    async def keep(self, case_no: str, uploads: Sequence[Upload]) -> list[KeptFile]:
        """Seals them; what an earlier, broken-off act left for a week is looked after on the way."""
        if uploads:
            await self._tidy()
        return [
            await self._files.keep(upload.data, owner=f"{OWNER}{case_no}", about=case_no, kind=KIND, media=upload.media, name=upload.name)
            for upload in uploads
        ]

    async def settle(self, case_no: str, kept: Sequence[KeptFile]) -> None:
        """The act is done: they are the case's."""
        await self._files.settle([file.id for file in kept], case_no)

    async def forget(self, kept: Sequence[KeptFile]) -> None:
        """The act was refused, or had been done before: nothing of them stays."""
        for file in kept:
            await self._files.forget(file)

    async def read(self, case_no: str, number: str) -> tuple[KeptFile, str, bytes] | None:
        """One file of a case with its name and bytes; None where the case holds none of this number."""
        case = await self._cases.get(case_no)
        if case is None or number not in {file.id for file in case.files}:
            return None
        found = await self._files.find([number])
        return (found[0], self._files.name_of(found[0]), await self._files.read(found[0])) if found else None

    async def _tidy(self) -> None:
        with suppress(TryAgain):  # another form tidies at the same moment
            for file in await self._files.left_behind():
                case = await self._cases.get(file.about)
                noted = case is not None and file.id in {held.id for held in case.files}
                await (self._files.settle([file.id], file.about) if noted else self._files.forget(file))


def noted(kept: Sequence[KeptFile]) -> tuple[Handed, ...]:
    """How files stand on the case."""
    return tuple(Handed(id=file.id, media=file.media, size=file.size, at=file.saved_at) for file in kept)

"""A workbook as LibreOffice prints it, where LibreOffice is there; a developer's check, never needed by the window."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

PROGRAM, WITHIN_S = "soffice", 180.0


async def printed_workbook(book: bytes) -> bytes | None:
    """The workbook as PDF; None without the program, or when it does not finish."""
    if shutil.which(PROGRAM) is None:
        return None
    with TemporaryDirectory(prefix="bancheng-office-") as folder:
        (Path(folder) / "book.xlsx").write_bytes(book)
        command = [f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf", "--outdir", folder, f"{folder}/book.xlsx"]
        program = await asyncio.create_subprocess_exec(
            PROGRAM, *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            await asyncio.wait_for(program.wait(), WITHIN_S)
        except TimeoutError:
            program.kill()
            await program.wait()
        made = Path(folder) / "book.pdf"
        return made.read_bytes() if made.exists() else None

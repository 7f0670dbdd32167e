"""A MongoDB-protocol document store as its own process, on the loopback address only."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from deploy.local.faults import StackError
from deploy.local.processes import Program, free_port

START_WITHIN_S = 60.0


class DocumentStore:
    """SecantusDB (or the binary `BANCHENG_TEST_MONGOD` names) with its data in `data/store`."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "store"
        self.program = Program("store", data)
        self.port = free_port()

    @property
    def uri(self) -> str:
        """Where clients connect."""
        return f"mongodb://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Starts it; does not wait for it to answer."""
        await self.program.end_leftover()
        self._folder.mkdir(parents=True, exist_ok=True)
        command = [self._executable(), "--port", str(self.port), "--storage-path", str(self._folder), "--sync-on-commit"]
        await self.program.start(command)

    def _executable(self) -> str:
        given = os.environ.get("BANCHENG_TEST_MONGOD")
        found = Path(given).resolve() if given else Path(sys.executable).with_name("secantusd-py")
        if not found.exists():
            raise StackError(f"找不到文档库程序 {found}。请删除 .venv 后重新运行 ./bancheng，或用 BANCHENG_MONGO_URI 指定现有的 MongoDB。")
        return str(found)

"""A parent to be killed: starts the stack on a folder, says who it started, and waits for its own end."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from deploy.local.stack import Stack


async def hold(data: Path) -> None:
    """Starts the stack and waits for ever."""
    await Stack(data).start(lambda line: None)
    pids = [json.loads((data / "run" / f"{name}.json").read_text())["pid"] for name in ("kafka", "store")]
    sys.stdout.write(f"{json.dumps(pids)}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(hold(Path(sys.argv[1])))

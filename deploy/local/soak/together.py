"""`python -m deploy.local.soak.together PORT`: all five services as one process, for fault tests that need no more."""

from __future__ import annotations

import asyncio
import sys

from deploy.local.keys import CLUE_HOLDER, from_environment
from deploy.local.running import serve_these
from shared.contracts.topics import SERVICES

if __name__ == "__main__":
    sys.exit(asyncio.run(serve_these(SERVICES, int(sys.argv[1]), from_environment(CLUE_HOLDER))))

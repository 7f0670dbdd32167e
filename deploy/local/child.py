"""Runs a program that ends when its parent ends, even by kill -9: `python child.py PARENT_PID PROGRAM [ARG …]`.

Standard library only and no imports from the project, so that it starts at once.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Asks the kernel for a SIGTERM at the parent's death, then becomes the program."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - no shell, the caller's own program


if __name__ == "__main__":
    main()

"""`python -m checker DIR [--json]`: 0 when no check found a breach, 1 when one did, 2 when there is nothing to audit."""

from __future__ import annotations

import sys
from pathlib import Path

from checker import knowledge, ledger, leftovers, notices, rungs, streams, submissions
from checker.reading import load
from checker.table import Row, as_json, as_table

CHECKS = (submissions, streams, knowledge, rungs, notices, ledger, leftovers)


def audit(folder: Path) -> list[Row]:
    """Every check over one export; raises ValueError when the folder holds none."""
    export = load(folder)
    return [row for part in CHECKS for row in part.check(export)]


def main(arguments: list[str]) -> int:
    """The command."""
    folders = [argument for argument in arguments if not argument.startswith("--")]
    if len(folders) != 1:
        sys.stderr.write("用法：python -m checker 导出目录 [--json]\n")
        return 2
    try:
        rows = audit(Path(folders[0]))
    except ValueError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    sys.stdout.write(as_json(rows) if "--json" in arguments else as_table(rows))
    return 1 if any(row.breaches for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m checker DIR [--json]`: 0 when no check found a breach, 1 when one did, 2 when there is nothing to audit.

`python -m checker proof FILE` looks at the proof of one case instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

from checker import knowledge, ledger, leftovers, notices, proof, rungs, seals, streams, submissions, uploads
from checker.reading import load
from checker.table import Row, as_json, as_table

CHECKS = (submissions, streams, knowledge, rungs, notices, ledger, seals, uploads, leftovers)


def audit(folder: Path) -> list[Row]:
    """Every check over one export; raises ValueError when the folder holds none."""
    export = load(folder)
    return [row for part in CHECKS for row in part.check(export)]


def main(arguments: list[str]) -> int:
    """The command."""
    if arguments[:1] == ["proof"]:
        return _proof(arguments[1:])
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


def _proof(files: list[str]) -> int:
    if len(files) != 1:
        sys.stderr.write("用法：python3 -m checker proof 证明文件\n")
        return 2
    words, holds = proof.told(Path(files[0]))
    sys.stdout.write(words)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What an audit says: a row a check, a sentence a breach, a line for what is only noted."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

SHOWN = 20
WIDE = "WF"


@dataclass
class Row:
    """One check: how much it looked at, what it found; `notes` are no breaches."""

    name: str
    title: str
    looked: int = 0
    breaches: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def breach(self, sentence: str) -> None:
        """One breach, as a sentence with its place."""
        self.breaches.append(sentence)

    def expect(self, holds: bool, sentence: str) -> None:
        """One more thing looked at; a breach when it does not hold."""
        self.looked += 1
        if not holds:
            self.breaches.append(sentence)


def as_table(rows: Sequence[Row]) -> str:
    """The table, then every breach (at most twenty a check) and every note."""
    width = max(_width(row.title) for row in rows)
    lines = [f"{'检查':<{17}}{_padded('内容', width)}  {'查看':>7} {'违反':>5}"]
    lines += [f"{row.name:<19}{_padded(row.title, width)}  {row.looked:>9} {len(row.breaches):>7}" for row in rows]
    for row in rows:
        lines += [f"✗ {row.name}：{sentence}" for sentence in row.breaches[:SHOWN]]
        if len(row.breaches) > SHOWN:
            lines.append(f"✗ {row.name}：还有 {len(row.breaches) - SHOWN} 处")
        lines += [f"· {row.name}：{sentence}" for sentence in row.notes[:SHOWN]]
        if len(row.notes) > SHOWN:
            lines.append(f"· {row.name}：还有 {len(row.notes) - SHOWN} 处未尽事项")
    found = sum(len(row.breaches) for row in rows)
    lines.append("审计通过：没有发现违反。" if not found else f"审计不通过：共 {found} 处违反。")
    return "\n".join(lines) + "\n"


def as_json(rows: Sequence[Row]) -> str:
    """The same for programs."""
    sound = not any(row.breaches for row in rows)
    return json.dumps({"passed": sound, "checks": [asdict(row) for row in rows]}, ensure_ascii=False, indent=2) + "\n"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in WIDE else 1 for sign in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))

"""`./bancheng simulate`: seeds, one seed again, safeguards switched off, or every call failing in turn; status 0 only when all is as it must be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from time import monotonic
from typing import Any

import orjson

from deploy.simulation import ablations
from deploy.simulation.auditor import Auditor
from deploy.simulation.campaign import Summary, first_failing, run_points_of, run_seeds
from deploy.simulation.journeys import JOURNEYS
from deploy.simulation.seeds import FULL, SMALL, Result, Size, run_seed

SHOWN = 6
ABLATION_SEEDS = 200
Say = Callable[[str], object]


@dataclass(frozen=True)
class Ways:
    """What is asked for."""

    seeds: int = 500
    first: int = 0
    seed: int | None = None
    ablation: str | None = None
    exhaustive: bool = False
    small: bool = False
    as_json: bool = False

    @property
    def size(self) -> Size:
        """How large a play is."""
        return SMALL if self.small else FULL


def simulate(ways: Ways, say: Say) -> int:
    """Does what is asked; 0 when no seed failed, or when every safeguard that was switched off was missed."""
    if ways.exhaustive:
        return _exhaustive(ways, say)
    if ways.ablation is not None:
        return _without(ways, say)
    if ways.seed is not None:
        return _one(ways, ways.seed, say)
    return _many(ways, say)


def _one(ways: Ways, seed: int, say: Say) -> int:
    with Auditor() as auditor:
        result = run_seed(seed, auditor, ways.size)
    say(_json(_row(result)) if ways.as_json else "\n".join(_told(result)))
    return 1 if result.wrong else 0


def _told(result: Result) -> list[str]:
    head = f"种子 {result.seed}（{result.kind}）：{result.steps} 步，{result.records} 条消息，{result.crashes} 次崩溃，轨迹 {result.trace[:16]}"
    return [head, *(f"  {what}：{times}" for what, times in sorted(result.met.items())), *(f"  ✗ {sentence}" for sentence in result.wrong)]


def _many(ways: Ways, say: Say) -> int:
    begun, progress = monotonic(), _Progress(ways.seeds, "个种子")
    summary = run_seeds(range(ways.first, ways.first + ways.seeds), ways.size, progress.more)
    progress.end()
    took = monotonic() - begun
    if ways.as_json:
        say(_json({"seeds": summary.seeds, "seconds": round(took, 1), "failed": [_row(result) for result in summary.failed],
                   "met": summary.met, "spoken": summary.spoken, "crashes": summary.crashes, "records": summary.records}))
    else:
        say("\n".join(_summary(summary, took, small=ways.size is SMALL)))
    return 1 if summary.failed else 0


def _summary(summary: Summary, took: float, *, small: bool) -> list[str]:
    kinds = "、".join(f"{kind} {times}" for kind, times in sorted(summary.kinds.items()))
    lines = [
        f"{summary.seeds} 个种子（{kinds}），{took:.0f} 秒，每秒 {summary.seeds / took:.1f} 个；失败 {len(summary.failed)} 个。",
        f"{summary.records} 条消息，{summary.steps} 步，{summary.crashes} 次崩溃；出现过的故障 {len(summary.met)} 种：",
        *(f"  {what}：{times}" for what, times in sorted(summary.met.items())),
        "说过的动作：" + "、".join(f"{path} {times}" for path, times in sorted(summary.spoken.items())),
    ]
    again = "./bancheng simulate --small --seed" if small else "./bancheng simulate --seed"
    for result in summary.failed:
        lines += [f"种子 {result.seed} 失败；重演：{again} {result.seed}", *(f"  ✗ {said}" for said in result.wrong[:SHOWN])]
    return lines


def _without(ways: Ways, say: Say) -> int:
    chosen = [ablations.BY_NAME[ways.ablation]] if ways.ablation in ablations.BY_NAME else list(ablations.ALL)
    rows: list[dict[str, Any]] = []
    for ablation in chosen:
        progress = _Progress(ABLATION_SEEDS, f"个种子，去掉 {ablation.name}")
        summary = run_seeds(range(ABLATION_SEEDS), ways.size, progress.more, ablation.name)
        progress.end()
        found = sorted(result.seed for result in summary.failed)
        rows.append({"ablation": ablation.name, "without": ablation.without, "first": found[0] if found else None, "found": len(found)})
        if not ways.as_json:
            say(f"| `{ablation.name}` | {ablation.without} | {rows[-1]['first'] if found else '—'} | {len(found)} |")
    if ways.as_json:
        say(_json(rows))
    return 0 if all(row["found"] for row in rows) else 1


def _exhaustive(ways: Ways, say: Say) -> int:
    failed, rows = False, []
    for journey in JOURNEYS:
        begun = monotonic()
        tally = run_points_of(journey)
        failed = failed or bool(tally.wrong)
        rows.append({"journey": journey, "calls": tally.calls, "runs": tally.runs, "wrong": tally.wrong})
        if not ways.as_json:
            say(f"| {journey} | {tally.calls} | {tally.runs} | {len(tally.wrong)} | {monotonic() - begun:.0f} s |")
            for sentence in tally.wrong[:SHOWN]:
                say(f"  ✗ {sentence}")
    if ways.as_json:
        say(_json(rows))
    return 1 if failed else 0


def first_of(name: str) -> Result | None:
    """The first of 200 small seeds that notices a safeguard is off."""
    return first_failing(range(ABLATION_SEEDS), SMALL, name)


def _row(result: Result) -> dict[str, Any]:
    """The result by its fields; `asdict` would rebuild a Counter from its pairs and count those."""
    return {part.name: getattr(result, part.name) for part in fields(result)}


def _json(what: Any) -> str:
    return orjson.dumps(what, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()


class _Progress:
    """A line on a terminal that changes; nothing where nobody looks."""

    def __init__(self, all_of_them: int, what: str) -> None:
        self._all = all_of_them
        self._what = what
        self._done = 0
        self._wrong = 0

    def more(self, results: Sequence[Result]) -> None:
        """Some more are done."""
        self._done += len(results)
        self._wrong += sum(bool(result.wrong) for result in results)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K  {self._done}/{self._all} {self._what}，{self._wrong} 个失败")
            sys.stderr.flush()

    def end(self) -> None:
        """The line is cleared."""
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")

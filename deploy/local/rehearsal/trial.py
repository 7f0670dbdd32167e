"""`./bancheng rehearse FILE --against DIR`: the same acts under the rules in force and under others, side by side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson

from deploy.local.keys import Keys
from deploy.local.rehearsal.checking import check_scenario
from deploy.local.rehearsal.comparing import Difference, differences, table
from deploy.local.rehearsal.rebuilding import Rebuilt, is_record, rebuild
from deploy.local.rehearsal.running import own_stack, rehearse, say
from deploy.local.rehearsal.scenario import load_scenario
from deploy.local.stack import Stack
from shared.district.loading import load_district
from shared.district.model import District

Summary = dict[str, Any]


async def try_rules(file: Path, out: Path, now_folder: Path, then_folder: Path, *, as_json: bool) -> int:
    """Plays the file under both and writes `now/`, `then/` and trial.json.

    What the other rules refuse is listed, not a failure; 1 when a scenario does not even go as it says
    under the rules in force. A record of what really happened (events.jsonl) is listed on both sides.
    """
    now, then = load_district(now_folder), load_district(then_folder)
    acts = _acts(file, now), _acts(file, then)
    if not is_record(file):
        check_scenario(acts[0].scenario, now)
    async with own_stack(out, quiet=as_json) as (stack, keys):
        ours = await _played(acts[0], now, out / "now", stack, keys)
        theirs = await _played(acts[1], then, out / "then", stack, keys)
    found = differences(_ledger(out / "now"), _ledger(out / "then"))
    trial = {
        "name": acts[0].scenario.name, "steps": len(acts[0].scenario.steps), "now": _side(now, ours), "then": _side(then, theirs),
        "differences": [one.row() for one in found], "left_out": acts[0].left_out,
    }
    (out / "trial.json").write_bytes(orjson.dumps(trial, option=orjson.OPT_INDENT_2))
    _report(trial, found, as_json=as_json)
    return 0 if is_record(file) or ours["passed"] else 1


def _acts(file: Path, district: District) -> Rebuilt:
    return rebuild(file, district) if is_record(file) else Rebuilt(load_scenario(file), {})


async def _played(acts: Rebuilt, district: District, folder: Path, stack: Stack, keys: Keys) -> Summary:
    folder.mkdir(parents=True, exist_ok=True)
    return await rehearse(acts.scenario, folder, district, stack, keys)


def _ledger(folder: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (folder / "ledger.jsonl").read_bytes().splitlines()]


def _side(district: District, summary: Summary) -> dict[str, Any]:
    return {
        "district": district.name, "policy_version": district.policy.version, "calendar_version": district.calendar.version,
        "cases": summary["counts"]["ledger"], "states": summary["states"], "otherwise": summary["failures"],
    }


def _report(trial: dict[str, Any], found: list[Difference], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(orjson.dumps(trial, option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    cases = len({one.label for one in found})
    lines = [f"{trial['name']}：{trial['steps']} 步，{trial['now']['cases']} 件；两套规则下有差异的 {cases} 件。"]
    lines += table(one for one in found if "." not in one.field) if found else []
    lines += ["各承办单的差异见 trial.json。"] if any("." in one.field for one in found) else []
    for side, called in (("now", "现行规则"), ("then", "试行规则")):
        lines += [f"{called}下与原样不同的步骤："] if trial[side]["otherwise"] else []
        lines += [f"  · {said}" for said in trial[side]["otherwise"]]
    lines += [f"未能重演的记录：{name} {count} 条" for name, count in trial["left_out"].items()]
    for line in lines:
        say(line, quiet=False)

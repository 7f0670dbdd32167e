"""`./bancheng audit` as a person runs it: on a running system, on the same one stopped, and where there is nothing."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.local.stack import running_at
from shared.storage.mongo import connect
from tests.journeys.test_kill import END, up

REPO = Path(__file__).resolve().parents[2]
LOOKS = 4


def audit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`./bancheng audit`."""
    return command("audit", *arguments)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs an operator's command until it ends by itself."""
    environment = {name: value for name, value in os.environ.items() if name not in ("BANCHENG_KAFKA", "BANCHENG_MONGO_URI")}
    said = [sys.executable, "-m", "deploy.local", *arguments]
    return subprocess.run(said, capture_output=True, text=True, env={**environment, "PYTHONPATH": str(REPO)}, check=False, timeout=200)


def test_a_folder_without_data_is_told_with_the_way_out(tmp_path: Path) -> None:
    """Nothing is started, nothing is made."""
    ended = audit("--data", str(tmp_path / "none"))

    assert ended.returncode == 1
    assert "无可审计" in ended.stderr
    assert "--data" in ended.stderr
    assert not (tmp_path / "none").exists()


def test_an_export_never_lands_on_other_files(tmp_path: Path) -> None:
    """--out wants an empty folder, or none."""
    (tmp_path / "mine.txt").write_text("x")

    ended = audit("--data", str(tmp_path), "--out", str(tmp_path))

    assert ended.returncode == 1
    assert "不是空的" in ended.stderr


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(1500)
async def test_a_running_window_and_the_same_one_stopped_are_audited_alike(tmp_path: Path) -> None:
    """The sample day: every check looked at as much, and neither found anything."""
    data = tmp_path / "data"
    async with up(data) as process:
        await process.says(END)
        assert running_at(data) is not None
        running = await asyncio.to_thread(audit, "--data", str(data), "--json", "--out", str(tmp_path / "kept"))
        await _ledger_of_the_running(data, tmp_path)
    stopped = await asyncio.to_thread(audit, "--data", str(data), "--json")

    assert (running.returncode, running.stderr, stopped.returncode, stopped.stderr) == (0, "", 0, ""), running.stdout + stopped.stdout
    assert running_at(data) is None
    assert _looked(stopped) | {"rung.fired": 0} == _looked(running) | {"rung.fired": 0}
    assert _looked(running)["stream.gapless"] > 500
    assert (tmp_path / "kept" / "export.json").exists()
    await asyncio.to_thread(_ledger_of_the_stopped, data, tmp_path)
    await asyncio.to_thread(_kept_elsewhere, data, tmp_path)


async def _ledger_of_the_running(data: Path, folder: Path) -> None:
    """Nobody changed it and a case's proof holds; documents changed in the store are named, and a proof of them is not believed."""
    kept, places = ["--data", str(data)], running_at(data)
    assert places is not None
    client = connect(places[1])
    records = client["bancheng_archive"]["records"]
    cases = [held["_id"] async for held in records.find({"state.lock": {"$ne": None}}).sort("_id")][:3]
    sound = await asyncio.to_thread(command, "ledger", "verify", *kept, "--json")
    proven = await asyncio.to_thread(command, "ledger", "proof", cases[0], *kept, "--out", str(folder / "proof.json"))
    nowhere = await asyncio.to_thread(command, "ledger", "proof", cases[0], *kept, "--out", str(folder))
    async with _changed(records, *cases):
        looked = await asyncio.to_thread(command, "ledger", "verify", *kept)
        again = [await asyncio.to_thread(command, "ledger", "proof", case, *kept, "--out", str(folder / "no.json")) for case in cases]
    client.close()

    assert (sound.returncode, sound.stderr, json.loads(sound.stdout)["findings"]) == (0, "", [])
    assert (proven.returncode, json.loads(sound.stdout)["seals"]["2026-11"] in proven.stdout) == (0, True), proven.stderr
    assert [one.returncode for one in (nowhere, looked, *again)] == [1] * 5, looked.stdout
    wanted = (f"事件被改动：{cases[0]} 第 3 条", f"缺少台账：{cases[1]}", f"{cases[2]} 读不出来", "涉及 3 个编号")
    assert [words for words in wanted if words not in looked.stdout] == []
    assert ["证明不成立" in again[0].stdout, "台账里没有" in again[1].stderr, "读不出来" in again[2].stderr] == [True] * 3
    assert not any("Traceback" in one.stderr for one in (nowhere, looked, *again))


@asynccontextmanager
async def _changed(records: Any, altered: str, gone: str, spoilt: str) -> AsyncIterator[None]:
    """One record's event and entry altered, one record gone, one of no shape; in the end as they were."""
    before = [await records.find_one({"_id": number}) for number in (altered, gone, spoilt)]
    await records.update_one({"_id": altered}, {"$set": {"state.entry.stars": 99, "state.events.2": "{}"}})
    await records.delete_one({"_id": gone})
    await records.update_one({"_id": spoilt}, {"$set": {"state": "x"}})
    yield
    for held in before:
        await records.replace_one({"_id": held["_id"]}, held, upsert=True)


def _ledger_of_the_stopped(data: Path, folder: Path) -> None:
    """The same ledger, sound again; the proof written while it ran is checked with nothing running, and a changed one is not believed."""
    looked = command("ledger", "verify", "--data", str(data))
    proof = folder / "proof.json"
    holds = subprocess.run([sys.executable, "-m", "checker", "proof", str(proof)], capture_output=True, text=True, cwd=REPO, check=False)
    proof.write_text(proof.read_text(encoding="utf-8").replace("OrderSigned", "OrderIssued", 1), encoding="utf-8")
    forged = subprocess.run([sys.executable, "-m", "checker", "proof", str(proof)], capture_output=True, text=True, cwd=REPO, check=False)

    assert (looked.returncode, looked.stderr) == (0, "")
    assert "没有发现改动" in looked.stdout
    assert (holds.returncode, forged.returncode) == (0, 1)
    assert "证明成立" in holds.stdout
    assert "证明不成立" in forged.stdout


def _kept_elsewhere(data: Path, folder: Path) -> None:
    """A backup of the stopped window becomes another one, audited clean; nothing is parked in it and a rebuilt store is the same."""
    new = str(folder / "new")
    kept = command("backup", "--data", str(data), "--out", str(folder / "kept.tar"))
    restored = command("restore", str(folder / "kept.tar"), "--data", new)
    looked, parked = audit("--data", new, "--json"), command("parked", "--data", new)
    replayed, rebuilt = command("replay", "sla", "--data", new, "--dry-run"), command("rebuild", "sla", "--data", new)
    ended = [kept, restored, looked, parked, replayed, rebuilt]

    assert [one.returncode for one in ended] == [0] * len(ended), [one.stdout[-500:] + one.stderr for one in ended]
    assert "没有搁置的工单" in parked.stdout
    assert "没有符合条件" in replayed.stdout


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(1500)
async def test_a_window_at_work_is_audited_as_it_works(tmp_path: Path) -> None:
    """What is on its way is noted; nothing of it is called lost."""
    data = tmp_path / "data"
    async with up(data) as process:
        await process.says("就绪，用时")
        busy = [await asyncio.to_thread(audit, "--data", str(data), "--json", "--wait", "2") for _ in range(LOOKS)]
        await process.says(END)

    assert [_found(ended) for ended in busy] == [{}] * LOOKS
    assert [(ended.returncode, ended.stderr) for ended in busy] == [(0, "")] * LOOKS
    assert _looked(busy[-1])["stream.gapless"] > _looked(busy[0])["stream.gapless"]


def _found(ended: subprocess.CompletedProcess[str]) -> dict[str, list[str]]:
    return {name: breaches for name, breaches in _told(ended, "breaches").items() if breaches}


def _looked(ended: subprocess.CompletedProcess[str]) -> dict[str, int]:
    return _told(ended, "looked")


def _told(ended: subprocess.CompletedProcess[str], what: str) -> dict[str, Any]:
    return {check["name"]: check[what] for check in json.loads(ended.stdout)["checks"]}

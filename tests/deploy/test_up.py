"""What `up` says when it cannot start; each a sentence with what to do, status 1, nothing touched."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


def up(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command until it ends by itself."""
    command = [sys.executable, "-m", "deploy.local", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(REPO), "COLUMNS": "200"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=False)


def test_a_busy_port_is_named_with_its_holder_and_the_way_out(tmp_path: Path) -> None:
    """The port, the program that has it, and the flag that helps."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = up("up", "--port", str(port), "--data", str(tmp_path / "data"))

    assert ended.returncode == 1
    assert f"端口 {port} 已被占用（进程号 {os.getpid()}" in ended.stderr
    assert "--port" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_a_sample_is_not_mixed_into_real_data(tmp_path: Path) -> None:
    """A folder with a broker's data and no sample mark is somebody's real window."""
    (tmp_path / "kafka").mkdir()

    ended = up("up", "--sample", "--port", "0", "--data", str(tmp_path))

    assert ended.returncode == 1
    assert "已有真实数据" in ended.stderr
    assert "--fresh" in ended.stderr


def test_an_unknown_service_is_told_with_the_choice() -> None:
    """The names that would do."""
    ended = up("serve", "ledger")

    assert ended.returncode == 1
    assert "intake、router、sla、notifier、archive" in ended.stderr


def test_a_wrong_scenario_is_refused_with_every_line(tmp_path: Path) -> None:
    """Unknown verb, field, labels and a time out of order: all told at once, nothing started."""
    scenario = tmp_path / "wrong.yaml"
    scenario.write_text(
        "name: x\nstart: 2026-09-30T09:00:00+08:00\nsteps:\n"
        "  - {at: 2026-09-30T10:00:00+08:00, do: regster, case: c1}\n"
        "  - {at: +1h, do: register, case: c1, channel: HALL, site: '001', colour: red}\n"
        "  - {at: +1h, do: sign, case: c7}\n"
        "  - {at: 2026-09-30T08:00:00+08:00, do: register, case: c2, channel: HALL}\n"
        "  - {at: 2026-09-30T11:00:00, do: register, case: c3, channel: HALL}\n"
        "  - {at: +1h, do: merge, case: c1, into: c9}\n"
        "until: +1d\n"
    )

    ended = up("rehearse", str(scenario), "--out", str(tmp_path / "out"))

    assert ended.returncode == 1
    for line, word in ((4, "是不是“register”"), (5, "colour"), (6, "c7"), (7, "先后排列"), (8, "须带时区"), (9, "并入的“c9”还没有登记")):
        assert any(said.startswith(f"第 {line} 行") and word in said for said in ended.stderr.splitlines()), (line, word, ended.stderr)


def test_check_scheme_passes_on_putuo_and_topics_are_listed() -> None:
    """The district in the repository has no fault."""
    checked = up("check-scheme", str(REPO / "deploy" / "district" / "putuo"))
    listed = up("topics")

    assert (checked.returncode, checked.stdout.strip()) == (0, "方案数据没有问题。")
    assert "router.cases" in listed.stdout
    assert "dept.yibao.replies" in listed.stdout


def test_a_port_no_machine_has_is_told_before_anything_starts(tmp_path: Path) -> None:
    """A slip of the finger is no traceback."""
    ended = up("up", "--port", "99999", "--data", str(tmp_path / "data"))

    assert ended.returncode == 2
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr

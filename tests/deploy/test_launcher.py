"""`./bancheng` before there is an environment: which Python, whether to make it anew, what to say when it fails."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]
SCRIPT = REPO / "bancheng"
PIN = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)
MADE_WITH = f"version = {sys.version_info[0]}.{sys.version_info[1]}.0\n"


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The script as a module, with its environment and its locks in a folder of the test."""
    monkeypatch.setenv("BANCHENG_VENV", str(tmp_path / "env"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("bancheng_launcher", str(SCRIPT))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(module, "REPO", str(tmp_path))
    (tmp_path / module.RUN).write_text("a==1 \\\n    --hash=x\n")
    (tmp_path / module.CHECK).write_text("a==1 \\\n    --hash=x\nb==2 \\\n    --hash=y\n")
    return module


def finished(launcher: Any, lock: str) -> Path:
    """An environment as it is after a whole installation from `lock`."""
    environment = Path(launcher.ENVIRONMENT)
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(sys.executable)
    (environment / "pyvenv.cfg").write_text(MADE_WITH)
    launcher.write_stamp(lock)
    return environment


def test_it_parses_on_python_3_8_so_that_it_can_say_what_is_missing() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))
    assert os.access(SCRIPT, os.X_OK)


def test_a_fitting_python_builds_with_itself_but_never_with_the_one_it_replaces(launcher: Any) -> None:
    python = launcher.find_python()
    assert launcher.version_of(python) == sys.version_info[:2]
    assert not Path(python).is_relative_to(launcher.ENVIRONMENT)


def test_the_newest_python_on_the_path_that_really_runs_is_taken(
    launcher: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, answer in (("python3.13", "exit 127"), ("python3.12", "echo 3 12"), ("python3.11", "echo 3 11")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{answer}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    assert launcher.find_python() == str(tmp_path / "python3.12")


def test_without_any_fitting_python_it_says_which_are_and_what_was_found(
    launcher: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    with pytest.raises(launcher.Refusal, match=r"需要 Python 3\.11、3\.12 或 3\.13；只找到 3\.8") as told:
        launcher.find_python()
    assert "Python 3.11, 3.12 or 3.13 is needed" in str(told.value)


def test_no_environment_and_a_half_made_one_are_not_ready(launcher: Any) -> None:
    assert not launcher.is_ready(developer=False)
    environment = finished(launcher, launcher.RUN)
    assert launcher.is_ready(developer=False)
    (environment / "bancheng-stamp.json").unlink()
    assert not launcher.is_ready(developer=False)


def test_the_stamp_says_which_locks_and_which_python(launcher: Any) -> None:
    environment = finished(launcher, launcher.CHECK)
    stamp = json.loads((environment / "bancheng-stamp.json").read_text())
    assert stamp["python"] == list(sys.version_info[:2])
    assert stamp["run"] == launcher.lock_hash(launcher.RUN)
    assert stamp["dev"] == launcher.lock_hash(launcher.CHECK)


def test_what_runs_does_not_need_the_developers_lock_and_the_checks_do(launcher: Any) -> None:
    finished(launcher, launcher.RUN)
    assert launcher.is_ready(developer=False)
    assert not launcher.is_ready(developer=True)


def test_the_developers_environment_serves_both(launcher: Any) -> None:
    finished(launcher, launcher.CHECK)
    assert launcher.is_ready(developer=False)
    assert launcher.is_ready(developer=True)


@pytest.mark.parametrize("changed", ["RUN", "CHECK"])
def test_a_changed_lock_makes_the_environment_old(launcher: Any, changed: str) -> None:
    finished(launcher, launcher.CHECK)
    with (Path(launcher.REPO) / getattr(launcher, changed)).open("a") as lock:
        lock.write("c==3\n")
    assert not launcher.is_ready(developer=False)


def test_another_python_or_one_that_went_away_makes_the_environment_old(launcher: Any) -> None:
    environment = finished(launcher, launcher.RUN)
    (environment / "pyvenv.cfg").write_text("version = 3.10.13\n")
    assert not launcher.is_ready(developer=False)
    (environment / "pyvenv.cfg").write_text(MADE_WITH)
    assert launcher.is_ready(developer=False)
    (environment / "bin" / "python").unlink()
    assert not launcher.is_ready(developer=False)


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        ("OSError: [Errno 28] No space left on device", "磁盘已满", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "校验值不符", "locked hash"),
        ("NewConnectionError: [Errno 111] Connection refused", "连不上 Python 软件源", "cannot be reached"),
        ("Temporary failure in name resolution", "连不上 Python 软件源", "cannot be reached"),
        ("ERROR: HTTP error 403 while getting", "连不上 Python 软件源，或源里没有", "refuses"),
        ("ERROR: No matching distribution found for motor==3.7.1", "源里没有需要的包", "lacks a package"),
        ("ERROR: something nobody foresaw", "安装依赖失败。", "could not be installed"),
    ],
)
def test_what_pip_says_is_told_in_a_sentence_with_its_own_last_words(
    launcher: Any, said: str, chinese: str, english: str
) -> None:
    told = str(launcher.explained(f"Collecting motor\n{said}", "安装依赖失败。", "could not be installed"))
    assert chinese in told
    assert english in told
    assert said in told


def test_progress_counts_packages_and_keeps_the_last_lines(launcher: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tail: list[str] = []
    lines = [f"Collecting p{number}\n".encode() for number in range(20)] + [b"Installing collected packages: p\n"]
    launcher.follow(io.BytesIO(b"".join(lines)), 20, tail)
    assert capsys.readouterr().err.splitlines() == [
        "  正在安装依赖 10/20", "  正在安装依赖 20/20", "  正在安装依赖：写入 20 个包…",
    ]
    assert tail[-1].startswith("Installing")


def test_pip_keeps_its_configuration_and_another_python_is_not_let_in(
    launcher: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "7")
    monkeypatch.setenv("PYTHONHOME", "elsewhere")
    environment = launcher.clean_environment()
    assert environment["PIP_DEFAULT_TIMEOUT"] == "7"
    assert "PYTHONHOME" not in environment


def test_a_refusal_ends_with_a_status_and_without_a_trace(tmp_path: Path) -> None:
    """A whole run, on a folder where no environment can be made."""
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--help"], capture_output=True, text=True, check=False,
        env={**os.environ, "BANCHENG_VENV": str(tmp_path / "file" / "env")},
    )
    assert done.returncode == 1
    assert "无法使用" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_developers_lock_holds_every_pin_of_what_runs() -> None:
    run, check = (dict(PIN.findall((REPO / name).read_text())) for name in ("requirements.lock", "requirements-dev.lock"))
    assert len(run) > 40
    assert run.items() <= check.items()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_index_and_no_folder_of_a_machine(name: str) -> None:
    text = (REPO / name).read_text()
    assert not re.search(r"://|--index|--extra-index|--find-links|\s/\w", text)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) > len(PIN.findall(text))

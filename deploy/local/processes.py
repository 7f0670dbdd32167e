"""Programs we start: each in its own session, known by a pid file, ended by us or by our end; never anybody else's."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import choice
from time import monotonic

from deploy.local.faults import StackError
from shared.errors import TryAgain

END_WITHIN_S = 20.0
LOOK_AGAIN_S = 0.1
FREE_BYTES = 1_000_000_000
CHILD = Path(__file__).with_name("child.py")
TAIL_BYTES = 20_000
QUOTED_LINES = 6
PORTS = range(20_000, 30_000)  # below the ports systems give to outgoing connections: nobody slips in before we listen
TELLING = re.compile(r"ERROR|FATAL|Exception|Error|Caused by|refused|denied|corrupt", re.IGNORECASE)


_GIVEN_OUT: set[int] = set()  # by this process: a broker of seven listeners draws often enough to draw one twice


def free_port() -> int:
    """A port nobody listens on at this moment, on the loopback address; never one this process was given before."""
    while True:
        port = choice(PORTS)
        if port in _GIVEN_OUT and len(_GIVEN_OUT) < len(PORTS) // 2:
            continue
        _GIVEN_OUT.add(port)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def check_space(folder: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free) -> None:
    """Raises StackError when less than 1 GB is free where the data lies."""
    left = free(folder)
    if left < FREE_BYTES:
        raise StackError(
            f"磁盘空间不足：{folder} 所在磁盘只剩 {left // 1_000_000} MB，至少需要 1000 MB。请清理磁盘，或用 --data 指定其他磁盘上的目录。"
        )


class Program:
    """One program under one name: its log, its pid file, its end."""

    def __init__(self, name: str, data: Path) -> None:
        self.name = name
        self.data = data
        self.log = data / "logs" / f"{name}.log"
        self._pid_file = data / "run" / f"{name}.json"
        self._process: asyncio.subprocess.Process | None = None
        self._logged_before = 0

    @property
    def pid(self) -> int | None:
        """The running program's process, once started."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def ended(self) -> int:
        """Waits for its own end; its status."""
        return await self._process.wait() if self._process else 0

    async def kill(self) -> None:
        """Ends it as kill -9 does, and waits until it is gone (fault tests)."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def end_leftover(self) -> None:
        """Ends what an earlier start on the same data left behind, and waits until it is gone."""
        with suppress(OSError, ValueError, KeyError, TypeError):  # no file, or one cut short by a crash: nobody to end
            pid = int(json.loads(self._pid_file.read_text())["pid"])
            if _is_ours(pid, self.data):
                await _end(pid)
        self._pid_file.unlink(missing_ok=True)

    async def start(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Starts it in the background; its output goes to its log."""
        for folder in (self.log.parent, self._pid_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._logged_before = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-S", str(CHILD), str(os.getpid()), *command, env=environment,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )
        self._pid_file.write_text(json.dumps({"pid": self._process.pid}))

    async def answered(self, ask: Callable[[], Awaitable[object]], within_s: float, what: str) -> None:
        """Returns when `ask` succeeds; raises StackError, quoting the log, when the program ends or stays silent."""
        until = monotonic() + within_s
        while True:
            if self._process is None or self._process.returncode is not None:
                raise self._fault(f"{what}启动后自行退出。")
            try:
                async with asyncio.timeout(5):
                    await ask()
                    return
            except (TryAgain, OSError, TimeoutError):
                if monotonic() > until:
                    raise self._fault(f"{what}在 {within_s:.0f} 秒内没有应答。") from None
                await asyncio.sleep(LOOK_AGAIN_S)

    def _fault(self, sentence: str) -> StackError:
        said = self._said()
        quoted = "\n".join(telling(said)) or "（日志为空）"
        return StackError(f"{sentence}最后的日志：\n{quoted}\n完整日志：{self.log}。{_advice(said)}")

    def _said(self) -> str:
        with suppress(OSError), self.log.open("rb") as log:
            log.seek(max(self._logged_before, self.log.stat().st_size - TAIL_BYTES))
            return log.read().decode(errors="replace")
        return ""

    async def stop(self) -> None:
        """Ends it orderly, after 20 s by force; only what this object started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(END_WITHIN_S):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._pid_file.unlink(missing_ok=True)


def telling(log: str) -> list[str]:
    """The last lines that say what went wrong, without the frames of a stack trace; else the last lines."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip() and not line.startswith(("\tat ", "\t... ", "    at "))]
    return ([line for line in lines if TELLING.search(line)] or lines)[-QUOTED_LINES:]


def _advice(log: str) -> str:
    if "No space left" in log:
        return "磁盘已满：请清理磁盘后再启动。"
    if "Address already in use" in log or "BindException" in log:
        return "端口刚被其他程序占用：请再启动一次。"
    return "若日志说数据已损坏，可用 --fresh 从空数据开始（原数据会改名保留）。"


def _is_ours(pid: int, data: Path) -> bool:
    """Whether this process was given a path inside our data folder: a pid alone may since be somebody else's."""
    return any(f"{data}{os.sep}" in argument for argument in _arguments(pid))


def _arguments(pid: int) -> list[str]:
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            return []
    asked = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    return [subprocess.run(asked, capture_output=True, text=True, check=False).stdout]  # noqa: S603 - our own words


async def _end(pid: int) -> None:
    until = monotonic() + END_WITHIN_S
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        while _arguments(pid) not in ([], [""]):  # a process that ended but was not yet collected has none
            if monotonic() > until:
                os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(LOOK_AGAIN_S)

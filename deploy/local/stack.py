"""The broker and the store of one machine, started together and stopped together."""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from deploy.local import kafka, store
from deploy.local.faults import StackError
from deploy.local.processes import check_space
from shared.errors import TryAgain
from shared.messaging.admin import answers as broker_answers
from shared.storage.mongo import answers as store_answers

Say = Callable[[str], None]
ADDRESSES = Path("run") / "addresses.json"


class Stack:
    """Where the broker and the store are; `stop` ends only what was started here."""

    def __init__(self, data: Path) -> None:
        self.data = data = data.resolve()
        self.kafka = os.environ.get("BANCHENG_KAFKA", "")
        self.mongo_uri = os.environ.get("BANCHENG_MONGO_URI", "")
        self._broker = None if self.kafka else kafka.KafkaBroker(data)
        self._store = None if self.mongo_uri else store.DocumentStore(data)
        self._lock: IO[str] | None = None
        self._addresses = data / ADDRESSES

    async def start(self, say: Say, *, store_only: bool = False) -> None:
        """Starts what is not given from outside and waits until both answer; raises StackError with what to do.

        With `store_only` the broker stays as it is, for what only reads documents.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            check_space(self.data)
            self._take_lock()
        except OSError as fault:
            raise StackError(f"数据目录 {self.data} 无法使用（{fault.strerror}）。请检查权限，或用 --data 指定另一个目录。") from fault
        try:
            with _quiet("aiokafka", "pymongo"):
                await (self._start_store(say) if store_only else self._start_both(say))
            if not store_only:
                self._tell()
        except BaseException:
            await self.stop()
            raise

    async def _start_both(self, say: Say) -> None:
        try:
            async with asyncio.TaskGroup() as starting:  # if one fails, the other is not left starting
                starting.create_task(self._start_broker(say))
                starting.create_task(self._start_store(say))
        except BaseExceptionGroup as faults:
            raise faults.exceptions[0] from None

    async def _start_broker(self, say: Say) -> None:
        if self._broker is None:
            return await _given("Kafka", "BANCHENG_KAFKA", broker_answers(self.kafka))
        await self._broker.start(say)
        self.kafka = self._broker.bootstrap
        await self._broker.program.answered(lambda: broker_answers(self.kafka), kafka.START_WITHIN_S, "Kafka ")
        say(f"Kafka 就绪：{self.kafka}")

    async def _start_store(self, say: Say) -> None:
        if self._store is None:
            return await _given("文档库", "BANCHENG_MONGO_URI", store_answers(self.mongo_uri))
        await self._store.start()
        self.mongo_uri = self._store.uri
        await self._store.program.answered(lambda: store_answers(self.mongo_uri), store.START_WITHIN_S, "文档库")
        say(f"文档库就绪：{self.mongo_uri}")

    def _tell(self) -> None:
        self._addresses.parent.mkdir(exist_ok=True)
        self._addresses.touch(mode=0o600)  # a given address may hold a password
        self._addresses.write_text(json.dumps({"kafka": self.kafka, "mongo_uri": self.mongo_uri}), encoding="utf-8")

    def _take_lock(self) -> None:
        path = self.data / "lock"
        lock = path.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "未知"
            lock.close()
            raise StackError(
                f"数据目录 {self.data} 正被另一个运行中的 bancheng 使用（进程号 {holder}）。请先停止它，或用 --data 指定另一个目录。"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    async def stop(self) -> None:
        """Ends the broker and the store if they were started here."""
        programs = [part.program for part in (self._broker, self._store) if part is not None]
        await asyncio.gather(*(program.stop() for program in programs))
        if self._lock is not None:
            self._addresses.unlink(missing_ok=True)
            with suppress(OSError):
                self._lock.close()
            self._lock = None


def running_at(data: Path) -> tuple[str, str] | None:
    """Kafka's address and the store's URI of the system that runs on this data folder, None when none does."""
    try:
        with (data / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        with suppress(OSError, ValueError, KeyError):  # somebody holds it who has no broker, or is still starting
            held = json.loads((data / ADDRESSES).read_text(encoding="utf-8"))
            return held["kafka"], held["mongo_uri"]
    except OSError:
        return None
    return None


@contextmanager
def _quiet(*names: str) -> Iterator[None]:
    """Keeps the clients from reporting each refused connection while we ask whether anybody listens yet."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


async def _given(what: str, variable: str, asked: Awaitable[None]) -> None:
    try:
        await asked
    except TryAgain as fault:
        raise StackError(f"环境变量 {variable} 指定的{what}没有应答：{fault}。请确认它已启动，或去掉这个变量改用自带的。") from fault

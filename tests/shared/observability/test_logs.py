"""What a log line looks like, and that no person is ever in one."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import structlog
from pydantic import BaseModel, ValidationError

from shared.clock import MovableClock
from shared.observability.logs import LONGEST_LINE, bound, configure, logger

log = logger("intake")
CANARIES = [
    "13812345678",
    "138 1234 5678",
    "１３８１２３４５６７８",
    "021-62345678",
    "310107201301011234",
    "zhang.san@qq.com",
    "沪A12345",
]
PLAIN_NUMBERS = ["12345678", "1234 5678", "２３４５６７８", "62345678", "20130101", "zhang.san", "12345"]


@dataclass
class Person:
    """Something whose text tells who it is."""

    name: str = "欧阳震华"
    phone: str = "13812345678"


class Form(BaseModel):
    """A form that refuses what is put into it, and says what that was."""

    age: int


@pytest.fixture
def out() -> Iterator[io.BytesIO]:
    """Where the lines go in this test; the set-up of others is put back."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.BytesIO()
    configure("INFO", stream, MovableClock(datetime(2026, 11, 23, 1, tzinfo=UTC)))
    yield stream
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(out: io.BytesIO) -> list[dict[str, object]]:
    """The lines so far, each of which must be one JSON object of at most 4 KB."""
    written = out.getvalue().splitlines(keepends=True)
    assert all(len(line) <= LONGEST_LINE and line.endswith(b"\n") for line in written)
    return [orjson.loads(line) for line in written]


def raised(text: str) -> Exception:
    """An exception that carries `text`, with a cause that does too."""
    try:
        try:
            raise KeyError(text)
        except KeyError as cause:
            raise ValueError(f"cannot take {text}") from cause
    except ValueError as fault:
        return fault


def test_a_line_says_what_when_and_about_what(out: io.BytesIO) -> None:
    """Ours and the libraries' alike carry the bound ids, and no longer than they are bound."""
    place = bound(service="sla", case_no="PT2611230010001", topic="router.cases", partition=3, offset=13_812_345_678)
    with place, bound(event_id="123e4567-e89b-12d3-a456-426614174000"):
        log.info("countdown_started", due_on="2026-11-30")
        logging.getLogger("aiokafka.consumer").warning("slow %s", "fetch", extra={"took": 3})
    log.info("after")
    ours, theirs, after = lines(out)
    for line in (ours, theirs):
        assert (line["service"], line["case_no"], line["offset"]) == ("sla", "PT2611230010001", 13_812_345_678)
        assert line["event_id"] == "123e4567-e89b-12d3-a456-426614174000"
        assert line["timestamp"] == "2026-11-23T09:00:00.000+08:00"
    assert (ours["event"], ours["logger"], ours["level"], ours["due_on"]) == (
        "countdown_started",
        "intake",
        "info",
        "2026-11-30",
    )
    assert (theirs["event"], theirs["logger"], theirs["level"], theirs["took"]) == (
        "slow fetch",
        "aiokafka.consumer",
        "warning",
        3,
    )
    assert set(after) == {"event", "level", "logger", "timestamp"}


def test_ids_are_unbound_when_the_work_fails(out: io.BytesIO) -> None:
    """A failed message leaves nothing on the next one's lines."""
    with pytest.raises(ValueError, match="no"), bound(service="sla"):
        raise ValueError("no")
    log.info("after")
    assert "service" not in lines(out)[0]


@pytest.mark.parametrize(
    "name",
    ["aiokafka.consumer", "apscheduler.scheduler", "pymongo.command", "uvicorn.access", "faststream.access.kafka"],
)
def test_libraries_speak_from_warning_on(out: io.BytesIO, name: str) -> None:
    """Their chatter is not ours to keep, even where one brought its own handler before."""
    library = logging.getLogger(name)
    library.addHandler(logging.StreamHandler())
    configure("DEBUG", out)
    library.info("chatter")
    library.warning("trouble")
    assert [line["event"] for line in lines(out)] == ["trouble"]
    assert library.handlers == []


def test_below_the_level_nothing_is_written(out: io.BytesIO) -> None:
    """And a second set-up replaces the first, for loggers made before it too."""
    log.debug("quiet")
    again = io.BytesIO()
    configure("DEBUG", again)
    log.debug("loud")
    assert lines(out) == []
    assert [line["event"] for line in lines(again)] == ["loud"]


SPEAKERS: dict[str, Callable[[str], object]] = {
    "event": lambda text: log.info(f"called {text}"),
    "value": lambda text: log.info("called", note=f"about {text}"),
    "positional": lambda text: log.info("called %s", text),
    "deep": lambda text: log.info("called", note={"a": [{"b": (text, {text})}]}),
    "key": lambda text: log.info("called", note={text: 1}),
    "private key": lambda text: log.info(
        "called", citizen_phone=text, idNumber=text, 联系电话=text, authorization=text
    ),
    "exception": lambda text: log.error("failed", exc_info=raised(text)),
    "exception value": lambda text: log.error("failed", fault=raised(text)),
    "stack text": lambda text: log.error("failed", trace=f"File x\n  phone={text!r}\n"),
    "foreign": lambda text: logging.getLogger("other").warning("called %s", text),
    "foreign extra": lambda text: logging.getLogger("other").warning("called", extra={"payload": text, "note": text}),
    "foreign exception": lambda text: logging.getLogger("aiokafka").error("failed", exc_info=raised(text)),
    "bytes": lambda text: log.info("called", note=text.encode()),
    "long": lambda text: log.info("called", note=("x" * 900 + text) * 20),
}


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_no_personal_number_reaches_a_line(out: io.BytesIO, speaker: str) -> None:
    """Whatever it is said with, however deep, in messages, values, keys and tracebacks."""
    for canary in CANARIES:
        SPEAKERS[speaker](canary)
    lines(out)
    text = out.getvalue().decode()
    assert [number for number in (*CANARIES, *PLAIN_NUMBERS) if number in text] == []


def test_no_name_or_secret_reaches_a_line(out: io.BytesIO) -> None:
    """By the key it stands under, in keyword arguments, reprs, JSON, headers and refused forms."""
    name = "欧阳震华"
    log.info(
        "a",
        name=name,
        contact={"who": name},
        text=name,
        matter=name,
        sessionToken="s3cr3t",
        Cookie="s3cr3t",
        person=Person(),
    )
    log.info(
        "b",
        note=Person(),
        many=[Person()],
        said=f"Person(name='{name}', phone='1')",
        json=f'{{"name": "{name}", "token":"s3cr3t"}}',
    )
    log.info(
        "c",
        note=f"姓名：{name}，其他",
        escaped=f'{{\\"name\\":\\"{name}\\"}}',
        header="Authorization: Bearer s3cr3t",
        url="mongodb://u:s3cr3t@h/db",
    )
    try:
        Form(age=name)  # type: ignore[arg-type]  # refused on purpose
    except ValidationError as refused:
        log.error("d", exc_info=refused)
        log.error("e", fault=refused, said=str(refused))
        logging.getLogger("faststream").error("f", exc_info=refused)
    lines(out)
    assert name not in out.getvalue().decode()
    assert "s3cr3t" not in out.getvalue().decode()


def test_what_operators_need_stays(out: io.BytesIO) -> None:
    """Case numbers, event ids, dates, unit names and counts are not personal."""
    log.info(
        "x",
        case="PT2611230010001",
        order="PT2611230010001-01",
        unit_name="医保局",
        at=datetime(2026, 11, 23, tzinfo=UTC),
        count=123_456_789,
        ok=True,
    )
    line = lines(out)[0]
    assert (line["case"], line["order"], line["unit_name"]) == ("PT2611230010001", "PT2611230010001-01", "医保局")
    assert (line["at"], line["count"], line["ok"]) == ("2026-11-23T00:00:00+00:00", 123_456_789, True)


@pytest.mark.parametrize("size", [10, 3000, 4000, 5000, 100_000])
def test_no_line_is_longer_than_4_kb(out: io.BytesIO, size: int) -> None:
    """Chinese, control characters, many fields, deep ones, a long traceback: shortened, still JSON, still with its ids."""
    with bound(service="sla", case_no="PT2611230010001"):
        log.info("长" * size)
        log.info("x", note="\x01" * size, **{f"f{number}": "y" * (size // 50 + 1) for number in range(60)})
        log.info("x", note=[{"a": ["z" * 50] * 50} for _ in range(size)])
        log.error("x", exc_info=raised("q" * size))
    assert all(line["case_no"] == "PT2611230010001" and line["service"] == "sla" for line in lines(out))


def test_a_line_cannot_be_forged_or_broken(out: io.BytesIO) -> None:
    """Line breaks, turning characters, lone surrogates, huge numbers, cycles and records that cannot be formatted."""
    cycle: list[object] = []
    cycle.append(cycle)
    log.info('x\r\n{"event":"forged"}', note="a\u202eb\u2028c\ud800", big=10**30, nan=float("nan"), cycle=cycle)
    logging.getLogger().handlers[0].handle(
        logging.makeLogRecord({"name": "other", "msg": "%d of %s", "args": ("13812345678",)})
    )
    first, second = lines(out)
    assert not {"\u202e", "\u2028"} & set(str(first["note"]))
    assert second["event"] == "unreadable_log_record"
    assert "13812345678" not in out.getvalue().decode()


def test_lines_go_to_a_file_that_grows(tmp_path: Path, out: io.BytesIO) -> None:
    """Its folder is made; a second start appends."""
    path = tmp_path / "logs" / "sla.jsonl"
    for word in ("one", "two"):
        configure("INFO", path)
        log.info(word)
    configure("INFO", out)
    assert [orjson.loads(line)["event"] for line in path.read_bytes().splitlines()] == ["one", "two"]
    assert out.getvalue() == b""


class Full(io.BytesIO):
    """A file on a full disk."""

    def write(self, _line: object) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("closed", [True, False])
def test_a_log_that_cannot_be_written_stops_nobody_and_is_told_once(
    out: io.BytesIO, capsys: pytest.CaptureFixture[str], closed: bool
) -> None:
    """A consumer must not end because its log is full or gone."""
    stream = io.BytesIO() if closed else Full()
    configure("INFO", stream)
    if closed:
        stream.close()

    log.info("one")
    logging.getLogger("aiokafka").error("two")

    assert capsys.readouterr().err.count("日志写不进去") == 1

"""`./bancheng forgotten`: every collection, every topic and a backup searched for what must be gone; what was searched is told."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.faults import StackError
from deploy.local.forgotten.finding import Wanted, in_document, in_record
from deploy.local.forgotten.registering import Line, register_of, rows_of, write_register
from deploy.local.keys import for_data
from deploy.local.reaching import Reached, Say, reached
from services.intake.domain.evaluations import PREFIX
from shared.clock import SystemClock
from shared.contracts.topics import SERVICES, all_topics
from shared.district.loading import load_district
from shared.district.model import District
from shared.errors import TryAgain
from shared.messaging.admin import kept_days
from shared.messaging.reading import read_each
from shared.messaging.records import KeptRecord
from shared.privacy.sealing import Sealer
from shared.storage.whole import DatabaseReader, unpacked

MOST_SHOWN = 20
PLACES = (*SERVICES, "site")
DAYS_A_YEAR = 365


@dataclass
class Found:
    """What was looked at, by place, and what was left behind."""

    looked: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def note(self, place: str, name: str, faults: Sequence[str]) -> None:
        """One document or record of a place."""
        self.looked[place] = self.looked.get(place, 0) + 1
        self.left += [f"{place} {name}：{fault}" for fault in faults]


@dataclass(frozen=True)
class Wish:
    """What is asked: one case or all forgotten ones, clear words, a backup, where the register is written."""

    case_no: str | None = None
    needles: tuple[str, ...] = ()
    backup: Path | None = None
    register: Path | None = None


async def search_data(data: Path, district_folder: Path, wish: Wish, say: Say) -> int:
    """0 when nothing is left, 1 with what is."""
    district, sealer = load_district(district_folder), Sealer.from_environment(for_data(data.resolve()).seal_keys)
    try:
        async with reached(data, lambda _line: None) as places:
            lines = await register_of(places)
            rows = await rows_of(places, district.policy.retention.contact_years, SystemClock().now())
            wanted = Wanted.of(_cases([*lines, *rows], wish.case_no), wish.needles, sealer)
            found = await search(places, district, wanted)
            days = await kept_days(places.kafka, [places.prefix + topic.name for topic in all_topics(district.departments)])
    except TryAgain as fault:
        raise StackError(f"没有查成：{fault}。请确认 Kafka 与文档库正常后再试。") from fault
    if wish.backup:
        search_backup(wish.backup, wanted, found)
    if wish.register:
        say(f"匿名登记册已写入 {wish.register}：{write_register(wish.register, lines)} 件，不含个人信息；恢复备份时用 --forgotten 给出。")
    return _told(found, wanted, max(days.values(), default=0), district, say)


def _cases(lines: Sequence[Line], case_no: str | None) -> frozenset[str]:
    known = frozenset(line.case_no for line in lines)
    if case_no is None:
        return known
    if case_no not in known:
        raise StackError(f"{case_no} 不在匿名登记册里：没有这件，或保存期限未满。")
    return frozenset({case_no})


async def search(places: Reached, district: District, wanted: Wanted) -> Found:
    """Every document of every service and of the site, every record of every topic."""
    found = Found()
    for name in PLACES:
        reader = DatabaseReader(places.mongo_uri, places.database(name))
        try:
            for collection in await reader.collections():
                async for document in reader.each(collection):
                    found.note(f"{name}.{collection}", str(document["_id"]), list(in_document(collection, document, wanted)))
        finally:
            reader.close()

    def take(record: KeptRecord) -> None:
        found.note(record.topic.removeprefix(places.prefix), f"{record.partition}@{record.offset}", list(in_record(record, wanted)))

    await read_each(places.kafka, [places.prefix + topic.name for topic in all_topics(district.departments)], take)
    return found


def search_backup(file: Path, wanted: Wanted, found: Found) -> None:
    """The same of a backup, which may be older than the term: what is left in it is not restored, and is told."""
    with tarfile.open(file) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is None or not member.name.endswith(".bson"):
                continue
            place, _, name = member.name.removesuffix(".bson").rpartition("/")
            for row in unpacked(content.read()):
                _note(found, place, name, row, wanted)


def _note(found: Found, place: str, name: str, row: dict[str, object], wanted: Wanted) -> None:
    if place.startswith("stores/"):
        return found.note(f"备份 {place.removeprefix('stores/')}.{name}", str(row["_id"]), list(in_document(name, row, wanted)))
    record = KeptRecord(**row)  # type: ignore[arg-type]  # as taking.py wrote it
    return found.note(f"备份 {name}", f"{record.partition}@{record.offset}", list(in_record(record, wanted)))


def _told(found: Found, wanted: Wanted, days: int, district: District, say: Say) -> int:
    looked = "、".join(f"{place} {number}" for place, number in sorted(found.looked.items()))
    rows = sum(number.startswith(PREFIX) for number in wanted.cases)
    say(f"查了 {len(wanted.cases) - rows} 件已匿名的工单、{rows} 行已匿名的评价、{len(wanted.words)} 个明文及其索引：{looked}。")
    short = days < DAYS_A_YEAR * district.policy.retention.contact_years
    say(f"消息最长保留 {days} 天，{'短于' if short else '不短于'}联系方式的保存期限 {district.policy.retention.contact_years} 年。")
    for line in found.left[:MOST_SHOWN]:
        say(f"还在：{line}")
    if len(found.left) > MOST_SHOWN:
        say(f"还在：……共 {len(found.left)} 处")
    say("没有查到任何遗留。" if short and not found.left else "有遗留：消息到期自动删除；其余请保留现场并联系开发单位。")
    return 0 if short and not found.left else 1

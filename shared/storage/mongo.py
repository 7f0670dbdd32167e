"""The one door to MongoDB: nothing else in the project imports motor or pymongo.

Every write is a single-document write with majority and journal; reads of own state come from the primary.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from secrets import token_hex
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorCursor, AsyncIOMotorDatabase
from pymongo import ASCENDING, DESCENDING, InsertOne, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError

from shared.errors import TryAgain
from shared.storage.documents import Document, IndexValue, Layout, Query, Write, fresh_revision

DUPLICATE_KEY = 11000
ANSWER_WITHIN_MS = 15_000
MARKS = 4

Collection = AsyncIOMotorCollection[Document]
Operation = InsertOne[Document] | UpdateOne
Client = AsyncIOMotorClient[Document]


def connect(uri: str) -> Client:
    """A client for this process; must be made inside the running event loop."""
    return AsyncIOMotorClient(
        uri, w="majority", journal=True, tz_aware=True, retryWrites=False, appname="bancheng",
        serverSelectionTimeoutMS=ANSWER_WITHIN_MS, socketTimeoutMS=ANSWER_WITHIN_MS * 4, connectTimeoutMS=ANSWER_WITHIN_MS,
    )


async def answers(uri: str) -> None:
    """Returns when a server answers at this address; raises TryAgain otherwise."""
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(uri, serverSelectionTimeoutMS=3000, connectTimeoutMS=3000)
    try:
        async with answering():
            await client.admin.command("ping")
    finally:
        client.close()


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Whatever the store does not do is to be tried again."""
    try:
        yield
    except PyMongoError as fault:
        code = f" {fault.code}" if isinstance(fault, OperationFailure) else ""  # its words may repeat what was written
        raise TryAgain(f"the document store did not do it: {type(fault).__name__}{code}") from fault


class MongoDocuments:
    """Case documents in one collection."""

    def __init__(self, collection: Collection, layout: Layout) -> None:
        self._collection = collection
        self._layout = layout

    async def prepare(self) -> None:
        """Makes the indexes this layout needs."""
        async with answering():
            await self._collection.create_index("outbox.seq")
            for name in self._layout.indexed:
                await self._collection.create_index([(f"index.{part}", ASCENDING) for part in name.split()])
            for name in self._layout.unique:
                there = {f"unique.{name}": {"$exists": True}}
                await self._collection.create_index(f"unique.{name}", unique=True, partialFilterExpression=there)

    async def fetch(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """The documents there are, by case number."""
        async with answering():
            found = self._collection.find({"_id": {"$in": list(case_nos)}})
            return {document["_id"]: document async for document in found}

    async def fetch_unique(self, name: str, value: str) -> Document | None:
        """The one document whose unique field has this value."""
        async with answering():
            return await self._collection.find_one({f"unique.{name}": value})

    async def write(self, writes: Sequence[Write]) -> list[bool]:
        """Does all writes in one call; each tells whether it was done."""
        marks = [token_hex(5) for _ in writes]
        operations = [_operation(write, mark) for write, mark in zip(writes, marks, strict=True)]
        async with answering():
            refused = await self._bulk(operations)
        if not refused.stale:
            return [place not in refused.duplicates for place in range(len(writes))]
        return await self._told_apart(writes, marks, refused.duplicates)

    async def _bulk(self, operations: list[Operation]) -> _Refused:
        updates = sum(isinstance(operation, UpdateOne) for operation in operations)
        try:
            result = await self._collection.bulk_write(operations, ordered=False)
        except BulkWriteError as fault:
            errors = fault.details["writeErrors"]
            if any(error["code"] != DUPLICATE_KEY for error in errors) or fault.details.get("writeConcernErrors"):
                raise
            return _Refused({error["index"] for error in errors}, fault.details["nMatched"] < updates)
        return _Refused(set(), result.matched_count < updates)

    async def _told_apart(self, writes: Sequence[Write], marks: Sequence[str], duplicates: set[int]) -> list[bool]:
        # Some guarded updates found another version; the mark each write leaves in its version's place tells which.
        # One that four others overtook at once reads as not done: the caller decides again and finds it applied.
        async with answering():
            found = self._collection.find({"_id": {"$in": [write.case_no for write in writes]}}, {"marks": 1})
            left: dict[str, dict[str, str]] = {document["_id"]: document.get("marks", {}) async for document in found}
        ours = [left.get(write.case_no, {}).get(_slot(write)) == mark for write, mark in zip(writes, marks, strict=True)]
        return [done and place not in duplicates for place, done in enumerate(ours)]

    async def clear(self, upto: Mapping[str, int]) -> None:
        """Removes from each case's outbox the events up to this seq, in one call."""
        operations = [UpdateOne({"_id": case_no}, {"$pull": {"outbox": {"seq": {"$lte": seq}}}}) for case_no, seq in upto.items()]
        async with answering():
            await self._collection.bulk_write(operations, ordered=False)

    async def unsent(self, limit: int) -> list[Document]:
        """Documents with events in their outbox."""
        async with answering():
            return [document async for document in self._collection.find({"outbox.seq": {"$gte": 1}}).limit(limit)]

    async def find(self, query: Query) -> list[Document]:
        """The documents a query asks for."""
        async with answering():
            return [document async for document in self._found(query)]

    def _found(self, query: Query, fields: dict[str, int] | None = None) -> AsyncIOMotorCursor[Document]:
        cursor = self._collection.find(_filter(query), fields).skip(query.skip).limit(query.limit)
        if not query.sort:
            return cursor
        return cursor.sort(f"index.{query.sort.lstrip('-')}", DESCENDING if query.sort.startswith("-") else ASCENDING)

    async def index_of(self, query: Query, *names: str) -> list[tuple[str, Mapping[str, IndexValue]]]:
        """Case number and these index fields, by projection."""
        async with answering():
            found = self._found(query, {f"index.{name}": 1 for name in names} or {"_id": 1})
            return [(document["_id"], document.get("index", {})) async for document in found]

    async def count(self, query: Query) -> int:
        """How many documents a query would find."""
        async with answering():
            return await self._collection.count_documents(_filter(query))


class _Refused:
    """What a bulk write did not do: inserts of taken ids, and whether any guarded update found nothing."""

    def __init__(self, duplicates: set[int], stale: bool) -> None:
        self.duplicates = duplicates
        self.stale = stale


class MongoParking:
    """Parked cases in one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def prepare(self) -> None:
        """Makes the index that finds the oldest, and with it the collection."""
        async with answering():
            await self._collection.create_index("since")

    async def parked(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """What is parked of these cases."""
        async with answering():
            found = self._collection.find({"_id": {"$in": list(case_nos)}})
            return {document["_id"]: document async for document in found}

    async def park(self, case_no: str, document: Document) -> None:
        """Replaces what is parked of a case; raises TryAgain when another process parked it meanwhile."""
        rev: int = document.get("rev", 0)
        new = {**document, "_id": case_no, "rev": fresh_revision()}
        async with answering():  # a duplicate key is a fault of the store too, and so tried again
            if rev == 0:
                await self._collection.insert_one(new)
                return
            done = await self._collection.replace_one({"_id": case_no, "rev": rev}, new)
        _only_if(done.matched_count == 1, case_no)

    async def release(self, case_no: str, rev: int) -> None:
        """Forgets the case; raises TryAgain when another process parked it meanwhile."""
        async with answering():
            done = await self._collection.delete_one({"_id": case_no, "rev": rev})
        _only_if(done.deleted_count == 1, case_no)

    async def waiting(self, limit: int) -> list[Document]:
        """Cases with something parked, oldest first."""
        async with answering():
            return [document async for document in self._collection.find({}).sort("since", ASCENDING).limit(limit)]


def _only_if(done: bool, case_no: str) -> None:
    if not done:
        raise TryAgain(f"what is parked of {case_no} was changed by another process")


class MongoStore:
    """One service's database."""

    def __init__(self, database: AsyncIOMotorDatabase[Document]) -> None:
        self._database = database
        self._documents: dict[str, MongoDocuments] = {}

    def documents(self, name: str, layout: Layout) -> MongoDocuments:
        """The case documents called `name`."""
        return self._documents.setdefault(name, MongoDocuments(self._database[name], layout))

    def parking(self) -> MongoParking:
        """Where this service parks cases."""
        return MongoParking(self._database["parked"])

    async def asked_again(self, limit: int) -> list[Document]:
        """Parked cases an operator asked to be tried again (shared/storage/parked.py)."""
        async with answering():
            return [document async for document in self._database["parked"].find({"again": True}).limit(limit)]

    async def unsent(self, most: int) -> int:
        """How many documents have events in their outbox, counted up to `most`."""
        waits = {"outbox.seq": {"$gte": 1}}
        async with answering():
            return sum([await self._database[name].count_documents(waits, limit=most) for name in self._documents])

    async def parked_count(self) -> int:
        """How many cases are parked."""
        async with answering():
            return await self._database["parked"].count_documents({})

    async def next_number(self, counter: str) -> int:
        """The next number of a counter, from 1; an interrupted caller leaves a hole, never a double."""
        counters = self._database["counters"]
        async with answering():
            while True:
                held: dict[str, Any] | None = await counters.find_one_and_update(
                    {"_id": counter}, {"$inc": {"n": 1}}, return_document=ReturnDocument.AFTER
                )
                if held is not None:
                    return int(held["n"])
                # Made apart: when many upsert one new counter at once, some are answered with nothing or a duplicate key.
                with suppress(DuplicateKeyError):
                    await counters.insert_one({"_id": counter, "n": 0})

    async def number_of(self, counter: str, name: str) -> int:
        """The number this name has in a counter; two who ask first at once leave a hole, never a double."""
        counters, place = self._database["counters"], f"{counter}/{name}"
        async with answering():
            if (held := await counters.find_one({"_id": place})) is None:
                with suppress(DuplicateKeyError):
                    await counters.insert_one({"_id": place, "n": await self.next_number(counter)})
                held = await counters.find_one({"_id": place})
        return int(held["n"]) if held else 0

    async def prepare(self) -> None:
        """Makes the indexes of every collection that was asked for, and the one of parked cases before any is parked."""
        for documents in self._documents.values():
            await documents.prepare()
        await self.parking().prepare()

    async def ping(self) -> None:
        """Returns when the store answers."""
        async with answering():
            await self._database.command("ping")


def _slot(write: Write) -> str:
    return str((write.expected + 1) % MARKS)


def _operation(write: Write, mark: str) -> Operation:
    fields = {**write.fields, "version": write.expected + 1}
    if write.expected == 0:
        unique = {name: value for name, value in fields.get("unique", {}).items() if value is not None}
        return InsertOne({
            "_id": write.case_no, **fields, "unique": unique, "marks": {_slot(write): mark}, "applied": dict(write.applied),
            "outbox": [dict(entry) for entry in write.outbox], "keys": {key: dict(record) for key, record in write.keys.items()},
        })
    fields.pop("unique", None)
    fields[f"marks.{_slot(write)}"] = mark
    fields.update({f"applied.{owner}": seq for owner, seq in write.applied.items()})
    fields.update({f"keys.{key}": dict(record) for key, record in write.keys.items()})
    change: dict[str, Any] = {"$set": fields}
    if write.outbox:
        change["$push"] = {"outbox": {"$each": [dict(entry) for entry in write.outbox]}}
    return UpdateOne({"_id": write.case_no, "version": write.expected}, change)


def _filter(query: Query) -> dict[str, Any]:
    wanted: dict[str, Any] = {f"index.{name}": value for name, value in query.equal.items()}
    if query.may_find_stateless:
        wanted["state"] = {"$ne": None}
    for way, bounds in (("$lte", query.at_most), ("$gte", query.at_least)):
        for name, bound in bounds.items():
            wanted.setdefault(f"index.{name}", {})[way] = bound
    if query.shards is not None:
        wanted["shard"] = {"$in": sorted(query.shards)}
    return wanted

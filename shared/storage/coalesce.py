"""What is asked for at the same moment goes to the store in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared.errors import TryAgain

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Coalescer(Generic[Asked, Answer]):
    """Collects questions while one call is under way and sends them together, at most `most` at a time."""

    def __init__(self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]], most: int = 500) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[Asked, asyncio.Future[Answer]]] = []
        self._drain: asyncio.Task[None] | None = None

    async def ask(self, question: Asked) -> Answer:
        """The answer to one question; raises what the call it went with raised, TryAgain, or what its own call raised."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._drain is None or self._drain.done():
            self._drain = asyncio.create_task(self._empty())
        return await answer

    async def _empty(self) -> None:
        await asyncio.sleep(0)  # those that are ready at this moment join in
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._answer(batch)

    async def _answer(self, batch: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._work([question for question, _ in batch])
        except Exception as fault:  # noqa: BLE001 - handed to everyone who asked
            if len(batch) > 1 and not isinstance(fault, TryAgain):
                return await self._one_by_one(batch)
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(fault)
            return
        for (_, answer), value in zip(batch, answers, strict=True):
            if not answer.done():
                answer.set_result(value)

    async def _one_by_one(self, batch: list[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        # One question nobody can answer, such as a value the store cannot hold, must not hurt those it went with.
        for question in batch:
            await self._answer([question])

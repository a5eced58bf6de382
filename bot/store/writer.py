"""One thread writes, and what arrives while it commits shares the next commit: one fsync for many."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from bot.errors import StoreError
from bot.metrics import Metrics

A = TypeVar("A")
R = TypeVar("R")

Many = Callable[[Connection, Sequence[A]], Sequence[R]]
"""Writes several of a kind with one statement; one result each, in order."""

BATCH = 256
"""Jobs that share one commit at most, so that nobody waits long for the others."""


@dataclass(frozen=True, slots=True)
class _Job:
    many: Many[Any, Any]
    argument: Any
    answer: asyncio.Future[Any]


Outcome = tuple[_Job, Any, BaseException | None]


class Writer:
    """The only writer of a database in this process; `run` and `batched` return when their change is durable."""

    def __init__(self, engine: Engine, metrics: Metrics) -> None:
        self._engine, self._metrics = engine, metrics
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._closed = False
        self._thread.start()

    async def run(self, change: Callable[[Connection], R]) -> R:
        """Do one change in a savepoint of its own; what it raises is raised here, the others go on."""
        result: R = await self.batched(_each, change)
        return result

    async def batched(self, many: Many[A, R], argument: A) -> R:
        """Do what neighbours of the same `many` ask for in one statement."""
        if self._closed:
            raise StoreError("writing to the database: it is closed")
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(many, argument, answer))
        return await answer

    async def close(self) -> None:
        """Write what was asked for, then end the thread."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        with self._engine.connect() as connection:
            while (job := self._jobs.get()) is not None:
                batch, last = self._gather(job)
                began = time.perf_counter()
                outcomes = self._commit(connection, batch)
                seconds = time.perf_counter() - began
                _announce(outcomes)  # first: somebody waits for it
                self._metrics.commits.observe(seconds)
                self._metrics.committed.inc(len(batch))
                if last:
                    return

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        """All that waits now, and whether the end was among it."""
        batch = [first]
        while len(batch) < BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _commit(self, connection: Connection, batch: list[_Job]) -> list[Outcome]:
        if (alike := _alike(connection, batch)) is not None:
            return alike
        outcomes: list[Outcome] = []
        try:
            with connection.begin():
                for many, jobs in groupby(batch, key=lambda job: job.many):
                    outcomes += _run(connection, many, list(jobs))
        except Exception as error:  # noqa: BLE001 - the writer outlives every failed commit; all its askers are told
            return [(job, None, StoreError(f"committing to the database: {error}")) for job in batch]
        return outcomes


def _alike(connection: Connection, batch: list[_Job]) -> list[Outcome] | None:
    """A batch of one kind in one statement without a savepoint; None where it is mixed, or where that fails.

    What fails is rolled back whole, and the batch is done again with savepoints, which tell who is at fault.
    """
    many = batch[0].many
    if many is _each or len(batch) == 1 or any(job.many != many for job in batch):
        return None
    try:
        with connection.begin():
            results = many(connection, [job.argument for job in batch])
    except Exception:  # noqa: BLE001 - done again, and told then
        return None
    return [(job, result, None) for job, result in zip(batch, results, strict=True)]


def _each(connection: Connection, changes: Sequence[Callable[[Connection], Any]]) -> Sequence[Any]:
    """The `Many` of single changes: `_run` calls it with one at a time."""
    return [changes[0](connection)]


def _run(connection: Connection, many: Many[Any, Any], jobs: list[_Job]) -> list[Outcome]:
    """The group in one statement; one by one where that fails or where each stands alone."""
    if many is not _each and len(jobs) > 1:
        results, error = _attempt(connection, many, jobs)
        if error is None:
            return [(job, result, None) for job, result in zip(jobs, results, strict=True)]
    outcomes: list[Outcome] = []
    for job in jobs:
        results, error = _attempt(connection, many, [job])
        outcomes.append((job, None if error else results[0], error))
    return outcomes


def _attempt(
    connection: Connection, many: Many[Any, Any], jobs: list[_Job]
) -> tuple[Sequence[Any], BaseException | None]:
    try:
        with connection.begin_nested():
            return many(connection, [job.argument for job in jobs]), None
    except Exception as error:  # noqa: BLE001 - handed to the one who asked
        return (), error


def _announce(outcomes: list[Outcome]) -> None:
    loops = {job.answer.get_loop() for job, _, _ in outcomes}
    for loop in loops:
        mine = [outcome for outcome in outcomes if outcome[0].answer.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(outcomes: list[Outcome]) -> None:
    for job, result, error in outcomes:
        if job.answer.done():  # the asker has gone
            continue
        if error is None:
            job.answer.set_result(result)
        else:
            job.answer.set_exception(error)

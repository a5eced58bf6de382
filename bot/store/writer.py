"""One thread writes, and what arrives while it commits shares the next commit: one fsync for many."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.errors import StoreError
from bot.metrics import Metrics
from bot.store.batch import InDoubt, Job, Many, Outcome, commit, each
from bot.store.trouble import is_collision, is_lost, told

A = TypeVar("A")
R = TypeVar("R")

BATCH = 256
"""Jobs that share one commit at most, so that nobody waits long for the others."""


PATIENCE = 2.0
"""Seconds for which the writer tries to reach a server that went away, before it says so: a restart takes less."""
PAUSE = 0.05
"""Seconds between two such tries."""


class Writer:
    """The only writer of a database in this process; `run` and `batched` return when their change is durable."""

    def __init__(self, engine: Engine, metrics: Metrics) -> None:
        self._metrics = metrics
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._closed = False
        self._away = False
        self._pause = threading.Event()
        self._connection = engine.connect()
        self._thread.start()

    async def run(self, change: Callable[[Connection], R]) -> R:
        """Do one change; what it raises is raised here, the others go on. It may be called twice."""
        result: R = await self.batched(each, change)
        return result

    async def batched(self, many: Many[A, R], argument: A) -> R:
        """Do what neighbours of the same `many` ask for in one statement."""
        if self._closed:
            raise StoreError("writing to the database: it is closed")
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._jobs.put(Job(many, argument, answer))
        return await answer

    async def close(self) -> None:
        """Write what was asked for, then end the thread."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        with self._connection as connection:
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

    def _gather(self, first: Job) -> tuple[list[Job], bool]:
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

    def _commit(self, connection: Connection, batch: list[Job]) -> list[Outcome]:
        """What became of each; the writer outlives every failed commit, and all its askers are told."""
        deadline = time.monotonic() + (0 if self._away else PATIENCE)
        while True:
            try:
                outcomes = commit(connection, batch)
            except InDoubt as doubt:  # never again by ourselves: it may have happened
                return _failed(batch, doubt.__cause__ or doubt)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
                again = is_lost(error) or is_collision(error)
                if not again or time.monotonic() >= deadline:
                    self._away = is_lost(error)
                    return _failed(batch, error)
            else:
                self._away = False
                return outcomes
            self._pause.wait(PAUSE)


def _failed(batch: list[Job], error: BaseException) -> list[Outcome]:
    return [(job, None, told(error, "committing to the database")) for job in batch]


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

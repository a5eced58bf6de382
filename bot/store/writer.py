"""One thread writes, and what arrives while it commits shares the next commit: one fsync for many."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
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


SINGLES = 32
"""Changes of the engine's among them: a delivery waits for what they take."""
TURN = 4
"""Workers told in one turn of the event loop: each then decides something, and nothing runs meanwhile."""
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
        self._doors, self._singles = deque[Job](), deque[Job]()
        self._closed = self._is_last = False
        self._away = False
        self._pause = threading.Event()
        self._engine = engine
        self._connection: Connection | None = engine.connect()
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
        while batch := self._gather():
            began = time.perf_counter()
            outcomes = self._commit(batch)
            seconds = time.perf_counter() - began
            _announce(outcomes)  # first: somebody waits for it
            self._metrics.commits.observe(seconds)
            self._metrics.committed.inc(len(batch))
        if self._connection is not None:
            self._connection.close()

    def _gather(self) -> list[Job]:
        """What shares the next commit, waited for where there is nothing; nothing at the end.

        All that doors wait for, and a few of the engine's changes: GitHub waits for its answer, the engine can.
        """
        while not self._is_last or not self._jobs.empty():
            try:
                job = self._jobs.get(block=not (self._doors or self._singles))
            except queue.Empty:
                break
            if job is None:
                self._is_last = True
            else:
                (self._singles if job.many is each else self._doors).append(job)
        doors = [self._doors.popleft() for _ in range(min(BATCH, len(self._doors)))]
        return doors + [self._singles.popleft() for _ in range(min(SINGLES, len(self._singles)))]

    def _commit(self, batch: list[Job]) -> list[Outcome]:
        """What became of each; the writer outlives every failed commit, and all its askers are told."""
        deadline = time.monotonic() + (0 if self._away else PATIENCE)
        while True:
            try:
                outcomes = commit(self._reached(), batch)
            except InDoubt as doubt:  # never again by ourselves: it may have happened
                self._let_go()
                return _failed(batch, doubt.__cause__ or doubt)
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
                self._away = self._let_go() or is_lost(error)
                if not (self._away or is_collision(error)) or time.monotonic() >= deadline:
                    return _failed(batch, error)
            else:
                self._away = False
                return outcomes
            self._pause.wait(PAUSE)

    def _reached(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _let_go(self) -> bool:
        """Begin anew with another connection, whatever state this one is in; whether there was none any more."""
        was, self._connection = self._connection, None
        if was is None or was.invalidated:
            return True
        was.invalidate()
        was.close()
        return False


def _failed(batch: list[Job], error: BaseException) -> list[Outcome]:
    return [(job, None, told(error, "committing to the database")) for job in batch]


def _announce(outcomes: list[Outcome]) -> None:
    loops = {job.answer.get_loop() for job, _, _ in outcomes}
    for loop in loops:
        mine = [outcome for outcome in outcomes if outcome[0].answer.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, loop, mine)


def _resolve(loop: asyncio.AbstractEventLoop, outcomes: list[Outcome]) -> None:
    """Tell those who wait: doors at once, workers a few at a time, so that requests come in between."""
    singles = deque(outcome for outcome in outcomes if outcome[0].many is each)
    _tell(outcome for outcome in outcomes if outcome[0].many is not each)

    def some() -> None:
        _tell(singles.popleft() for _ in range(min(TURN, len(singles))))
        if singles:
            loop.call_soon(some)

    some()


def _tell(outcomes: Iterable[Outcome]) -> None:
    for job, result, error in outcomes:
        if job.answer.done():  # the asker has gone
            continue
        if error is None:
            job.answer.set_result(result)
        else:
            job.answer.set_exception(error)

"""One case at work: its rows in order, its effects in order, each once; what fails is retried, then put aside.

Rows go before effects, so that a run's journal is acknowledged and a `/cancel` is heard while GitHub makes us wait
between writes. What people only read (comments, labels, check runs) may be under way meanwhile; what later rows
depend on (a dispatch, a pull request) is finished first. What a door waits for goes before everything.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from bot.domain.case import Case
from bot.domain.effects import Anchor, Answer, Check, Deployment, Effect, Grant, React, Say, SetLabels
from bot.domain.ledger import Entry, chain
from bot.engine.folding import Folding
from bot.errors import Fenced, GitHubBusy, GitHubError, StoreBusy, TriedLater
from bot.handle import TRIES, Flow, case_of, handle
from bot.logs import bound, told
from bot.ports import DoorAnswer, Hands, Pending, Row
from bot.store.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How often a row or an effect is tried before it is put aside, and how long the pauses are, in seconds."""

    attempts: int = 5
    first: float = 1.0
    longest: float = 300.0
    silence: float = 30.0
    """seconds without a look for work after which the engine counts as stuck"""

    def pause(self, attempts: int) -> timedelta:
        """Twice as long after every attempt."""
        return timedelta(seconds=min(self.longest, self.first * 2 ** min(max(attempts - 1, 0), 20)))


class Worker:
    """Works on one leased case until nothing is left to do now."""

    def __init__(self, case: str, store: Database, hands: Hands, flow: Flow, patience: Patience) -> None:
        self.case = case
        self.wake: Callable[[], None] = lambda: None
        """called when there are rows for other cases"""
        self.more = asyncio.Event()
        """set when something arrived for the case while the worker was busy"""
        self._store, self._hands, self._patience = store, hands, patience
        folding = Folding(flow)
        self._flow = replace(flow, blobs=folding.blobs, fold=folding.fold)
        self._flight: asyncio.Task[None] | None = None
        self._spoken = False

    async def run(self, stopping: Callable[[], bool]) -> None:
        """Rows, then effects, until there are none or the engine stops; what is in hand is always finished.

        Cancelled, as when the case is another's, it lets go of what is under way, which the other looks for.
        """
        try:
            while not stopping():
                is_news = self.more.is_set()
                self.more.clear()
                if await self._handle_next(is_news):
                    await self._speak()
                elif not await self._perform_next():
                    return
        except asyncio.CancelledError:
            if self._flight is not None:
                self._flight.cancel()
            raise
        finally:
            if self._flight is not None:
                await self._flight

    # --- rows ---

    async def _handle_next(self, is_news: bool) -> bool:
        row = await self._store.take(self.case, is_news=is_news)
        if row is None:
            return False
        with bound(case=self.case, delivery=row.delivery, row=row.id, kind=row.kind):
            began = time.perf_counter()
            outcome = await self._try(row)
            seconds = time.perf_counter() - began
            log.info("row %s", outcome, extra={"outcome": outcome, "seconds": round(seconds, 4)})
        self._hands.metrics.rows.labels(row.kind, outcome).inc()
        self._hands.metrics.row_seconds.observe(seconds)
        return True

    async def _try(self, row: Row) -> str:
        """What became of the row: done, busy (GitHub makes it wait), failed (it is tried again) or parked."""
        if row.attempts > self._patience.attempts:  # none of its attempts ended: it takes the process down
            log.error("the process ended at every attempt")
            await self._store.park(row, "the process ended at every attempt")
            return "parked"
        try:
            if await handle(row, self._hands, self._flow):
                self.wake()
        except GitHubBusy as error:
            due = self._hands.clock() + timedelta(seconds=max(error.retry_after, self._patience.first))
            await self._store.retry(row, due, str(error), counts=False)
            return "busy"
        except StoreBusy as error:  # not the row's fault; where this cannot be written either, the case rests
            due = self._hands.clock() + timedelta(seconds=self._patience.first)
            await self._store.retry(row, due, str(error), counts=False)
            return "busy"
        except Exception as error:  # noqa: BLE001 - whatever a row does, the other rows go on
            return await self._failed(row, error)
        return "done"

    async def _failed(self, row: Row, error: Exception) -> str:
        why = f"{type(error).__name__}: {error}"  # stays in the database, where the row's own words are too
        if row.attempts >= self._patience.attempts:
            log.error("given up after %d attempts: %s", row.attempts, told(error), exc_info=error)
            await self._store.park(row, why)
            return "parked"
        log.warning("attempt %d failed: %s", row.attempts, told(error))
        await self._store.retry(row, self._hands.clock() + self._patience.pause(row.attempts), why)
        return "failed"

    # --- effects ---

    async def _perform_next(self) -> bool:
        if self._flight is not None and self._flight.done():
            await self._flight
            self._flight = None
        first = await self._store.effect(self.case)
        if first is not None and isinstance(first.effect, Answer | Grant):
            await self._perform(first)
        elif self._flight is not None:
            await self._land_or_more(self._flight)
        elif first is not None:
            self._flight = asyncio.create_task(self._perform(first))
            if not may_overlap(first.effect):
                await self._flight
        else:
            return False
        return True

    async def _speak(self) -> None:
        """People wait for a case's first word, so it is under way before further rows are handled."""
        if self._spoken or self._flight is not None:
            return
        first = await self._store.effect(self.case)
        if first is None:
            return
        self._spoken, effect = True, first.effect
        if isinstance(effect, Say) and effect.to == "sticky" and "sticky" not in (await self._case()).made:
            self._flight = asyncio.create_task(self._perform(first))

    async def _land_or_more(self, flight: asyncio.Task[None]) -> None:
        more = asyncio.create_task(self.more.wait())
        await asyncio.wait({flight, more}, return_when=asyncio.FIRST_COMPLETED)
        more.cancel()

    async def _perform(self, pending: Pending) -> None:
        kind = type(pending.effect).__name__
        with bound(case=self.case, delivery=pending.delivery, row=pending.row, effect=kind, key=pending.key):
            began = time.perf_counter()
            outcome = await self._attempt(pending)
            seconds = time.perf_counter() - began
            log.info("effect %s", outcome, extra={"outcome": outcome, "seconds": round(seconds, 4)})
        self._hands.metrics.effects.labels(kind, outcome).inc()
        self._hands.metrics.effect_seconds.observe(seconds)

    async def _attempt(self, pending: Pending) -> str:
        """Its outcome: done, busy (GitHub makes it wait), failed or later (it is tried again) or given_up."""
        outcome = "done"
        answers: list[tuple[int, DoorAnswer]] = []
        hands = replace(self._hands, answer=lambda row, answer: answers.append((row, answer)))
        try:
            if not isinstance(pending.effect, Answer | Grant):
                await self._store.begin(pending)
            entries = await self._flow.perform(pending, await self._case(), hands)
            await self._record(pending, entries)
        except GitHubBusy as error:
            pause = max(timedelta(seconds=error.retry_after), self._patience.pause(pending.attempts + 1))
            await self._store.postpone(pending, self._hands.clock() + pause, str(error), counts=False)
            outcome = "busy"
        except StoreBusy as error:  # what was done is found when it is tried again
            due = self._hands.clock() + timedelta(seconds=self._patience.first)
            await self._store.postpone(pending, due, str(error), counts=False)
            return "busy"
        except TriedLater as error:
            due = self._hands.clock() + timedelta(seconds=error.seconds)
            await self._store.postpone(pending, due, str(error), counts=error.counts)
            outcome = "later"
        except GitHubError as error:
            outcome = await self._give_up(pending, error)
        except Exception as error:  # noqa: BLE001 - whatever an effect does, the other effects go on
            outcome = await self._again(pending, error)
        # Only now: who hears the answer may act on it at once, and then it must be in the ledger.
        for row, answer in answers if outcome == "done" else ():
            self._hands.answer(row, answer)
        return outcome

    async def _case(self) -> Case:
        lines = await self._store.lines(self.case)
        # The answer to a claim of a case that nobody opened has no case, and needs none.
        return cast(Case, await case_of(self.case, lines, self._hands, self._flow))

    async def _record(self, pending: Pending, entries: Sequence[Entry]) -> None:
        for attempt in range(1, TRIES + 1):
            lines = await self._store.lines(self.case)
            chained = chain(entries, lines[-1] if lines else None, self._hands.clock())
            try:
                await self._store.performed(pending, chained, "done")
            except Fenced:
                if attempt == TRIES:
                    raise
            else:
                return

    async def _again(self, pending: Pending, error: Exception) -> str:
        failed = pending.attempts - pending.waits + 1
        if failed >= self._patience.attempts:
            return await self._give_up(pending, error)
        log.warning("attempt %d failed: %s", failed, told(error), exc_info=error)
        due = self._hands.clock() + self._patience.pause(failed)
        await self._store.postpone(pending, due, f"{type(error).__name__}: {error}")
        return "failed"

    async def _give_up(self, pending: Pending, error: Exception) -> str:
        log.error("given up: %s", told(error))
        await self._store.fail(pending, f"{type(error).__name__}: {error}")
        return "given_up"


def may_overlap(effect: Effect) -> bool:
    """Whether rows may be handled while it is under way: nothing is decided by what it brings."""
    return isinstance(effect, Say | React | SetLabels | Check | Deployment | Anchor)

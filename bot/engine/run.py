"""The engine: routes what came in, gives each case with something to do a worker, sleeps until it is time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from datetime import datetime, timedelta

from bot.engine.route import case_for
from bot.engine.worker import Patience, Worker
from bot.errors import StoreBusy
from bot.handle import Flow
from bot.logs import told
from bot.ports import Hands
from bot.store.database import LEASE, Database
from bot.store.inbox import Parked

log = logging.getLogger(__name__)

LONGEST_SLEEP = 5.0
"""Seconds after which the engine looks again unasked: leases of the dead, rows of others, `inbox retry`."""
SOON = 2.0
"""Seconds within which something due still counts as now: a retry, a look for a run."""
KEPT = timedelta(days=14)
"""How long finished rows are kept: GitHub delivers a thing again for three days at most (T17)."""
REST = timedelta(seconds=5)
"""How long a case is left alone whose worker could not work: another process has it, or the store failed."""
SLICE, SLICES = 100, 10
"""Rows that are given their cases in one commit, and commits in a row: what has its case may begin in between."""


PARALLEL = 64
"""Cases at work at a time. Most of them wait: a paced case makes ten writes in twenty seconds."""


class Engine:
    """At most `parallel` cases at a time, rows of a case one by one. `wake` it when something was accepted."""

    def __init__(
        self,
        store: Database,
        hands: Hands,
        flow: Flow,
        patience: Patience | None = None,
        *,
        parallel: int = PARALLEL,
    ) -> None:
        self._store, self._hands, self._flow = store, hands, flow
        self._patience = patience or Patience()
        self._parallel = parallel
        self._woken = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopping = False
        self._workers: dict[str, tuple[Worker, asyncio.Task[None]]] = {}
        self._leased: dict[str, Worker] = {}
        self._resting: dict[str, datetime] = {}
        self._found: deque[str] = deque()
        self._looked = time.monotonic()
        self._over = False

    def wake(self) -> None:
        """Something was accepted: look at once."""
        self._idle.clear()
        self._woken.set()

    async def settle(self) -> None:
        """Returns when nothing is left to do now; what is due more than `SOON` seconds from now does not count."""
        await self._idle.wait()

    async def parked(self) -> list[Parked]:
        """Rows that failed too often and were put aside."""
        return await self._store.parked()

    @property
    def busy(self) -> tuple[str, ...]:
        """Cases being worked on."""
        return tuple(self._workers)

    @property
    def silence(self) -> float:
        """Seconds since it last looked for work: above `LONGEST_SLEEP` by what a look takes, or it is stuck."""
        return time.monotonic() - self._looked

    @property
    def ended(self) -> bool:
        """Whether it is over although nobody stopped it."""
        return self._over and not self._stopping

    async def run(self) -> None:
        """Work until `stop`; returns when the rows and effects in hand are finished."""
        aside = [asyncio.create_task(self._renew()), asyncio.create_task(self._tidy())]
        try:
            while not self._stopping:
                self._woken.clear()
                await self._round()
        finally:
            self._over = True
            for task in aside:
                task.cancel()
            await asyncio.gather(*(task for _, task in self._workers.values()), return_exceptions=True)

    def stop(self) -> None:
        """Take nothing new on."""
        self._stopping = True
        self._woken.set()

    async def drop(self) -> None:
        """Let go of what is in hand, as a crash would: what is durable is done at the next start."""
        while tasks := [task for _, task in self._workers.values()]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=0.1)  # again, for one that waits for what it has under way

    async def _round(self) -> None:
        pause = REST.total_seconds()
        try:
            has_more = await self._route()  # the rest in the next round: what has its case may begin
            self._looked = time.monotonic()
            self._hands.metrics.last_round.set_to_current_time()
            now = self._hands.clock()  # one moment for both: what falls due in between is due for neither
            await self._start(now)
            pause = 0.0 if has_more else await self._until_due(now)
            if not self._workers and not self._woken.is_set() and pause > SOON:
                self._idle.set()
        except StoreBusy as error:
            log.warning("the database is away; again in %s: %s", REST, told(error))
        except Exception:  # the outermost loop: a store that fails for a while must not end the engine
            log.exception("looking for work failed; again in %s", REST)
        try:
            async with asyncio.timeout(pause):
                await self._woken.wait()
        except TimeoutError:
            self._idle.clear()

    async def _route(self) -> bool:
        """Whether there are more rows without a case than go in one round."""
        for _ in range(SLICES):  # in a flood whose row it is must be known before anybody has a turn
            rows = await self._store.unrouted(SLICE)
            if rows:
                placed = [(row.id, *await case_for(row, self._flow, self._store.find)) for row in rows]
                await self._store.route(placed)
            if len(rows) < SLICE:
                return False
        return True

    async def _start(self, now: datetime) -> None:
        self._resting = {case: until for case, until in self._resting.items() if until > now}
        ready = await self._store.ready(now, self._parallel * 4)
        for case in ready:
            if case in self._workers:
                self._workers[case][0].more.set()
        self._found = deque(case for case in ready if case not in self._workers)
        self._fill()

    def _fill(self) -> None:
        """A worker for each case that was found to have something to do, the longest waiting first."""
        while self._found and len(self._workers) < self._parallel and not self._stopping:
            case = self._found.popleft()
            if case not in self._workers and case not in self._resting:
                worker = Worker(case, self._store, self._hands, self._flow, self._patience)
                worker.wake = self.wake
                self._workers[case] = worker, asyncio.create_task(self._work(worker))
        self._hands.metrics.at_work.set(len(self._workers))

    async def _until_due(self, now: datetime) -> float:
        dues = [*self._resting.values()]
        if (due := await self._store.next_due(now)) is not None:
            dues.append(due)
        seconds = min((due - now).total_seconds() for due in dues) if dues else LONGEST_SLEEP
        return max(0.0, min(seconds, LONGEST_SLEEP))

    async def _work(self, worker: Worker) -> None:
        case = worker.case
        try:
            if await self._store.lease(case):
                self._leased[case] = worker
                await worker.run(lambda: self._stopping)
                del self._leased[case]  # before it is given back: from then on it may be another's
                await self._store.release(case)
            else:
                self._resting[case] = self._hands.clock() + REST
        except StoreBusy as error:
            log.warning("%s rests for %s, the database is away: %s", case, REST, told(error))
            self._resting[case] = self._hands.clock() + REST
        except Exception:  # the other outermost loop: one case's trouble is not the others'
            log.exception("working on %s failed; again in %s", case, REST)
            self._resting[case] = self._hands.clock() + REST
        finally:
            self._leased.pop(case, None)
            self._store.drop(case)
            del self._workers[case]
            self._fill()
            if not self._found:
                self.wake()

    async def _tidy(self) -> None:
        while True:
            try:
                await self._store.prune(self._hands.clock() - KEPT)
            except Exception:
                log.exception("letting go of old rows failed")
            await asyncio.sleep(3_600)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            held = dict(self._leased)
            if not held:
                continue
            try:
                ours = set(await self._store.renew(list(held)))
            except Exception:
                log.exception("renewing leases failed")
                continue
            for case in set(held) - ours:
                if self._leased.get(case) is not held[case]:  # finished meanwhile, perhaps begun anew
                    continue
                log.error("the lease on %s was lost to another process", case)
                self._hands.metrics.leases_lost.inc()
                self._workers[case][1].cancel()

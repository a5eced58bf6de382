"""The store as the flow and the engine see it: every method is one transaction and durable when it returns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from cachetools import LRUCache
from sqlalchemy import Connection, Engine, update
from sqlalchemy.exc import IntegrityError

from bot.domain.ledger import Line
from bot.errors import Fenced
from bot.metrics import Metrics
from bot.ports import Commit, NewRow, Pending, Row
from bot.store import due, inbox, leases, ledger, outbox
from bot.store.census import Census, count
from bot.store.inbox import Accepted, Parked
from bot.store.tables import SCHEMA, micros, moment
from bot.store.writer import Writer

R = TypeVar("R")

KNOWN = 128
"""Ledgers kept in memory: those of the cases at work."""
LEASE = timedelta(seconds=60)
"""How long a case stays with a process that has died, on a database that others share."""


class Database:
    """Inbox, ledger, outbox and blobs; made by `connect.open_database`. Implements `bot.ports.Store`."""

    def __init__(self, writes: Engine, reads: Engine, clock: Callable[[], datetime], owner: str) -> None:
        self.metrics = Metrics()  # one store is one bot: what counts elsewhere counts here
        self._writes, self._reads, self._clock, self._owner = writes, reads, clock, owner
        self._writer = Writer(writes, self.metrics)
        self._known: LRUCache[str, tuple[Line, ...]] = LRUCache(maxsize=KNOWN)
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="store-reader")

    async def close(self) -> None:
        """Finish what is being written and let the database go."""
        await self._writer.close()
        self._readers.shutdown()
        self._writes.dispose()
        self._reads.dispose()

    async def _read(self, query: Callable[[Connection], R]) -> R:
        def work() -> R:
            with self._reads.connect() as connection:
                return query(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    # --- the flow's part (bot.ports.Store) ---

    async def accept(self, row: NewRow) -> int | None:
        """The row's id once it is on disk, or None for a duplicate; arrivals of a moment share one commit."""
        try:
            many = inbox.store if row.source == "github" else inbox.accept
            return await self._writer.batched(many, Accepted(row, self._clock()))
        except IntegrityError:  # another replica accepted it at the same moment
            return None

    async def hasten(self, row: NewRow) -> None:
        """What waits under the row's delivery key is due at once; where nothing does, the row is accepted."""
        arrival = Accepted(row, self._clock())
        with suppress(IntegrityError):  # another replica did so at the same moment
            await self._writer.run(lambda c: inbox.hasten(c, arrival))

    async def delivered(self, guids: Sequence[str]) -> frozenset[str]:
        """Those of these delivery ids that were accepted, whatever became of them."""
        return await self._read(lambda c: inbox.delivered(c, guids))

    async def lines(self, case: str) -> list[Line]:
        """The case's ledger, in order. Lines never change, so only those not seen before are read."""
        known = self._known.get(case, ())
        fresh = await self._read(lambda c: ledger.read(c, case, known[-1].n if known else 0))
        if fresh:
            known = self._known[case] = (*known, *fresh)
        return list(known)

    async def find(self, alias: str) -> str | None:
        """The case whose ledger holds the alias, the latest one."""
        return await self._read(lambda c: ledger.find(c, alias))

    async def cases_of(self, repositories: Sequence[int], installation: int = 0) -> tuple[str, ...]:
        """The cases that were opened on issues of these repositories, sorted."""
        return await self._read(lambda c: ledger.cases_of(c, repositories, installation))

    async def blob(self, digest: str) -> bytes | None:
        """The bytes of a digest, None when they are not there."""
        return await self._read(lambda c: ledger.blob(c, digest))

    async def erase(self, case: str, digests: Sequence[str]) -> tuple[str, ...]:
        """Delete the blobs that no other case's ledger names, and the words in what is finished; what is gone."""
        named, last = await self._read(lambda c: ledger.named_elsewhere(c, case, digests))

        def change(connection: Connection) -> tuple[str, ...]:
            late, _ = ledger.named_elsewhere(connection, case, digests, last)
            gone = tuple(digest for digest in digests if digest not in named | late)
            ledger.erase(connection, gone)
            inbox.forget(connection, case)
            outbox.forget(connection, case)
            return gone

        return await self._writer.run(change)

    async def commit(self, commit: Commit) -> None:
        """Ledger lines, blobs, effects, timers and the row's end, whole or not at all; raises Fenced."""
        now = self._clock()

        def change(connection: Connection) -> None:
            if not inbox.finish(connection, commit.row):
                raise Fenced(f"committing row {commit.row} of {commit.case}: it was finished by another")
            ledger.append(connection, commit.case, commit.after, commit.lines)
            ledger.keep(connection, commit.blobs)
            outbox.add(connection, commit.case, commit.row, commit.effects)
            for timer in commit.timers:
                inbox.accept(connection, [Accepted(timer, now)])

        await self._writer.run(change)

    async def pending(self, case: str, now: datetime) -> list[Pending]:
        """Effects to perform, in order; those with a later due time end the list."""
        return await self._read(lambda c: outbox.pending(c, case, now))

    async def performed(
        self, effect: Pending, lines: Sequence[Line], result: str, blobs: Sequence[bytes] = ()
    ) -> None:
        """Mark the effect performed and append what it brought; raises Fenced when the ledger has moved."""

        def change(connection: Connection) -> None:
            if outbox.finish(connection, effect.id, result) and lines:
                ledger.append(connection, effect.case, lines[0].n - 1, lines)
                ledger.keep(connection, blobs)

        await self._writer.run(change)

    async def postpone(self, effect: Pending, due: datetime, why: str) -> None:
        """Try the effect again at `due`."""
        await self._writer.run(lambda c: outbox.postpone(c, effect.id, due, why))

    async def begin(self, effect: Pending) -> None:
        """Count an attempt on disk before it is made: `Pending.attempts` is then above 0 after a crash."""
        await self._writer.run(lambda c: outbox.begin(c, effect.id))

    async def fail(self, effect: Pending, why: str) -> None:
        """Give the effect up, and tell its case by a row of its own."""
        body = json.dumps({"effect": type(effect.effect).__name__, "key": effect.key, "why": why}).encode()
        row = NewRow("internal", "effect_failed", f"effect_failed:{effect.id}", body, effect.case)
        now = self._clock()

        def change(connection: Connection) -> None:
            outbox.fail(connection, effect.id, why)
            inbox.accept(connection, [Accepted(row, now)])

        await self._writer.run(change)

    # --- the engine's part ---

    async def unrouted(self, limit: int) -> list[Row]:
        """The oldest rows without a case."""
        return await self._read(lambda c: inbox.unrouted(c, limit))

    async def route(self, cases: Sequence[tuple[int, str]]) -> None:
        """Write the case of each row."""
        await self._writer.run(lambda c: inbox.route(c, cases))

    async def ready(self, now: datetime, limit: int) -> list[str]:
        """Cases with something to do now."""

        def query(connection: Connection) -> list[str]:
            rows = due.ready(connection, due.ROWS, now, limit)
            effects = due.ready(connection, due.EFFECTS, now, limit)
            return list(dict.fromkeys([*rows, *effects]))

        return await self._read(query)

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next timer, retry or postponed effect is due."""

        def query(connection: Connection) -> list[int | None]:
            return [due.next_due(connection, queue, now) for queue in (due.ROWS, due.EFFECTS)]

        found = [one for one in await self._read(query) if one is not None]
        return moment(min(found)) if found else None

    async def lease(self, case: str) -> bool:
        """Whether the case is this process's to work on."""
        now = self._clock()
        return await self._writer.run(lambda c: leases.acquire(c, case, self._owner, now, now + LEASE))

    async def renew(self, cases: Sequence[str]) -> list[str]:
        """Prolong our leases; the cases that are still ours."""
        until = self._clock() + LEASE
        return await self._writer.run(lambda c: leases.renew(c, cases, self._owner, until))

    async def release(self, case: str) -> None:
        """Give the case back."""
        await self._writer.run(lambda c: leases.release(c, case, self._owner))

    async def take(self, case: str) -> Row | None:
        """The case's next row with its attempt counted on disk, so that a row that kills the process is seen."""
        now = self._clock()
        return await self._writer.run(lambda c: inbox.take(c, case, now))

    async def retry(self, row: Row, due: datetime, why: str, *, counts: bool = True) -> None:
        """Handle the row again at `due`; later rows of its case wait for it."""
        await self._writer.run(lambda c: inbox.retry(c, row.id, due, why, counts))

    async def park(self, row: Row, why: str) -> None:
        """Put the row aside; later rows of its case go on."""
        await self._writer.run(lambda c: inbox.park(c, row.id, why))

    async def parked(self) -> list[Parked]:
        """Rows that were put aside."""
        return await self._read(inbox.parked)

    async def census(self) -> Census:
        """How much waits and how much was put aside, for who runs the bot."""
        return await self._read(lambda c: count(c, self._clock()))

    async def prune(self, before: datetime) -> int:
        """Let go of rows that were finished and came in before then, with the words in them; how many."""
        return await self._writer.run(lambda c: inbox.prune(c, before))

    async def alone(self, change: Callable[[Connection], R]) -> R:
        """Do a change that takes a lock; on PostgreSQL by itself, as those of one commit might lock crosswise."""
        if self._writes.dialect.name == "sqlite":
            return await self._writer.run(change)

        def work() -> R:
            with self._writes.begin() as connection:
                return change(connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def touch(self) -> None:
        """Write something and commit it; raises StoreError when the database does not take it."""
        now = micros(self._clock())
        await self._writer.run(lambda c: c.execute(update(SCHEMA).values(touched=now)))

"""The store as the flow and the engine see it: every method is one transaction and durable when it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from cachetools import LRUCache
from sqlalchemy import Connection, Engine, update

from bot.domain.allowance import Opened
from bot.domain.ledger import Line
from bot.domain.took import Took
from bot.metrics import Metrics
from bot.ports import Commit, NewRow, Pending, Row
from bot.store import age, arrivals, changes, due, inbox, leases, ledger, looking, outbox
from bot.store.census import Census, count
from bot.store.desk import Desks
from bot.store.inbox import Accepted, Parked
from bot.store.reader import Reader
from bot.store.replicas import Replicas
from bot.store.tables import SCHEMA, micros, moment, words
from bot.store.writer import Writer

R = TypeVar("R")

KNOWN = 20_000
"""Lines of ledgers kept in memory, some 2 kB each; those of cases at work are kept besides."""
LEASE = timedelta(seconds=60)
"""How long a case stays with a process that has died, on a database that others share."""


class Database:
    """Inbox, ledger, outbox and blobs; made by `connect.open_database`. Implements `bot.ports.Store`."""

    others: Replicas | None = None
    """those that share the database; None where it is this process's alone"""

    def __init__(self, writes: Engine, reads: Engine, clock: Callable[[], datetime], owner: str) -> None:
        self.metrics = Metrics()  # one store is one bot: what counts elsewhere counts here
        self._writes, self._clock, self._owner = writes, clock, owner
        self._writer = Writer(writes, self.metrics)
        self._desks = Desks(self._writer, clock, owner)
        self._known: LRUCache[str, tuple[Line, ...]] = LRUCache(maxsize=KNOWN, getsizeof=len)
        self._reader = Reader(reads)

    async def close(self) -> None:
        """Finish what is being written and let the database go."""
        await self._writer.close()
        if self.others is not None:
            await self.others.close()
        await self._reader.close()
        self._writes.dispose()

    async def read(self, query: Callable[[Connection], R]) -> R:
        """What the query finds now, on a connection that commits by itself; raises StoreError."""
        return await self._reader.ask(query)

    async def accept(self, row: NewRow) -> int | None:
        """The row's id once it is on disk, or None for a duplicate; arrivals of a moment share one commit."""
        number = await arrivals.accept(self._writer, Accepted(row, self._clock()))
        if self.others is not None and number is not None:
            self.others.accepted(number)
        return number

    async def hasten(self, row: NewRow) -> None:
        """What waits under the row's delivery key is due at once; where nothing does, the row is accepted."""
        await arrivals.hasten(self._writer, Accepted(row, self._clock()))

    async def delivered(self, guids: Sequence[str]) -> frozenset[str]:
        """Those of these delivery ids that were accepted, whatever became of them."""
        return await self.read(lambda c: inbox.delivered(c, guids))

    async def lines(self, case: str) -> list[Line]:
        """The case's ledger, in order. Lines never change, so only those not seen before are read."""
        desk = self._desks[case]
        if desk.lines is None:
            known = self._known.get(case, ())
            fresh = await self.read(lambda c: ledger.read(c, case, known[-1].n if known else 0))
            known = (*known, *fresh)
            if fresh and len(known) <= KNOWN:
                self._known[case] = known
            desk.lines = list(known)
        return list(desk.lines)

    async def find(self, alias: str) -> str | None:
        """The case whose ledger holds the alias, the latest one."""
        return await self.read(lambda c: ledger.find(c, alias))

    async def cases_of(self, repositories: Sequence[int], installation: int = 0) -> tuple[str, ...]:
        """The cases that were opened on issues of these repositories, sorted."""
        return await self.read(lambda c: ledger.cases_of(c, repositories, installation))

    async def opened_lately(self, repository: int) -> tuple[Opened, ...]:
        """The newest capabilities that were opened in a repository, as many as any limit counts."""
        return await self.read(lambda c: looking.opened_lately(c, repository))

    async def took_lately(self, installation: int) -> tuple[Took, ...]:
        """How long the newest steps took that were completed in an installation."""
        return await self.read(lambda c: looking.took_lately(c, installation))

    async def open_cases(self, after: str) -> tuple[tuple[str, ...], str]:
        """The next cases that have not ended and rest for an hour, and the key to go on behind; "" at the end."""
        return await self.read(lambda c: looking.open_cases(c, after, self._clock()))

    async def blob(self, digest: str) -> bytes | None:
        """The bytes of a digest, None when they are not there."""
        return await self.read(lambda c: ledger.blob(c, digest))

    async def erase(self, case: str, digests: Sequence[str]) -> tuple[str, ...]:
        """Delete the blobs that no other case's ledger names, and the words in what is finished; what is gone."""
        named, last = await self.read(lambda c: ledger.named_elsewhere(c, case, digests))
        gone = await self._writer.run(lambda c: changes.erased(c, case, digests, named, last))
        await self.read(age.empty_log)
        return gone

    async def commit(self, commit: Commit) -> None:
        """Ledger lines, blobs, effects, timers and the row's end, whole or not at all; raises Fenced."""
        now = self._clock()
        desk = self._desks[commit.case]
        desk.check(commit.after)
        await desk.row_over(lambda c: changes.decided(c, commit, now))
        desk.appended(commit.lines)

    async def pending(self, case: str, now: datetime) -> list[Pending]:
        """Effects to perform, in order; those with a later due time end the list."""
        return await self.read(lambda c: outbox.pending(c, case, now))

    async def effect(self, case: str) -> Pending | None:
        """The first of `pending`, its attempt counted where it is the next thing to do; one under way included."""
        return await self._desks[case].effect()

    async def performed(
        self, effect: Pending, lines: Sequence[Line], result: str, blobs: Sequence[bytes] = ()
    ) -> None:
        """Mark the effect performed and append what it brought; raises Fenced when the ledger has moved."""
        desk = self._desks[effect.case]
        if lines:
            desk.check(lines[0].n - 1)
        desk.appended(
            await desk.effect_over(effect.id, lambda c: changes.performed(c, effect, lines, result, blobs))
        )

    async def postpone(self, effect: Pending, due: datetime, why: str, *, counts: bool = True) -> None:
        """Try the effect again at `due`."""
        await self._desks[effect.case].effect_over(
            effect.id, lambda c: outbox.postpone(c, effect, due, words(why), counts=counts)
        )

    async def begin(self, effect: Pending) -> None:
        """Count an attempt on disk before it is made: `Pending.attempts` is then above 0 after a crash."""
        await self._desks[effect.case].begin(effect)

    async def fail(self, effect: Pending, why: str) -> None:
        """Give the effect up, and tell its case by a row of its own."""
        await self._desks[effect.case].effect_over(
            effect.id, lambda c: changes.given_up(c, effect, words(why), self._clock())
        )

    async def unrouted(self, limit: int) -> list[Row]:
        """The oldest rows without a case."""
        return await self.read(lambda c: inbox.unrouted(c, limit))

    async def route(self, cases: Sequence[tuple[int, str, int]]) -> None:
        """Write the case and the tenant of each row."""
        await self._writer.run(lambda c: inbox.route(c, cases))

    async def ready(self, now: datetime, limit: int) -> list[str]:
        """Cases with something to do now that no other replica works on, and no worker of ours knows of."""
        at_work = self._desks.at_work
        return await self.read(lambda c: due.cases(c, now, limit, self._elsewhere(c, now), *at_work))

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next timer, retry or postponed effect is due, or a lease of another replica would end."""
        found = await self.read(lambda c: [*due.dues(c, now), *self._elsewhere(c, now).values()])
        return moment(min(found)) if found else None

    def _elsewhere(self, connection: Connection, now: datetime) -> dict[str, int]:
        return {} if self.others is None else leases.elsewhere(connection, self._owner, now)

    async def lease(self, case: str) -> bool:
        """Whether the case is this process's to work on."""
        now = self._clock()
        return await self._desks.lease(case, lambda c: leases.acquire(c, case, self._owner, now, now + LEASE))

    async def renew(self, cases: Sequence[str]) -> list[str]:
        """Prolong our leases; the cases that are still ours."""
        until = self._clock() + LEASE
        ours = await self._writer.run(lambda c: leases.renew(c, cases, self._owner, until))
        for lost in set(cases) - set(ours):
            self._desks.drop(lost)
        return ours

    async def release(self, case: str) -> None:
        """Give the case back."""
        try:
            await self._desks[case].leave(lambda c: leases.release(c, case, self._owner))
        finally:
            self._desks.drop(case)

    def drop(self, case: str) -> None:
        """Forget what was known of a case whose worker failed; its lease ends by itself."""
        self._desks.drop(case)

    async def take(self, case: str, *, is_news: bool = False) -> Row | None:
        """The case's next row with its attempt counted on disk, so that a row that kills the process is seen.

        `is_news` says that something may have arrived that this process has not seen.
        """
        desk = self._desks[case]
        if is_news:
            desk.stale()
        return await desk.take()

    async def retry(self, row: Row, due: datetime, why: str, *, counts: bool = True) -> None:
        """Handle the row again at `due`; later rows of its case wait for it."""
        await self._desks[row.case or ""].row_over(lambda c: inbox.retry(c, row.id, due, words(why), counts))

    async def park(self, row: Row, why: str) -> None:
        """Put the row aside; later rows of its case go on."""
        await self._desks[row.case or ""].row_over(lambda c: inbox.park(c, row.id, words(why)))

    async def parked(self) -> list[Parked]:
        """Rows that were put aside."""
        return await self.read(inbox.parked)

    async def census(self) -> Census:
        """How much waits and how much was put aside, for who runs the bot."""
        return await self.read(lambda c: count(c, self._clock()))

    async def prune(self, before: datetime) -> int:
        """Let go of rows that were finished and came in before then, with the words in them; how many."""
        return await age.prune(self.read, self._writer.run, before)

    async def alone(self, change: Callable[[Connection], R]) -> R:
        """Do a change that takes a lock; on PostgreSQL by itself, as those of one commit might lock crosswise."""
        if self._writes.dialect.name == "sqlite":
            return await self._writer.run(change)

        def work() -> R:
            with self._writes.begin() as connection:
                return change(connection)

        return await self._reader.aside(work)

    async def touch(self) -> None:
        """Write something and commit it; raises StoreError when the database does not take it."""
        await self._writer.run(lambda c: c.execute(update(SCHEMA).values(touched=micros(self._clock()))))

"""A case that this process works on: what it knows of it, so that nothing is read again that nobody else writes.

Who has leased a case is the only one to write there; should that ever be wrong, `Fenced` says so and all is read
anew, and once the lease is another's there is nothing next here. With each change the next thing to do is found
and counted in the same transaction, one commit in place of three. An attempt is on the disk before it is made, as
ever: a row is taken, or where there is none the first effect begun, only when it is the very next thing that the
worker does. What is not done in the end, because the process is to stop, is given back with the lease.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from bot.domain.ledger import Line
from bot.errors import Fenced
from bot.ports import Pending, Row
from bot.store import codec, inbox, leases, outbox
from bot.store.writer import Writer

R = TypeVar("R")


@dataclass(frozen=True)
class Next:
    """What a case has to do next, as one look found it."""

    row: Row | None
    """taken, this attempt counted"""
    effect: Pending | None
    begun: int | None = None
    """the effect, where the look counted an attempt of it"""


@dataclass(frozen=True)
class Look:
    """What a look may count: it takes a row when none is in hand, and begins an effect when none is under way."""

    takes: bool
    begins: bool
    known: Pending | None
    """an effect that was read before"""
    begun: int | None
    """the effect whose attempt is counted already"""

    def at(self, connection: Connection, case: str, now: datetime) -> Next:
        """Look, in the transaction of the change before."""
        row = inbox.take(connection, case, now) if self.takes else None
        effect = outbox.first(connection, case, now, self.known, self.begun)
        is_next = self.takes and self.begins and row is None
        if effect is None or not is_next or effect.id == self.begun or codec.urgent(effect.effect):
            return Next(row, effect)
        outbox.begin(connection, effect.id)
        return Next(row, effect, effect.id)


@dataclass(frozen=True)
class Held:
    """What the worker is at."""

    row: int | None = None
    begun: int | None = None
    """an effect whose attempt is counted"""
    flying: int | None = None
    """an effect that is under way"""

    def without(self, effect: int) -> Held:
        """The same, the effect being over."""
        begun = None if self.begun == effect else self.begun
        return Held(self.row, begun, None if self.flying == effect else self.flying)


class Desk:
    """One leased case, made with what the first look found; one that nobody leased (None) never looks ahead."""

    def __init__(
        self, case: str, writer: Writer, clock: Callable[[], datetime], first: Next | None, owner: str = ""
    ) -> None:
        self.case = case
        self._owner = owner
        self.lines: list[Line] | None = None
        """the ledger, where it was read"""
        self._writer, self._clock = writer, clock
        self._lock = asyncio.Lock()  # rows and an effect under way end at the same time; their looks do not
        self._row: Row | None = None
        self._held = Held()
        self._effect: Pending | None = None
        self._knows = False
        self._is_leased = first is not None
        if first is not None:
            self._learn(first)

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows that nobody needs to be told of: in hand, or next."""
        next_row = self._row.id if self._row else None
        return tuple(number for number in (self._held.row, next_row) if number is not None)

    def stale(self) -> None:
        """Something has arrived, or become due: look again."""
        self._knows = False

    def forget(self) -> None:
        """What is known may be wrong: read it anew."""
        self._knows, self.lines = False, None

    def check(self, after: int) -> None:
        """Raises Fenced for a decision made on fewer lines than there are."""
        if self.lines is not None and after != (known := len(self.lines)):
            self.forget()  # if it is we who are wrong, the next try reads what is so
            raise Fenced(f"appending to {self.case} after line {after}: it has {known} lines")

    def appended(self, lines: Sequence[Line]) -> None:
        """These lines are in the ledger now; who reads it meanwhile may have seen them before us, or not yet."""
        for line in lines:
            if self.lines is None or line.n > len(self.lines) + 1:
                self.lines = None
            elif line.n == len(self.lines) + 1:
                self.lines.append(line)

    async def take(self) -> Row | None:
        """The next row, this attempt counted on the disk; None where there is none, or it waits for its retry."""
        now = self._clock()
        if not self._is_leased:
            return await self._writer.run(lambda c: inbox.take(c, self.case, now))
        async with self._lock:
            if self._row is None and not self._knows:
                await self._write(lambda _: None, self._held)
            row, self._row = self._row, None
            if row is not None:
                self._held = replace(self._held, row=row.id)
            return row

    async def effect(self) -> Pending | None:
        """The first effect that may be performed now: what a door waits for, then the others in order."""
        now = self._clock()
        if not self._is_leased:
            return await self._writer.run(lambda c: outbox.first(c, self.case, now, None, None))
        async with self._lock:
            if not self._knows:
                await self._write(lambda _: None, self._held)
            return self._effect

    async def begin(self, effect: Pending) -> None:
        """The effect is about to be performed: its attempt is on the disk when this returns."""
        async with self._lock:
            if self._held.begun != effect.id:
                await self._writer.run(lambda c: outbox.begin(c, effect.id))
            self._held = replace(self._held, begun=effect.id, flying=effect.id)

    async def row_over(self, change: Callable[[Connection], R]) -> R:
        """Write what became of the row in hand."""
        async with self._lock:
            return await self._write(change, replace(self._held, row=None))

    async def effect_over(self, effect: int, change: Callable[[Connection], R]) -> R:
        """Write what became of the effect."""
        async with self._lock:
            return await self._write(change, self._held.without(effect))

    async def leave(self, change: Callable[[Connection], R]) -> R:
        """Write the last change, giving back what was counted and not begun."""
        row, begun = self._row, self._held.begun if self._held.flying is None else None

        def last(connection: Connection) -> R:
            if row is not None:
                inbox.untake(connection, row.id)
            if begun is not None:
                outbox.unbegin(connection, begun)
            return change(connection)

        async with self._lock:
            return await self._writer.run(last)

    async def _write(self, change: Callable[[Connection], R], held: Held) -> R:
        """Do the change and look; these are in hand and under way when it is done."""
        if not self._is_leased:
            return await self._writer.run(change)
        now = self._clock()
        takes = held.row is None and self._row is None
        look = Look(takes, held.flying is None, self._effect, held.begun)
        try:
            result, found = await self._writer.run(lambda c: (change(c), self._look(c, look, now)))
        except BaseException:
            self.forget()
            raise
        self._held = held
        self._learn(found)
        return result

    def _look(self, connection: Connection, look: Look, now: datetime) -> Next:
        is_ours = leases.is_ours(connection, self.case, self._owner)
        return look.at(connection, self.case, now) if is_ours else Next(None, None)

    def _learn(self, found: Next) -> None:
        self._row = found.row or self._row
        self._effect = found.effect
        if found.begun is not None:
            self._held = replace(self._held, begun=found.begun)
        self._knows = True


FIRST = Look(takes=True, begins=True, known=None, begun=None)
"""The look at a case that was just leased."""


class Desks:
    """The cases that this process has leased."""

    def __init__(self, writer: Writer, clock: Callable[[], datetime], owner: str) -> None:
        self._writer, self._clock, self._owner = writer, clock, owner
        self._open: dict[str, Desk] = {}

    def __getitem__(self, case: str) -> Desk:
        """The case's desk; a passing one where it is not leased."""
        return self._open.get(case) or Desk(case, self._writer, self._clock, None)

    async def lease(self, case: str, acquire: Callable[[Connection], bool]) -> bool:
        """Whether `acquire` got the lease; then the first look was in the same transaction."""
        now = self._clock()

        def change(connection: Connection) -> Next | None:
            return FIRST.at(connection, case, now) if acquire(connection) else None

        found = await self._writer.run(change)
        if found is not None:
            self._open[case] = Desk(case, self._writer, self._clock, found, self._owner)
        return found is not None

    def drop(self, case: str) -> None:
        """The case is not ours any more; what was counted and not begun stays counted."""
        self._open.pop(case, None)

    @property
    def at_work(self) -> tuple[frozenset[int], frozenset[str]]:
        """Rows in hand, and the cases: of these nobody needs to be told."""
        rows = frozenset(number for desk in self._open.values() for number in desk.rows)
        return rows, frozenset(self._open)

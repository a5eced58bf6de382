"""A line to PostgreSQL on which replicas hear each other, and which says that a replica of this name is alive.

https://www.postgresql.org/docs/current/sql-notify.html
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

import psycopg

log = logging.getLogger(__name__)

CHANNEL = "millwright"
NOTICING = 2_000
"""Milliseconds that a process waits for an earlier one of its name to be gone."""
AGAIN = 1.0
"""Seconds between two tries to reach a server that went away."""
FOR_ITS_NAME = 60
"""Tries that a line is given up for when the server still believes in the one before, which holds the name."""


class Bell:
    """The line of one process; opening it raises psycopg.Error."""

    def __init__(self, arguments: Mapping[str, Any], name: str) -> None:
        self._arguments, self._name = arguments, name
        self._heard: Callable[[str], None] = lambda _text: None
        self._missed: Callable[[], None] = lambda: None
        self._reached: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._number: int | None = None
        self._line, self.alone = self._connect()
        """`alone`: no other process of this name was alive when this one came"""

    def listen(self, heard: Callable[[str], None], missed: Callable[[], None]) -> None:
        """Call `heard` with what is said from now on, `missed` when something may have been said to nobody."""
        self._heard, self._missed = heard, missed
        self._loop = asyncio.get_running_loop()
        self._number = self._line.fileno()
        self._loop.add_reader(self._number, self._readable)
        self._missed()

    async def close(self) -> None:
        """Hear nothing more, and let the name go."""
        if self._reached is not None:
            self._reached.cancel()
            await asyncio.gather(self._reached, return_exceptions=True)
        self.hang_up()

    def _readable(self) -> None:
        try:
            self._line.pgconn.consume_input()
            while (said := self._line.pgconn.notifies()) is not None:
                self._heard(said.extra.decode())
        except psycopg.OperationalError as error:
            log.warning("the line to the other replicas is cut: %s", error)
            self.hang_up()
            self._reached = asyncio.create_task(self._reach())

    async def _reach(self) -> None:
        nameless = 0
        while True:
            try:
                self._line, named = await asyncio.to_thread(self._connect)
            except psycopg.Error:
                await asyncio.sleep(AGAIN)
                continue
            # Without its name a process that lives would be taken for dead by the next one of that name.
            if named or not self.alone or nameless == FOR_ITS_NAME:
                log.info("the line to the other replicas is open again")
                self.listen(self._heard, self._missed)
                return
            nameless += 1
            self._line.close()
            await asyncio.sleep(AGAIN)

    def hang_up(self) -> None:
        """Close the line, which also lets the name go."""
        if self._loop is not None and self._number is not None:
            self._loop.remove_reader(self._number)
            self._number = None
        self._line.close()

    def _connect(self) -> tuple[psycopg.Connection[Any], bool]:
        line = psycopg.connect(**self._arguments, autocommit=True)
        try:
            line.execute(f"LISTEN {CHANNEL}")
            return line, self._named(line)
        except psycopg.Error:
            line.close()
            raise

    def _named(self, line: psycopg.Connection[Any]) -> bool:
        """Whether the name is ours; the server may still be noticing that the process before has ended."""
        line.execute(f"SET lock_timeout = {NOTICING}")
        try:
            line.execute("SELECT pg_advisory_lock(%s)", (number_of(self._name),))
        except psycopg.errors.LockNotAvailable:
            return False
        return True


def number_of(name: str) -> int:
    """The number by which a name is locked: 64 bits, as PostgreSQL wants it."""
    return int.from_bytes(hashlib.sha256(f"millwright:{name}".encode()).digest()[:8], "big", signed=True)

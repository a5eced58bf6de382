"""The other replicas on one PostgreSQL: they are woken when a row comes in, and handed their doors' answers."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cachetools import TTLCache
from sqlalchemy import Connection, text

from bot.errors import StoreError
from bot.ports import DoorAnswer
from bot.store.bell import CHANNEL, Bell
from bot.store.relay import NONCE, KeyNow, Opening, sealed

log = logging.getLogger(__name__)

EVERY = 0.02
"""Seconds between two rings at least: what comes in meanwhile shares one."""
WAITED_FOR = 120
"""Seconds for which a row is known as one that came in here; doors wait for less."""
EARLY = 10.0
"""Seconds for which an answer is kept, still sealed, whose row this process may just be accepting."""

Give = Callable[[int, DoorAnswer], None]
Run = Callable[[Callable[[Connection], Any]], Awaitable[Any]]

_NOTIFY = text("SELECT pg_notify(:channel, piece) FROM unnest(CAST(:pieces AS text[])) AS piece")
_RING, _ANSWER = "ring", "answer"


class Replicas:
    """What this process tells the others and hears from them; `run` is for statements that commit themselves."""

    def __init__(self, bell: Bell, me: str, run: Run) -> None:
        self._bell, self._me, self._run = bell, me, run
        self._ours: TTLCache[int, None] = TTLCache(maxsize=10_000, ttl=WAITED_FOR)
        self._early: TTLCache[int, list[str]] = TTLCache(maxsize=64, ttl=EARLY)
        self._wake: Callable[[], None] = lambda: None
        self._give: Give = lambda _row, _answer: None
        self._key: KeyNow = lambda: ""
        self._opening = Opening(self._key)
        self._wanted = False
        self._ringing: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def listen(self, wake: Callable[[], None], give: Give, key: KeyNow) -> None:
        """From now on call `wake` when another accepted something, `give` with answers to rows accepted here."""
        self._wake, self._give, self._key, self._opening = wake, give, key, Opening(key)
        self._bell.listen(self._heard, wake)

    def accepted(self, row: int) -> None:
        """A row came in here: the others may look for work. A door may wait for its answer, unless it is row 0."""
        if row:
            self._ours[row] = None
            for piece in self._early.pop(row, []):
                self._piece(row, piece)
        self._wanted = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.get_running_loop().create_task(self._ring())

    def answer(self, row: int, answer: DoorAnswer) -> None:
        """Hand the answer to the door that waits for it, here or at whichever replica accepted the row."""
        if row in self._ours:
            self._give(row, answer)
            return
        pieces = sealed(self._key(), row, answer, secrets.token_bytes(NONCE))
        task = asyncio.get_running_loop().create_task(self._say([f"{_ANSWER}:{piece}" for piece in pieces]))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def close(self) -> None:
        """Say what is still to be said, then hear nothing more."""
        await asyncio.gather(*self._sending)
        if self._ringing is not None:
            await self._ringing
        await self._bell.close()

    async def _ring(self) -> None:
        while self._wanted:
            self._wanted = False
            await self._say([_RING])
            await asyncio.sleep(EVERY)

    async def _say(self, words: Sequence[str]) -> None:
        pieces = [f"{self._me}:{word}" for word in words]
        try:
            await self._run(lambda connection: connection.execute(_NOTIFY, {"channel": CHANNEL, "pieces": pieces}))
        except StoreError as error:  # who was not told looks by itself, and a door that hears nothing says so
            log.warning("telling the other replicas failed: %s", error)

    def _heard(self, said: str) -> None:
        me, _, words = said.partition(":")
        if me == self._me:
            return
        kind, _, rest = words.partition(":")
        if kind == _RING:
            self._wake()
        elif kind == _ANSWER and (row := rest.partition(":")[0]).isdecimal():
            self._piece(int(row), rest)

    def _piece(self, row: int, piece: str) -> None:
        if row not in self._ours:
            self._early[row] = [*self._early.get(row, []), piece]
        elif (found := self._opening.add(piece)) is not None:
            self._give(*found)

"""What a door may do with the flow: have a row accepted, wake the engine, wait for the row's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cachetools import TTLCache

from bot.metrics import Metrics
from bot.ports import DoorAnswer, NewRow

KEPT = 60
"""Seconds an answer is kept for a door that has not asked yet."""


class Answers:
    """Answers on their way from the flow to the doors that wait, by inbox row; in memory only."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[DoorAnswer]] = {}
        self._early: TTLCache[int, DoorAnswer] = TTLCache(maxsize=1_000, ttl=KEPT)

    def give(self, row: int, answer: DoorAnswer) -> None:
        """Hand the answer over; nobody waiting is fine, for a door may have given up."""
        waiting = self._waiting.get(row)
        if waiting is None:
            self._early[row] = answer
        elif not waiting.done():
            waiting.set_result(answer)

    def abandon(self) -> None:
        """Send those who wait away: the process ends, and another will decide."""
        value = {"code": "draining", "why": "This process is shutting down.", "next": "Try again."}
        for row in list(self._waiting):
            self.give(row, DoorAnswer(503, value))

    async def wait(self, row: int, seconds: float) -> DoorAnswer | None:
        """The row's answer, None when it does not come in time."""
        early: DoorAnswer | None = self._early.pop(row, None)
        if early is not None:
            return early
        waiting = self._waiting[row] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                answer: DoorAnswer = await waiting
                return answer
        except TimeoutError:
            return None
        finally:
            del self._waiting[row]


@dataclass(frozen=True)
class Intake:
    """The doors' side of the flow."""

    accept: Callable[[NewRow], Awaitable[int | None]]
    """durable when it returns; None for a duplicate"""
    wake: Callable[[], None]
    find: Callable[[str], Awaitable[str | None]]
    chance: Callable[[], str]
    """32 fresh hex digits"""
    answers: Answers = field(default_factory=Answers)
    patience: float = 30.0
    """seconds a door waits for an answer"""
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """set while the process drains: nothing more is accepted"""
    metrics: Metrics = field(default_factory=Metrics, repr=False)

"""One writer per installation, spaced as GitHub asks: a second between writes, three where people are notified.

https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable

NOTIFYING = ("/comments", "/pulls", "/issues", "/releases")
"""Writes whose URL ends so reach people's inboxes."""


class Pacing:
    """Lets writes of an installation through one after another; `spacing` seconds apart, 0 switches it off."""

    def __init__(
        self,
        spacing: float = 1.0,
        notify_factor: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._spacing = spacing
        self._factor = notify_factor
        self._clock = clock
        self._sleep = sleep
        self._free: dict[int, float] = {}
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def turn(self, installation: int, url: str) -> None:
        """Returns when the installation may write again."""
        if not self._spacing:
            return
        async with self._locks[installation]:
            wait = self._free.get(installation, self._clock()) - self._clock()
            if wait > 0:
                await self._sleep(wait)
            gap = self._spacing * (self._factor if url.endswith(NOTIFYING) else 1.0)
            self._free[installation] = self._clock() + gap

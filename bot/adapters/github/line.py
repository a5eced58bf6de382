"""A line of those who wait for one thing: one at a time in the order they came, the urgent before the others."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count


class Line:
    """`enter` returns when it is one's turn; `leave` lets the next one in."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._waiting)

    async def enter(self, *, urgent: bool = False) -> None:
        """Returns when everybody before has left."""
        if not self._taken:
            self._taken = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not urgent, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()  # it was let in at the moment it gave up
            raise

    def leave(self) -> None:
        """The next one's turn."""
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._taken = False

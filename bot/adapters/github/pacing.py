"""One writer per installation, spaced as GitHub asks, and silent while GitHub wants it to be.

A write waits for its turn in this process (`line`), then for the moment that the book gives it, which all replicas
share (`bot/store/pace.py`). It holds its turn until it is answered, so writes never overlap here. Whoever would
have to wait long is told to come again instead: an effect that waits in the database costs nothing.

A refusal for a limit stops the whole installation. Reads go on under a secondary limit that a write met, and stop
with everything else under the primary one. Sources:
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.adapters.github.line import Line
from bot.errors import GitHubBusy
from bot.metrics import Metrics
from bot.ports.pacing import Book, Stop, Turn, Write

_NOTIFIES = re.compile(r".*/(comments|issues|pulls|releases|reviews|requested_reviewers|merge)")
"""POSTs whose path ends so reach people's inboxes; the list of https://github.com/octokit/plugin-throttling.js."""
_CONTENT = re.compile(
    r"(https?://[^/]+)?(/uploads)?/repos/[^/]+/[^/]+/(issues|pulls|releases|labels|comments)\b.*"
)
"""Writes that people see, which GitHub counts; it says no further what it counts, so edits and labels are too."""
NOTIFYING = 3.0
"""Times the spacing that a write which notifies people keeps the next one off."""
PATIENCE = 10.0
"""Seconds that a write waits for its moment; for a later one it comes again."""
LONGEST_LINE = 24
"""Writes of one installation that wait in this process: the other installations need the workers too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One write: whose, what, and whether people wait for it more than for others."""

    installation: int
    verb: str
    url: str
    urgent: bool = False

    @property
    def notifies(self) -> bool:
        """Whether people get mail of it."""
        return self.verb == "POST" and _NOTIFIES.fullmatch(self.url.partition("?")[0]) is not None

    @property
    def is_content(self) -> bool:
        """Whether GitHub counts it among what it calls content."""
        return _CONTENT.fullmatch(self.url) is not None


@dataclass
class Pacing:
    """Turns to write; `spacing` seconds apart, 0 for none, all times multiplied by `scale`.

    Without a book, as for sessions that only read, stops are kept in memory.
    """

    spacing: float = 1.0
    scale: float = 1.0
    book: Book | None = None
    metrics: Metrics = field(default_factory=Metrics)
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _lines: defaultdict[int, Line] = field(default_factory=lambda: defaultdict(Line))
    _writes_from: dict[int, float] = field(default_factory=dict)
    _reads_from: dict[int, float] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, asked: Asked) -> AsyncIterator[None]:
        """The installation's one write at this time; raises GitHubBusy where it is to come again later."""
        line, began = self._lines[asked.installation], self.clock()
        if len(line) >= LONGEST_LINE and not asked.urgent:
            raise self._later(asked, len(line) * max(self.spacing, 0.1) * self.scale, "many writes wait before it")
        await line.enter(urgent=asked.urgent)
        try:
            await self._moment(asked)
            self.metrics.paced.observe(self.clock() - began)
            left = self.clock()
            try:
                yield
            except GitHubBusy as error:
                await self._refused(asked.installation, error, left, is_read=False)
                raise
            self._writes_from.pop(asked.installation, None)
        finally:
            line.leave()

    @asynccontextmanager
    async def reading(self, installation: int) -> AsyncIterator[None]:
        """A read; raises GitHubBusy at once while GitHub answers nobody of the installation."""
        wait = self._reads_from.get(installation, 0.0) - self.clock()
        if wait > 0:
            raise GitHubBusy("reading: GitHub told us to wait", status=429, retry_after=wait)
        left = self.clock()
        try:
            yield
        except GitHubBusy as error:
            await self._refused(installation, error, left, is_read=True)
            raise

    async def _moment(self, asked: Asked) -> None:
        """Returns when the write may leave."""
        self._check(asked)
        # Without spacing the book is asked only for the one who goes first after a stop.
        if self.book is None or not (self.spacing or asked.installation in self._writes_from):
            return
        turn = await self._reserved(self.book, asked)
        wait = turn.at.timestamp() - self.clock()
        if not turn.is_taken:
            raise self._later(asked, wait, "it is not yet its turn")
        if wait > 0:
            await self.sleep(wait)
            self._check(asked)

    def _check(self, asked: Asked) -> None:
        stopped = self._writes_from.get(asked.installation, 0.0) - self.clock()
        if stopped > 0:
            raise self._later(asked, stopped, "GitHub told us to wait")

    async def _reserved(self, book: Book, asked: Asked) -> Turn:
        gap = self.spacing * self.scale * (NOTIFYING if asked.notifies else 1.0)
        return await book.reserve(
            Write(asked.installation, gap, asked.is_content, self.scale, PATIENCE * self.scale)
        )

    async def _refused(self, installation: int, error: GitHubBusy, left: float, *, is_read: bool) -> None:
        """Stops the installation where a limit was met, and lets the error tell until when."""
        if not error.limit:
            return
        self.metrics.limited.labels(error.limit).inc()
        told = error.retry_after if error.is_told else None
        until = self.clock() + error.retry_after
        self._silent(installation, until, reads=is_read or error.limit == "primary")
        if self.book is not None:  # which may not answer
            since = datetime.fromtimestamp(left, UTC)
            until = (await self.book.stop(Stop(installation, since, told, self.scale))).timestamp()
            self._silent(installation, until, reads=is_read or error.limit == "primary")
        error.retry_after = max(error.retry_after, until - self.clock())

    def _silent(self, installation: int, until: float, *, reads: bool) -> None:
        self._writes_from[installation] = until
        if reads:
            self._reads_from[installation] = until

    def _later(self, asked: Asked, seconds: float, why: str) -> GitHubBusy:
        return GitHubBusy(f"{asked.verb} {asked.url}: {why}", status=429, retry_after=max(0.0, seconds))

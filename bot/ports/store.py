"""Inbox, ledger, outbox and blobs as the flow needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.allowance import Opened
from bot.domain.effects import Effect
from bot.domain.ledger import Line
from bot.domain.took import Took


@dataclass(frozen=True, slots=True)
class NewRow:
    """Something accepted that will be handled: `source` is github, runs, timer or internal."""

    source: str
    kind: str
    """GitHub's event name; claim, journal, done; the timer's name"""
    delivery: str
    """unique: the delivery id, or a key of our own; a second row of the same is dropped (T17)"""
    body: bytes
    case: str | None = None
    """known for timers, claims and results; webhooks are routed later"""
    due: datetime | None = None
    replaces: bool = False
    """a waiting row of the same delivery key is replaced (timers)"""


@dataclass(frozen=True)
class Row:
    """An inbox row that a worker has leased."""

    id: int
    source: str
    kind: str
    delivery: str
    body: bytes
    case: str | None
    attempts: int
    received: datetime


@dataclass(frozen=True)
class Pending:
    """An effect in the outbox, in its order within the case."""

    id: int
    case: str
    row: int
    """the inbox row whose decision it is"""
    key: str
    effect: Effect
    attempts: int
    delivery: str = ""
    """that row's delivery id, for the log; "" once the row was let go"""
    waits: int = 0
    """of the attempts those that GitHub or the database made wait: nothing failed in them"""


@dataclass(frozen=True)
class Commit:
    """One decision, stored whole or not at all."""

    row: int
    case: str
    after: int
    """number of the ledger line the decision was made on; Fenced if the ledger has moved"""
    lines: tuple[Line, ...] = ()
    blobs: tuple[bytes, ...] = ()
    effects: tuple[Effect, ...] = ()
    timers: tuple[NewRow, ...] = ()
    linger: timedelta = timedelta(0)
    """how long an effect that lingers waits for what replaces it"""


class Store(Protocol):
    """Inbox, ledger, outbox and blobs. Every method is one transaction; it is durable when it returns."""

    async def accept(self, row: NewRow) -> int | None: ...

    """The row's id, or None for a duplicate. Accepts that arrive together share one commit."""

    async def delivered(self, guids: Sequence[str]) -> frozenset[str]: ...

    """Those of these delivery ids that were accepted, whatever became of them."""

    async def lines(self, case: str) -> list[Line]: ...
    async def find(self, alias: str) -> str | None: ...

    """The case whose ledger holds `alias` (`run:42`, `issue:REPO:7`, `pull:REPO:9`), the latest one."""

    async def cases_of(self, repositories: Sequence[int], installation: int = 0) -> tuple[str, ...]: ...

    """The keys of the cases that `knowledge.CasesOf` describes, sorted."""

    async def opened_lately(self, repository: int) -> tuple[Opened, ...]: ...

    """The newest capabilities that were opened in a repository, as many as any limit counts."""

    async def took_lately(self, installation: int) -> tuple[Took, ...]: ...

    """How long the newest steps took that were completed in an installation, the newest first."""

    async def open_cases(self, after: str) -> tuple[tuple[str, ...], str]: ...

    """The next cases that have not ended and rest, by key, and behind which to go on; "" from the start."""

    async def erase(self, case: str, digests: Sequence[str]) -> tuple[str, ...]: ...
    async def blob(self, digest: str) -> bytes | None: ...
    async def commit(self, commit: Commit) -> None: ...
    async def pending(self, case: str, now: datetime) -> list[Pending]: ...

    """Effects of the case that are to be performed, in order; those with a later due time end the list."""

    async def performed(
        self, effect: Pending, lines: Sequence[Line], result: str, blobs: Sequence[bytes] = ()
    ) -> None: ...
    async def postpone(self, effect: Pending, due: datetime, why: str, *, counts: bool = True) -> None: ...

"""A store on a fresh database, and decisions of one case in it."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.effects import Effect
from bot.domain.ledger import Entry, chain
from bot.ports import Commit, NewRow
from bot.store.connect import open_database
from bot.store.database import Database
from tests.bot.standin import now

CASE = "case:101:I_1"


def opened(url: str, owner: str = "bot") -> Database:
    return open_database(url, now, owner)


def row(delivery: str, body: bytes = b"{}", case: str | None = CASE) -> NewRow:
    return NewRow("internal", "x", delivery, body, case)


async def decided(
    store: Database, delivery: str, *effects: Effect, entries: int = 1, linger: timedelta = timedelta(0)
) -> int:
    """Accept a row and commit a decision about it; the row's id."""
    number = await store.accept(row(delivery)) or 0
    lines = await store.lines(CASE)
    last = lines[-1] if lines else None
    new = chain([Entry("x", {"d": delivery}) for _ in range(entries)], last, now())
    await store.commit(Commit(number, CASE, last.n if last else 0, tuple(new), (b"blob",), effects, linger=linger))
    return number

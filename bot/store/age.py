"""Letting go of what is over: rows and effects nobody asks about again, in pieces, so that no delivery waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, delete, select

from bot.errors import StoreError
from bot.store.inbox import DONE
from bot.store.outbox import PERFORMED, SUPERSEDED
from bot.store.tables import INBOX, OUTBOX, micros

PIECE = 200
"""Rows that one transaction deletes, with their effects: milliseconds, in a commit that others share."""

Ask = Callable[[Callable[[Connection], Any]], Awaitable[Any]]
"""Does something with a connection, as the store's readers or its writer do."""


async def prune(read: Ask, write: Ask, before: datetime) -> int:
    """Delete rows that were finished and came in before then, with the effects that they wanted; how many rows.

    What failed, was parked or dropped stays for people to look at.
    """
    gone = 0
    while rows := await read(lambda c: _old(c, before)):
        await write(partial(_delete, rows=rows))
        gone += len(rows)
    return gone


def empty_log(connection: Connection) -> None:
    """Fold SQLite's log back and cut it off: nothing that was erased stands in it. StoreError where it is in use.

    https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
    """
    if connection.dialect.name != "sqlite":
        return
    found = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if found[0]:
        raise StoreError("erasing: the database's log is in use by others, and still holds what was erased")


def _old(connection: Connection, before: datetime) -> dict[int, str | None]:
    """Some finished rows of before then: id → case."""
    found = select(INBOX.c.id, INBOX.c.case_key).where(INBOX.c.status == DONE, INBOX.c.received < micros(before))
    return {row.id: row.case_key for row in connection.execute(found.limit(PIECE))}


def _delete(connection: Connection, rows: dict[int, str | None]) -> None:
    connection.execute(delete(INBOX).where(INBOX.c.id.in_(rows)))
    # By case, of which there is an index; what is not over is not among them.
    of_these = OUTBOX.c.case_key.in_({case for case in rows.values() if case}), OUTBOX.c.row_id.in_(rows)
    connection.execute(delete(OUTBOX).where(*of_these, OUTBOX.c.status.in_((PERFORMED, SUPERSEDED))))

"""Rows and effects that were put aside: a person looks at them and decides, while the bot runs beside.

The lock of `connect.py` keeps a second bot away, not this: what is changed here is one short transaction, for
which the bot's writer waits, and the engine finds it at its next look.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, select, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreError
from bot.store import outbox
from bot.store.address import address, missing
from bot.store.inbox import PARKED, WAITING
from bot.store.reading import require_schema
from bot.store.tables import INBOX, OUTBOX, moment

DROPPED = "dropped"
"""What becomes of a row or an effect that a person decides to leave undone; it is kept, with the reason."""
OF_A_RUN = frozenset({"Dispatch", "Grant", "Answer"})
"""Effects whose case has gone on without them: trying them again is a decision of people on the issue."""

_R, _E = INBOX.c, OUTBOX.c


@dataclass(frozen=True)
class Item:
    """A row (`r12`) or an effect (`e7`) that was put aside."""

    id: str
    since: datetime | None
    """when the row came in; of an effect, the row that wanted it, None where it was let go"""
    case: str
    kind: str
    """GitHub's event, the timer's name …; of an effect its class"""
    delivery: str
    attempts: int
    error: str
    body: bytes


def items(connection: Connection, *, dropped: bool = False) -> list[Item]:
    """All that was put aside, rows before effects, the oldest first; or what was dropped of it."""
    rows = select(_R.id, _R.received, _R.case_key, _R.kind, _R.delivery, _R.attempts, _R.error, _R.body)
    effects = select(
        _E.id, _R.received, _E.case_key, _E.type, _R.delivery, _E.attempts, _E.result, _E.effect
    ).join_from(OUTBOX, INBOX, _R.id == _E.row_id, isouter=True)
    return [
        *_found(connection, "r", rows.where(_R.status == (DROPPED if dropped else PARKED)).order_by(_R.id)),
        *_found(
            connection, "e", effects.where(_E.status == (DROPPED if dropped else outbox.FAILED)).order_by(_E.id)
        ),
    ]


def item(connection: Connection, name: str) -> Item:
    """The row or effect of that name; raises StoreError where nothing of it was put aside."""
    found = next((one for one in items(connection) if one.id == name), None)
    if found is None:
        raise _not_aside(name)
    return found


def _not_aside(name: str) -> StoreError:
    return StoreError(f"{name} is not put aside: `millwright inbox list` names what is")


def _set(connection: Connection, name: str, values: dict[str, Any], *, has_words: bool = False) -> None:
    """Change what is put aside still; raises StoreError where somebody has decided about it since it was read."""
    table, status, words = (INBOX, PARKED, _R.body) if name.startswith("r") else (OUTBOX, outbox.FAILED, _E.effect)
    change = update(table).where(table.c.id == _number(name), table.c.status == status)
    if has_words:
        change = change.where(words != b"")
    if connection.execute(change.values(values)).rowcount != 1:
        raise _not_aside(name)


def retry(connection: Connection, name: str) -> Item:
    """Have it tried again, as if for the first time; raises StoreError where that makes no sense."""
    found = item(connection, name)
    if not found.body:
        raise StoreError(f"{name} cannot be tried again: its words were erased; drop it")
    if name.startswith("r"):
        again: dict[str, Any] = {"status": WAITING, "attempts": 0, "due": None, "error": None}
        _set(connection, name, again, has_words=True)
        return found
    if found.kind in OF_A_RUN:
        why = "the capability has gone on without it"
        raise StoreError(
            f"{name} cannot be tried again: {why}; say `/status` or `/retry` on the issue, then drop it"
        )
    if _newer(connection, _number(name)):
        raise StoreError(f"{name} cannot be tried again: a newer one says what is so now; drop it")
    # One attempt is left counted, so that what it may have made is looked for before it is made again.
    again = {"status": outbox.WAITING, "attempts": 1, "waits": 0, "due": None, "result": None}
    _set(connection, name, again, has_words=True)
    return found


def drop(connection: Connection, name: str, reason: str) -> Item:
    """Leave it undone for good: the reason is kept and its words go. Raises StoreError where it is not aside."""
    found = item(connection, name)
    of_row, of_effect = {"error": reason, "body": b""}, {"result": reason, "effect": b""}
    _set(connection, name, {"status": DROPPED} | (of_row if name.startswith("r") else of_effect))
    return found


@contextmanager
def beside(url: str) -> Iterator[Connection]:
    """One transaction on the database of a bot that may be running; raises StoreError."""
    parsed = address(url)
    shown = parsed.render_as_string()
    try:
        engine = (
            _file(parsed) if parsed.get_backend_name() == "sqlite" else create_engine(parsed, hide_parameters=True)
        )
    except ImportError as error:
        raise missing(error) from error
    try:
        with engine.begin() as connection:
            require_schema(connection, shown)
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"changing the database {shown}: {error}") from error
    finally:
        engine.dispose()


def _file(url: URL) -> Engine:
    path = Path(url.database or "")
    if not url.database or not path.is_file():
        raise StoreError(
            f"there is no database {path}: name the bot's own in MILLWRIGHT_DATABASE or MILLWRIGHT_DATA"
        )

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True)
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    engine = create_engine("sqlite://", creator=connect, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _found(connection: Connection, letter: str, query: Any) -> list[Item]:
    return [
        Item(
            f"{letter}{row[0]}",
            row[1] and moment(row[1]),
            row[2] or "",
            row[3],
            row[4] or "",
            row[5],
            row[6] or "",
            bytes(row[7]),
        )
        for row in connection.execute(query)
    ]


def _number(name: str) -> int:
    return int(name[1:])


def _newer(connection: Connection, number: int) -> bool:
    """Whether an effect for the same place came after it: a comment's newer text, labels of a later phase."""
    mine = select(_E.case_key, _E.slot).where(_E.id == number).subquery()
    newer = select(_E.id).join(mine, (_E.case_key == mine.c.case_key) & (_E.slot == mine.c.slot))
    wanted = newer.where(_E.id > number, _E.status.in_((outbox.WAITING, outbox.PERFORMED)))
    return connection.execute(wanted.limit(1)).first() is not None

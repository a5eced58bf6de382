"""A whole database as lines of JSON and back, the same for SQLite and PostgreSQL; leases and pacing stay behind.

Reading is one snapshot and holds no writer up. Filling is one transaction, into a database that holds nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    LargeBinary,
    Table,
    create_engine,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.ledger import Entry, Line, chain, read_line
from bot.errors import StoreError
from bot.ports import NewRow
from bot.store import inbox, ledger
from bot.store.address import address
from bot.store.inbox import Accepted
from bot.store.outbox import WAITING
from bot.store.tables import BLOBS, INBOX, LEDGER, OUTBOX

TABLES: dict[str, Table] = {table.name: table for table in (INBOX, LEDGER, OUTBOX, BLOBS)}
"""What is copied, in this order."""
AT_ONCE = 50
"""Rows in memory at a time: one may hold a webhook of a megabyte."""

Lines = Callable[[str], Iterable[bytes]]
"""The lines of a table, by its name."""


def lines_of(connection: Connection, table: Table) -> Iterator[bytes]:
    """Each row as one line of JSON, in the order of its key; bytes are base64."""
    binary = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
    for row in connection.execute(query).mappings():
        value = {name: _shown(row[name], name in binary) for name in row}
        yield json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _shown(value: Any, is_binary: bool) -> Any:
    return base64.b64encode(bytes(value)).decode() if is_binary and value is not None else value


@contextmanager
def filling(url: str) -> Iterator[Connection]:
    """One transaction in the database behind `url`, which is made where it is not there; whole or not at all.

    Raises StoreError for a database that another process holds, that holds something, or that refuses.
    """
    parsed = address(url)
    engine = _engine(parsed)
    try:
        with engine.begin() as connection:
            if not is_empty(connection):
                raise StoreError(
                    "the database is not empty: name a fresh one in MILLWRIGHT_DATABASE, and keep this one"
                )
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"filling the database {parsed.render_as_string()}: {error}") from error
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True)
    if url.get_backend_name() != "sqlite":
        return engine

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def is_empty(connection: Connection) -> bool:
    """Whether nothing was ever stored there."""
    return all(connection.execute(select(table).limit(1)).first() is None for table in TABLES.values())


def fill(connection: Connection, lines: Lines, why: str, now: datetime) -> None:
    """Store all rows, and make them what a copy of an earlier moment must be.

    What waits may have happened since, so it counts as begun and is looked for before it is made again; each
    capability's ledger says that it comes from a copy, and `why`.
    """
    for name, table in TABLES.items():
        rows = (_stored(json.loads(line), table) for line in lines(name))
        while batch := list(islice(rows, AT_ONCE)):
            connection.execute(insert(table), batch)
    begun = update(OUTBOX).where(OUTBOX.c.status == WAITING, OUTBOX.c.attempts == 0).values(attempts=1)
    connection.execute(begun)
    _count_on(connection)
    _note(connection, why, now)


@dataclass(frozen=True)
class Copied:
    """A case from elsewhere: its lines, the blobs that they name, and what it is told when the bot starts."""

    key: str
    lines: Sequence[Line]
    blobs: tuple[bytes, ...] = ()
    row: NewRow | None = None


def keep(connection: Connection, cases: Iterable[Copied], now: datetime) -> None:
    """Store these cases."""
    for one in cases:
        ledger.append(connection, one.key, 0, one.lines)
        ledger.keep(connection, one.blobs)
        if one.row is not None:
            inbox.accept(connection, [Accepted(one.row, now)])


def _stored(value: dict[str, Any], table: Table) -> dict[str, Any]:
    """The row as the database takes it; what this release does not know is an error of its own."""
    unknown = set(value) - set(table.columns.keys())
    if unknown:
        raise StoreError(f"the table {table.name} has no column {min(unknown)!r} in this release")
    for column in table.columns:
        if isinstance(column.type, LargeBinary) and value.get(column.name) is not None:
            value[column.name] = base64.b64decode(value[column.name], validate=True)
    return value


def _note(connection: Connection, why: str, now: datetime) -> None:
    """A line in every capability's ledger: from here on nobody knows what had happened besides."""
    last = select(LEDGER.c.case_key, func.max(LEDGER.c.n)).group_by(LEDGER.c.case_key)
    for key, n in connection.execute(last.where(LEDGER.c.case_key.like("case:%"))).all():
        query = select(LEDGER.c.raw).where(LEDGER.c.case_key == key, LEDGER.c.n == n)
        line = read_line(bytes(connection.execute(query).scalar_one()))
        ledger.append(connection, key, n, chain([Entry("ledger.restored", {"line": n}, reason=why)], line, now))


def _count_on(connection: Connection) -> None:
    """Numbers go on above every one that was given: keys of ours are made of them."""
    row = connection.execute(select(func.max(OUTBOX.c.row_id))).scalar() or 0
    for table, least in ((INBOX, row), (LEDGER, 0), (OUTBOX, 0)):
        highest = max(least, connection.execute(select(func.max(table.c.id))).scalar() or 0)
        if not highest:
            continue
        if connection.dialect.name == "postgresql":
            sequence = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :highest)")
            connection.execute(sequence, {"table": table.name, "highest": highest})
        elif table is INBOX:  # the only one whose numbers outlive their rows
            counted = text("UPDATE sqlite_sequence SET seq = :highest WHERE name = 'inbox' AND seq < :highest")
            if connection.execute(counted, {"highest": highest}).rowcount == 0 and not _has_rows(connection):
                made = text("INSERT INTO sqlite_sequence (name, seq) VALUES ('inbox', :highest)")
                connection.execute(made, {"highest": highest})


def _has_rows(connection: Connection) -> bool:
    """Whether SQLite counts the inbox already, which it does from the first row on."""
    return connection.execute(text("SELECT 1 FROM sqlite_sequence WHERE name = 'inbox'")).first() is not None

"""Opens a database by its URL: SQLite tuned for durable group commits and held by one process, or PostgreSQL."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StoreError
from bot.store.address import address, missing
from bot.store.checkpoint import fold_beside
from bot.store.database import Database
from bot.store.migrations import migrate

# FULL: a commit is on the disk when it returns. The writer folds the log back itself only at 200 MB, where
# checkpoint.py, which does it beside, cannot keep up.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",  # what is deleted or shortened is overwritten (T52)
    "wal_autocheckpoint=50000",
    "cache_size=-8000",
)

SWITCH = 0.0001
"""Seconds after which a busy thread lets another run; for the whole process."""


def open_database(url: str, clock: Callable[[], datetime], owner: str) -> Database:
    """The store behind `url`, its schema up to date; raises StoreError.

    `owner` names this process among those that share the database, and is the same after its restart.
    """
    # The writer's thread asks for the interpreter at every statement; Python's 5 ms is longer than a whole commit.
    sys.setswitchinterval(SWITCH)
    parsed = address(url)
    try:
        return (_file if parsed.get_backend_name() == "sqlite" else _server)(parsed, clock, owner)
    except ImportError as error:
        raise missing(error) from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"opening the database {parsed.render_as_string()}: {error}") from error


def _file(url: URL, clock: Callable[[], datetime], owner: str) -> Database:
    lock = _hold(url)
    writes, reads = _engine(url, writes=True), _engine(url, writes=False)
    try:
        with writes.begin() as connection:
            migrate(connection)
    except BaseException:
        writes.dispose()
        lock.close()
        raise
    fold_beside(writes, reads)
    event.listen(writes, "engine_disposed", lambda _engine: lock.close())
    return Database(writes, reads, clock, owner)


def _server(url: URL, clock: Callable[[], datetime], owner: str) -> Database:
    from bot.store import server  # its driver is an extra

    return server.opened(url, clock, owner)


def _hold(url: URL) -> TextIO:
    """A lock on the database file: two bots on one SQLite file would each perform the other's effects."""
    if not url.database or url.database == ":memory:":
        raise StoreError("the database must be a file: what is in memory is lost with the process")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StoreError(f"the database {path} is held by another Millwright process") from None
    return lock


def _engine(url: URL, *, writes: bool) -> Engine:
    # An error's words go into logs, and parameters are what people wrote.
    engine = create_engine(url, hide_parameters=True, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling is off, so that BEGIN and SAVEPOINT are ours.
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    if writes:

        @event.listens_for(engine, "begin")
        def began(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine

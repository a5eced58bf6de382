"""Opens PostgreSQL for several replicas: what each connection is told, who migrates, who takes over what."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL

from bot.errors import StoreError
from bot.store import leases
from bot.store.bell import Bell, number_of
from bot.store.database import Database
from bot.store.migrations import migrate
from bot.store.replicas import Replicas

CONNECTS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
    "application_name": "millwright",
}
"""A server that is gone without a word is noticed in half a minute.
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"""

SESSION = (
    "SET lock_timeout = '5s'",
    "SET statement_timeout = '60s'",
    # A replica that stops in the middle of a transaction must not hold up the others.
    "SET idle_in_transaction_session_timeout = '15s'",
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)
MIGRATING = number_of("/migrating")
SKEW = timedelta(seconds=5)
"""By how much the clock here may differ from the server's: leases of 60 seconds are compared between replicas."""

log = logging.getLogger(__name__)


def opened(url: URL, clock: Callable[[], datetime], owner: str) -> Database:
    """The store; raises StoreError, SQLAlchemyError, ImportError."""
    writes, reads = _engine(url, writes=True), _engine(url, writes=False)
    me = f"{owner}#{secrets.token_hex(4)}"  # two processes of one name never take each other's leases for theirs
    bell = _bell(writes, url, owner)
    try:
        with writes.begin() as connection:
            _migrate(connection)
            _compare_clocks(connection, clock)
            if bell.alone:
                leases.inherit(connection, owner, me)
        store = Database(writes, reads, clock, me)
    except BaseException:
        bell.hang_up()
        writes.dispose()
        raise
    store.others = Replicas(bell, me, store.read)
    return store


def _compare_clocks(connection: Connection, clock: Callable[[], datetime]) -> None:
    """Warn whoever runs this replica of a clock by which it would take leases that still last, or lose its own."""
    apart = abs(clock() - connection.execute(text("SELECT clock_timestamp()")).scalar_one())
    if apart > SKEW:
        log.warning("the clock here differs from the database's by %d s: set both by NTP", apart.total_seconds())


def _migrate(connection: Connection) -> None:
    """Replicas that start at once: one migrates, the others wait and find it done."""
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
    migrate(connection)


def _bell(engine: Engine, url: URL, owner: str) -> Bell:
    arguments: Mapping[str, Any] = engine.dialect.create_connect_args(url)[1]
    try:
        return Bell({**arguments, **CONNECTS}, owner)
    except psycopg.Error as error:
        raise StoreError(f"opening the database {url.render_as_string()}: {error}") from error


def _engine(url: URL, *, writes: bool) -> Engine:
    # An error's words go into logs, and parameters are what people wrote.
    level = None if writes else "AUTOCOMMIT"
    engine = create_engine(url, hide_parameters=True, isolation_level=level, connect_args=CONNECTS)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        before, connection.autocommit = connection.autocommit, True  # what is set in a transaction ends with it
        for setting in SESSION:
            connection.execute(setting)
        if not writes:  # all that readers write are notifications
            connection.execute("SET synchronous_commit = off")
        connection.autocommit = before

    return engine

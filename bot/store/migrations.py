"""The schema's versions: brings an older database up, and refuses one that a newer Millwright wrote."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from bot.errors import StoreError
from bot.store.tables import INBOX, METADATA, OUTBOX, SCHEMA, WRITES

VERSION = 2


def _to_2(connection: Connection) -> None:
    """Tenants of rows, indexes that hold only what waits, and the row of writes to GitHub that replicas share."""
    connection.execute(text("ALTER TABLE inbox ADD COLUMN tenant BIGINT"))
    connection.execute(text("ALTER TABLE outbox ADD COLUMN waits INTEGER DEFAULT 0 NOT NULL"))
    for name in ("inbox_work", "outbox_work"):  # they held due times too, and were read whole at every look
        connection.execute(text(f"DROP INDEX {name}"))
    for index in (*INBOX.indexes, *OUTBOX.indexes):
        index.create(connection, checkfirst=True)
    WRITES.create(connection)
    if connection.dialect.name == "postgresql":  # those of the first weeks were made without it
        connection.execute(text('ALTER TABLE ledger ALTER COLUMN alias TYPE TEXT COLLATE "C"'))


# From version n to n + 1, in order; the tables of METADATA are always those of VERSION.
STEPS: dict[int, Callable[[Connection], None]] = {1: _to_2}


def migrate(connection: Connection) -> None:
    """Make the database VERSION; raises StoreError for a newer one, before anything is touched."""
    if not inspect(connection).has_table(SCHEMA.name):
        METADATA.create_all(connection)
        connection.execute(SCHEMA.insert().values(id=1, version=VERSION, touched=0))
        return
    found = connection.execute(select(SCHEMA.c.version)).scalar_one()
    if found > VERSION:
        raise StoreError(
            f"the database has schema version {found}, this Millwright knows {VERSION}: install the newer release"
        )
    for version in range(found, VERSION):
        STEPS[version](connection)
    connection.execute(SCHEMA.update().values(version=VERSION))

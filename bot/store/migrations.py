"""The schema's versions: brings an older database up, and refuses one that a newer Millwright wrote."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from bot.errors import StoreError
from bot.store.tables import INBOX, METADATA, SCHEMA, WRITES

VERSION = 2


def _to_2(connection: Connection) -> None:
    """Tenants of rows, an index by due time, and the row of writes to GitHub that replicas share."""
    connection.execute(text("ALTER TABLE inbox ADD COLUMN tenant BIGINT"))
    next(index for index in INBOX.indexes if index.name == "inbox_due").create(connection)
    WRITES.create(connection)


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

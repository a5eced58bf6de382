"""The schema's versions: brings an older database up, and refuses one that a newer Millwright wrote."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select

from bot.errors import StoreError
from bot.store.tables import METADATA, SCHEMA

VERSION = 1

# From version n to n + 1, in order; the tables of METADATA are always those of VERSION.
STEPS: dict[int, Callable[[Connection], None]] = {}


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

"""Turns: in a flood each tenant's rows come one after the other's, so that nobody waits for somebody's thousands.

A tenant is an installation. What has none (timers, claims, what cases tell each other) counts as one more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, zip_longest

from sqlalchemy import Connection, text

from bot.store.tables import micros

TENANTS = 64
"""Tenants that have a turn at one look; at the next one others begin."""
LEAST = 8
"""Rows of each, at least: some of them may be of one case, or at work already."""
_WAITING = "FROM inbox WHERE status = 'waiting' AND due IS NULL"
_LAST = text(f"SELECT max(tenant) {_WAITING}")
_NEXT = text(f"SELECT tenant {_WAITING} AND tenant >= :least ORDER BY tenant LIMIT 1")
_OF = text(f"SELECT id, case_key {_WAITING} AND tenant = :tenant ORDER BY id LIMIT :limit")
_OF_NONE = text(
    f"SELECT id, case_key {_WAITING} AND tenant IS NULL AND case_key IS NOT NULL ORDER BY id LIMIT :limit"
)

Rows = Sequence[tuple[int, str]]


def turns(connection: Connection, now: datetime, limit: int) -> list[tuple[int, str]]:
    """Waiting rows with their cases, one of each tenant, then one more of each; about `limit` in all.

    Who is first is left to the clock, so that of more than `TENANTS` none is always last.
    """
    tenants = list(_tenants(connection, micros(now)))
    share = max(LEAST, limit // (len(tenants) + 1))
    lists: list[Rows] = [connection.execute(_OF_NONE, {"limit": share}).all()]
    lists += [connection.execute(_OF, {"tenant": one, "limit": share}).all() for one in tenants]
    rounds = chain.from_iterable(zip_longest(*lists))
    return [(number, case) for number, case in (row for row in rounds if row is not None)]


def _tenants(connection: Connection, dice: int) -> Iterator[int]:
    """The tenants with something waiting, by steps through the index, from a place that changes."""
    last: int | None = connection.execute(_LAST).scalar()
    if last is None:
        return
    start = dice % (last + 1)
    taken = 0
    for least, below in ((start, last + 1), (0, start)):
        while taken < TENANTS:
            found: int | None = connection.execute(_NEXT, {"least": least}).scalar()
            if found is None or found >= below:
                break
            yield found
            taken, least = taken + 1, found + 1

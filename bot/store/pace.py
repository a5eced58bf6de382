"""The book of writes to GitHub: who may write next, for all replicas and over restarts.

One row is one write that was let go, or one stop that GitHub called; rows older than GitHub's hour go as the book
is used. Sources of the numbers:
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select, text

from bot.ports.pacing import Book, Stop, Turn, Write
from bot.store.database import Database
from bot.store.tables import WRITES, micros, moment

MINUTE, HOUR = 61.0, 3_601.0
"""GitHub's windows in seconds, and one more: it counts when a write arrives, we when it leaves."""
PER_MINUTE, PER_HOUR = 80, 500
"""Writes of content that GitHub allows in them."""
FIRST_STOP, LONGEST_STOP = 60.0, 3_600.0
"""Seconds of the first stop for which GitHub names no time, and of the longest; each is twice the one before."""
PROBE = 10.0
"""Seconds that the first write after a stop has to itself."""

_C = WRITES.c


def book(store: Database, clock: Callable[[], datetime]) -> Book:
    """The book in that database, asked at the time of `clock`."""

    async def reserved(write: Write) -> Turn:
        return await store.alone(lambda connection: reserve(connection, write, clock()))

    async def stopped(called: Stop) -> datetime:
        return await store.alone(lambda connection: stop(connection, called, clock()))

    return Book(reserved, stopped)


def reserve(connection: Connection, write: Write, now: datetime) -> Turn:
    """The next moment at which the installation may write, taken where it is near enough."""
    _only_one(connection, write.installation)
    _forget(connection, write.installation, now, write.scale)
    last = _last(connection, write.installation)
    at = max(micros(now), _free(connection, write.installation))
    if write.is_content:
        at = max(at, _window(connection, write, PER_MINUTE, MINUTE), _window(connection, write, PER_HOUR, HOUR))
    is_probe = last is not None and last.is_stop
    if at - micros(now) > _us(write.within):
        return Turn(moment(at), is_taken=False)
    gap = max(write.gap, PROBE * write.scale) if is_probe else write.gap
    values = {
        "installation": write.installation,
        "at": at,
        "free": at + _us(gap),
        "content": write.is_content,
        "is_stop": False,
        "stops": last.stops if last is not None and is_probe else 0,
    }
    connection.execute(insert(WRITES).values(values))
    return Turn(moment(at), is_taken=True, is_probe=is_probe)


def stop(connection: Connection, called: Stop, now: datetime) -> datetime:
    """When writes may be tried again; where GitHub names no time, each stop in a row is twice the one before."""
    _only_one(connection, called.installation)
    _forget(connection, called.installation, now, called.scale)
    last = _last(connection, called.installation)
    stops = last.stops if last is not None else 0
    # Writes that were under way together are refused together: that is one stop.
    if last is None or not (last.is_stop and last.at >= micros(called.since)):
        stops += 1
    if called.told is not None:
        wait = called.told
    else:
        wait = min(FIRST_STOP * 2 ** min(stops - 1, 10), LONGEST_STOP) * called.scale
    values = {
        "installation": called.installation,
        "at": micros(now),
        "free": micros(now) + _us(wait),
        "content": False,
        "is_stop": True,
        "stops": stops,
    }
    connection.execute(insert(WRITES).values(values))
    return moment(_free(connection, called.installation))


def _only_one(connection: Connection, installation: int) -> None:
    """SQLite has one writer anyway; on PostgreSQL the replicas queue here until the transaction ends."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended('millwright writes ' || :of, 0))")
        connection.execute(lock, {"of": str(installation)})


def _forget(connection: Connection, installation: int, now: datetime, scale: float) -> None:
    """What no window of GitHub's reaches any more goes."""
    old = _C.free < micros(now) - _us(HOUR * scale)
    connection.execute(delete(WRITES).where(_C.installation == installation, old))


def _last(connection: Connection, installation: int) -> Row[int, bool, int] | None:
    query = select(_C.at, _C.is_stop, _C.stops).where(_C.installation == installation)
    return connection.execute(query.order_by(_C.id.desc()).limit(1)).first()


def _free(connection: Connection, installation: int) -> int:
    found: int | None = connection.execute(
        select(func.max(_C.free)).where(_C.installation == installation)
    ).scalar()
    return found or 0


def _window(connection: Connection, write: Write, most: int, seconds: float) -> int:
    """When the oldest of the last `most` writes of content has left the window."""
    query = select(_C.at).where(_C.installation == write.installation, _C.content)
    oldest: int | None = connection.execute(query.order_by(_C.at.desc()).limit(1).offset(most - 1)).scalar()
    return 0 if oldest is None else oldest + _us(seconds * write.scale)


def _us(seconds: float) -> int:
    return int(seconds * 1_000_000)

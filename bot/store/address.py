"""Where the database is: the URL that people write, and the one that SQLAlchemy gets."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import StoreError

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
"""The one driver of each that Millwright knows."""


def address(url: str) -> URL:
    """The URL with its driver; raises StoreError for another database or driver, never with the password."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("the database's URL cannot be read: sqlite:///PATH or postgresql://…") from None
    wanted = DRIVERS.get(parsed.get_backend_name())
    if wanted is None or parsed.drivername not in (parsed.get_backend_name(), wanted):
        raise StoreError(
            f"a database of kind {parsed.drivername!r} is not known: use sqlite:///PATH or postgresql://…"
        )
    return parsed.set(drivername=wanted)


def missing(error: ImportError) -> StoreError:
    """What to say when PostgreSQL's driver is not there."""
    return StoreError(
        f"PostgreSQL needs a driver that is not installed ({error.name}): pip install 'millwright[postgres]'"
    )

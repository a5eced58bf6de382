"""What the errors of SQLite and PostgreSQL mean to those who asked: come again later, or never."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import StoreBusy, StoreError

_COLLISIONS = frozenset({"40001", "40P01"})
"""serialization_failure, deadlock_detected: another transaction was first, and ours left nothing."""
_READ_ONLY = "25006"
"""The server has become another one's standby; the address leads to the new one."""


def is_busy(error: BaseException) -> bool:
    """Whether the database is away, locked, full or shutting down: the same may go well later.

    https://www.postgresql.org/docs/current/errcodes-appendix.html, https://peps.python.org/pep-0249/#exceptions
    """
    busy = isinstance(error, OperationalError | InterfaceError | PoolTimeout | PendingRollbackError)
    return busy or is_lost(error)


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, and with it whatever was not committed."""
    return isinstance(error, DBAPIError) and (error.connection_invalidated or _state(error) == _READ_ONLY)


def is_collision(error: BaseException) -> bool:
    """Whether another transaction stood in the way: the same at once is worth a try."""
    return _state(error) in _COLLISIONS


def told(error: BaseException, doing: str) -> StoreError:
    """The error for those who asked: StoreBusy where later is worth a try.

    Its words go into logs, so they are the server's only where it speaks of itself, not of what people wrote.
    """
    if isinstance(error, StoreError):
        return error
    name, own = type(error).__name__, getattr(error, "orig", None) or error
    if not is_busy(error):
        return StoreError(f"{doing}: {name} {_state(error) or ''}".rstrip())
    return StoreBusy(f"{doing}: {' '.join(str(own).split())[:300] or name}")


def _state(error: BaseException) -> str | None:
    """PostgreSQL's code of the error; SQLite has none."""
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None

"""A database that is only looked at: nothing in it, beside it or about it changes, whoever else has it open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.allowance import Opened
from bot.domain.ledger import Line
from bot.domain.took import Took
from bot.errors import StoreError
from bot.store import ledger, looking
from bot.store.address import address, missing
from bot.store.migrations import VERSION
from bot.store.tables import LEDGER, SCHEMA

_BEGINS = {"sqlite": "BEGIN", "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"}
"""What makes everything that is read one moment's, and keeps PostgreSQL from writing; settings know no others."""


class ReadStore:
    """The half of `bot.ports.Store` that reads, as of one moment; the half that writes is not here at all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lines(self, case: str) -> list[Line]:
        """The case's ledger, in order."""
        return ledger.read(self._connection, case)

    async def find(self, alias: str) -> str | None:
        """The case whose ledger holds the alias, the latest one."""
        return ledger.find(self._connection, alias)

    async def cases_of(self, repositories: Sequence[int], installation: int = 0) -> tuple[str, ...]:
        """The cases that `knowledge.CasesOf` describes, sorted."""
        return ledger.cases_of(self._connection, repositories, installation)

    async def opened_lately(self, repository: int) -> tuple[Opened, ...]:
        """The newest capabilities that were opened in a repository, as many as any limit counts."""
        return looking.opened_lately(self._connection, repository)

    async def took_lately(self, installation: int) -> tuple[Took, ...]:
        """How long the newest steps took that were completed in an installation."""
        return looking.took_lately(self._connection, installation)

    async def blob(self, digest: str) -> bytes | None:
        """The bytes of a digest, None when they are not there."""
        return ledger.blob(self._connection, digest)

    async def cases_numbered(self, number: int) -> tuple[str, ...]:
        """The cases that were opened on an issue of that number, in whichever repository, sorted."""
        query = select(LEDGER.c.case_key).where(LEDGER.c.alias.like(f"issue:%:{number}")).distinct()
        return tuple(sorted(self._connection.execute(query).scalars()))


@contextmanager
def looking_at(url: str) -> Iterator[ReadStore]:
    """The database behind `url` as it is at this moment; raises StoreError as `snapshot` does."""
    with snapshot(url) as connection:
        yield ReadStore(connection)


@contextmanager
def snapshot(url: str, *, is_long: bool = False) -> Iterator[Connection]:
    """One moment of the database behind `url`; it is neither made nor migrated, and nobody waits for us.

    A long look may leave SQLite's files of a log beside it, for a bot may start and end meanwhile. Raises
    StoreError where there is no database, or one of another release's schema.
    """
    parsed = address(url)
    shown = parsed.render_as_string()  # the password is left out
    try:
        engine = _file(parsed, is_long) if parsed.get_backend_name() == "sqlite" else _server(parsed)
    except ImportError as error:
        raise missing(error) from error
    try:
        with engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(_BEGINS[parsed.get_backend_name()])
            require_schema(connection, shown)
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"reading the database {shown}: {error}") from error
    finally:
        engine.dispose()


def _server(url: URL) -> Engine:
    return create_engine(url)


def _file(url: URL, is_long: bool) -> Engine:
    """SQLite by its read-only URI; where no log lies beside it as a file that nobody changes.

    Even a reader makes the log's files where they are missing, and leaves them there. A bot that starts meanwhile
    writes to its log first. Source: https://www.sqlite.org/wal.html#read_only_databases
    """
    path = Path(url.database or "")
    if not url.database or not path.is_file():
        raise StoreError(
            f"there is no database {path}: name the bot's own in MILLWRIGHT_DATABASE or MILLWRIGHT_DATA"
        )
    log = path.with_name(f"{path.name}-wal")
    still = "" if is_long or (log.exists() and log.stat().st_size) else "&immutable=1"
    uri = f"file:{quote(str(path.absolute()))}?mode=ro{still}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True)
        connection.isolation_level = None  # the driver begins nothing by itself
        connection.execute("PRAGMA query_only=ON")
        return connection

    return create_engine("sqlite://", creator=connect)


def require_schema(connection: Connection, shown: str) -> None:
    """Raises StoreError where the tables are not those of this release."""
    if not inspect(connection).has_table(SCHEMA.name):
        raise StoreError(f"the database {shown} holds nothing of Millwright's: is it the bot's own?")
    found = connection.execute(select(SCHEMA.c.version)).scalar_one()
    if found != VERSION:
        step = "install the newer release" if found > VERSION else "start `millwright serve` of this release once"
        raise StoreError(
            f"the database {shown} has schema version {found}, this Millwright reads {VERSION}: {step}"
        )

"""The schema, in SQL that SQLite and PostgreSQL both speak; times are microseconds since the epoch, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

# Names are compared byte by byte, so that all that begin alike stand together; SQLite does that by itself.
Alias = Text().with_variant(Text(collation="C"), "postgresql")

METADATA = MetaData()


def _only(index: Index, rows: str) -> None:
    """Have the index hold only these rows, so that it stays as small as what waits (`due.py`)."""
    for dialect in ("sqlite", "postgresql"):
        index.dialect_options[dialect]["where"] = text(rows)


INBOX = Table(
    "inbox",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", String(16), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("delivery", Text, nullable=False),
    Column("case_key", Text),
    Column("tenant", BigInteger),  # the installation, as the row's bytes tell it; 0 or nothing where they do not
    Column("status", String(8), nullable=False),  # waiting, done, parked
    Column("due", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("error", Text),
    Column("body", LargeBinary, nullable=False),  # last: SQLite reads no overflow pages for what stands before
    UniqueConstraint("delivery", name="inbox_delivery"),
    sqlite_autoincrement=True,  # a number is never given twice, although finished rows are let go
)
Index("inbox_work", INBOX.c.status, INBOX.c.case_key, INBOX.c.id)
_only(Index("inbox_fresh", INBOX.c.id, INBOX.c.case_key), "status = 'waiting' AND due IS NULL")
_only(Index("inbox_tenant", INBOX.c.tenant, INBOX.c.id, INBOX.c.case_key), "status = 'waiting' AND due IS NULL")
_only(Index("inbox_due", INBOX.c.due, INBOX.c.case_key), "status = 'waiting' AND due IS NOT NULL")
_only(
    Index("inbox_retry", INBOX.c.case_key, INBOX.c.due), "status = 'waiting' AND due IS NOT NULL AND attempts > 0"
)

LEDGER = Table(
    "ledger",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_key", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("alias", Alias),
    Column("raw", LargeBinary, nullable=False),
    UniqueConstraint("case_key", "n", name="ledger_case_n"),
)
Index("ledger_alias", LEDGER.c.alias, LEDGER.c.id)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_key", Text, nullable=False),
    Column("row_id", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("slot", Text, nullable=False),  # the key, or what only the newest of matters for
    Column("type", String(32), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("status", String(10), nullable=False),  # waiting, performed, failed, superseded
    Column("due", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("result", Text),
    Column("waits", Integer, nullable=False, server_default="0"),  # attempts that others made wait, of all
    Column("effect", LargeBinary, nullable=False),
)
Index("outbox_work", OUTBOX.c.status, OUTBOX.c.case_key, OUTBOX.c.id)
_only(Index("outbox_fresh", OUTBOX.c.id, OUTBOX.c.case_key), "status = 'waiting' AND due IS NULL")
_only(Index("outbox_due", OUTBOX.c.due, OUTBOX.c.case_key), "status = 'waiting' AND due IS NOT NULL")
Index("outbox_key", OUTBOX.c.case_key, OUTBOX.c.key, OUTBOX.c.status)
Index("outbox_slot", OUTBOX.c.case_key, OUTBOX.c.slot, OUTBOX.c.status)

BLOBS = Table(
    "blobs",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

LEASES = Table(
    "leases",
    METADATA,
    Column("case_key", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)

WRITES = Table(
    "writes",
    METADATA,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("installation", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),  # when the write may leave; replicas share one row of them
    Column("free", BigInteger, nullable=False),  # when the next one may
    Column("content", Boolean, nullable=False),  # whether GitHub counts it among what reaches people
    Column("is_stop", Boolean, nullable=False),  # no write: GitHub refused one and wants us to wait
    Column("stops", Integer, nullable=False),  # how often in a row it did so
)
Index("writes_at", WRITES.c.installation, WRITES.c.at)

SCHEMA = Table(
    "millwright_schema",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("touched", BigInteger, nullable=False),
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def words(text: str) -> str:
    """The text as both databases take it: PostgreSQL no NUL, neither of them half of a surrogate pair."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def micros(at: datetime) -> int:
    """Microseconds since the epoch; exact, unlike `timestamp()`."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """The time that `micros` made a number of, in UTC."""
    return _EPOCH + timedelta(microseconds=value)

"""Databases of every released version: this release brings them up to date, whole, or leaves them as they were."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from bot.domain.ledger import broken_at
from bot.errors import StoreError
from bot.store.connect import open_database
from bot.store.database import Database
from bot.store.migrations import STEPS, VERSION
from tests.bot.standin import now, webhook

RELEASED = Path(__file__).parent / "released"
VERSIONS = sorted({int(path.name.split("_")[1].split(".")[0]) for path in RELEASED.glob("*.sql")})
YEARS_LATER = datetime(2030, 1, 1, tzinfo=UTC)

_POSTGRESQL = (
    "SELECT table_name, column_name, data_type, character_maximum_length, collation_name, is_nullable,"
    " column_default FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
)
_SQLITE = (
    'SELECT t.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master t, pragma_table_info(t.name) c'
    " WHERE t.type = 'table'",
    "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index'",
    "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table'",
)


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, database: str) -> str:
    """A database as that version left it."""
    dialect = database.partition(":")[0].partition("+")[0]
    script = (RELEASED / f"version_{request.param}.{dialect}.sql").read_text("utf-8")
    if dialect == "sqlite":
        connection = sqlite3.connect(database.removeprefix("sqlite:///"))
        connection.executescript(script)
        connection.close()
    else:
        executed(database, script)
    return database


def executed(url: str, statement: str) -> list[tuple[Any, ...]]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql(statement)
            return [tuple(row) for row in found] if found.returns_rows else []
    finally:
        engine.dispose()


def schema(url: str) -> list[list[tuple[Any, ...]]]:
    """Columns, types, defaults, collations, indexes and constraints, in no order that matters."""
    queries = _SQLITE if url.startswith("sqlite") else _POSTGRESQL
    return [sorted((tuple(_plain(one) for one in row) for row in executed(url, q)), key=repr) for q in queries]


def _plain(value: object) -> object:
    """SQL's words without what means nothing: spaces, and the names that a restored dump spells out."""
    return re.sub(r"\s+", " ", value.replace("public.", "")) if isinstance(value, str) else value


async def content(store: Database) -> dict[str, object]:
    """What the old database held, through this release's doors."""
    cases = [f"case:101:I_{number}" for number in (1, 2, 3)]
    lines = {case: await store.lines(case) for case in cases}
    assert [broken_at(found) for found in lines.values()] == [None, None, None]
    return {
        "lines": {case: [line.entry.type for line in found] for case, found in lines.items()},
        "aliases": [await store.find(name) for name in ("issue:101:2", "made:say:1", "made:r:2")],
        "cases": await store.cases_of((102,), 5),
        "unrouted": [row.kind for row in await store.unrouted(10)],
        "parked": [(row.case, row.attempts, row.error) for row in await store.parked()],
        "pending": [one.key for one in await store.pending(cases[2], YEARS_LATER)],
        "ready": sorted(await store.ready(now(), 10)),
        "later": sorted(await store.ready(YEARS_LATER, 10)),
        "again": await store.accept(webhook("00000021-0000-4000-8000-000000000000")),
    }


async def test_it_is_brought_up_to_date_and_its_content_is_whole(old: str) -> None:
    store = open_database(old, now, "replica-1")
    found = await content(store)
    assert await store.lease("case:101:I_1"), "an earlier process of this name held it"
    await store.close()
    performed, opened = "effect.performed", ["opened", "planned"]
    assert found == {
        "lines": {
            "case:101:I_1": [*opened, *[performed] * 3],
            "case:101:I_2": [*opened, performed, "told", performed],
            "case:101:I_3": opened,
        },
        "aliases": ["case:101:I_2", "case:101:I_1", None],
        "cases": ("case:101:I_1", "case:101:I_2", "case:101:I_3"),
        "unrouted": ["issues"],
        "parked": [("case:101:I_13", 5, "RuntimeError: unlucky")],
        "pending": ["say:3", "r:3", "reply:3"],
        "ready": ["case:101:I_1"],
        "later": ["case:101:I_1", "case:101:I_2", "case:101:I_3"],
        "again": None,
    }


async def test_its_schema_is_then_that_of_a_fresh_database(
    old: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fresh = f"sqlite:///{tmp_path}/fresh.db"
    if not old.startswith("sqlite"):
        fresh = request.getfixturevalue("postgres").fresh()
        # Databases of the first weeks were made without it.
        executed(old, 'ALTER TABLE ledger ALTER COLUMN alias TYPE TEXT COLLATE "default"')
    for url in (old, fresh):
        await open_database(url, now, "bot").close()
    assert schema(old) == schema(fresh)
    assert executed(old, "SELECT version FROM millwright_schema") == [(VERSION,)]


async def test_a_crash_at_any_statement_leaves_the_old_one_and_the_next_start_goes_on(old: str) -> None:
    before, crashes = schema(old), 0
    while True:
        with _crashing_after(crashes) as crashed, suppress(StoreError):
            await open_database(old, now, "bot").close()
        if not crashed():
            break
        assert schema(old) == before
        assert executed(old, "SELECT version FROM millwright_schema") != [(VERSION,)]
        crashes += 1
    assert crashes > len(STEPS)
    store = open_database(old, now, "replica-1")
    assert (await content(store))["ready"] == ["case:101:I_1"]
    await store.close()


@contextmanager
def _crashing_after(statements: int) -> Iterator[Callable[[], bool]]:
    """Everything fails from the so-manyth change on, as if the process had ended there."""
    count = 0

    def before(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal count
        if re.match(r"\s*(ALTER|CREATE|DROP|INSERT|UPDATE)", statement):
            count += 1
            if count > statements:
                raise OSError("the power is gone")

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield lambda: count > statements
    finally:
        event.remove(Engine, "before_cursor_execute", before)


@pytest.mark.parametrize("is_old", [False, True], ids=["empty", "old"])
async def test_replicas_that_start_at_once_do_not_both_make_or_migrate_it(
    is_old: bool, postgres_url: str, request: pytest.FixtureRequest
) -> None:
    if is_old:
        executed(postgres_url, (RELEASED / f"version_{VERSIONS[0]}.postgresql.sql").read_text("utf-8"))
    names = [f"replica-{number}" for number in range(4)]
    stores = await asyncio.gather(*(asyncio.to_thread(open_database, postgres_url, now, name) for name in names))
    for store in stores:
        await store.close()
    assert executed(postgres_url, "SELECT version FROM millwright_schema") == [(VERSION,)]


async def test_one_of_a_newer_release_is_refused_untouched(old: str) -> None:
    executed(old, "UPDATE millwright_schema SET version = 99")
    before = schema(old)
    with pytest.raises(StoreError, match="newer"):
        open_database(old, now, "bot")
    assert schema(old) == before


def test_there_is_a_dump_of_every_version_before_this_one_for_both() -> None:
    wanted = {f"version_{n}.{d}.sql" for n in range(1, VERSION) for d in ("sqlite", "postgresql")}
    assert {path.name for path in RELEASED.glob("*.sql")} == wanted

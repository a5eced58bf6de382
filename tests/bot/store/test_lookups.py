"""Which cases something that happens on GitHub concerns: found by an index, however many there are."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from bot.domain.ledger import Entry, chain
from bot.ports import Commit, NewRow
from bot.store import ledger
from bot.store.database import Database
from bot.store.tables import LEDGER, METADATA
from tests.bot.standin import now
from tests.bot.store.case import opened, row


async def planned(store: Database, repository: int, issue: int, installation: int, operations: int) -> str:
    """A case with its two names: its issue's, and that of the installation and the place where it runs."""
    key = f"case:{repository}:I_{issue}"
    number = await store.accept(row(f"{installation}/{key}", case=key)) or 0
    names = (f"issue:{repository}:{issue}", f"installation:{installation}:{operations}:{key}")
    lines = chain([Entry("x", {}, alias=name) for name in names], None, now())
    await store.commit(Commit(number, key, 0, tuple(lines)))
    return key


@pytest.fixture
async def there(database: str) -> tuple[Database, dict[str, str]]:
    """Cases of two installations in repositories whose numbers begin alike."""
    store = opened(database)
    places = {"a": (10, 1, 7, 90), "b": (10, 2, 7, 90), "c": (101, 1, 7, 91), "d": (10, 3, 77, 90)}
    return store, {name: await planned(store, *place) for name, place in places.items()}


@pytest.mark.parametrize(
    ("repositories", "installation", "found"),
    [
        ((10,), 0, "abd"),
        ((1,), 0, ""),
        ((10, 101), 0, "abcd"),
        ((90,), 7, "ab"),
        ((10,), 7, "abd"),
        ((91,), 7, "c"),
        ((90,), 0, ""),
        ((), 7, "abc"),
        ((), 77, "d"),
        ((), 0, ""),
    ],
)
async def test_cases_are_found_by_repository_and_by_installation(
    there: tuple[Database, dict[str, str]], repositories: tuple[int, ...], installation: int, found: str
) -> None:
    store, keys = there
    assert await store.cases_of(repositories, installation) == tuple(sorted(keys[name] for name in found))
    await store.close()


def test_finding_them_reads_a_range_of_an_index() -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        query = select(LEDGER.c.case_key).where(LEDGER.c.alias >= "issue:1:", LEDGER.c.alias < "issue:1;")
        text = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
        plan = " ".join(str(line) for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
        assert "ledger_alias" in plan
        assert "SCAN" not in plan
        assert ledger.cases_of(connection, (1,), 2) == ()


def test_postgresql_compares_names_byte_by_byte_too() -> None:
    assert 'alias TEXT COLLATE "C"' in str(CreateTable(LEDGER).compile(dialect=postgresql.dialect()))


async def test_thousands_are_told_in_one_transaction(database: str) -> None:
    store = opened(database)
    number = await store.accept(row("d", case="repo:1")) or 0
    told = tuple(NewRow("internal", "told", f"told:{n}", b"{}", f"case:1:I_{n}") for n in range(3_000))
    await store.commit(Commit(number, "repo:1", 0, timers=told))
    assert len(await store.ready(now(), 5_000)) == 3_000
    await store.close()

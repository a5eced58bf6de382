"""The store: durable when it returns, whole or not at all, one writer per place in the ledger."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.domain.ledger import Entry, broken_at, chain
from bot.errors import Fenced, StoreError
from bot.ports import Commit
from bot.store.connect import open_database
from bot.store.tables import LEDGER, METADATA, SCHEMA, micros, moment
from tests.bot.standin import now, reacting
from tests.bot.store.case import CASE, decided, opened, row


async def test_what_was_accepted_is_there_after_a_restart_byte_for_byte(database: str) -> None:
    bodies = [b"", b"\x00\xff", bytes(range(256)) * 300, "ü".encode() * 5_000]
    store = opened(database)
    await asyncio.gather(*(store.accept(row(f"d{n}", body, None)) for n, body in enumerate(bodies)))
    await store.close()
    store = opened(database)
    assert {found.delivery: found.body for found in await store.unrouted(10)} == {
        f"d{n}": body for n, body in enumerate(bodies)
    }
    await store.close()


async def test_arrivals_of_a_moment_share_a_commit_and_duplicates_among_them_are_dropped(database: str) -> None:
    store = opened(database)
    ids = await asyncio.gather(*(store.accept(row(f"d{n % 50}", case=None)) for n in range(150)))
    assert len([found for found in ids if found is not None]) == 50
    assert len({found for found in ids if found is not None}) == 50
    assert len(await store.unrouted(200)) == 50
    await store.close()


async def test_the_second_decision_on_the_same_line_is_fenced_and_leaves_nothing(database: str) -> None:
    store = opened(database)
    await decided(store, "d1")
    number = await store.accept(row("d2")) or 0
    stale = chain([Entry("y")], None, now())
    with pytest.raises(Fenced):
        await store.commit(Commit(number, CASE, 0, tuple(stale), (b"other",), (reacting("r"),)))
    assert [line.entry.type for line in await store.lines(CASE)] == ["x"]
    assert await store.pending(CASE, now()) == []
    assert await store.blob(hashlib.sha256(b"other").hexdigest()) is None
    taken = await store.take(CASE)
    assert taken is not None
    assert taken.id == number
    await store.close()


async def test_a_row_is_decided_once(database: str) -> None:
    store = opened(database)
    number = await decided(store, "d1")
    with pytest.raises(Fenced, match="finished"):
        await store.commit(Commit(number, CASE, 1))
    await store.close()


async def test_a_failing_neighbour_in_the_same_commit_does_no_harm(database: str) -> None:
    store = opened(database)
    results = await asyncio.gather(
        *(store.accept(row(f"d{n}")) for n in range(20)),
        store.commit(Commit(999, CASE, 0)),
        *(store.accept(row(f"e{n}")) for n in range(20)),
        return_exceptions=True,
    )
    assert len([found for found in results if isinstance(found, int)]) == 40
    assert len([found for found in results if isinstance(found, Fenced)]) == 1
    await store.close()


async def test_the_chain_is_stored_as_it_was_hashed(database: str) -> None:
    store = opened(database)
    await decided(store, "d1", entries=3)
    await decided(store, "d2", entries=2)
    lines = await store.lines(CASE)
    assert [line.n for line in lines] == [1, 2, 3, 4, 5]
    assert broken_at(lines) is None
    assert await store.blob(hashlib.sha256(b"blob").hexdigest()) == b"blob"
    await store.close()


async def test_an_alias_finds_the_case_that_used_it_last(database: str) -> None:
    store = opened(database)
    for case in ("case:1:a", "case:1:b"):
        number = await store.accept(row(case, case=case)) or 0
        await store.commit(Commit(number, case, 0, tuple(chain([Entry("x", alias="run:7")], None, now()))))
    assert await store.find("run:7") == "case:1:b"
    assert await store.find("run:8") is None
    await store.close()


async def test_finished_rows_are_let_go_and_what_waits_or_is_parked_stays(database: str) -> None:
    store = opened(database)
    await decided(store, "done")
    await store.accept(row("parked"))
    taken = await store.take(CASE)
    assert taken is not None
    await store.park(taken, "no")
    await store.accept(row("waiting"))
    assert await store.prune(now() - timedelta(days=1)) == 0
    assert await store.prune(now() + timedelta(days=1)) == 1
    assert [found.delivery for found in await store.parked()] == ["parked"]
    waiting = await store.take(CASE)
    assert waiting is not None
    assert waiting.delivery == "waiting"
    assert len(await store.lines(CASE)) == 1
    await store.close()


async def test_lines_of_another_process_are_seen_although_the_ledger_is_kept_in_memory(database: str) -> None:
    store = opened(database)
    await decided(store, "d1")
    assert len(await store.lines(CASE)) == 1
    line = chain([Entry("y")], (await store.lines(CASE))[-1], now())[0]
    values = {"case_key": CASE, "n": line.n, "hash": line.hash, "alias": None, "raw": line.raw}
    await store._writer.run(lambda connection: connection.execute(LEDGER.insert().values(values)))
    assert [found.entry.type for found in await store.lines(CASE)] == ["x", "y"]
    await store.close()


async def test_one_case_is_leased_to_one_process_until_the_lease_ends(database: str) -> None:
    one = opened(database, "one")
    assert await one.lease(CASE)
    assert await one.lease(CASE)  # its own, after a restart
    await one.close()
    other = opened(database, "other")
    assert not await other.lease(CASE)
    assert await other.renew([CASE]) == []
    await other.close()
    one = opened(database, "one")
    await one.release(CASE)
    await one.close()
    other = open_database(database, lambda: now() + timedelta(hours=1), "other")
    assert await other.lease(CASE)
    await other.close()


async def test_a_second_process_on_the_same_file_is_refused(sqlite_url: str) -> None:
    store = opened(sqlite_url)
    with pytest.raises(StoreError, match="held by another"):
        opened(sqlite_url, "second")
    await store.close()
    await opened(sqlite_url).close()


async def test_a_database_of_a_newer_release_is_refused_untouched(database: str) -> None:
    store = opened(database)
    await store._writer.run(lambda connection: connection.execute(SCHEMA.update().values(version=99)))
    await store.close()
    with pytest.raises(StoreError, match="newer"):
        opened(database)


async def test_memory_is_no_place_for_a_database() -> None:
    with pytest.raises(StoreError, match="file"):
        open_database("sqlite://", now, "bot")


async def test_a_closed_store_says_so(database: str) -> None:
    store = opened(database)
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.accept(row("d"))


def test_every_table_and_index_is_sql_that_postgresql_speaks() -> None:
    for table in METADATA.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for index in table.indexes:
            assert "CREATE INDEX" in str(CreateIndex(index).compile(dialect=postgresql.dialect()))


@given(st.datetimes().map(lambda at: at.replace(tzinfo=now().tzinfo)))
@settings(max_examples=200)
def test_a_time_comes_back_to_the_microsecond(at: object) -> None:
    assert moment(micros(at)) == at  # type: ignore[arg-type]

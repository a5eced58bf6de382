"""The database goes away under load and comes back: nothing acknowledged is lost, nothing is handled twice."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Connection, event

from bot.app import Running
from tests.postgres import Server
from tests.replicas.bots import Book, deliver, running, until

CASES = 5


class Load:
    """Webhooks without end from several senders, and what they were answered."""

    def __init__(self, url: str) -> None:
        self.answered: dict[int, int] = {}
        self.faults: list[str] = []
        self._url, self._numbers = url, itertools.count(1)

    def count(self, status: int) -> int:
        """How many were answered so."""
        return Counter(self.answered.values())[status]

    async def reach(self, status: int, more: int) -> None:
        """Returns when so many more were answered so."""
        wanted = self.count(status) + more

        async def reached() -> bool:
            return self.count(status) >= wanted

        await until(reached, 60)

    @asynccontextmanager
    async def going(self, senders: int = 6) -> AsyncIterator[None]:
        """Sends for the length of the block."""
        over = asyncio.Event()
        async with aiohttp.ClientSession() as http:
            tasks = [asyncio.create_task(self._send(http, over)) for _ in range(senders)]
            try:
                yield
            finally:
                over.set()
                await asyncio.gather(*tasks)

    async def _send(self, http: aiohttp.ClientSession, over: asyncio.Event) -> None:
        while not over.is_set():
            number = next(self._numbers)
            answer = await deliver(http, self._url, number, f"I_{number % CASES}")
            self.answered[number] = answer.status
            if answer.status == 503 and (await answer.json())["code"] != "database":
                self.faults.append(f"{number}: {await answer.text()}")
            if answer.status == 503 and not answer.headers.get("Retry-After", "").isdecimal():
                self.faults.append(f"{number}: no Retry-After")


async def handled(bot: Running) -> list[str]:
    """What stands in the ledgers of all cases."""
    lines = [await bot.store.lines(f"case:101:I_{number}") for number in range(CASES)]
    return [line.entry.type for found in lines for line in found if line.entry.type != "effect.performed"]


async def readiness(bot: Running) -> int:
    async with aiohttp.ClientSession() as http, http.get(f"{bot.url}/readyz") as answer:
        return answer.status


async def check(load: Load, bot: Running, book: Book) -> None:
    """Every acknowledged delivery is handled and done, none twice, and no door said anything else."""
    assert set(load.answered.values()) == {202, 503}, Counter(load.answered.values())
    assert not load.faults
    acknowledged = {f"reply:{number}" for number, status in load.answered.items() if status == 202}

    async def are_done() -> bool:
        return acknowledged <= set(book.made)

    await until(are_done)
    async with asyncio.timeout(30):
        await bot.settle()
    found = await handled(bot)
    assert acknowledged <= set(found)
    assert len(found) == len(set(found))
    assert set(book.made) == set(found)
    assert len(book.made) == len(set(book.made))


@pytest.mark.parametrize("is_asked", [False, True], ids=["killed", "restarted"])
async def test_a_server_that_goes_away_under_load_costs_no_acknowledged_delivery(
    is_asked: bool, tmp_path: Path, postgres: Server, postgres_url: str
) -> None:
    book = Book()
    async with running(tmp_path, postgres_url, book.flow()) as bot:
        load = Load(bot.url)
        async with load.going():
            await load.reach(202, 30)
            await asyncio.to_thread(postgres.stop if is_asked else postgres.kill)
            await load.reach(503, 10)
            assert await readiness(bot) == 503
            await asyncio.to_thread(postgres.start)
            await load.reach(202, 30)
        assert await readiness(bot) == 200
        await check(load, bot, book)


async def test_a_restart_of_a_second_is_not_even_noticed(
    tmp_path: Path, postgres: Server, postgres_url: str
) -> None:
    book = Book()
    async with running(tmp_path, postgres_url, book.flow()) as bot, aiohttp.ClientSession() as http:
        assert (await deliver(http, bot.url, 1, "I_1")).status == 202
        await asyncio.to_thread(postgres.kill)
        sent = asyncio.create_task(deliver(http, bot.url, 2, "I_1"))
        await asyncio.to_thread(postgres.start)
        assert (await sent).status == 202

        async def both() -> bool:
            return sorted(book.made) == ["reply:1", "reply:2"]

        await until(both)


async def test_a_full_disk_is_503_and_all_goes_on_when_there_is_room_again(tmp_path: Path) -> None:
    book = Book()
    async with running(tmp_path, f"sqlite:///{tmp_path}/bot.db", book.flow()) as bot:
        pages = 2**30

        def limit(connection: Connection) -> None:
            # https://www.sqlite.org/pragma.html#pragma_max_page_count
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        event.listen(bot.store._writes, "begin", limit)
        load = Load(bot.url)
        async with load.going():
            await load.reach(202, 30)
            pages = 1  # SQLite takes it for the size that it has
            await load.reach(503, 10)
            assert await readiness(bot) in {200, 503}  # there may be room for the one number that it writes
            pages = 2**30
            await load.reach(202, 30)
        await check(load, bot, book)


async def test_a_file_that_somebody_locks_is_503_and_all_goes_on_when_it_is_free(tmp_path: Path) -> None:
    book = Book()
    async with running(tmp_path, f"sqlite:///{tmp_path}/bot.db", book.flow()) as bot:
        # As an administrator's shell does; the bot's own patience with it is cut short.
        await bot.store._writer.run(lambda c: c.exec_driver_sql("PRAGMA busy_timeout=100").scalar())
        load = Load(bot.url)
        async with load.going():
            await load.reach(202, 30)
            with closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as shell:
                shell.execute("BEGIN IMMEDIATE")
                await load.reach(503, 10)
                assert await readiness(bot) == 503
            await load.reach(202, 30)
        await check(load, bot, book)

"""Replicas on one PostgreSQL: they share the cases, wake each other, take over what the dead left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.errors import StoreError
from bot.ports import DoorAnswer, NewRow
from bot.store.connect import open_database
from bot.store.database import Database
from tests.bot.standin import now
from tests.bot.store.case import CASE, opened, row
from tests.postgres import Server
from tests.replicas.bots import Book, deliver, running, until

KEY, OTHER_KEY = "11" * 32, "22" * 32


@dataclass
class Replica:
    """A store, and what it heard of the others."""

    store: Database
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    answers: list[tuple[int, DoorAnswer]] = field(default_factory=list)

    def answer(self, number: int, answer: DoorAnswer) -> None:
        assert self.store.others is not None
        self.store.others.answer(number, answer)

    async def is_woken(self) -> None:
        async with asyncio.timeout(20):
            await self.woken.wait()
        self.woken.clear()


@asynccontextmanager
async def replica(url: str, name: str, key: str = KEY) -> AsyncIterator[Replica]:
    store = opened(url, name)
    here = Replica(store)
    assert store.others is not None
    store.others.listen(here.woken.set, lambda *told: here.answers.append(told), lambda: key)
    here.woken.clear()
    try:
        yield here
    finally:
        await store.close()


def claim(delivery: str) -> NewRow:
    return NewRow("runs", "claim", delivery, b"{}", CASE)


async def test_a_row_that_one_accepts_wakes_the_others_and_not_itself(postgres_url: str) -> None:
    async with replica(postgres_url, "one") as one, replica(postgres_url, "two") as two:
        await one.store.accept(row("d1"))
        await two.is_woken()
        assert not one.woken.is_set()
        await two.store.accept(row("d2"))
        await one.is_woken()


async def test_they_hear_each_other_again_after_the_server_was_away(postgres_url: str, postgres: Server) -> None:
    async with replica(postgres_url, "one") as one, replica(postgres_url, "two") as two:
        postgres.kill()
        postgres.start()
        await two.is_woken()  # something may have been said meanwhile
        await one.is_woken()
        await one.store.accept(row("d1"))
        await two.is_woken()


async def test_a_case_that_another_works_on_is_left_out_until_its_lease_ends(postgres_url: str) -> None:
    one, two = opened(postgres_url, "one"), opened(postgres_url, "two")
    await one.accept(row("d1"))
    assert await one.lease(CASE)
    assert await two.ready(now(), 10) == []
    assert not await two.lease(CASE)
    ends = await two.next_due(now())
    assert ends is not None
    assert timedelta(seconds=50) < ends - now() <= timedelta(seconds=60)
    await one.close()  # as if it had died: it gives nothing back
    assert await two.ready(ends, 10) == [CASE]
    later = open_database(postgres_url, lambda: ends, "three")
    assert await later.lease(CASE)
    await later.close()
    await two.close()


async def test_a_process_that_restarts_under_its_name_takes_its_own_back_at_once(postgres_url: str) -> None:
    one = opened(postgres_url, "one")
    await one.accept(row("d1"))
    assert await one.lease(CASE)
    await one.close()
    again = opened(postgres_url, "one")
    assert await again.ready(now(), 10) == [CASE]
    assert await again.lease(CASE)
    await again.close()


async def test_a_second_process_of_a_name_does_not_take_what_the_first_works_on(postgres_url: str) -> None:
    one, same = opened(postgres_url, "one"), opened(postgres_url, "one")
    await one.accept(row("d1"))
    assert await one.lease(CASE)
    assert not await same.lease(CASE)
    assert await one.renew([CASE]) == [CASE]
    await one.close()
    await same.close()


async def test_a_row_that_two_route_goes_where_the_first_said(postgres_url: str) -> None:
    one, two = opened(postgres_url, "one"), opened(postgres_url, "two")
    await one.accept(row("d1", case=None))
    [found] = await two.unrouted(10)
    await one.route([(found.id, "case:1:first", 5)])
    await two.route([(found.id, "case:1:second", 5)])
    assert await one.ready(now(), 10) == ["case:1:first"]
    await one.close()
    await two.close()


async def test_a_delivery_that_comes_to_both_at_once_is_kept_once(postgres_url: str) -> None:
    one, two = opened(postgres_url, "one"), opened(postgres_url, "two")
    numbers = [f"d{n}" for n in range(60)]
    kept = await asyncio.gather(
        *(store.accept(NewRow("github", "issues", one_, b"{}")) for one_ in numbers for store in (one, two))
    )
    assert len([one_ for one_ in kept if one_ is not None]) == 60
    assert len(await one.unrouted(200)) == 60
    await one.close()
    await two.close()


async def test_an_answer_reaches_the_replica_whose_door_waits_and_no_other(
    postgres_url: str, postgres: Server
) -> None:
    secret = "ghs_" + "s" * 36
    answer = DoorAnswer(200, {"token": secret, "spec": "x" * 100_000, "umlaut": "ü"})
    for setting in ("log_statement = 'all'", "log_min_duration_statement = 0", "log_parameter_max_length = -1"):
        postgres.sql(f"ALTER SYSTEM SET {setting}")
    postgres.sql("SELECT pg_reload_conf()")
    try:
        async with (
            replica(postgres_url, "one") as one,
            replica(postgres_url, "two") as two,
            replica(postgres_url, "three") as three,
        ):
            number = await two.store.accept(claim("c1")) or 0
            one.answer(number, answer)
            await until(lambda: _has(two))
            assert two.answers == [(number, answer)]
            assert one.answers == three.answers == []
            two.answer(number, answer)  # its own need no way round
            assert len(two.answers) == 2
        assert "pg_notify" in postgres.log
        assert secret not in postgres.log
    finally:
        postgres.sql("ALTER SYSTEM RESET ALL")
        postgres.sql("SELECT pg_reload_conf()")


async def _has(one: Replica) -> bool:
    return bool(one.answers)


async def test_what_another_key_sealed_or_nobody_is_not_believed(postgres_url: str, postgres: Server) -> None:
    async with (
        replica(postgres_url, "one") as one,
        replica(postgres_url, "stranger", OTHER_KEY) as stranger,
        replica(postgres_url, "two") as two,
    ):
        number = await two.store.accept(claim("c1")) or 0
        stranger.answer(number, DoorAnswer(200, {"go": "on"}))
        name = postgres_url.rpartition("/")[2].partition("?")[0]
        lies = (":", "x:answer:", f"x:answer:{number}", f"x:answer:{number}:00:0:1:e30=", "x:answer:9:z:a:b:c")
        for words in lies:
            postgres.sql(f"NOTIFY millwright, '{words}'", name)
        one.answer(number, DoorAnswer(409, {"no": "go"}))
        await until(lambda: _has(two))
        assert two.answers == [(number, DoorAnswer(409, {"no": "go"}))]


async def test_an_answer_that_is_there_before_its_row_is_known_waits_for_it(postgres_url: str) -> None:
    async with replica(postgres_url, "one") as one, replica(postgres_url, "two") as two:
        await two.store.accept(claim("c1"))
        assert two.store.others is not None
        one.answer(2, DoorAnswer(200, {"early": True}))
        one.answer(1, DoorAnswer(200, {"known": True}))
        await until(lambda: _has(two))
        two.store.others.accepted(2)
        assert two.answers == [(1, DoorAnswer(200, {"known": True})), (2, DoorAnswer(200, {"early": True}))]


async def test_two_bots_share_the_work_and_do_each_thing_once(tmp_path: Path, postgres_url: str) -> None:
    helped = asyncio.Event()

    async def wait(name: str) -> None:
        """The one whose door it is makes nothing until the other has."""
        await helped.wait() if name == "one" else helped.set()

    book = Book(wait=wait)
    async with (
        running(tmp_path, postgres_url, book.flow("one"), "one") as one,
        running(tmp_path, postgres_url, book.flow("two"), "two"),
        aiohttp.ClientSession() as http,
    ):
        answers = await asyncio.gather(*(deliver(http, one.url, n, f"I_{n}") for n in range(1, 101)))
        assert {answer.status for answer in answers} == {202}

        async def all_made() -> bool:
            return len(book.made) >= 100

        await until(all_made, 60)
    assert sorted(book.made) == sorted({f"reply:{n}" for n in range(1, 101)})
    assert set(book.by.values()) == {"one", "two"}


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql+asyncpg://u:sesame@h/d", "sqlite+aiosqlite:///x", "?"])
def test_other_databases_and_drivers_are_refused_by_name(url: str) -> None:
    with pytest.raises(StoreError, match="postgresql") as refused:
        open_database(url, now, "bot")
    assert "sesame" not in str(refused.value)


async def test_a_url_without_a_driver_will_do(postgres_url: str) -> None:
    store = opened(postgres_url.replace("postgresql+psycopg://", "postgresql://"))
    assert await store.accept(row("d1"))
    await store.close()

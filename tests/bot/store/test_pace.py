"""The book of writes: spacing, GitHub's windows and its stops, for all replicas and over restarts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.ports.pacing import Stop, Turn, Write
from bot.store import pace
from bot.store.connect import open_database
from bot.store.database import Database

WWW, SHOP = 7, 8


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    at: datetime = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def go(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


async def write(store: Database, clock: Clock, of: int = WWW, gap: float = 1.0, content: bool = False) -> float:
    """Seconds from now until the installation's next write may leave."""
    turn = await pace.book(store, clock).reserve(Write(of, gap, content, within=4_000))
    assert turn.is_taken
    return (turn.at - clock.at).total_seconds()


async def test_writes_keep_the_gap_of_the_one_before_and_installations_know_nothing_of_each_other(
    database: str,
) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    assert [await write(store, clock, gap=3), await write(store, clock), await write(store, clock)] == [0, 3, 4]
    assert await write(store, clock, SHOP) == 0
    clock.go(30)
    assert await write(store, clock) == 0
    await store.close()


async def test_replicas_that_ask_at_once_share_one_spacing(postgres_url: str) -> None:
    clock = Clock()
    stores = [open_database(postgres_url, clock, name) for name in "ab"]
    waits = await asyncio.gather(*(write(stores[n % 2], clock) for n in range(12)))
    assert sorted(waits) == list(range(12))
    for store in stores:
        await store.close()


async def test_t45_no_minute_holds_more_than_eighty_writes_of_content(database: str) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    assert [await write(store, clock, gap=0, content=True) for _ in range(80)] == [0] * 80
    assert await write(store, clock, gap=0) == 0  # what reaches nobody is not counted
    assert await write(store, clock, gap=0, content=True) == pace.MINUTE
    await store.close()


async def test_t45_no_hour_holds_more_than_five_hundred_and_a_restart_forgets_none(database: str) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    for n in range(500):
        clock.go(7 if n else 0)
        assert await write(store, clock, gap=0, content=True) == 0
    await store.close()
    store = open_database(database, clock, "a")
    assert await write(store, clock, gap=0, content=True) == pace.HOUR - 7 * 499
    await store.close()


async def test_what_is_older_than_an_hour_goes(database: str) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    for _ in range(20):
        await write(store, clock, gap=0, content=True)
        clock.go(600)
    assert await store.alone(lambda c: len(list(c.exec_driver_sql("SELECT id FROM writes")))) == 7
    await store.close()


async def test_a_turn_that_is_far_off_is_told_and_not_taken(database: str) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    book = pace.book(store, clock)
    await book.reserve(Write(WWW, 30, False))
    told = await book.reserve(Write(WWW, 1, False, within=10))
    assert told == Turn(clock.at + timedelta(seconds=30), is_taken=False)
    clock.go(25)
    assert await book.reserve(Write(WWW, 1, False, within=10)) == Turn(told.at, is_taken=True)
    await store.close()


async def test_t45_a_stop_without_a_time_is_a_minute_then_twice_that_and_an_hour_at_most(database: str) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    waits = []
    for _ in range(9):
        waits.append(await halted(store, clock))
        clock.go(waits[-1])
        assert await write(store, clock) == 0
        clock.go(0.5)
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    await store.close()


async def test_t45_all_wait_for_the_end_of_a_stop_then_one_goes_ahead_alone(database: str) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    assert await halted(store, clock, told=20) == 20
    probe = await pace.book(store, clock).reserve(Write(WWW, 1, False, within=60))
    assert ((probe.at - clock.at).total_seconds(), probe.is_probe) == (20, True)
    clock.go(20)
    assert await write(store, clock) == pace.PROBE
    clock.go(pace.PROBE + 5)
    assert await halted(store, clock) == 60  # what went well in between ends the row of stops
    await store.close()


async def test_writes_that_are_refused_together_are_one_stop(database: str) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    left = clock.at
    clock.go(1)
    assert [await halted(store, clock, since=left), await halted(store, clock, since=left)] == [60, 60]
    await store.close()


async def test_all_windows_shrink_with_the_scale(database: str) -> None:
    clock = Clock()
    store = open_database(database, clock, "a")
    book = pace.book(store, clock)
    for _ in range(81):
        turn = await book.reserve(Write(WWW, 0, True, scale=0.01))
    assert turn.at - clock.at == timedelta(seconds=pace.MINUTE / 100)
    until = await book.stop(Stop(SHOP, clock.at, None, 0.01))
    assert until - clock.at == timedelta(seconds=0.6)
    await store.close()


async def halted(store: Database, clock: Clock, told: float | None = None, since: datetime | None = None) -> float:
    """Seconds that GitHub's refusal of a write stops its installation for."""
    until = await pace.book(store, clock).stop(Stop(WWW, since or clock.at, told))
    return (until - clock.at).total_seconds()

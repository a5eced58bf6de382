"""Writes of an installation leave one by one and spaced, and not at all while GitHub wants none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from bot.adapters.github.pacing import LONGEST_LINE, Asked, Pacing
from bot.errors import GitHubBusy, StoreError
from bot.store import pace
from bot.store.connect import open_database
from bot.store.tables import WRITES
from tests.bot.standin import now as wall

COMMENT = Asked(1, "POST", "/repos/a/b/issues/1/comments")
LABEL = Asked(1, "PUT", "/repos/a/b/issues/1/labels")
CHECK = Asked(1, "POST", "/repos/a/b/check-runs")


@dataclass
class FakeTime:
    """A clock whose sleep moves it."""

    now: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
async def pacing(time: FakeTime, tmp_path: Path) -> AsyncIterator[Pacing]:
    """Pacing by a real book."""
    store = open_database(f"sqlite:///{tmp_path}/bot.db", time.moment, "bot")
    yield Pacing(book=pace.book(store, time.moment), clock=time.clock, sleep=time.sleep)
    await store.close()


async def write(pacing: Pacing, asked: Asked, error: GitHubBusy | None = None) -> None:
    async with pacing.turn(asked):
        if error is not None:
            raise error


def limited(limit: str = "secondary", told: float | None = None) -> GitHubBusy:
    wait = 60.0 if told is None else told
    return GitHubBusy("slow down", status=429, retry_after=wait, limit=limit, is_told=told is not None)


async def test_t45_a_second_after_a_write_and_three_after_one_that_notifies(
    time: FakeTime, pacing: Pacing
) -> None:
    for asked in (CHECK, LABEL, COMMENT, CHECK):
        await write(pacing, asked)
    assert time.slept == [1, 1, 3]


async def test_spacing_and_scale_multiply(time: FakeTime, pacing: Pacing) -> None:
    scaled = replace(pacing, spacing=2.0, scale=0.01)
    for asked in (CHECK, COMMENT, CHECK):
        await write(scaled, asked)
    assert time.slept == [0.02, 0.06]


async def test_a_spacing_of_zero_lets_everything_through(time: FakeTime, pacing: Pacing) -> None:
    for _ in range(3):
        await write(replace(pacing, spacing=0.0), COMMENT)
    assert time.slept == []


@pytest.mark.parametrize(
    ("verb", "path", "notifies", "is_content"),
    [
        ("POST", "/repos/a/b/issues/1/comments", True, True),
        ("PATCH", "/repos/a/b/issues/comments/5", False, True),
        ("POST", "/repos/a/b/pulls", True, True),
        ("PATCH", "/repos/a/b/pulls/5", False, True),
        ("POST", "/repos/a/b/releases", True, True),
        ("POST", "https://uploads.github.com/repos/a/b/releases/9/assets", False, True),
        ("POST", "http://127.0.0.1:80/uploads/repos/a/b/releases/9/assets", False, True),
        ("POST", "/repos/a/b/issues/comments/5/reactions", False, True),
        ("POST", "/repos/a/b/labels", False, True),
        ("POST", "/repos/a/issues/check-runs", False, False),
        ("POST", "/repos/a/b/git/refs", False, False),
        ("POST", "/repos/a/b/deployments/5/statuses", False, False),
    ],
)
def test_what_notifies_and_what_is_content(verb: str, path: str, *, notifies: bool, is_content: bool) -> None:
    asked = Asked(1, verb, path)
    assert (asked.notifies, asked.is_content) == (notifies, is_content)


async def test_writes_never_overlap_and_keep_their_order_but_for_the_urgent(pacing: Pacing) -> None:
    under_way, order = [], []

    async def one(name: str, asked: Asked) -> None:
        async with pacing.turn(asked):
            under_way.append(name)
            await asyncio.sleep(0)
            assert under_way == [name]
            order.append(under_way.pop())

    names = ["a", "b", "c", "first word"]
    async with asyncio.TaskGroup() as group:
        for name in names:
            group.create_task(one(name, replace(CHECK, urgent=name == "first word")))
    assert order == ["a", "first word", "b", "c"]


async def test_who_gives_up_waiting_holds_nobody_up(pacing: Pacing) -> None:
    gate = asyncio.Event()

    async def held() -> None:
        async with pacing.turn(CHECK):
            await gate.wait()

    first = asyncio.create_task(held())
    waiting = [asyncio.create_task(write(pacing, CHECK)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    gate.set()
    await first
    waiting[1].cancel()  # let in at this very moment
    await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.wait_for(write(pacing, CHECK), 5)


async def test_one_installation_does_not_fill_the_bot_with_those_who_wait(pacing: Pacing) -> None:
    gate = asyncio.Event()

    async def held() -> None:
        async with pacing.turn(CHECK):
            await gate.wait()

    tasks = [asyncio.create_task(held()) for _ in range(LONGEST_LINE + 1)]
    await asyncio.sleep(0)
    with pytest.raises(GitHubBusy) as busy:
        await write(pacing, CHECK)
    assert busy.value.retry_after == LONGEST_LINE
    assert not busy.value.limit
    await write(pacing, replace(CHECK, installation=2))
    gate.set()
    await asyncio.gather(*tasks)


async def test_t45_a_refusal_stops_all_writes_of_the_installation_and_no_reads(
    time: FakeTime, pacing: Pacing
) -> None:
    with pytest.raises(GitHubBusy) as refused:
        await write(pacing, CHECK, limited(told=30))
    assert refused.value.retry_after == pytest.approx(30, abs=0.01)
    time.now += 10
    with pytest.raises(GitHubBusy) as later:
        await write(pacing, LABEL)
    assert later.value.retry_after == pytest.approx(20, abs=0.01)
    async with pacing.reading(1):
        pass
    await write(pacing, replace(LABEL, installation=2))


async def test_t45_the_primary_limit_stops_reads_too(time: FakeTime, pacing: Pacing) -> None:
    with pytest.raises(GitHubBusy):
        await write(pacing, CHECK, limited("primary", told=40))
    with pytest.raises(GitHubBusy) as held:
        async with pacing.reading(1):
            pass
    assert held.value.retry_after == pytest.approx(40, abs=0.01)
    time.now += 41
    async with pacing.reading(1):
        pass


async def test_t45_after_a_stop_one_write_goes_ahead_and_the_rest_follow_when_it_went_well(
    time: FakeTime, pacing: Pacing
) -> None:
    with pytest.raises(GitHubBusy):
        await write(pacing, CHECK, limited())
    time.now += 60
    with pytest.raises(GitHubBusy) as again:
        await write(pacing, CHECK, limited())
    assert again.value.retry_after == pytest.approx(120, abs=0.01)
    time.now += 120
    await write(pacing, CHECK)
    await write(pacing, CHECK)
    assert time.slept == [pace.PROBE]


async def test_t45_a_bot_that_was_restarted_remembers_the_stop(time: FakeTime, pacing: Pacing) -> None:
    with pytest.raises(GitHubBusy):
        await write(pacing, CHECK, limited(told=3_000))
    with pytest.raises(GitHubBusy) as later:
        await write(Pacing(book=pacing.book, clock=time.clock, sleep=time.sleep), CHECK)
    assert later.value.retry_after == pytest.approx(3_000, abs=0.01)


async def test_t45_two_bots_on_one_database_keep_one_spacing(postgres_url: str) -> None:
    early: list[float] = []

    async def bot(name: str) -> None:
        store = open_database(postgres_url, wall, name)
        pacing = Pacing(scale=0.05, book=pace.book(store, wall))
        for _ in range(5):
            begun = pacing.clock()
            async with pacing.turn(CHECK):
                early.append(pacing.clock() - begun)
        await store.close()

    await asyncio.gather(bot("a"), bot("b"))
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        booked = list(connection.execute(select(WRITES.c.at).order_by(WRITES.c.at)).scalars())
    engine.dispose()
    assert len(booked) == len(early) == 10
    assert min(later - before for before, later in pairwise(booked)) >= 50_000  # microseconds, whoever wrote
    assert sum(early) > 0.2  # and they did wait for it


async def test_what_is_no_limit_stops_nobody(pacing: Pacing) -> None:
    with pytest.raises(GitHubBusy):
        await write(pacing, CHECK, GitHubBusy("a gateway stumbled", status=502, retry_after=5))
    await write(pacing, CHECK)


async def test_waits_and_limits_are_counted(time: FakeTime, pacing: Pacing) -> None:
    await write(pacing, COMMENT)
    with pytest.raises(GitHubBusy):
        await write(pacing, CHECK, limited())
    page = pacing.metrics.page().decode()
    assert 'millwright_github_limited_total{limit="secondary"} 1.0' in page
    assert "millwright_github_paced_seconds_sum 3.0" in page


async def test_t45_a_refusal_is_kept_although_the_book_takes_nothing(time: FakeTime, tmp_path: Path) -> None:
    store = open_database(f"sqlite:///{tmp_path}/bot.db", time.moment, "bot")
    pacing = Pacing(book=pace.book(store, time.moment), clock=time.clock, sleep=time.sleep)
    await store.close()
    with pytest.raises(StoreError):
        async with pacing.reading(CHECK.installation):
            raise limited("primary", told=900)
    with pytest.raises(GitHubBusy, match="told us to wait"):
        async with pacing.reading(CHECK.installation):
            pass

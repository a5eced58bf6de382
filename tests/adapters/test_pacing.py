"""Writes of an installation are a second apart, three where people are notified; others do not wait for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.adapters.github.pacing import Pacing


@dataclass
class FakeTime:
    """A clock whose sleep moves it."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pacing(self, spacing: float = 1.0) -> Pacing:
        return Pacing(spacing, clock=self.clock, sleep=self.sleep)


async def test_the_first_write_does_not_wait() -> None:
    time = FakeTime()
    await time.pacing().turn(1, "/repos/a/b/labels")
    assert time.slept == []


async def test_writes_that_notify_nobody_are_a_second_apart() -> None:
    time = FakeTime()
    pacing = time.pacing()
    for _ in range(3):
        await pacing.turn(1, "/repos/a/b/labels")
    assert time.slept == [1.0, 1.0]


async def test_t45_after_a_comment_the_next_write_waits_three_seconds() -> None:
    time = FakeTime()
    pacing = time.pacing()
    await pacing.turn(1, "/repos/a/b/issues/1/comments")
    await pacing.turn(1, "/repos/a/b/labels")
    assert time.slept == [3.0]


async def test_time_that_passed_meanwhile_counts() -> None:
    time = FakeTime()
    pacing = time.pacing()
    await pacing.turn(1, "/repos/a/b/pulls")
    time.now += 2.5
    await pacing.turn(1, "/repos/a/b/labels")
    time.now += 60
    await pacing.turn(1, "/repos/a/b/labels")
    assert time.slept == [0.5]


async def test_one_installation_does_not_wait_for_another() -> None:
    time = FakeTime()
    pacing = time.pacing()
    await pacing.turn(1, "/repos/a/b/issues")
    await pacing.turn(2, "/repos/c/d/issues")
    assert time.slept == []


async def test_writes_that_come_at_once_are_spread() -> None:
    time = FakeTime()
    pacing = time.pacing()
    await asyncio.gather(*(pacing.turn(1, "/repos/a/b/labels") for _ in range(4)))
    assert time.now == 103.0


async def test_a_spacing_of_zero_lets_everything_through() -> None:
    time = FakeTime()
    pacing = time.pacing(0)
    for _ in range(3):
        await pacing.turn(1, "/repos/a/b/issues/1/comments")
    assert time.slept == []

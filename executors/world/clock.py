"""Time and chance, as one value that is passed in."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


@dataclass(frozen=True)
class Clock:
    """`now` is UTC, `monotonic` and `sleep` count seconds, `chance` is uniform in [0, 1)."""

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


def backoff(attempt: int, chance: float, *, first: float = 0.5, most: float = 30.0) -> float:
    """Return the seconds to wait before try `attempt` + 1: doubling from `first`, half of it by chance."""
    full = min(most, first * float(2 ** (attempt - 1)))
    return full / 2 + full / 2 * chance


def stamp(moment: datetime) -> str:
    """Return the moment as RFC 3339 in UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

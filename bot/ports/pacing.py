"""When writes may leave for GitHub: what the book that a bot's replicas share is asked, and what it says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Write:
    """One write that wants to leave; seconds are those of the wall, scaled already."""

    installation: int
    gap: float
    """seconds that the next write of the installation must keep from this one"""
    is_content: bool
    """whether GitHub counts it among what it allows 80 of a minute and 500 of an hour"""
    scale: float = 1.0
    """factor on GitHub's minute and hour"""
    within: float = 10.0
    """seconds within which a turn is taken; one that comes later is only told"""


@dataclass(frozen=True, slots=True)
class Turn:
    """When the write may leave, and whether that moment was taken for it; it asks again where it was not."""

    at: datetime
    is_taken: bool
    is_probe: bool = False
    """the first write after GitHub said stop: whoever refuses it refuses all"""


@dataclass(frozen=True, slots=True)
class Stop:
    """GitHub refused a write that left at `since`; `told` are the seconds it named, scaled, None for none."""

    installation: int
    since: datetime
    told: float | None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Book:
    """The two questions to the database. Both answers are durable when they come."""

    reserve: Callable[[Write], Awaitable[Turn]]
    stop: Callable[[Stop], Awaitable[datetime]]
    """when writes may be tried again"""

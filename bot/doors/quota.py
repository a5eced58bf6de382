"""How much a stranger may have stored: any GitHub job can make a token for us, so claims are counted (T47)."""

from __future__ import annotations

from collections.abc import Callable

from cachetools import TTLCache


class Quota:
    """At most `most` in `seconds` for each key; what is over is refused before anything is stored."""

    def __init__(self, most: int, seconds: float, timer: Callable[[], float]) -> None:
        self.seconds = seconds
        self._most = most
        self._counts: TTLCache[int, list[int]] = TTLCache(maxsize=10_000, ttl=seconds, timer=timer)

    def spend(self, key: int) -> bool:
        """Whether there is some left for the key; takes one. The window begins with the first that is taken."""
        taken = self._counts.get(key)
        if taken is None:
            self._counts[key] = [1]
            return True
        taken[0] += 1
        return taken[0] <= self._most

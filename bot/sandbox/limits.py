"""Rate limits as GitHub has them: the hourly one always counted, the secondary ones only when asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.answers import Refusal

MINUTE, HOUR = 60.0, 3600.0
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
CONTENT = ("/comments", "/issues", "/pulls", "/reviews", "/reactions")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller may do; see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api."""

    per_hour: int = 5_000
    job_per_hour: int = 1_000
    is_secondary_on: bool = False
    concurrent: int = 100
    points_per_minute: int = 900
    content_per_minute: int = 80
    content_per_hour: int = 500


@dataclass(slots=True)
class Spent:
    """What one caller has used: times of requests with their points, times of content creations."""

    points: deque[tuple[float, int]] = field(default_factory=deque)
    content: deque[float] = field(default_factory=deque)
    window_ends: float = 0.0
    used: int = 0
    open: int = 0


@dataclass(slots=True)
class Limits:
    """Counts per caller; `clock` gives Unix seconds."""

    clock: Callable[[], float]
    allowance: Allowance = field(default_factory=Allowance)
    _spent: dict[str, Spent] = field(default_factory=dict)

    def enter(self, caller: str, method: str, path: str) -> Spent:
        """Count a request in; raises Refusal 403 or 429 when it is one too many. `leave` must follow."""
        spent, now = self._spent.setdefault(caller, Spent()), self.clock()
        if now >= spent.window_ends:
            spent.window_ends, spent.used = now + HOUR, 0
        if spent.used >= self.per_hour(caller):
            reset = int(spent.window_ends)
            raise Refusal(
                403,
                f"API rate limit exceeded for {caller}.",
                X_RateLimit_Remaining="0",
                X_RateLimit_Reset=str(reset),
            )
        spent.used += 1
        if self.allowance.is_secondary_on:
            self._secondary(spent, now, method, path)
        spent.open += 1
        return spent

    def leave(self, spent: Spent) -> None:
        """Count a request out."""
        spent.open -= 1

    def per_hour(self, caller: str) -> int:
        """The hourly limit of a caller."""
        return self.allowance.job_per_hour if caller.startswith("job:") else self.allowance.per_hour

    def headers(self, caller: str) -> dict[str, str]:
        """The `X-RateLimit-…` headers of an answer."""
        limit, spent = self.per_hour(caller), self._spent.get(caller, Spent(window_ends=self.clock() + HOUR))
        values = {
            "Limit": limit,
            "Remaining": limit - spent.used,
            "Reset": int(spent.window_ends),
            "Used": spent.used,
        }
        return {f"X-RateLimit-{name}": str(value) for name, value in values.items()} | {
            "X-RateLimit-Resource": "core"
        }

    def _secondary(self, spent: Spent, now: float, method: str, path: str) -> None:
        may, points = self.allowance, 1 if method in ("GET", "HEAD", "OPTIONS") else 5
        while spent.points and spent.points[0][0] <= now - MINUTE:
            spent.points.popleft()
        while spent.content and spent.content[0] <= now - HOUR:
            spent.content.popleft()
        if spent.open >= may.concurrent:
            raise Refusal(429, SECONDARY, Retry_After="1")
        if sum(cost for _, cost in spent.points) + points > may.points_per_minute:
            raise Refusal(429, SECONDARY, Retry_After=_seconds(spent.points[0][0] + MINUTE - now))
        if method == "POST" and path.endswith(CONTENT):
            recent = [t for t in spent.content if t > now - MINUTE]
            if len(recent) >= may.content_per_minute:
                raise Refusal(403, SECONDARY, Retry_After=_seconds(recent[0] + MINUTE - now))
            if len(spent.content) >= may.content_per_hour:
                raise Refusal(403, SECONDARY, Retry_After=_seconds(spent.content[0] + HOUR - now))
            spent.content.append(now)
        spent.points.append((now, points))


def _seconds(wait: float) -> str:
    return str(max(1, int(wait) + 1))

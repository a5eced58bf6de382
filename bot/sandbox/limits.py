"""Rate limits as GitHub has them, never kinder: the hourly one always counted, the secondary ones when asked for.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api. Where GitHub keeps quiet, the
strictest reading holds. What "content-generating" is it does not say: here every write below issues, pulls,
releases, labels and comments is, edits and reactions too. That writes should be a second apart is advice
(https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests);
here bursts of them are refused, and until a refusal's time is over every further write is.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.answers import Refusal
from bot.sandbox.identity import Identity

MINUTE, HOUR = 60.0, 3600.0
PENALTY = 60.0
"""Seconds that GitHub wants nothing for after a burst."""
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
CONTENT = re.compile(
    r"(/uploads)?/(repos/[^/]+/[^/]+|repositories/\d+)/(issues|pulls|releases|labels|comments)(/.*)?"
)
NOTIFIES = re.compile(r".*/(comments|issues|pulls|releases|reviews|requested_reviewers|merge)")
"""POSTs that send mail: three seconds apart, by https://github.com/octokit/plugin-throttling.js."""
READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller may do; with `scale` below 1 the windows are shorter, what is told to wait is not."""

    per_hour: int = 5_000
    job_per_hour: int = 1_000
    is_secondary_on: bool = False
    concurrent: int = 100
    points_per_minute: int = 900
    content_per_minute: int = 80
    content_per_hour: int = 500
    writes_at_once: int = 5
    writes_per_second: int = 3
    scale: float = 1.0


@dataclass(slots=True)
class Spent:
    """What one caller has used, and what it did in all."""

    points: deque[tuple[float, int]] = field(default_factory=deque)
    content: deque[float] = field(default_factory=deque)
    writes: deque[float] = field(default_factory=deque)
    window_ends: float = 0.0
    barred_until: float = 0.0
    used: int = 0
    open: int = 0
    open_writes: int = 0
    all_requests: int = 0
    all_unchanged: int = 0
    """requests answered 304, which cost nothing of the hour"""
    all_writes: int = 0
    all_content: int = 0
    spacing: float = 0.0
    """seconds that the writes should have taken: one each, three where people are notified"""
    hits: int = 0
    """requests refused for a limit"""


def caller_of(identity: Identity) -> str:
    """Whose limit a request counts against: all tokens of an installation share one, and so do those of a job."""
    if identity.installation is not None:
        return f"installation:{identity.installation.id}"
    if identity.kind == "job":
        return f"job:{','.join(str(one) for one in sorted(identity.repository_ids or ()))}"
    return str(identity)


@dataclass(slots=True)
class Limits:
    """Counts per caller; `clock` gives Unix seconds."""

    clock: Callable[[], float]
    allowance: Allowance = field(default_factory=Allowance)
    _spent: dict[str, Spent] = field(default_factory=dict)

    def of(self, caller: str) -> Spent:
        """What a caller has used, counted on."""
        return self._spent.setdefault(caller, Spent())

    def enter(self, caller: str, method: str, path: str) -> Spent:
        """Count a request in; raises Refusal 403 or 429 when it is one too many. `leave` must follow."""
        spent = self.of(caller)
        try:
            self._let_in(spent, caller, method, path)
        except Refusal:
            spent.hits += 1
            raise
        spent.all_requests += 1
        spent.open += 1
        if method not in READS:
            spent.all_writes += 1
            spent.open_writes += 1
            spent.all_content += CONTENT.fullmatch(path) is not None
            spent.spacing += 3.0 if method == "POST" and NOTIFIES.fullmatch(path) else 1.0
        return spent

    def leave(self, spent: Spent, method: str, status: int) -> None:
        """Count a request out; one that found nothing changed (304) has cost nothing of the hour."""
        spent.open -= 1
        spent.open_writes -= method not in READS
        if status == 304:
            spent.used -= 1
            spent.all_unchanged += 1

    def per_hour(self, caller: str) -> int:
        """The hourly limit of a caller."""
        return self.allowance.job_per_hour if caller.startswith("job:") else self.allowance.per_hour

    def headers(self, caller: str) -> dict[str, str]:
        """The `X-RateLimit-…` headers of an answer."""
        limit, spent, now = self.per_hour(caller), self.of(caller), self.clock()
        ends = spent.window_ends if spent.window_ends > now else now + HOUR * self.allowance.scale
        used = spent.used if spent.window_ends > now else 0
        values = {"Limit": limit, "Remaining": limit - used, "Reset": self._told(ends), "Used": used}
        return {f"X-RateLimit-{name}": str(value) for name, value in values.items()} | {
            "X-RateLimit-Resource": "core"
        }

    def _let_in(self, spent: Spent, caller: str, method: str, path: str) -> None:
        now = self.clock()
        if now >= spent.window_ends:
            spent.window_ends, spent.used = now + HOUR * self.allowance.scale, 0
        if spent.used >= self.per_hour(caller):
            headers = {name.replace("-", "_"): value for name, value in self.headers(caller).items()}
            raise Refusal(403, f"API rate limit exceeded for {caller}.", **headers)
        if self.allowance.is_secondary_on and ".git/" not in path:  # git's own protocol is no REST
            self._secondary(spent, now, method, path)
        if path != "/rate_limit":  # which costs nothing of the hour
            spent.used += 1

    def _secondary(self, spent: Spent, now: float, method: str, path: str) -> None:
        may, points = self.allowance, 1 if method in READS else 5
        minute = MINUTE * may.scale
        while spent.points and spent.points[0][0] <= now - minute:
            spent.points.popleft()
        if spent.open >= may.concurrent:
            raise self._refusal(429, may.scale)
        if sum(cost for _, cost in spent.points) + points > may.points_per_minute:
            raise self._refusal(429, spent.points[0][0] + minute - now)
        if method not in READS and not path.startswith("/app/"):  # where an App makes tokens, of no installation
            self._writes(spent, now, path)
        spent.points.append((now, points))

    def _writes(self, spent: Spent, now: float, path: str) -> None:
        may = self.allowance
        if now < spent.barred_until:
            raise self._refusal(403, spent.barred_until - now)
        wait = self._too_many(spent, now, path)
        if wait:
            spent.barred_until = now + wait
            raise self._refusal(403, wait)
        spent.writes.append(now)
        if CONTENT.fullmatch(path):
            spent.content.append(now)
        while spent.writes[0] <= now - may.scale:
            spent.writes.popleft()

    def _too_many(self, spent: Spent, now: float, path: str) -> float:
        """Seconds until one more write is allowed."""
        may = self.allowance
        minute, hour = MINUTE * may.scale, HOUR * may.scale
        while spent.content and spent.content[0] <= now - hour:
            spent.content.popleft()
        burst = sum(at > now - may.scale for at in spent.writes) >= may.writes_per_second
        if burst or spent.open_writes >= may.writes_at_once:
            return PENALTY * may.scale
        if not CONTENT.fullmatch(path):
            return 0.0
        recent = [at for at in spent.content if at > now - minute]
        if len(spent.content) >= may.content_per_hour:
            return spent.content[0] + hour - now
        return recent[0] + minute - now if len(recent) >= may.content_per_minute else 0.0

    def _told(self, at: float) -> int:
        """A moment in GitHub's own, unscaled time, which is the same now."""
        now = self.clock()
        return int(now + (at - now) / self.allowance.scale) + 1

    def _refusal(self, status: int, wait: float) -> Refusal:
        return Refusal(status, SECONDARY, Retry_After=str(max(1, int(wait / self.allowance.scale) + 1)))

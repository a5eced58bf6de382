"""What GitHub sent and we never got: which deliveries of its log to ask for again, and when.

GitHub tries once, keeps a delivery for three days and never repeats it by itself (T18). Source:
https://docs.github.com/en/webhooks/using-webhooks/automatically-redelivering-failed-deliveries-for-a-github-app-webhook
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

APP = "app:sweep"
"""The case of sweeps: they belong to no capability, repository or installation."""
WINDOW = timedelta(days=3)
"""How long GitHub keeps a delivery; what is older can be asked for no more."""
OVERLAP = timedelta(minutes=15)
"""How far a sweep looks back behind the one before: clocks differ, and a delivery is logged when it is over."""
AT_ONCE = 100
"""Deliveries asked for by one sweep; the rest waits for the next, so that an outage does not end in a flood."""
PAUSE = timedelta(minutes=5)
"""Doubled with each time that a delivery was asked for in vain, before it is asked for again (`missed`)."""
MOST = 9
"""How often a delivery is asked for: the last pause is longer than what is left of the three days."""
TOO_LARGE = 413
"""What our own door answers to a body beyond its limit: the same body is refused again."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt of GitHub's to deliver something; all attempts for the same thing share a `guid`."""

    id: int
    guid: str
    at: datetime
    status: str
    code: int
    """the HTTP status that GitHub got, 0 while it waits"""
    again: bool
    """whether somebody asked for it"""

    @property
    def is_ok(self) -> bool:
        """Whether GitHub was told that it has arrived."""
        return self.status == "OK" or 200 <= self.code < 300

    @property
    def is_under_way(self) -> bool:
        """Whether nobody knows yet how it ends."""
        return self.code == 0 and self.status in {"", "pending"}


@dataclass(frozen=True)
class DeliveryLog:
    """GitHub's log as far back as it was asked for, newest first, and what of it we have."""

    attempts: tuple[Attempt, ...] = ()
    stored: frozenset[str] = frozenset()
    """guids that our inbox knows, whatever GitHub thinks of them"""
    is_whole: bool = True
    """whether it was read to its end"""


EMPTY_LOG = DeliveryLog()


@dataclass(frozen=True)
class Seen:
    """How far earlier sweeps have come; nothing known means three days."""

    since: datetime | None = None
    """everything before this is settled"""
    newest: datetime | None = None
    """of the attempts that were seen"""


@dataclass(frozen=True)
class Missed:
    """What a sweep found."""

    ask: tuple[Attempt, ...] = ()
    """the newest attempt of each delivery that is to be asked for now, the oldest delivery first"""
    waiting: int = 0
    """deliveries that are open but not asked for now"""
    left: int = 0
    """of these, such as were only too many for one sweep"""
    lost: int = 0
    """deliveries given up since the sweep before"""
    seen: Seen = Seen()


def missed(log: DeliveryLog, seen: Seen, now: datetime, pause: timedelta = PAUSE) -> Missed:
    """What of the log never reached us and is worth asking for, the oldest first; `pause` is the first one."""
    by_guid: dict[str, list[Attempt]] = {}
    for attempt in sorted(log.attempts, key=lambda one: (one.at, one.id)):
        by_guid.setdefault(attempt.guid, []).append(attempt)
    unheard = [
        attempts
        for guid, attempts in by_guid.items()
        if guid not in log.stored and not any(one.is_ok for one in attempts)
    ]
    still_open = [attempts for attempts in unheard if not _is_given_up(attempts, now)]
    ready = [attempts for attempts in still_open if _is_due(attempts, now, pause)]
    ask = tuple(attempts[-1] for attempts in ready[:AT_ONCE])
    gone = [attempts for attempts in unheard if _is_given_up(attempts, now)]
    lost = sum(1 for attempts in gone if seen.newest is None or attempts[-1].at > seen.newest)
    return Missed(ask, len(still_open) - len(ask), len(ready) - len(ask), lost, _next(log, seen, still_open))


def _is_given_up(attempts: list[Attempt], now: datetime) -> bool:
    """Whether there is no use in asking: too old, too often, or too large for our door."""
    first, last = attempts[0], attempts[-1]
    # Where all are repeats the first one has left the log: the thing is older than what the log shows.
    is_old = first.again or now - first.at > WINDOW
    return is_old or last.code == TOO_LARGE or _times_asked(attempts) >= MOST


def _is_due(attempts: list[Attempt], now: datetime, pause: timedelta) -> bool:
    last, asked = attempts[-1], _times_asked(attempts)
    if last.is_under_way:
        return False
    return asked == 0 or now >= last.at + pause * 2**asked


def _times_asked(attempts: Iterable[Attempt]) -> int:
    return sum(one.again for one in attempts)


def _next(log: DeliveryLog, seen: Seen, still_open: Iterable[list[Attempt]]) -> Seen:
    """Where the next sweep begins: at the oldest delivery that is open, else a little before the newest."""
    if not log.is_whole or not log.attempts:
        return seen
    newest = max(one.at for one in log.attempts)
    return Seen(min([newest - OVERLAP, *_firsts(still_open)]), newest)


def _firsts(deliveries: Iterable[list[Attempt]]) -> Iterator[datetime]:
    return (attempts[0].at for attempts in deliveries)

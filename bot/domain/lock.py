"""The lock of an environment: who may change it now, who waits, and the number that shuts an earlier run out.

An environment is a case of its own, `env:<operations repository id>:<name>`, and its ledger is the lock. A run
holds it by a lease that ends by itself; a person closes the environment for a time, so that nothing begins there
and what runs goes on. Each lease has a fence, one higher than the last: a run whose fence is not the present one
acts no more, whatever it believes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.case import Case, LegRun
from bot.domain.ledger import Line

LEASE = timedelta(hours=4)
"""How long a run holds an environment without a word: longer than an operation may take with all its tries."""
RENEWED_AFTER = timedelta(minutes=15)
"""A run that journals renews its lease when it is older than that."""
MARGIN = timedelta(minutes=10)
"""A lease that ends sooner is over for its run: what it would begin now could outlast it."""
CLOSED_FOR = timedelta(hours=24)
"""How long a person closes an environment who names no time."""
LONGEST = timedelta(days=14)
"""The longest that a person may close it for."""


@dataclass(frozen=True)
class Want:
    """A leg that waits for the environment, or holds it; `name` is the capability's display id."""

    case: str
    nonce: str
    leg: str
    verb: str
    name: str
    at: str
    """since when it waits, RFC 3339: the earliest goes first"""


@dataclass(frozen=True)
class Lease:
    """The leg that holds the environment now."""

    want: Want
    fence: int
    since: str
    until: datetime


@dataclass(frozen=True)
class Closed:
    """A person keeps the environment to themselves until then."""

    user: int
    login: str
    reason: str
    until: datetime
    since: str
    case: str
    """the capability on which it was said"""


@dataclass(frozen=True)
class Lock:
    """The lock as its ledger tells it."""

    fence: int = 0
    lease: Lease | None = None
    closed: Closed | None = None
    waiting: tuple[Want, ...] = ()
    known: frozenset[str] = frozenset()
    """every nonce that was ever heard of: what was let go does not come back with a late row"""

    @property
    def next(self) -> Want | None:
        """Who gets it when it is free: the one that waits longest; of two at the same moment the first heard."""
        return min(self.waiting, key=lambda one: one.at, default=None)

    @property
    def is_free(self) -> bool:
        """Whether a lease may be given."""
        return self.lease is None and self.closed is None

    @property
    def due(self) -> datetime | None:
        """When the lock has to be looked at again, because something of it ends by itself."""
        ends = [self.lease.until] if self.lease else []
        return min([*ends, *([self.closed.until] if self.closed else [])], default=None)

    def holds(self, run: LegRun, now: datetime) -> bool:
        """Whether the run's lease is the present one, and lasts long enough to begin something."""
        lease = self.lease
        if lease is None or (lease.want.nonce, lease.fence) != (run.nonce, run.fence):
            return False
        return now + MARGIN < lease.until


def lock_key(case: Case, place: str) -> str:
    """The case of the environment of that name, which belongs to the plan's operations repository."""
    pin = case.plan.workflow if case.plan else None
    return key_of(pin.repository_id if pin else 0, place)


def lock_keys(case: Case | None) -> tuple[str, ...]:
    """The environments that the case waits for, or has had runs in, for its present plan."""
    if case is None or case.plan is None:
        return ()
    named = [leg.environment for leg in case.plan.legs if leg.environment]
    places = [*named, *(run.place for run in case.every_run), case.queued.place if case.queued else ""]
    return tuple(dict.fromkeys(lock_key(case, place) for place in places if place))


def key_of(operations: int, place: str) -> str:
    """The case of an environment: the numeric id of the operations repository, and the policy's name for it."""
    return f"env:{operations}:{place}"


def place_in(key: str) -> str:
    """The environment's name in its case's key."""
    return key.split(":", 2)[2]


def is_fenced(run: LegRun) -> bool:
    """Whether the run was dispatched under a lock: one that only looks, or has no place, needs none."""
    return run.fence > 0


def lock_of(lines: Iterable[Line]) -> Lock:
    """The lock that the environment's ledger describes."""
    found, known = Lock(), set[str]()
    for line in lines:
        found = after(found, line)
        if found.known:  # gathered here, for a set that is copied at every line costs more with each
            known |= found.known
            found = replace(found, known=frozenset())
    return replace(found, known=frozenset(known))


def after(lock: Lock, line: Line) -> Lock:
    """The lock after one more line of its ledger."""
    data, kind = line.entry.data, line.entry.type
    match kind:
        case "lock.awaited":
            want = Want(**{name: str(data[name]) for name in ("case", "nonce", "leg", "verb", "name", "at")})
            return replace(lock, waiting=(*lock.waiting, want), known=lock.known | {want.nonce})
        case "lock.granted":
            got = next(one for one in lock.waiting if one.nonce == data["nonce"])
            lease = Lease(got, data["fence"], line.at, datetime.fromisoformat(data["until"]))
            rest = tuple(one for one in lock.waiting if one != got)
            return replace(lock, lease=lease, fence=lease.fence, waiting=rest)
        case "lock.renewed" if lock.lease is not None:
            return replace(lock, lease=replace(lock.lease, until=datetime.fromisoformat(data["until"])))
        case "lock.released" | "lock.expired":
            return _let_go(lock, str(data["nonce"]))
        case "lock.closed":
            who, until = line.entry.actor, datetime.fromisoformat(data["until"])
            closed = Closed(who.id, who.login, line.entry.reason, until, line.at, data["case"])
            return replace(lock, closed=closed)
        case "lock.opened":
            return replace(lock, closed=None)
        case _:
            return lock


def _let_go(lock: Lock, nonce: str) -> Lock:
    lease = None if lock.lease is not None and lock.lease.want.nonce == nonce else lock.lease
    rest = tuple(one for one in lock.waiting if one.nonce != nonce)
    return replace(lock, lease=lease, waiting=rest, known=lock.known | {nonce})


def hour(moment: datetime) -> str:
    """A moment as people read it: `2026-05-04 09:00 UTC`."""
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def deed(want: Want) -> str:
    """What the leg does there, in words."""
    return f"{'execution' if want.verb == 'execute' else want.verb} of {want.leg}"


def held_by(place: str, lock: Lock) -> str:
    """Who keeps the environment, in words; "" where nobody does."""
    if lock.closed is not None:
        one = lock.closed
        return f"environment {place} is locked by {one.login} until {hour(one.until)}: {one.reason}"
    if lock.lease is not None:
        want, since = lock.lease.want, hour(datetime.fromisoformat(lock.lease.since))
        return f"environment {place} is in use by {want.name} ({deed(want)}) since {since}"
    return ""

"""An environment's own decisions: who gets it next, when a lease ends, and what those who wait are told.

These are the rows of a case `env:…`: legs that want the environment, renew their lease or let go, people who close
and open it, and the timer by which both end. The ledger of that case is the lock (domain/lock.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.case import Case
from bot.domain.effects import Tell, Timer
from bot.domain.knowledge import Knowledge, Ledgers, Need
from bot.domain.ledger import Entry, Line, stamp
from bot.domain.lock import LEASE, Lock, after, deed, held_by, hour, lock_of, place_in
from bot.domain.people import NOBODY, Actor
from bot.domain.turn import Turn
from bot.events.model import TimerDue, Told

EXPIRY = "lock-expiry"
"""The timer of an environment: something of its lock ends."""


@dataclass
class Desk:
    """The lock while one row is decided: what is recorded moves it at once."""

    turn: Turn
    lock: Lock
    n: int
    """lines of its ledger"""

    @property
    def place(self) -> str:
        """The environment's name."""
        return place_in(self.turn.key)

    def record(self, kind: str, data: Mapping[str, Any], actor: Actor = NOBODY, why: str = "") -> None:
        """Append to the environment's ledger."""
        entry = Entry(kind, dict(data), actor, why)
        self.turn.record(entry)
        self.n += 1
        self.lock = after(self.lock, Line(self.n, stamp(self.turn.now), entry, b""))

    def tell(self, case: str, key: str, kind: str, data: Mapping[str, Any]) -> None:
        """Say something to a capability, once by its key."""
        self.turn.do(Tell(key, case, kind, dict(data)))


def needs_of_told(event: Told, _: Case | None) -> tuple[Need, ...]:
    """The environment's own ledger."""
    return (Ledgers((event.case,)),)


def needs_of_timer(event: TimerDue) -> tuple[Need, ...]:
    """The environment's own ledger."""
    return (Ledgers((event.case,)),)


def _desk(turn: Turn, known: Knowledge) -> Desk:
    lines = known.ledgers.get(turn.key, ())
    return Desk(turn, lock_of(lines), len(lines))


def decided(act: Callable[[Desk, Mapping[str, Any]], None]) -> Callable[[Told, Turn, Knowledge], None]:
    """The decision about one kind of row: it acts, what is over ends, and whoever is next gets the environment."""

    def decide(event: Told, turn: Turn, known: Knowledge) -> None:
        desk = _desk(turn, known)
        before = desk.lock
        act(desk, event.data)
        _go_on(desk, before)

    return decide


def decide_timer(event: TimerDue, turn: Turn, known: Knowledge) -> None:
    """Ends what is over."""
    del event
    desk = _desk(turn, known)
    _go_on(desk, desk.lock)


def _go_on(desk: Desk, before: Lock) -> None:
    """Ends what is over, gives the environment to the next that waits, and tells the others what they wait for."""
    _end(desk)
    wanted = desk.lock.next
    if desk.lock.is_free and wanted is not None:
        fence = desk.lock.fence + 1
        until = stamp(desk.turn.now + LEASE)
        desk.record("lock.granted", {"nonce": wanted.nonce, "fence": fence, "until": until})
        told = {"nonce": wanted.nonce, "fence": fence, "from": desk.turn.key}
        desk.tell(wanted.case, f"locked:{wanted.nonce}", "leg.locked", told)
    same = (before.lease and before.lease.want, before.closed) == (
        desk.lock.lease and desk.lock.lease.want,
        desk.lock.closed,
    )
    for one in desk.lock.waiting:
        if not same or one not in before.waiting:
            told = {"nonce": one.nonce, "why": held_by(desk.place, desk.lock), "line": _way_out(desk)}
            desk.tell(one.case, f"waits:{one.nonce}:{desk.n}", "leg.waits", told)
    if desk.lock.due is not None and desk.lock.due != before.due:
        desk.turn.do(Timer(EXPIRY, EXPIRY, desk.lock.due))


def _end(desk: Desk) -> None:
    now, lease, closed = desk.turn.now, desk.lock.lease, desk.lock.closed
    if lease is not None and lease.until <= now:
        data = {"nonce": lease.want.nonce, "fence": lease.fence}
        desk.record(
            "lock.expired", data, why=f"{lease.want.name} has not been heard of since {hour(lease.until - LEASE)}"
        )
        nonce = lease.want.nonce
        desk.tell(lease.want.case, f"expired:{nonce}", "leg.expired", {"nonce": nonce, "place": desk.place})
    if closed is not None and closed.until <= now:
        desk.record("lock.opened", {}, why="its time is over")


def _way_out(desk: Desk) -> str:
    if desk.lock.closed is not None:
        return (
            f"it starts by itself then; {desk.lock.closed.login} or an admin may say `/unlock {desk.place}` before"
        )
    return "it starts by itself as soon as that run is over"


def want(desk: Desk, data: Mapping[str, Any]) -> None:
    """A leg wants the environment; one that was heard of before is not put into the queue again."""
    if data["nonce"] not in desk.lock.known:
        desk.record("lock.awaited", {name: data[name] for name in ("case", "nonce", "leg", "verb", "name", "at")})


def release(desk: Desk, data: Mapping[str, Any]) -> None:
    """A run is over, or a leg is not wanted any more. What is not here yet is remembered as let go."""
    lock, nonce = desk.lock, str(data["nonce"])
    is_here = nonce in {one.nonce for one in lock.waiting} or (lock.lease and lock.lease.want.nonce == nonce)
    if is_here or nonce not in lock.known:
        desk.record("lock.released", {"nonce": nonce})


def renew(desk: Desk, data: Mapping[str, Any]) -> None:
    """The run that holds the environment is alive."""
    lease = desk.lock.lease
    if lease is None or (lease.want.nonce, lease.fence) != (data["nonce"], data["fence"]):
        return
    if lease.until > desk.turn.now:
        desk.record("lock.renewed", {"nonce": lease.want.nonce, "until": stamp(desk.turn.now + LEASE)})


def close(desk: Desk, data: Mapping[str, Any]) -> None:
    """A person closes the environment; another one's lock is not taken from them, one's own is set anew."""
    who, held = Actor(data["user"], data["login"]), desk.lock.closed
    until = datetime.fromisoformat(data["until"])
    if held is not None and held.user != who.id and held.until > desk.turn.now:
        _answer(desk, data, code="locked", why=held_by(desk.place, desk.lock), line=f"ask {held.login}")
        return
    desk.record("lock.closed", {"until": data["until"], "case": data["case"]}, who, data["reason"])
    lease = desk.lock.lease
    runs = f"{lease.want.name} ({deed(lease.want)})" if lease else ""
    names = [one.name for one in desk.lock.waiting]
    _answer(desk, data, until=hour(until), reason=data["reason"], runs=runs, waiting=names)


def open_again(desk: Desk, data: Mapping[str, Any]) -> None:
    """Whoever closed it opens it, or an admin; a run's lease is nobody's to take."""
    held, lease, now = desk.lock.closed, desk.lock.lease, desk.turn.now
    if held is not None and held.until > now:
        if data["user"] != held.user and not data["admin"]:
            why = f"{held_by(desk.place, desk.lock)}; only {held.login} or an admin may open it"
            _answer(desk, data, code="not_yours", why=why, line=f"ask {held.login}, or an admin")
            return
        desk.record("lock.opened", {}, Actor(data["user"], data["login"]), "unlocked")
        names = [one.name for one in desk.lock.waiting]
        _answer(desk, data, owner=held.login, reason=held.reason, waiting=names)
    elif lease is not None:
        why = f"{held_by(desk.place, desk.lock)}, and a run's lock ends with the run"
        _answer(desk, data, code="run_open", why=why, line=f"say `/cancel` on {lease.want.name}")
    else:
        _answer(desk, data, code="not_locked", why=f"nobody has locked environment {desk.place}", line="/status")


def _answer(desk: Desk, data: Mapping[str, Any], **facts: Any) -> None:
    """Say on the capability where somebody asked what came of it."""
    told = {"command": data["command"], "comment": data["comment"], "number": data["number"], "place": desk.place}
    told |= {"user": data["user"], "login": data["login"]} | facts
    desk.tell(data["case"], f"answered:{data['comment']}", "lock.answered", told)

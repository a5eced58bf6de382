"""The sweep of GitHub's delivery log: what never reached us is asked for again, and comes in by the front door.

It says nothing of what it asked for but how many: the payload itself comes signed, is stored like any other, and a
delivery that was under way meanwhile is a duplicate (T17).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.deliveries import PAUSE, Missed, Seen, missed
from bot.domain.effects import Redeliver, Timer
from bot.domain.knowledge import Knowledge, MissedDeliveries, Need
from bot.domain.ledger import Entry
from bot.domain.turn import Turn
from bot.events.model import TimerDue

NAME = "sweep"
"""The timer's name and key: one waits, however many replicas start."""
ROUND = timedelta(minutes=2)
"""Until the next sweep while there are more deliveries than one asks for."""
SOON = timedelta(minutes=10)
"""Until the next sweep while something that was asked for may not have come."""


def needs(event: TimerDue) -> tuple[Need, ...]:
    """GitHub's log, back to where everything is settled."""
    return (MissedDeliveries(_seen(event.data).since),)


def decide(event: TimerDue, turn: Turn, known: Knowledge) -> None:
    """Asks again for what was missed; the next sweep follows in any case, whatever came of this one."""
    every = timedelta(seconds=known.sweep_every)
    found = missed(known.deliveries, _seen(event.data), turn.now, min(PAUSE, every))
    if found.ask or found.lost:
        counts = {"asked": len(found.ask), "waiting": found.waiting, "lost": found.lost}
        turn.record(Entry("deliveries.missed", counts))
    turn.do(*(Redeliver(f"redeliver:{one.id}", one.id) for one in found.ask))
    turn.do(Timer(NAME, NAME, turn.now + _pause(found, every), _data(found.seen)))


def first(now: datetime) -> Timer:
    """The sweep of a start; one that waits already is brought forward and keeps what it knows."""
    return Timer(NAME, NAME, now)


def _pause(found: Missed, every: timedelta) -> timedelta:
    if found.left:
        return min(ROUND, every)
    return min(SOON, every) if found.ask or found.waiting else every


def _seen(data: Mapping[str, Any]) -> Seen:
    return Seen(_moment(data.get("since")), _moment(data.get("newest")))


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _data(seen: Seen) -> dict[str, str]:
    moments = {"since": seen.since, "newest": seen.newest}
    return {name: moment.isoformat() for name, moment in moments.items() if moment is not None}

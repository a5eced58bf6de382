"""How much waits and how much was put aside: two scans of indexes, however large the rows are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, or_, select

from bot.store import outbox
from bot.store.inbox import PARKED, WAITING
from bot.store.tables import INBOX, OUTBOX, micros

_C = INBOX.c


@dataclass(frozen=True)
class Census:
    """Rows and effects by what becomes of them; `oldest` in seconds, 0 where nothing may be handled now."""

    waiting: int
    parked: int
    oldest: float
    effects: int
    given_up: int


def count(connection: Connection, now: datetime) -> Census:
    """What waits at this moment: no timers of later, and what is to be tried again once it is time."""
    at = micros(now)
    due = or_(_C.due.is_(None), _C.due <= at)
    timer = and_(_C.due <= at, _C.attempts == 0)  # it waits since it fell due, everything else since it came in
    began = or_(_C.due.is_(None), _C.attempts > 0)
    waiting, first, fell_due = connection.execute(
        select(
            func.coalesce(func.sum(case((due, 1), else_=0)), 0),
            func.min(case((began, _C.id))),
            func.min(case((timer, _C.due))),
        ).where(_C.status == WAITING)
    ).one()
    since = [] if fell_due is None else [fell_due]
    if first is not None:
        since += connection.execute(select(_C.received).where(_C.id == first)).scalars()
    parked = select(func.count()).select_from(INBOX).where(_C.status == PARKED)
    wanted = select(OUTBOX.c.status, func.count()).where(OUTBOX.c.status.in_((outbox.WAITING, outbox.FAILED)))
    effects: dict[str, int] = {row[0]: row[1] for row in connection.execute(wanted.group_by(OUTBOX.c.status))}
    return Census(
        waiting=int(waiting),
        parked=connection.execute(parked).scalar_one(),
        oldest=max(0.0, (at - min(since)) / 1_000_000) if since else 0.0,
        effects=effects.get(outbox.WAITING, 0),
        given_up=effects.get(outbox.FAILED, 0),
    )

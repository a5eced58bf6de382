"""Leases: one process works on a case at a time; a lease that is not renewed ends by itself."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.tables import LEASES, micros

_C = LEASES.c
_OWNER = select(_C.owner).where(_C.case_key == bindparam("case"))


def acquire(connection: Connection, case: str, owner: str, now: datetime, until: datetime) -> bool:
    """Whether the case is ours until `until`: it was free, expired, or ours before."""
    free = and_(_C.case_key == case, or_(_C.owner == owner, _C.until <= micros(now)))
    values = {"owner": owner, "until": micros(until)}
    if connection.execute(update(LEASES).where(free).values(values)).rowcount == 1:
        return True
    if connection.execute(select(_C.owner).where(_C.case_key == case)).first() is not None:
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(LEASES).values(case_key=case, **values))
    except IntegrityError:  # another replica was first
        return False
    return True


def renew(connection: Connection, cases: Sequence[str], owner: str, until: datetime) -> list[str]:
    """Prolong our leases; returns the cases that are ours still."""
    mine = and_(_C.case_key.in_(list(cases)), _C.owner == owner)
    connection.execute(update(LEASES).where(mine).values(until=micros(until)))
    return list(connection.execute(select(_C.case_key).where(mine)).scalars())


def is_ours(connection: Connection, case: str, owner: str) -> bool:
    """Whether nobody else has taken the case, as happens to a process that stood still for too long."""
    if connection.dialect.name == "sqlite":  # a file has one process
        return True
    return connection.execute(_OWNER, {"case": case}).scalar() == owner


def release(connection: Connection, case: str, owner: str) -> None:
    """Give the case back."""
    connection.execute(delete(LEASES).where(_C.case_key == case, _C.owner == owner))


def elsewhere(connection: Connection, owner: str, now: datetime) -> dict[str, int]:
    """Cases that live leases of others hold, each with the end of its lease in microseconds."""
    query = select(_C.case_key, _C.until).where(_C.owner != owner, _C.until > micros(now))
    return {row.case_key: row.until for row in connection.execute(query)}


def inherit(connection: Connection, name: str, owner: str) -> None:
    """Take over what an earlier process of this name held; it must not be alive any more."""
    earlier = or_(_C.owner == name, _C.owner.startswith(f"{name}#", autoescape=True))
    connection.execute(update(LEASES).where(earlier).values(owner=owner))


def apart(cases: Sequence[str], ours: Collection[str], most: int) -> list[str]:
    """Those of ours, and some of the others by chance: two replicas that both took the oldest would collide.

    Few, because what the other one does meanwhile is no longer there when its turn comes.
    """
    free = [case for case in cases if case not in ours]
    chosen = random.SystemRandom().sample(free, min(most, len(free)))
    return [*(case for case in cases if case in ours), *chosen]

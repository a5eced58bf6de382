"""What may be done now, in the inbox and in the outbox: it costs what is ready, however much waits for later.

A waiting row without a due time stands in the index `…_fresh` by its number, one with a due time in `…_due` by
that; what is finished stands in neither. So nothing here reads a timer of next week.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Text, TextClause, bindparam, text

from bot.store import fair, leases
from bot.store.tables import micros

WINDOW = 1_024
"""Rows looked at with one statement: many rows may be one case's."""


@dataclass(frozen=True)
class Queue:
    """A table's statements. What they say of `status` is literal: with a parameter no partial index fits."""

    fresh: TextClause
    due: TextClause
    held_up: TextClause
    """of some cases those that must wait, because something of theirs does which may not be overtaken"""
    next: TextClause


def _queue(table: str, overtaken: str) -> Queue:
    waiting = f"FROM {table} WHERE status = 'waiting'"
    named = "AND case_key IS NOT NULL"
    # In an outage thousands of cases are held up; they are left out here, for the statement to stay short.
    # A bare name within is the inner table's.
    before = f"FROM {table} AS held WHERE status = 'waiting' AND held.case_key = {table}.case_key"
    free = f"AND NOT EXISTS (SELECT 1 {before} AND due > :now AND {overtaken})"
    return Queue(
        fresh=text(
            f"SELECT id, case_key {waiting} AND due IS NULL {named} AND id > :after AND case_key NOT IN :asked "
            f"{free} ORDER BY id LIMIT :limit"
        ).bindparams(bindparam("asked", type_=Text, expanding=True)),
        due=text(f"SELECT id, case_key {waiting} AND due <= :now {named} ORDER BY due LIMIT :limit"),
        held_up=text(
            f"SELECT DISTINCT case_key {waiting} AND due > :now AND {overtaken} AND case_key IN :cases"
        ).bindparams(bindparam("cases", expanding=True)),
        next=text(f"SELECT min(due) {waiting} AND due > :now"),
    )


ROWS = _queue("inbox", "attempts > 0")
"""A row that waits for its retry is not overtaken by later rows of its case; a timer is."""
EFFECTS = _queue("outbox", "attempts > 0 AND NOT urgent")
"""An effect that was tried is not overtaken by what stands behind it; one that lingers, or goes to a door, is."""


def ready(
    connection: Connection,
    queue: Queue,
    now: datetime,
    limit: int,
    *,
    elsewhere: Iterable[str] = (),
    in_hand: Container[int] = (),
) -> list[str]:
    """Cases with something that may be done now, the longest waiting first; in a flood tenants take turns.

    Without the cases that are worked on `elsewhere`, and without what is `in_hand`: somebody knows of it already.
    """
    found: list[str] = []
    asked = set(elsewhere)
    rows = connection.execute(queue.due, {"now": micros(now), "limit": WINDOW}).all()
    after, more = 0, True
    while more and len(found) < limit:
        # One case may have any number of rows: it is walked past by the database, and not by us.
        values = {"after": after, "asked": list(asked), "limit": WINDOW, "now": micros(now)}
        fresh = connection.execute(queue.fresh, values).all()
        if not after and len(fresh) == WINDOW and queue is ROWS:  # somebody floods us: everybody has a turn
            turns = fair.turns(connection, now, limit)
            new = [case for number, case in turns if number not in in_hand and case not in asked]
            found += _free(connection, queue, now, list(dict.fromkeys(new)))
            asked.update(new)
        new = [case for number, case in sorted(map(tuple, [*rows, *fresh])) if number not in in_hand]
        new = [case for case in dict.fromkeys(new) if case not in asked]
        found += _free(connection, queue, now, new)
        asked.update(new)
        more, rows, after = len(fresh) == WINDOW, [], fresh[-1][0] if fresh else after
    return found[:limit]


def _free(connection: Connection, queue: Queue, now: datetime, cases: list[str]) -> list[str]:
    if not cases:
        return []
    held_up = set(connection.execute(queue.held_up, {"now": micros(now), "cases": cases}).scalars())
    return [case for case in cases if case not in held_up]


def cases(
    connection: Connection,
    now: datetime,
    limit: int,
    elsewhere: Collection[str],
    in_hand: Container[int],
    at_work: Collection[str],
) -> list[str]:
    """Cases with something to do, those with rows first; the outbox of a case `at_work` is known to its worker.

    Where another replica is at work, some of the oldest, so that both do not reach for the same.
    """
    rows = ready(connection, ROWS, now, limit, elsewhere=elsewhere, in_hand=in_hand)
    effects = ready(connection, EFFECTS, now, limit, elsewhere=[*elsewhere, *at_work])
    found = list(dict.fromkeys([*rows, *effects]))
    return leases.apart(found, at_work, limit // 4) if elsewhere else found


def dues(connection: Connection, now: datetime) -> list[int]:
    """When the next row and the next effect become due after `now`, in microseconds."""
    found = [connection.execute(queue.next, {"now": micros(now)}).scalar() for queue in (ROWS, EFFECTS)]
    return [one for one in found if one is not None]

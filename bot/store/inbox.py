"""The inbox: accepted things that may happen, each kept once by its delivery key, handed out in order per case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Text,
    and_,
    bindparam,
    cast,
    insert,
    or_,
    select,
    update,
)

from bot.ports import NewRow, Row
from bot.store.tables import INBOX, micros, moment

WAITING, DONE, PARKED = "waiting", "done", "parked"

_C = INBOX.c
_ROW = (_C.id, _C.source, _C.kind, _C.delivery, _C.body, _C.case_key, _C.attempts, _C.received)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A new row with the time it came in."""

    row: NewRow
    at: datetime


@dataclass(frozen=True)
class Parked:
    """A row that failed too often; it stays until somebody looks."""

    id: int
    case: str | None
    kind: str
    delivery: str
    attempts: int
    error: str


def accept(connection: Connection, arrivals: Sequence[Accepted]) -> list[int | None]:
    """The rows' ids once inserted, None for a duplicate (T17).

    Several at once must all be new: raises IntegrityError where one is known, and the writer then asks one by one.
    """
    keys = [arrival.row.delivery for arrival in arrivals]
    for arrival in arrivals:
        if arrival.row.replaces:
            _retire(connection, arrival.row.delivery)
    if len(keys) == 1 and connection.execute(_IDS, {"keys": keys}).first() is not None:
        return [None]
    connection.execute(_INSERT, [_values(arrival) for arrival in arrivals])
    ids = {row.delivery: row.id for row in connection.execute(_IDS, {"keys": keys})}
    return [ids[key] for key in keys]


NOBODY_WAITS = 0
"""What `store` answers for a new row: doors wait for claims and journals, never for a webhook."""


def store(connection: Connection, arrivals: Sequence[Accepted]) -> list[int | None]:
    """The rows inserted by one statement, `NOBODY_WAITS` for each; None for a duplicate. IntegrityError as above.

    One statement and not one per row, because SQLite's driver lets go of the interpreter at every step, and
    getting it back from a busy event loop takes longer than the step.
    """
    if len(arrivals) == 1 and connection.execute(_IDS, {"keys": [arrivals[0].row.delivery]}).first() is not None:
        return [None]
    values: list[object] = []
    for arrival in arrivals:
        values += _values(arrival).values()
    connection.exec_driver_sql(_insert_many(len(arrivals), connection.dialect.paramstyle), tuple(values))
    return [NOBODY_WAITS] * len(arrivals)


@lru_cache(maxsize=1_024)
def _insert_many(rows: int, paramstyle: str) -> str:
    """The statement that inserts so many rows with the driver's own placeholders."""
    mark = "?" if paramstyle == "qmark" else "%s"
    group = f"({', '.join([mark] * len(_NAMES))})"
    groups = ", ".join([group] * rows)
    return f"INSERT INTO inbox ({', '.join(_NAMES)}) VALUES {groups}"  # noqa: S608 - our own names


_NAMES = ("source", "kind", "delivery", "case_key", "status", "due", "attempts", "received", "body")
"""The columns in the order of `_values`."""
_INSERT = insert(INBOX)
_IDS = select(_C.delivery, _C.id).where(_C.delivery.in_(bindparam("keys", expanding=True)))
_RETIRE = (
    update(INBOX)
    .where(_C.delivery == bindparam("old"))
    .values(delivery=_C.delivery.concat("#").concat(cast(_C.id, Text)), status=DONE)
)
_UNROUTED = (
    select(*_ROW).where(_C.status == WAITING, _C.case_key.is_(None)).order_by(_C.id).limit(bindparam("limit"))
)
_NEXT = (
    select(*_ROW, _C.due)
    .where(_C.status == WAITING, _C.case_key == bindparam("key"))
    .where(or_(_C.due.is_(None), _C.due <= bindparam("now"), _C.attempts > 0))
    .order_by(_C.id)
    .limit(1)
)
# Made once: making a statement takes longer than running it. What is set are the other parameters.
_SET = update(INBOX).where(_C.id == bindparam("row"))
# What another finished meanwhile, or a commit that was in doubt, stays finished.
_AGAIN = _SET.where(_C.status == WAITING)
_ROUTE = _SET.where(_C.case_key.is_(None))  # two replicas may route the same row; they find the same
_UNTAKE = _AGAIN.where(_C.attempts > 0).values(attempts=_C.attempts - 1)
_FINISH = _AGAIN.values(status=DONE, error=None)


def _values(arrival: Accepted) -> dict[str, object]:
    row = arrival.row
    return {
        "source": row.source,
        "kind": row.kind,
        "delivery": row.delivery,
        "case_key": row.case,
        "status": WAITING,
        "due": None if row.due is None else micros(row.due),
        "attempts": 0,
        "received": micros(arrival.at),
        "body": row.body,
    }


def _retire(connection: Connection, delivery: str) -> None:
    """Make room for a newer row of the key: one that waits is superseded, one that ran stays in history."""
    connection.execute(_RETIRE, {"old": delivery})


def hasten(connection: Connection, arrival: Accepted) -> None:
    """What waits under the row's delivery key is due at once; where nothing does, the row itself is stored."""
    waiting = and_(_C.delivery == arrival.row.delivery, _C.status == WAITING)
    if not connection.execute(update(INBOX).where(waiting).values(due=micros(arrival.at))).rowcount:
        accept(connection, [arrival])


def delivered(connection: Connection, guids: Sequence[str]) -> frozenset[str]:
    """Those of these delivery ids that are known, whatever became of them."""
    known: set[str] = set()
    for start in range(0, len(guids), 1_000):
        asked = and_(_C.delivery.in_(guids[start : start + 1_000]), _C.source == "github")
        known.update(connection.execute(select(_C.delivery).where(asked)).scalars())
    return frozenset(known)


def unrouted(connection: Connection, limit: int) -> list[Row]:
    """The oldest rows that have no case yet."""
    return [_row(found) for found in connection.execute(_UNROUTED, {"limit": limit})]


def route(connection: Connection, cases: Sequence[tuple[int, str, int]]) -> None:
    """Write the case and the tenant of each row."""
    if cases:
        values = [{"row": row, "case_key": key, "tenant": tenant} for row, key, tenant in cases]
        connection.execute(_ROUTE, values)


def take(connection: Connection, key: str, now: datetime) -> Row | None:
    """The case's next row, this attempt counted; None when there is none or the next one waits for its retry."""
    found = connection.execute(_NEXT, {"key": key, "now": micros(now)}).first()
    if found is None or (found.due is not None and found.due > micros(now)):
        return None
    connection.execute(_SET, {"row": found.id, "attempts": found.attempts + 1})
    return replace(_row(found), attempts=found.attempts + 1)


def untake(connection: Connection, row: int) -> None:
    """The row was taken and not begun: that attempt does not count."""
    connection.execute(_UNTAKE, {"row": row})


def finish(connection: Connection, row: int) -> bool:
    """Mark the row done; False when it was not waiting any more."""
    return connection.execute(_FINISH, {"row": row}).rowcount == 1


def retry(connection: Connection, row: int, due: datetime, why: str, counts: bool) -> None:
    """Handle the row again at `due`; an attempt that does not count leaves only the row's place in the order."""
    values: dict[str, object] = {"row": row, "due": micros(due), "error": why}
    if not counts:
        values["attempts"] = 1
    connection.execute(_AGAIN, values)


def park(connection: Connection, row: int, why: str) -> None:
    """Put the row aside with its error; later rows of its case go on."""
    connection.execute(_AGAIN.values(status=PARKED), {"row": row, "error": why})


def parked(connection: Connection) -> list[Parked]:
    """All rows that were put aside, oldest first."""
    query = (
        select(_C.id, _C.case_key, _C.kind, _C.delivery, _C.attempts, _C.error)
        .where(_C.status == PARKED)
        .order_by(_C.id)
    )
    return [Parked(row[0], row[1], row[2], row[3], row[4], row[5] or "") for row in connection.execute(query)]


def forget(connection: Connection, case_key: str) -> None:
    """Let the words go that the case's finished and parked rows hold; that they came in stays known (T17, T52)."""
    over = and_(_C.case_key == case_key, _C.status.in_((DONE, PARKED)))
    connection.execute(update(INBOX).where(over).values(body=b"", error=None))


def _row(found: Any) -> Row:
    return Row(
        id=found.id,
        source=found.source,
        kind=found.kind,
        delivery=found.delivery,
        body=found.body,
        case=found.case_key,
        attempts=found.attempts,
        received=moment(found.received),
    )

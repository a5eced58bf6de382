"""The outbox: effects decided, in their order within the case, each performed once by its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, insert, select, update

from bot.domain.effects import Effect
from bot.ports import Pending
from bot.store import codec
from bot.store.tables import INBOX, OUTBOX, micros

WAITING, PERFORMED, FAILED, SUPERSEDED = "waiting", "performed", "failed", "superseded"

_C = OUTBOX.c


def add(connection: Connection, case_key: str, row: int, effects: Sequence[Effect]) -> None:
    """Queue the effects; one that waits in the same slot is superseded, one performed before is not repeated."""
    for effect in effects:
        key, urgent = codec.key_of(effect), codec.urgent(effect)
        # A door's answer belongs to its row: a retry of the request has a row of its own and is answered again.
        slot = f"{key}@{row}" if urgent else codec.slot(effect)
        older = and_(
            _C.case_key == case_key,
            _C.slot == (slot or key),
            _C.status == WAITING,
            _C.row_id != row,  # what one decision says twice, it means twice: the plan, then its pull
        )
        if slot is not None and slot.startswith("sticky") and not _was_said(connection, case_key, slot):
            # People wait for the first word, so it keeps its place at the front whatever is to be said after it.
            same = and_(_C.case_key == case_key, _C.slot == slot, _C.status == WAITING)
            first = connection.execute(select(func.min(_C.id)).where(same)).scalar()
            older = and_(older, _C.id != first) if first is not None else older
        connection.execute(update(OUTBOX).where(older).values(status=SUPERSEDED, effect=b""))
        if slot is None and _was_performed(connection, case_key, key):
            continue
        type_name, data = codec.dump(effect)
        values = {
            "case_key": case_key,
            "row_id": row,
            "key": key,
            "slot": slot or key,
            "type": type_name,
            "urgent": urgent,
            "status": WAITING,
            "attempts": 0,
            "effect": data,
        }
        connection.execute(insert(OUTBOX).values(values))


def _was_said(connection: Connection, case_key: str, slot: str) -> bool:
    """Whether something of that slot was performed already."""
    same = and_(_C.case_key == case_key, _C.slot == slot, _C.status == PERFORMED)
    return connection.execute(select(_C.id).where(same).limit(1)).first() is not None


def _was_performed(connection: Connection, case_key: str, key: str) -> bool:
    same = and_(_C.case_key == case_key, _C.key == key, _C.status == PERFORMED)
    return connection.execute(select(_C.id).where(same).limit(1)).first() is not None


def pending(connection: Connection, case_key: str, now: datetime, limit: int = 50) -> list[Pending]:
    """What to perform: first what a door waits for, then the rest up to the first that waits for its time."""
    query = (
        select(_C.id, _C.case_key, _C.row_id, _C.key, _C.attempts, _C.type, _C.effect, _C.due, INBOX.c.delivery)
        .join_from(OUTBOX, INBOX, INBOX.c.id == _C.row_id, isouter=True)
        .where(_C.status == WAITING, _C.case_key == case_key)
        .order_by(_C.urgent.desc(), _C.id)
        .limit(limit)
    )
    found: list[Pending] = []
    for row in connection.execute(query):
        if row.due is not None and row.due > micros(now):
            break
        effect = codec.load(row.type, bytes(row.effect))
        found.append(Pending(row.id, row.case_key, row.row_id, row.key, effect, row.attempts, row.delivery or ""))
    return found


def ready(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Cases whose first waiting effect may be performed now."""
    later = and_(_C.due.is_not(None), _C.due > micros(now))
    query = (
        select(_C.case_key)
        .where(_C.status == WAITING)
        .group_by(_C.case_key)
        .having(func.sum(case((later, 1), else_=0)) == 0)
        .order_by(func.min(_C.id))
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def begin(connection: Connection, effect: int) -> None:
    """Count an attempt before it is made, so that after a crash what it may have made is looked for."""
    connection.execute(update(OUTBOX).where(_C.id == effect).values(attempts=_C.attempts + 1))


def finish(connection: Connection, effect: int, result: str) -> bool:
    """Mark the effect performed, its words let go (they stand on GitHub); False when it was done before."""
    # One that was superseded while it was under way has happened all the same.
    open_ = and_(_C.id == effect, _C.status.in_((WAITING, SUPERSEDED)))
    values = {"status": PERFORMED, "result": result, "effect": b"", "due": None}
    return connection.execute(update(OUTBOX).where(open_).values(values)).rowcount == 1


def fail(connection: Connection, effect: int, why: str) -> None:
    """Mark the effect as never to be tried again; it is kept to be looked at."""
    connection.execute(update(OUTBOX).where(_C.id == effect).values(status=FAILED, result=why))


def forget(connection: Connection, case_key: str) -> None:
    """Let the words go that the case's failed effects hold."""
    connection.execute(update(OUTBOX).where(_C.case_key == case_key, _C.status == FAILED).values(effect=b""))


def postpone(connection: Connection, effect: int, due: datetime, why: str) -> None:
    """Try the effect again at `due`; what stands behind it waits with it."""
    values = {"due": micros(due), "result": why}
    connection.execute(update(OUTBOX).where(_C.id == effect, _C.status == WAITING).values(values))


def next_due(connection: Connection, now: datetime) -> int | None:
    """When the next effect becomes due after `now`, in microseconds."""
    query = select(func.min(_C.due)).where(_C.status == WAITING, _C.due > micros(now))
    due: int | None = connection.execute(query).scalar()
    return due

"""The outbox: effects decided, in their order within the case, each performed once by its key."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, insert, not_, or_, select, update

from bot.domain.effects import Effect
from bot.ports import Commit, Pending
from bot.store import codec
from bot.store.tables import INBOX, OUTBOX, micros

WAITING, PERFORMED, FAILED, SUPERSEDED = "waiting", "performed", "failed", "superseded"

_C = OUTBOX.c

# Made once: making a statement takes longer than running it. What is set are the other parameters.
_SET = update(OUTBOX).where(_C.id == bindparam("one"))
_POSTPONE = _SET.where(_C.status == WAITING)
_WAIT = _POSTPONE.values(waits=_C.waits + 1)
_BEGIN = _SET.values(attempts=_C.attempts + 1)
_UNBEGIN = _POSTPONE.where(_C.attempts > 0).values(attempts=_C.attempts - 1)
# One that was superseded while it was under way has happened all the same.
_FINISH = _SET.where(or_(_C.status == WAITING, _C.status == SUPERSEDED))
_INSERT = insert(OUTBOX)
_OF_CASE = (_C.case_key == bindparam("case"), _C.status == WAITING)
_WAITING = select(_C.id, _C.slot, _C.due, _C.attempts).where(*_OF_CASE).order_by(_C.id)
_DONE = select(_C.id).where(_C.case_key == bindparam("case"), _C.status == PERFORMED).limit(1)
_KEY, _SLOT = _DONE.where(_C.key == bindparam("name")), _DONE.where(_C.slot == bindparam("name"))
_PENDING = (
    select(
        _C.id, _C.case_key, _C.row_id, _C.key, _C.attempts, _C.waits, _C.type, _C.effect, _C.due, INBOX.c.delivery
    )
    .join_from(OUTBOX, INBOX, INBOX.c.id == _C.row_id, isouter=True)
    .where(*_OF_CASE)
    # What lingers was never tried and holds nothing up, nor does what is said to a door.
    .where(or_(_C.due.is_(None), _C.due <= bindparam("now"), and_(_C.attempts > 0, not_(_C.urgent))))
    .order_by(_C.urgent.desc(), _C.id)
    .limit(bindparam("limit"))
)


def add(connection: Connection, commit: Commit, now: datetime) -> None:
    """Queue the effects; one that waits in the same slot is superseded, one performed before is not repeated."""
    if not commit.effects:
        return
    case_key, row = commit.case, commit.row
    waiting = connection.execute(_WAITING, {"case": case_key}).all()
    replaced: set[int] = set()
    values: list[dict[str, Any]] = []
    for effect in commit.effects:
        key, urgent = codec.key_of(effect), codec.urgent(effect)
        # A door's answer belongs to its row: a retry of the request has a row of its own and is answered again.
        slot = f"{key}@{row}" if urgent else codec.slot(effect)
        same = [found.id for found in waiting if found.slot == (slot or key)]
        sticky = slot is not None and slot.startswith("sticky")
        if same and sticky and not _was(connection, case_key, slot=slot or ""):
            del same[0]  # people wait for the first word: it keeps its place whatever is to be said after it
        replaced.update(found.id for found in waiting if found.slot in codec.includes(effect))
        # What one decision says twice, it means twice (the plan, then its pull): `waiting` holds none of it.
        replaced.update(same)
        if slot is None and _was(connection, case_key, key=key):
            continue
        due = None
        begun = any(one["slot"] == slot for one in values) or any(one.slot == slot for one in waiting)
        if codec.lingers(effect) and (not sticky or begun or _was(connection, case_key, slot=slot or "")):
            # No longer than the one it replaces would have: else news after news would never be told.
            dues = [found.due for found in waiting if found.slot == slot and found.due and not found.attempts]
            due = min([*dues, micros(now + commit.linger)])
        values.append(_values(commit, effect, slot, due))
    if replaced:
        connection.execute(_SET, [{"one": one, "status": SUPERSEDED, "effect": b""} for one in sorted(replaced)])
    if values:
        connection.execute(_INSERT, values)


def _values(commit: Commit, effect: Effect, slot: str | None, due: int | None) -> dict[str, Any]:
    """The effect as a row that waits."""
    (type_name, data), key = codec.dump(effect), codec.key_of(effect)
    return {
        "case_key": commit.case,
        "row_id": commit.row,
        "key": key,
        "slot": slot or key,
        "type": type_name,
        "urgent": codec.urgent(effect),
        "status": WAITING,
        "due": due if commit.linger else None,
        "attempts": 0,
        "effect": data,
    }


def _was(connection: Connection, case_key: str, *, key: str = "", slot: str = "") -> bool:
    """Whether that, or something of that slot, was performed already."""
    query, name = (_KEY, key) if key else (_SLOT, slot)
    return connection.execute(query, {"case": case_key, "name": name}).first() is not None


def pending(connection: Connection, case_key: str, now: datetime, limit: int = 50) -> list[Pending]:
    """What to perform: first what a door waits for, then the rest up to the first that waits for its time."""
    found: list[Pending] = []
    for row in connection.execute(_PENDING, {"case": case_key, "limit": limit, "now": micros(now)}):
        if row.due is not None and row.due > micros(now):
            break
        found.append(_pending(row))
    return found


def first(
    connection: Connection, case_key: str, now: datetime, known: Pending | None, begun: int | None
) -> Pending | None:
    """What `pending` begins with; one that is known is not read out of its JSON again.

    The attempt of an effect that is `begun` was counted after it was read: it is returned as it was then.
    """
    row = connection.execute(_PENDING, {"case": case_key, "limit": 1, "now": micros(now)}).first()
    if row is None or (row.due is not None and row.due > micros(now)):
        return None
    if known is not None and known.id == row.id:
        return known if row.id == begun else replace(known, attempts=row.attempts, waits=row.waits)
    return _pending(row)


def _pending(row: Any) -> Pending:
    effect = codec.load(row.type, bytes(row.effect))
    return Pending(row.id, row.case_key, row.row_id, row.key, effect, row.attempts, row.delivery or "", row.waits)


def begin(connection: Connection, effect: int) -> None:
    """Count an attempt before it is made, so that after a crash what it may have made is looked for."""
    connection.execute(_BEGIN, {"one": effect})


def unbegin(connection: Connection, effect: int) -> None:
    """The effect was begun and nothing was tried: that attempt does not count."""
    connection.execute(_UNBEGIN, {"one": effect})


def finish(connection: Connection, effect: int, result: str) -> bool:
    """Mark the effect performed, its words let go (they stand on GitHub); False when it was done before."""
    values = {"one": effect, "status": PERFORMED, "result": result, "effect": b"", "due": None}
    return connection.execute(_FINISH, values).rowcount == 1


def fail(connection: Connection, effect: int, why: str) -> bool:
    """Mark the effect as never to be tried again; False when it was done, or nobody wants it any more."""
    return connection.execute(_POSTPONE.values(status=FAILED), {"one": effect, "result": why}).rowcount == 1


def forget(connection: Connection, case_key: str) -> None:
    """Let the words go that the case's failed effects hold."""
    connection.execute(update(OUTBOX).where(_C.case_key == case_key, _C.status == FAILED).values(effect=b""))


def postpone(connection: Connection, effect: Pending, due: datetime, why: str, *, counts: bool = True) -> None:
    """Try the effect again at `due`; what stands behind it waits with it, unless a door waits for it."""
    statement = _POSTPONE if counts else _WAIT
    if codec.urgent(effect.effect):  # it was not begun: what it makes is not looked for
        statement = statement.values(attempts=_C.attempts + 1)
    connection.execute(statement, {"one": effect.id, "due": micros(due), "result": why})

"""The cases that have not ended, a piece at a time, and those that were opened lately, from their ledgers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, select

from bot.domain.allowance import PER_REPOSITORY, Opened, opened_by
from bot.domain.ledger import read_line
from bot.domain.lifecycle import ENDING, MOVING
from bot.domain.looking import CASES, SCANNED
from bot.domain.took import SAMPLES, Took, alias_of, took_by
from bot.store.tables import LEDGER

RESTING = timedelta(hours=1)
"""For how long nothing may have happened in a case before it is told to look at GitHub by itself."""
TAIL = 40
"""Lines of a ledger that are read from its end: what follows an end are effects of it."""

_C = LEDGER.c
_KEYS = (
    select(_C.case_key)
    .where(_C.n == 1, _C.case_key > bindparam("after"), _C.case_key.like("case:%"))
    .order_by(_C.case_key)
    .limit(bindparam("limit"))
)
_TAIL = select(_C.raw, _C.alias).where(_C.case_key == bindparam("case")).order_by(_C.n.desc()).limit(TAIL)


def open_cases(connection: Connection, after: str, now: datetime) -> tuple[tuple[str, ...], str]:
    """The next open cases that rest, and the key to go on behind, "" at the end.

    A case of which the last lines do not tell is taken for open: it looks for itself.
    """
    keys = connection.execute(_KEYS, {"after": after, "limit": SCANNED}).scalars().all()
    found: list[str] = []
    for key in keys:
        if _is_open(connection, key, now - RESTING):
            found.append(key)
        if len(found) == CASES:
            return tuple(found), key
    return tuple(found), keys[-1] if len(keys) == SCANNED else ""


def _is_open(connection: Connection, key: str, moved: datetime) -> bool:
    rows = connection.execute(_TAIL, {"case": key})
    lines = [read_line(bytes(raw), alias) for raw, alias in rows]
    if datetime.fromisoformat(lines[0].at) > moved:
        return False
    last = next((line.entry.type for line in lines if line.entry.type in MOVING), "")
    return last not in ENDING


def took_lately(connection: Connection, installation: int) -> tuple[Took, ...]:
    """How long the newest steps took that were completed in an installation, the newest first."""
    query = select(_C.raw).where(_C.alias == alias_of(installation)).order_by(_C.id.desc()).limit(SAMPLES)
    found = (took_by(read_line(bytes(raw))) for raw in connection.execute(query).scalars())
    return tuple(one for one in found if one is not None)


def opened_lately(connection: Connection, repository: int) -> tuple[Opened, ...]:
    """The newest capabilities that were opened in a repository, as many as any limit counts."""
    prefix = f"issue:{repository}:"
    of_it = and_(_C.alias >= prefix, _C.alias < f"{prefix[:-1]};")  # ";" follows ":", so this is a range
    query = select(_C.raw, _C.alias).where(of_it).order_by(_C.id.desc()).limit(PER_REPOSITORY + 1)
    lines = [read_line(bytes(raw), alias) for raw, alias in connection.execute(query)]
    return tuple(opened_by(line) for line in lines)

"""The ledger: a case's lines in their chain, one writer per place, and the blobs that lines name by digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.domain.ledger import Line, read_line
from bot.errors import Fenced
from bot.store.tables import BLOBS, LEDGER

_C = LEDGER.c
# Made once: making a statement takes longer than running it.
_LAST = select(func.max(_C.n)).where(_C.case_key == bindparam("case"))
_INSERT = insert(LEDGER)
_LINES = select(_C.raw, _C.alias).where(_C.case_key == bindparam("case"), _C.n > bindparam("after")).order_by(_C.n)
_FIND = select(_C.case_key).where(_C.alias == bindparam("name")).order_by(_C.id.desc()).limit(1)
_BLOB = select(BLOBS.c.data).where(BLOBS.c.digest == bindparam("name"))
_DIGEST = re.compile(rb"(?=([0-9a-f]{64}))")


def append(connection: Connection, case: str, after: int, lines: Sequence[Line]) -> None:
    """Append the lines after number `after`; raises Fenced when the case has moved on."""
    last = connection.execute(_LAST, {"case": case}).scalar() or 0
    if last != after or (lines and lines[0].n != after + 1):
        raise Fenced(f"appending to {case} after line {after}: it has {last} lines")
    if not lines:
        return
    values = [
        {"case_key": case, "n": line.n, "hash": line.hash, "alias": line.entry.alias, "raw": line.raw}
        for line in lines
    ]
    try:
        connection.execute(_INSERT, values)
    except IntegrityError:  # another replica was first: its commit and ours overlapped
        raise Fenced(f"appending to {case} after line {after}: another writer was first") from None


def read(connection: Connection, case: str, after: int = 0) -> list[Line]:
    """The case's lines with numbers above `after`, in order."""
    rows = connection.execute(_LINES, {"case": case, "after": after})
    return [read_line(bytes(raw), alias) for raw, alias in rows]


def find(connection: Connection, alias: str) -> str | None:
    """The case that used the alias last."""
    found: str | None = connection.execute(_FIND, {"name": alias}).scalar()
    return found


def cases_of(connection: Connection, repositories: Sequence[int], installation: int = 0) -> tuple[str, ...]:
    """The cases that were opened in these repositories, and those of the installation that run in one of them.

    Without repositories, all that the installation ever planned; sorted. Every step reads a range of an index.
    """
    prefixes = [f"issue:{one}:" for one in repositories]
    if installation:
        prefixes += [f"installation:{installation}:{one}:" for one in repositories]
        prefixes += [] if repositories else [f"installation:{installation}:"]
    found: set[str] = set()
    for first in prefixes:
        last = f"{first[:-1]};"  # ";" follows ":", so this is a range
        query = select(_C.case_key).where(_C.alias >= first, _C.alias < last).distinct()
        found.update(connection.execute(query).scalars())
    return tuple(sorted(found))


def keep(connection: Connection, blobs: Sequence[bytes]) -> None:
    """Store the blobs that are not there yet, by the SHA-256 of their bytes."""
    fresh = {hashlib.sha256(blob).hexdigest(): blob for blob in blobs}
    if not fresh:
        return
    known = set(connection.execute(select(BLOBS.c.digest).where(BLOBS.c.digest.in_(list(fresh)))).scalars())
    values = [{"digest": digest, "data": data} for digest, data in fresh.items() if digest not in known]
    if values:
        connection.execute(insert(BLOBS), values)


def named_elsewhere(
    connection: Connection, case: str, digests: Sequence[str], after: int = 0
) -> tuple[frozenset[str], int]:
    """Which of the digests other cases' ledgers name, in rows above `after`; and the last row's number."""
    wanted, found, last = frozenset(digests), set[str](), after
    query = select(_C.id, _C.raw).where(_C.case_key != case).order_by(_C.id).limit(1_000)
    # By pages and not by a cursor: PostgreSQL has none outside a transaction, and readers have no transaction.
    while rows := connection.execute(query.where(_C.id > last)).all():
        for number, raw in rows:
            last = number
            found |= wanted & {text.decode() for text in _DIGEST.findall(bytes(raw))}
    return frozenset(found), last


def erase(connection: Connection, digests: Sequence[str]) -> None:
    """Delete these blobs."""
    for digest in digests:
        connection.execute(delete(BLOBS).where(BLOBS.c.digest == digest))


def blob(connection: Connection, digest: str) -> bytes | None:
    """The bytes of the digest, None when they are not there (any more, T52)."""
    found = connection.execute(_BLOB, {"name": digest}).scalar()
    return None if found is None else bytes(found)

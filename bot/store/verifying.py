"""Whether every ledger is the chain that was written, over the stored bytes: streaming, in constant memory.

What is taken off the end of a ledger breaks no chain; that is told by the signed segments (bot/domain/anchor.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from bot.domain.ledger import GENESIS

PIECE = 1_000
"""Lines that are in memory at a time."""

_ALL = "SELECT case_key, n, hash, raw FROM ledger ORDER BY case_key, n"


@dataclass(frozen=True)
class Broken:
    """The first line of a case that is not what was written there."""

    case: str
    n: int
    why: str


@dataclass(frozen=True)
class Verified:
    """What was read, and the first broken line, None where there is none."""

    cases: int
    lines: int
    broken: Broken | None


def verify(connection: Connection) -> Verified:
    """Follow every chain up to the first line that is broken."""
    case, n, prev, cases, lines = "", 0, GENESIS, 0, 0
    for piece in _pieces(connection):
        for key, number, kept, raw in piece:
            if key != case:
                case, n, prev, cases = key, 0, GENESIS, cases + 1
            n += 1
            found = sha256(raw).hexdigest()
            # The line names its place and the one before in canonical JSON, whose keys stand in this order.
            if number != n or found != kept or f',"n":{n},"prev":"{prev}","reason":"'.encode() not in raw:
                return Verified(cases, lines + 1, Broken(case, n, _why(number, n, found == kept)))
            prev, lines = found, lines + 1
    return Verified(cases, lines, None)


def _pieces(connection: Connection) -> Iterator[list[Any]]:
    """The lines as the driver hands them out: a row object for each would take as long as its hash."""
    driver: Any = connection.connection.driver_connection
    # PostgreSQL sends everything at once unless the cursor has a name.
    cursor = driver.cursor("chains") if connection.dialect.name == "postgresql" else driver.cursor()
    try:
        cursor.execute(_ALL)
        while piece := cursor.fetchmany(PIECE):
            yield piece
    finally:
        cursor.close()


def _why(number: int, n: int, is_itself: bool) -> str:
    if number != n:
        return f"line {n} is not there, line {number} stands in its place"
    if not is_itself:
        return "its bytes are not those that were written"
    return "it does not follow the line before it"

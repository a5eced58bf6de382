"""How long verifying a million ledger lines takes, beside a bare loop of sqlite3 and SHA-256 over the same rows.

`python -m tests.bench.verify [LINES]` prints the table; `run()` returns the figures for `make bench`.
"""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from bot.domain.ledger import GENESIS
from bot.store.connect import open_database
from bot.store.reading import snapshot
from bot.store.verifying import verify
from tests.bench.figure import Figure, seconds, show
from tests.bot.standin import now

LINES, CASES, AT_ONCE, ROUNDS = 1_000_000, 1_000, 10, 3
LINE = (
    b'{"actor":{"id":11,"kind":"User","login":"anna"},"at":"2026-05-04T09:00:00.000000Z","data":{"comment":%d,'
    b'"key":"reply:%d","made":{"sticky":1002},"source":"comment:%d","words":"0123456789abcdef0123456789abcdef"},'
    b'"n":%d,"prev":"%s","reason":"","type":"effect.performed"}'
)


def rows(lines: int) -> Iterator[tuple[str, int, str, bytes]]:
    """Chains that grow side by side, a few lines of each at a time, as in a bot's life."""
    heads = dict.fromkeys(range(CASES), GENESIS)
    for start in range(0, lines // CASES, AT_ONCE):
        for case in range(CASES):
            for n in range(start + 1, min(start + AT_ONCE, lines // CASES) + 1):
                raw = LINE % (n, n, n, n, heads[case].encode())
                heads[case] = sha256(raw).hexdigest()
                yield f"case:101:I_{case}", n, heads[case], raw


def filled(database: Path, lines: int) -> None:
    """A database of this schema with so many lines."""
    asyncio.run(open_database(f"sqlite:///{database}", now, "bench").close())
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous=OFF")  # only while it is filled
    connection.executemany("INSERT INTO ledger (case_key, n, hash, raw) VALUES (?, ?, ?, ?)", rows(lines))
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def bare(database: Path) -> int:
    """Read the same rows in the same order and hash them, no more; how many."""
    connection, count = sqlite3.connect(database), 0
    for _, _, _, raw in connection.execute("SELECT case_key, n, hash, raw FROM ledger ORDER BY case_key, n"):
        sha256(raw).hexdigest()
        count += 1
    connection.close()
    return count


def run(lines: int = LINES) -> list[Figure]:
    """Seconds, and what it took of memory."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bot.db"
        filled(database, lines)
        bare(database)  # so that the file is in the page cache for both
        peak, found, floors = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, [], []
        for _ in range(ROUNDS):
            floors.append(seconds(lambda: bare(database), 1))
            found.append(seconds(lambda: _whole(database, lines), 1))
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
    took, floor = min(found), min(floors)
    what, ratio = f"verifying {lines:,} ledger lines", took / floor
    value = f"{took:.2f} s = {ratio:.2f} ×, {grown:.0f} MB more"
    return [Figure(what, value, f"sqlite3 and SHA-256 alone {floor:.2f} s", "≤ 1.5 ×", ratio <= 1.5)]


def _whole(database: Path, lines: int) -> None:
    with snapshot(f"sqlite:///{database}") as connection:
        found = verify(connection)
    assert found.broken is None
    assert found.lines == lines


if __name__ == "__main__":
    show(run(int(sys.argv[1]) if len(sys.argv) > 1 else LINES))

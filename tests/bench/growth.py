"""What an event costs when 100 cases are open and when 100,000 are, each with a ledger and a timer of next week.

`python -m tests.bench.growth [CASES]` prints the table; `run()` returns the figures for `make bench`.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from bot.app import FLOW
from bot.store.connect import open_database
from bot.store.tables import micros
from tests.bench import webhooks
from tests.bench.drain import drained, small
from tests.bench.figure import Figure, show
from tests.bot.standin import now

FEW, MANY, EVENTS, AT_WORK, ROUNDS = 100, 100_000, 1_000, 20, 3
LONGEST = 400
"""Bytes of a copied line: the lines are looked up here, not read."""

NUMBERS = "WITH RECURSIVE other(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM other WHERE n <= {cases})"
COPIES = (
    "INSERT INTO ledger (case_key, n, hash, alias, raw) {numbers} SELECT 'case:101:J_' || other.n, ledger.n,"
    " hash, alias || ':' || other.n, substr(raw, 1, {longest}) FROM other, ledger WHERE case_key = 'case:101:I_1'",
    "INSERT INTO outbox (case_key, row_id, key, slot, type, urgent, status, due, attempts, result, effect)"
    " {numbers} SELECT 'case:101:J_' || other.n, row_id, key, slot, type, urgent, status, due, attempts, result,"
    " effect FROM other, outbox WHERE case_key = 'case:101:I_1'",
    "INSERT INTO inbox (source, kind, delivery, case_key, status, due, attempts, received, body) {numbers}"
    " SELECT source, kind, delivery || ':' || other.n, 'case:101:J_' || other.n, status,"
    " CASE status WHEN 'waiting' THEN {due} + other.n END, 0, received, substr(body, 1, {longest})"
    " FROM other, inbox WHERE case_key = 'case:101:I_1'",
)
"""As many cases as one that was really planned: its ledger, what was performed, its timers waiting."""


async def filled(database: Path, cases: int) -> None:
    """Plan one case, and copy it until there are so many."""
    store = open_database(f"sqlite:///{database}", now, "bench")
    await drained(store, FLOW, [webhooks.opened(1)])
    await store.close()
    due = micros(now() + timedelta(days=7))
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous=OFF")  # only while it is filled
    for statement in COPIES:
        numbers = NUMBERS.format(cases=cases)
        connection.execute(statement.format(numbers=numbers, due=due, longest=LONGEST))
    connection.commit()
    waiting = connection.execute("SELECT count(*) FROM inbox WHERE status = 'waiting' AND due IS NOT NULL")
    assert waiting.fetchone()[0] >= cases, "no timer waits"
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


async def cost(database: Path, turn: int) -> float:
    """Seconds for the events of some cases at work, among all that are there."""
    store = open_database(f"sqlite:///{database}", now, "bench")
    first = 1_000_000 * (turn + 1)
    rows = [webhooks.event(first + n % AT_WORK, 1 + n // AT_WORK) for n in range(EVENTS)]
    took = await drained(store, small(), rows)
    await store.close()
    return took


async def compared(many: int) -> tuple[float, float]:
    """The shortest of some rounds with few cases, and with many, by turns."""
    with tempfile.TemporaryDirectory() as folder:
        files = {cases: Path(folder) / f"{cases}.db" for cases in (FEW, many)}
        for cases, database in files.items():
            await filled(database, cases)
        times: dict[int, list[float]] = {FEW: [], many: []}
        for turn in range(ROUNDS):
            for cases, database in files.items():
                times[cases].append(await cost(database, turn))
    return min(times[FEW]), min(times[many])


def run(many: int = MANY) -> list[Figure]:
    """The ratio of the two."""
    logging.disable(logging.WARNING)
    try:
        few, lots = asyncio.run(compared(many))
    finally:
        logging.disable(logging.NOTSET)
    ratio = lots / few
    return [
        Figure(
            f"{EVENTS:,} events with {many:,} open cases",
            f"{lots:.2f} s = {ratio:.2f} ×",
            f"{few:.2f} s with {FEW} open cases",
            "≤ 1.5 ×",
            ratio <= 1.5,
        )
    ]


if __name__ == "__main__":
    show(run(int(sys.argv[1]) if len(sys.argv) > 1 else MANY))

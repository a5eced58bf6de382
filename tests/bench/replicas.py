"""How much faster two replicas get through what waits than one, where GitHub takes 50 ms for each effect.

`python -m tests.bench.replicas` prints the table.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine

from bot.store.connect import open_database
from tests.bench.figure import Figure, show
from tests.bot.standin import now, webhook
from tests.postgres import Server, server

CASES, PARALLEL, LATENCY = 480, 4, 0.05
LIMIT = 1.6
LONGEST = 60.0
"""Seconds after which something is broken."""


async def fill(url: str) -> None:
    """As many cases as are worked off, each with a delivery that waits."""
    store = open_database(url, now, "bench")
    await asyncio.gather(*(store.accept(webhook(f"d{n}", number=n, node=f"I_{n}")) for n in range(1, CASES + 1)))
    await store.close()


@contextmanager
def started(url: str, number: int) -> Iterator[list[subprocess.Popen[str]]]:
    """So many replicas, ready and told nothing yet."""
    command = [sys.executable, "-m", "tests.bench.replica", url]
    replicas = [
        subprocess.Popen(
            [*command, f"replica-{one}", str(PARALLEL), str(LATENCY)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for one in range(number)
    ]
    try:
        for replica in replicas:
            assert replica.stdout is not None
            assert replica.stdout.readline() == "ready\n"
        yield replicas
    finally:
        for replica in replicas:
            replica.communicate(timeout=LONGEST)


def drained(postgres: Server, number: int) -> float:
    """Cases a second, worked off by so many replicas."""
    url = postgres.fresh()
    asyncio.run(fill(url))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with started(url, number) as replicas, engine.connect() as connection:
        begin = time.perf_counter()
        for replica in replicas:
            assert replica.stdin is not None
            replica.stdin.write("go\n")
            replica.stdin.flush()
        done = 0
        while done < CASES and time.perf_counter() - begin < LONGEST:
            time.sleep(0.02)
            counted = connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE status = 'performed'")
            done = counted.scalar_one()
        seconds = time.perf_counter() - begin
    engine.dispose()
    if done != CASES:
        raise RuntimeError(f"{done} of {CASES} cases were worked off in {LONGEST:.0f} s")
    return CASES / seconds


def run() -> list[Figure]:
    """The better of two rounds each, in turn."""
    with server(fsync=True) as postgres:
        found = [(drained(postgres, 1), drained(postgres, 2)) for _ in range(2)]
    one, two = (max(rates) for rates in zip(*found, strict=True))
    what = f"two replicas on PostgreSQL, {PARALLEL} cases at a time each, {LATENCY * 1000:.0f} ms per effect"
    value = f"{two:.0f} cases/s = {two / one:.2f} ×"
    return [Figure(what, value, f"{one:.0f} cases/s, one replica", f"≥ {LIMIT} ×", two / one >= LIMIT)]


if __name__ == "__main__":
    show(run())

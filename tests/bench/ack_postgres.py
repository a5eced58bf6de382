"""How fast a webhook is acknowledged durably on PostgreSQL, beside a bare handler that only checks the HMAC.

`python -m tests.bench.ack_postgres` prints the table.
"""

from __future__ import annotations

import asyncio
import statistics

from bot.doors import github
from bot.doors.intake import Intake
from bot.store.connect import open_database
from tests.bench.ack import CONNECTIONS, ROUNDS, bare, measure, serving
from tests.bench.figure import Figure, show
from tests.bench.load import SECRET
from tests.bot.standin import now
from tests.postgres import Server, server

LIMIT = 0.22


async def ours(postgres: Server) -> dict[str, float]:
    url = postgres.fresh()
    store = open_database(url, now, "bench")
    intake = Intake(store.accept, lambda: None, store.find, lambda: "0" * 32)
    async with serving(github.github(intake, SECRET)) as port:
        found = await measure(port)
    await store.close()
    postgres.drop(url)
    return found


async def rounds(postgres: Server) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Bare and ours in turn, so that what else the machine does falls on both."""
    floors, found = [], []
    for _ in range(ROUNDS):
        async with serving(bare) as port:
            floors.append(await measure(port))
        found.append(await ours(postgres))
    return floors, found


def run() -> list[Figure]:
    """Ratio and 99th percentile, the median of three rounds."""
    with server(fsync=True) as postgres:
        floors, found = asyncio.run(rounds(postgres))
    ratio = statistics.median(our["rate"] / floor["rate"] for our, floor in zip(found, floors, strict=True))
    rate, floor = (statistics.median(one["rate"] for one in many) for many in (found, floors))
    p99 = statistics.median(our["p99"] for our in found)
    bare_99 = statistics.median(one["p99"] for one in floors)
    what = f"durable acknowledgement on PostgreSQL with fsync, 12.5 KB, {CONNECTIONS} connections"
    value, beside = f"{rate:,.0f}/s = {ratio:.2f} ×", f"{floor:,.0f}/s, bare HMAC"
    return [
        Figure(what, value, beside, f"≥ {LIMIT} ×", ratio >= LIMIT),
        Figure("its 99th percentile", f"{p99:.1f} ms", f"{bare_99:.1f} ms, bare HMAC", "≤ 50 ms", p99 <= 50.0),
    ]


if __name__ == "__main__":
    show(run())

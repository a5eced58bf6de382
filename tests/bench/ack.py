"""How fast a webhook is acknowledged durably, beside a bare handler that only checks the HMAC.

`python -m tests.bench.ack` prints the table; `run()` returns the figures for `make bench`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.doors import github
from bot.doors.intake import Intake
from bot.store.connect import open_database
from tests.bench.figure import Figure, show
from tests.bench.load import SECRET
from tests.bot.standin import now

CONNECTIONS, SECONDS, ROUNDS = 32, 2.5, 3


@asynccontextmanager
async def serving(handler: Any) -> AsyncIterator[int]:
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/github", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def measure(port: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.load", str(port), str(SECONDS), str(CONNECTIONS)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    found: dict[str, float] = json.loads(out)
    return {"rate": found["requests"] / found["seconds"], "p99": found["p99_ms"]}


async def bare(request: web.Request) -> web.Response:
    body = await request.read()
    wanted = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    good = hmac.compare_digest(wanted, request.headers["X-Hub-Signature-256"])
    return web.Response(status=202 if good else 401)


async def ours() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_database(f"sqlite:///{Path(folder) / 'bot.db'}", now, "bench")
        intake = Intake(store.accept, lambda: None, store.find, lambda: "0" * 32)
        async with serving(github.github(intake, SECRET)) as port:
            found = await measure(port)
        await store.close()
    return found


async def rounds() -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Bare and ours in turn, so that what else the machine does falls on both."""
    floors, found = [], []
    for _ in range(ROUNDS):
        async with serving(bare) as port:
            floors.append(await measure(port))
        found.append(await ours())
    return floors, found


def run() -> list[Figure]:
    """Ratio and 99th percentile, the median of three rounds."""
    floors, found = asyncio.run(rounds())
    ratio = statistics.median(our["rate"] / floor["rate"] for our, floor in zip(found, floors, strict=True))
    rate, floor = (statistics.median(one["rate"] for one in many) for many in (found, floors))
    p99 = statistics.median(our["p99"] for our in found)
    bare_99 = statistics.median(one["p99"] for one in floors)
    what = f"durable acknowledgement, 12.5 KB, {CONNECTIONS} connections"
    return [
        Figure(what, f"{rate:,.0f}/s = {ratio:.2f} ×", f"{floor:,.0f}/s, bare HMAC", "≥ 0.33 ×", ratio >= 0.33),
        Figure("its 99th percentile", f"{p99:.1f} ms", f"{bare_99:.1f} ms, bare HMAC", "≤ 25 ms", p99 <= 25.0),
    ]


if __name__ == "__main__":
    show(run())

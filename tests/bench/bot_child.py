"""The bot of the benches in a process of its own: real door, store, engine, flow, a GitHub that answers at once.

`python -m tests.bench.bot_child FOLDER FLOW`: FLOW is `none` (no engine), `small` or `whole`; prints the port.
`GET /census` tells how many rows wait, `GET /rss` the resident memory in MB.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from bot.app import FLOW
from bot.doors import github as door
from bot.doors.intake import Intake
from bot.engine import Engine
from bot.handle import Flow
from bot.store.connect import open_database
from tests.bench.at_once import github
from tests.bench.drain import SETTINGS, small
from tests.bench.load import SECRET
from tests.bot.standin import QUICK, hands_for, now

FLOWS: dict[str, Callable[[], Flow]] = {"small": small, "whole": lambda: FLOW}


def resident() -> float:
    """Megabytes of this process that are in memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


async def main(folder: Path, flow: str) -> None:
    """Serve until the process is ended."""
    logging.disable(logging.WARNING)
    store = open_database(f"sqlite:///{folder}/bot.db", now, "bench")

    async def census(_: web.Request) -> web.Response:
        return web.json_response({"waiting": (await store.census()).waiting})

    async def rss(_: web.Request) -> web.Response:
        return web.json_response({"rss": resident()})

    working: list[asyncio.Task[None]] = []
    wake = None
    if flow in FLOWS:
        hands = replace(hands_for(store, [], **SETTINGS), github=github())
        engine = Engine(store, hands, FLOWS[flow](), QUICK)
        wake = engine.wake
        working.append(asyncio.create_task(engine.run()))
    intake = Intake(store.accept, wake or (lambda: None), store.find, lambda: "0" * 32)
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/github", door.github(intake, SECRET))
    app.router.add_get("/census", census)
    app.router.add_get("/rss", rss)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))

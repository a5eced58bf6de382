"""Serves until SIGTERM or SIGINT; apart from `serve`, so that `millwright --help` needs no web server."""

from __future__ import annotations

import asyncio
import logging
import signal

from bot.app import start
from bot.settings import Settings

log = logging.getLogger(__name__)


async def until_told(settings: Settings) -> int:
    """0 once the bot has drained."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    bot = await start(settings)
    host, port = settings.listen
    print(f"millwright listens on {host}:{port} and is {bot.url} to the world", flush=True)
    await told.wait()
    log.info("draining")
    await bot.stop()
    return 0

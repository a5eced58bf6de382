"""Serves until SIGTERM or SIGINT; apart from `serve`, so that `millwright --help` needs no web server."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress

from bot.app import Running, start
from bot.settings import Settings

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at whether the engine still runs."""
BROKEN = 1
"""Exit code where the engine ended by itself: a supervisor starts the process again."""


async def until_told(settings: Settings) -> int:
    """0 once the bot has drained; a second signal ends the process at once."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell(number: int) -> None:
        if told.is_set():
            os._exit(128 + number)  # what is durable stays so, as after a crash
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, tell, number)
    bot = await start(settings)
    host, port = settings.listen
    print(f"millwright listens on {host}:{port} and is {bot.url} to the world", flush=True)
    if bot.metrics_url:
        print(f"metrics for Prometheus are at {bot.metrics_url}", flush=True)
    ended = await _ended(bot, told)
    log.info("draining", extra={"seconds": settings.drain})
    await bot.stop()
    log.info("drained")
    return BROKEN if ended else 0


async def _ended(bot: Running, told: asyncio.Event) -> bool:
    """Returns when the process is to end: True where the engine ended by itself, False where somebody said so."""
    while not told.is_set():
        if bot.engine.ended:
            log.critical("the engine ended by itself")
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await told.wait()
    return False

"""`GET /metrics` for Prometheus, on an address of its own: how much work there is, is nobody's business but ours.

Counters are the bot's own; what waits is counted in the database when somebody asks, once in `FRESH` seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.doors.body import Handler
from bot.metrics import Metrics

log = logging.getLogger(__name__)

FRESH = 5.0
"""Seconds for which a count of what waits is good enough."""
HEADERS = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
"""https://prometheus.io/docs/instrumenting/exposition_formats/"""


def page(
    metrics: Metrics, count: Callable[[], Awaitable[None]], timer: Callable[[], float] = time.monotonic
) -> Handler:
    """The handler; `count` brings the gauges of what waits up to date, which may fail: the rest is told anyway."""
    counted = -FRESH

    async def answer(_request: web.Request) -> web.StreamResponse:
        nonlocal counted
        if timer() - counted >= FRESH:
            counted = timer()
            try:
                await count()
                metrics.readable.set(1)
            except Exception:  # the database is away, and that is told
                log.exception("counting what waits failed")
                metrics.readable.set(0)
        return web.Response(body=metrics.page(), headers=HEADERS)

    return answer


def application(handler: Handler) -> web.Application:
    """The HTTP application of that address: this page and nothing else."""
    app = web.Application()
    app.router.add_get("/metrics", handler)
    return app

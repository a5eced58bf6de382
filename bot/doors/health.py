"""Whether the process lives, whether it can take work, and which keys its signatures are made with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.doors.body import Handler, answered, guarded, refused
from bot.doors.intake import Intake
from bot.errors import StoreError
from bot.ports import Keys


async def alive(_request: web.Request) -> web.StreamResponse:
    """`GET /healthz`: 200 while the process answers at all."""
    return answered(200, {"alive": True})


def ready(intake: Intake, touch: Callable[[], Awaitable[None]]) -> Handler:
    """`GET /readyz`: 200 while the database takes a write; 503 otherwise and while draining."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        if intake.closed.is_set():
            return refused(503, "draining", "This process is shutting down.", after=5)
        try:
            await touch()
        except StoreError:
            return refused(503, "database", "The database takes no write.", after=5)
        return answered(200, {"ready": True})

    return guarded(answer)


def keys(signing: Keys) -> Handler:
    """`GET /.well-known/millwright-keys.json`: the keys that verify packs and specs, with their time (T59)."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return answered(200, signing.published())

    return guarded(answer)

"""Whether the process lives, whether it can take work, and which keys its signatures are made with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.doors.body import Handler, answered, guarded, refused
from bot.doors.intake import Intake
from bot.errors import StoreError
from bot.ports import Keys

SLOWEST = 5.0
"""Seconds within which the database must take a write; whoever asks whether we are ready does not wait longer."""


@dataclass(frozen=True)
class Engine:
    """How the engine does, as the doors see it."""

    ended: Callable[[], bool]
    """whether its task is over, although nobody stopped it"""
    silence: Callable[[], float]
    """seconds since it last looked for work"""
    stuck: float = 30.0
    """how many of them are too many"""


@dataclass(frozen=True)
class Vitals:
    """What tells whether the bot is well."""

    touch: Callable[[], Awaitable[None]]
    """writes to the database; StoreError where it does not take it"""
    engine: Engine
    github: Callable[[], str] = field(default=lambda: "")
    """why GitHub did not answer when it was asked last, "" where it did"""


def alive(vitals: Vitals) -> Handler:
    """`GET /healthz`: 200 while the process answers; 503 only where a restart would help."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        if vitals.engine.ended():
            return refused(503, "engine_ended", "The engine's task has ended.", "Restart the process.")
        return answered(200, {"alive": True})

    return guarded(answer)


def ready(intake: Intake, vitals: Vitals) -> Handler:
    """`GET /readyz`: 200 while work is taken and done; 503 with the reason otherwise, and while draining.

    That GitHub cannot be reached is told, and makes nothing unready: webhooks are to be taken all the same.
    """

    async def answer(_request: web.Request) -> web.StreamResponse:
        if intake.closed.is_set():
            return refused(503, "draining", "This process is shutting down.", after=5)
        if vitals.engine.ended():
            return refused(503, "engine_ended", "The engine's task has ended.", "Restart the process.", after=5)
        if (silence := vitals.engine.silence()) > vitals.engine.stuck:
            why = f"The engine has not looked for work for {silence:.0f} seconds."
            return refused(503, "engine_stuck", why, "See the log; restart the process.", after=5)
        try:
            async with asyncio.timeout(SLOWEST):
                await vitals.touch()
        except (StoreError, TimeoutError):
            return refused(503, "database", "The database takes no write.", "See the log.", after=5)
        away = vitals.github()
        return answered(200, {"ready": True, "github": away or "answers"})

    return guarded(answer)


def keys(signing: Keys) -> Handler:
    """`GET /.well-known/millwright-keys.json`: the keys that verify packs and specs, with their time (T59)."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return answered(200, signing.published())

    return guarded(answer)

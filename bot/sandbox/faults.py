"""What goes wrong between GitHub and an App, thrown by the dice of one seed; nothing does unless `odds` say so.

Deliveries are dropped, doubled and late: GitHub promises neither order nor arrival, and delivers nothing again by
itself (https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries). An App's requests meet
limits, a gateway that stumbles and connections that break, before or after what was asked has been done.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Literal, get_args

from aiohttp import web

from bot.sandbox.answers import Refusal
from bot.sandbox.limits import SECONDARY

Kind = Literal[
    "bad gateway", "bad gateway after", "429", "429 untold", "403 secondary", "timeout", "cut before", "cut after"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What happens to a request; those that end in `after`, and a timeout, have been carried out all the same."""
GIVEN_UP = 10.0
"""Seconds after which GitHub lets a request go: it answers 504."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Odds:
    """How often each thing goes wrong, as shares of 1; `late` is in seconds."""

    dropped: float = 0.0
    """deliveries that never leave; GitHub's log says they failed"""
    doubled: float = 0.0
    """deliveries that are sent twice under one GUID"""
    late: float = 0.0
    """the most a delivery waits before it is sent, so that its order among others is anybody's"""
    request: float = 0.0
    """requests of an App that meet one of `kinds`, each as often as the others"""
    kinds: tuple[Kind, ...] = KINDS
    wait: int = 20
    """what `Retry-After` says, in seconds"""
    scale: float = 1.0
    """factor on what GitHub takes until it gives a request up"""


@dataclass(slots=True)
class Faults:
    """The dice, and what they brought: `brought` counts by kind."""

    odds: Odds = field(default_factory=Odds)
    dice: Random = field(default_factory=lambda: Random(0))
    brought: Counter[str] = field(default_factory=Counter)
    _next: list[Kind] = field(default_factory=list)

    def attempts(self) -> tuple[float, ...]:
        """The seconds after which a delivery is sent, once for each time that it is; none where it is dropped."""
        odds = self.odds
        if odds.dropped and self.dice.random() < odds.dropped:
            self.brought["delivery dropped"] += 1
            return ()
        times = 1
        if odds.doubled and self.dice.random() < odds.doubled:
            self.brought["delivery doubled"] += 1
            times = 2
        return tuple(self.dice.uniform(0, odds.late) if odds.late else 0.0 for _ in range(times))

    async def around(self, caller: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The handler's answer, or what became of it on its way; `caller` as `Identity` says itself."""
        is_meant = caller.startswith(("app:", "installation:"))
        if not is_meant or not self.odds.request or self.dice.random() >= self.odds.request:
            return await handler(request)
        kind = self._kind()
        self.brought[kind] += 1
        if kind.endswith("after") or kind == "timeout":
            await handler(request)
        return await self._instead(kind, request)

    def _kind(self) -> Kind:
        """One of the kinds, none for a second time before all others have come."""
        if not self._next:
            self._next = self.dice.sample(self.odds.kinds, len(self.odds.kinds))
        return self._next.pop()

    async def _instead(self, kind: Kind, request: web.Request) -> web.StreamResponse:
        match kind:
            case "bad gateway" | "bad gateway after":
                raise Refusal(502, "Server Error")
            case "429":
                raise Refusal(429, SECONDARY, Retry_After=str(self.odds.wait))
            case "429 untold":
                raise Refusal(429, SECONDARY)
            case "403 secondary":
                raise Refusal(403, SECONDARY)
            case "timeout":
                await asyncio.sleep(GIVEN_UP * self.odds.scale)
                raise Refusal(504, "We couldn't respond to your request in time.")
            case "cut before" | "cut after":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()

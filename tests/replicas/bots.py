"""Bots as they are shipped, but for a flow small enough to count by: several of them may share a database."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bot.adapters.key_file import make_ring
from bot.app import Running, start
from bot.domain.case import Case
from bot.domain.effects import Effect, Say
from bot.domain.ledger import Entry
from bot.domain.messages import ApprovalsVoid
from bot.events.model import Event, IssueChanged
from bot.handle import Flow
from bot.ports import Hands, Pending
from bot.sandbox.keys import new_key_pair
from bot.settings import Settings
from tests.bot.standin import QUICK, a_flow, issue_event, noted, now
from tests.samples import CASE

SECRET = "a secret of more than thirty-two characters"


def settings(folder: Path, database: str, replica: str) -> Settings:
    """A bot's settings; those in one folder share a key ring, as replicas do."""
    ring = folder / "millwright.key"
    if not ring.exists():
        make_ring(ring, now())
    return Settings(
        url="http://127.0.0.1:0",
        app_id="1",
        private_key=new_key_pair()[0],
        webhook_secret=SECRET,
        api_url="http://127.0.0.1:9",
        database=database,
        key_file=ring,
        listen=("127.0.0.1", 0),
        pacing=0.0,
        sweep=0.0,
        replica=replica,
    )


@asynccontextmanager
async def running(folder: Path, database: str, flow: Flow, replica: str = "one") -> AsyncIterator[Running]:
    """A bot with its doors and its engine."""
    bot = await start(settings(folder, database, replica), flow=flow, patience=QUICK)
    try:
        yield bot
    finally:
        await bot.stop()


@dataclass
class Book:
    """What was decided and made, by whom: `flow` counts for one bot of several."""

    made: list[str] = field(default_factory=list)
    by: dict[str, str] = field(default_factory=dict)
    """of each thing made, the bot that made it"""
    wait: Callable[[str], Awaitable[None]] | None = None
    """awaited before a thing is made, with the name of the bot"""

    def flow(self, name: str = "one") -> Flow:
        """Notes every issue event, and says one thing about it, found before it is made."""

        def decide(event: Event, *_: Any) -> list[Effect]:
            assert isinstance(event, IssueChanged)
            key = f"reply:{event.issue.number}"
            return [noted(event, key), Say(key, ApprovalsVoid(CASE, key), to="reply")]

        async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
            if self.wait is not None:
                await self.wait(name)
            if pending.key not in self.made:
                self.made.append(pending.key)
                self.by[pending.key] = name
            return [Entry("effect.performed", {"key": pending.key})]

        return a_flow(decide, perform)


async def deliver(http: aiohttp.ClientSession, url: str, number: int, node: str) -> aiohttp.ClientResponse:
    """One webhook to one bot's door; the answer, read."""
    body = issue_event(node, number)
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": str(uuid.UUID(int=number)),
        "X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
    }
    async with http.post(f"{url}/github", data=body, headers=headers) as answer:
        await answer.read()
        return answer


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Returns when it holds; TimeoutError where it never does."""
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.02)  # between two looks at another process or server

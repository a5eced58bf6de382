"""A flow small enough to see through, and a house to run it in: real store, real engine, a test's decisions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bot.adapters.keys import SigningKeys
from bot.domain.case import Case
from bot.domain.effects import Effect, React, Record
from bot.domain.knowledge import Knowledge, Need
from bot.domain.ledger import Entry, Line
from bot.domain.ring import of_seed
from bot.engine import Engine, Patience
from bot.events.github import meaning
from bot.events.model import Event
from bot.events.routing import route
from bot.handle import Flow
from bot.ports import DoorAnswer, GitHub, Hands, NewRow, Outgoing, Pending
from bot.store.connect import open_database
from bot.store.database import Database
from tests.samples import CASE

QUICK = Patience(attempts=5, first=0.001, longest=0.01)
KEYS = SigningKeys(of_seed(bytes(range(32))))

NOTHING = Outgoing()
"""Neither mail nor webhooks."""

Decide = Callable[[Event, Case | None, Knowledge, datetime], list[Effect]]
Perform = Callable[[Pending, Case, Hands], Awaitable[list[Entry]]]


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a test is an edge


def fold(key: str, lines: Sequence[Line], _blob: Callable[[str], bytes | None]) -> Case | None:
    return replace(CASE, key=key, last=len(lines)) if lines else None


async def load(event: Event, needs: Iterable[Need], case: Case | None, hands: Hands) -> Knowledge:
    return Knowledge(case=case, nonce=hands.chance())


async def nothing(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
    return []


def a_flow(decide: Decide, perform: Perform = nothing) -> Flow:
    return Flow(meaning, route, lambda lines: (), fold, lambda event, case: (), load, decide, perform)


def noted(event: Event, what: str = "noted") -> Record:
    return Record(Entry(what, {"event": type(event).__name__}))


def issue_event(node: str = "I_1", number: int = 1, action: str = "opened", repository: int = 101) -> bytes:
    """An `issues` webhook in GitHub's shape, as far as we read it."""
    return json.dumps(
        {
            "action": action,
            "issue": {
                "node_id": node,
                "number": number,
                "title": "A website",
                "body": "x",
                "user": {"id": 11, "login": "anna", "type": "User"},
                "state": "open",
                "labels": [],
            },
            "repository": {"id": repository, "full_name": "acme/widgets", "private": False},
            "installation": {"id": 5},
            "sender": {"id": 11, "login": "anna", "type": "User"},
        }
    ).encode()


def webhook(delivery: str, **issue: Any) -> NewRow:
    return NewRow("github", "issues", delivery, issue_event(**issue))


@dataclass
class House:
    """A store and an engine that run, and what the doors were told."""

    store: Database
    hands: Hands
    engine: Engine
    answers: list[tuple[int, DoorAnswer]] = field(default_factory=list)

    async def deliver(self, *rows: NewRow) -> list[int | None]:
        """Accept the rows, and return when the engine has nothing left to do."""
        ids = [await self.store.accept(row) for row in rows]
        await self.settle()
        return ids

    async def settle(self) -> None:
        self.engine.wake()
        async with asyncio.timeout(20):
            await self.engine.settle()

    async def types(self, case: str = "case:101:I_1") -> list[str]:
        return [line.entry.type for line in await self.store.lines(case)]


def hands_for(store: Database, answers: list[tuple[int, DoorAnswer]], **settings: str) -> Hands:
    return Hands(
        github=cast(GitHub, None),  # a flow that never asks GitHub needs none
        store=store,
        keys=KEYS,
        clock=now,
        chance=lambda: "0" * 32,
        answer=lambda row, answer: answers.append((row, answer)),
        settings=settings,
    )


@asynccontextmanager
async def house(
    place: Path | str, flow: Flow, *, parallel: int = 8, owner: str = "bot", outgoing: Outgoing = NOTHING
) -> AsyncIterator[House]:
    """A running house on `bot.db` in a folder, or on the database behind a URL."""
    url = place if isinstance(place, str) else f"sqlite:///{place}/bot.db"
    store = open_database(url, now, owner)
    answers: list[tuple[int, DoorAnswer]] = []
    hands = replace(hands_for(store, answers), outgoing=outgoing, metrics=store.metrics)
    engine = Engine(store, hands, flow, QUICK, parallel=parallel)
    if store.others is not None:
        store.others.listen(engine.wake, lambda row, answer: answers.append((row, answer)), lambda: "00" * 32)
    working = asyncio.create_task(engine.run())
    try:
        yield House(store, hands, engine, answers)
    finally:
        engine.stop()
        await working
        await store.close()


def reacting(key: str) -> React:
    return React(key, None, "eyes")

"""Bugs that chaos must find, planted into the bot by a flag of its process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.case import Case
from bot.domain.ledger import Entry
from bot.handle import Flow
from bot.ports import Hands, NewRow, Pending
from bot.store import database
from bot.store.database import Database
from bot.store.inbox import NOBODY_WAITS
from tests.chaos.instead import Instead

OpenStore = Callable[[str, Callable[[], datetime], str], Database]
Plant = Callable[[Flow, OpenStore], tuple[Flow, Any]]

SLOW = 0.3
"""Seconds by which a delivery is acknowledged before it is stored, where that bug is planted."""


@dataclass(frozen=True)
class Bug:
    """A mistake that somebody could make, and how it is planted."""

    what: str
    plant: Plant
    replicas: int = 1
    """how many bots it takes to be one"""


def _blind(flow: Flow, opened: OpenStore) -> tuple[Flow, Any]:
    async def nothing(*_: object) -> None:
        return None

    async def perform(pending: Pending, case: Case, hands: Hands) -> list[Entry]:
        blind: Any = Instead(hands.github, find_comment=nothing, find_run=nothing)
        return await flow.perform(pending, case, replace(hands, github=blind))

    return replace(flow, perform=perform), opened


def _hasty(flow: Flow, opened: OpenStore) -> tuple[Flow, Any]:
    def hasty(url: str, clock: Callable[[], datetime], owner: str) -> Any:
        store, under_way = opened(url, clock, owner), set[asyncio.Task[None]]()

        async def later(row: NewRow) -> None:
            await asyncio.sleep(SLOW)
            await store.accept(row)

        async def accept(row: NewRow) -> int | None:
            if row.source != "github":
                return await store.accept(row)
            under_way.add(asyncio.create_task(later(row)))
            return NOBODY_WAITS

        return Instead(store, accept=accept)

    return flow, hasty


def _careless(flow: Flow, opened: OpenStore) -> tuple[Flow, Any]:
    # The lease's length is a constant of the store: nobody who runs a bot can get it wrong, so no setting is made
    # for it here. A lease that ends when it begins is one that nobody holds.
    database.LEASE = timedelta(0)
    return flow, opened


BUGS: Mapping[str, Bug] = {
    "no-find": Bug("nothing is looked for before it is made again", _blind),
    "ack-first": Bug("a delivery is acknowledged before it is stored", _hasty),
    "no-lease": Bug("a case is worked on without its lease", _careless, replicas=2),
}

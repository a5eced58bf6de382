"""What comes in: on the disk before it is acknowledged, within the time that who sent it waits."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from bot.errors import StoreBusy
from bot.store import inbox
from bot.store.inbox import Accepted
from bot.store.writer import Writer

PATIENCE = 8.0
"""Seconds that a door waits for its row to be on disk: GitHub waits for ten."""


async def accept(writer: Writer, arrival: Accepted) -> int | None:
    """The row's number (0 for a webhook, for which no door waits), None for a duplicate; raises StoreBusy."""
    many = inbox.store if arrival.row.source == "github" else inbox.accept
    try:
        async with asyncio.timeout(PATIENCE):
            return await writer.batched(many, arrival)
    except IntegrityError:  # another replica accepted it at the same moment
        return None
    except TimeoutError:
        why = f"accepting {arrival.row.kind}: the database did not answer in {PATIENCE:.0f} s"
        raise StoreBusy(why) from None


async def hasten(writer: Writer, arrival: Accepted) -> None:
    """What waits under the row's delivery key is due at once; where nothing does, the row is accepted."""
    with suppress(IntegrityError):  # another replica did so at the same moment
        await writer.run(lambda c: inbox.hasten(c, arrival))

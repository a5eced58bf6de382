"""Whether anything is left to do, asked of those who know: GitHub's own log, its runs, and the bots' database."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import Engine, or_, select

from bot.app import now
from bot.store.tables import INBOX, OUTBOX, micros
from tests.chaos.town import Town

LOOK = 0.3

_I, _O = INBOX.c, OUTBOX.c


def undelivered(town: Town, database: Engine) -> list[str]:
    """Deliveries that never came in, whatever was answered: what is in the inbox needs no other attempt."""
    with database.connect() as connection:
        stored = set(connection.execute(select(_I.delivery).where(_I.source == "github")).scalars())
    log = town.story.sandbox.webhooks.log
    return sorted({f"{one.event} {one.guid} undelivered" for one in log if one.guid not in stored})


def waiting(database: Engine) -> list[str]:
    """Rows and effects that the bots have still to do, each in words."""
    # A timer whose time has not come is nothing to wait for, and sweeps have always a next one.
    begun = or_(_I.due.is_(None), _I.attempts > 0, _I.due < micros(now()))
    rows = select(_I.id, _I.case_key, _I.kind, _I.error).where(
        _I.status == "waiting", begun, _I.kind.not_in(("sweep", "look"))
    )
    effects = select(_O.id, _O.case_key, _O.key, _O.result).where(_O.status == "waiting")
    with database.connect() as connection:
        found = [*connection.execute(rows), *connection.execute(effects)]
    return [" ".join(str(part) for part in one) for one in found]


async def settled(town: Town, database: Engine, seconds: float) -> list[str]:
    """Returns when nothing is left to do twice in a row; what is left after so many seconds."""
    before: Any = None
    left: list[str] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                sandbox = town.story.sandbox
                runs = [f"run {run.id} {run.status}" for run in sandbox.actions.runs.values() if not run.is_over]
                post = [
                    f"{one.event} {one.guid} under way" for one in sandbox.webhooks.log if one.status == "pending"
                ]
                left = [*runs, *post, *undelivered(town, database), *waiting(database)]
                written = sum(
                    asked.method != "GET" and not asked.path.startswith("/app/") for asked in sandbox.requests
                )
                stands = written, len(sandbox.webhooks.log)
                if not left and stands == before:
                    return []
                before = stands
                await asyncio.sleep(LOOK)
    except TimeoutError:
        return left or ["GitHub is asked again and again"]

"""Which case a row belongs to: read lightly from its bytes, and looked up by alias where they name no case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.events.rows import payload
from bot.handle import Flow
from bot.ports import Row

Find = Callable[[str], Awaitable[str | None]]

UNREADABLE = "installation:0"
"""The case of bytes that name nobody; handling them finds them malformed and says so."""


async def case_for(row: Row, flow: Flow, find: Find) -> tuple[str, int]:
    """The case key of a row, and the installation that it was sent for, 0 where it names none.

    The case is its issue's, else that of an alias the ledger knows, else the repository's own.
    """
    if row.source != "github":
        return UNREADABLE, 0
    try:
        route = flow.route(row.kind, payload(row.body))
    except ValueError:
        return UNREADABLE, 0
    if route.case is not None:
        return route.case, route.tenant
    for alias in route.aliases:
        if (found := await find(alias)) is not None:
            return found, route.tenant
    return route.fallback, route.tenant

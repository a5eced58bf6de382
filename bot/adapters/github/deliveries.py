"""GitHub's log of what it sent to our App, and asking for one of them again; both as the App itself.

Source: https://docs.github.com/en/rest/apps/webhooks
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from bot.adapters.github.pages import Listing, pages
from bot.adapters.github.session import Session
from bot.domain.deliveries import Attempt


async def deliveries(session: Session) -> AsyncIterator[Attempt]:
    """Every attempt that GitHub keeps, newest first; stop taking where enough is known. Raises GitHubError."""
    async for page in pages(session, Listing("/app/hook/deliveries", 0, session.app_jwt)):
        for attempt in page:
            yield _attempt(attempt)


async def redeliver(session: Session, delivery: int) -> None:
    """Asks for that attempt's payload again: it comes by webhook, signed anew (202)."""
    await session.post_as_app("/app/hook/deliveries/{id}/attempts", id=delivery)


def _attempt(one: dict[str, object]) -> Attempt:
    return Attempt(
        id=int(str(one["id"])),
        guid=str(one["guid"]).lower(),
        at=datetime.fromisoformat(str(one["delivered_at"])),
        status=str(one["status"]),
        code=int(str(one["status_code"])),
        again=bool(one["redelivery"]),
    )

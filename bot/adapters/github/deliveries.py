"""GitHub's log of what it sent to our App, and asking for one of them again; both as the App itself.

Source: https://docs.github.com/en/rest/apps/webhooks
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from aiohttp import ClientResponse
from yarl import URL

from bot.adapters.github.session import FAULTS, Session
from bot.adapters.github.translation import refusal
from bot.domain.deliveries import Attempt
from bot.errors import GitHubError

PAGES = 1_000
"""Pages of a hundred that are read at most in one go."""
DOING = "reading the log of deliveries"


async def deliveries(session: Session) -> AsyncIterator[Attempt]:
    """Every attempt that GitHub keeps, newest first; stop taking where enough is known.

    Raises GitHubError, also after `PAGES` pages. The session's cache of answers keeps none of them: each is read
    once, and under a token of its own, for reading many takes longer than one lives.
    """
    place: URL | None = URL(f"{session.app.api_url.rstrip('/')}/app/hook/deliveries?per_page=100")
    for _ in range(PAGES):
        if place is None:
            return
        found, place = await _page(session, place)
        for attempt in found:
            yield attempt
    if place is not None:
        raise GitHubError(f"{DOING}: more than {PAGES} pages", status=413)


async def redeliver(session: Session, delivery: int) -> None:
    """Asks for that attempt's payload again: it comes by webhook, signed anew (202)."""
    await session.post_as_app("/app/hook/deliveries/{id}/attempts", id=delivery)


async def _page(session: Session, place: URL) -> tuple[list[Attempt], URL | None]:
    headers = {"Authorization": f"Bearer {session.app_jwt()}", "Accept": "application/vnd.github+json"}
    try:
        async with session.http.get(place, headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
            if refused := refusal(answer.status, answer.headers, body, DOING, session.clock()):
                raise session.scaled(refused)
            return [_attempt(one) for one in await answer.json()], _next(answer)
    except FAULTS as error:
        raise session.refused(error, DOING) from error


def _next(answer: ClientResponse) -> URL | None:
    """Where the log goes on; the cursor is GitHub's own affair, and the App's token goes nowhere else."""
    following = answer.links.get("next")
    place = following["url"] if following is not None else None
    return place if isinstance(place, URL) and place.origin() == answer.url.origin() else None


def _attempt(one: dict[str, object]) -> Attempt:
    return Attempt(
        id=int(str(one["id"])),
        guid=str(one["guid"]).lower(),
        at=datetime.fromisoformat(str(one["delivered_at"])),
        status=str(one["status"]),
        code=int(str(one["status_code"])),
        again=bool(one["redelivery"]),
    )

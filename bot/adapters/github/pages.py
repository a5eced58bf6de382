"""Lists that are read once and kept by no cache of answers, page by page, under a token of the caller's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from yarl import URL

from bot.adapters.github.session import FAULTS, Session
from bot.adapters.github.translation import refusal
from bot.errors import GitHubError

MOST = 1_000
"""Pages of a hundred that are read in one go."""


@dataclass(frozen=True)
class Listing:
    """A list of GitHub's: its path, for whose installation (0: the App's own), and a token for each page."""

    path: str
    installation: int
    token: Callable[[], str]


async def pages(session: Session, listing: Listing) -> AsyncIterator[Any]:
    """The JSON of each page; stop taking where enough is known. Raises GitHubError, also after `MOST` pages.

    Source: https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
    """
    place: URL | None = URL(f"{session.app.api_url.rstrip('/')}{listing.path}?per_page=100")
    for _ in range(MOST):
        if place is None:
            return
        async with session.reading(listing.installation):
            page, place = await _page(session, place, listing.token())
        yield page
    if place is not None:
        raise GitHubError(f"reading {listing.path}: more than {MOST} pages", status=413)


async def _page(session: Session, place: URL, token: str) -> tuple[Any, URL | None]:
    doing = f"reading {place.path}"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    try:
        async with session.http.get(place, headers=headers, allow_redirects=False) as answer:
            body = await answer.read()
            if refused := refusal(answer.status, answer.headers, body, doing, session.clock()):
                raise session.scaled(refused)
            return await answer.json(), _next(answer)
    except FAULTS as error:
        raise session.refused(error, doing) from error


def _next(answer: ClientResponse) -> URL | None:
    """Where the list goes on; a cursor is GitHub's own affair, and a token goes nowhere else."""
    following = answer.links.get("next")
    place = following["url"] if following is not None else None
    return place if isinstance(place, URL) and place.origin() == answer.url.origin() else None

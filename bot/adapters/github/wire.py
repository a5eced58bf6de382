"""gidgethub's client on aiohttp, that follows GitHub's redirects itself and repeats requests unchanged.

aiohttp would follow too, but turns a redirected POST into a GET: a comment on a renamed repository would be lost
without a word. A renamed repository answers 301 to GET and 307 to the rest
(https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects).
"""

from __future__ import annotations

from collections.abc import Mapping

from gidgethub.aiohttp import GitHubAPI
from yarl import URL

MOST = 3
"""Redirects followed in a row."""
READ_AGAIN = frozenset({301, 302, 307, 308})
WRITE_AGAIN = frozenset({307, 308})


class Wire(GitHubAPI):
    """The one subclass that gidgethub asks for; another redirect than ours arrives as `RedirectionException`."""

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        here = url
        for _ in range(MOST):
            status, heads, data = await self._once(method, here, headers, body)
            place = followed(method, here, status, heads.get("Location"))
            if place is None:
                return status, heads, data
            here = place
        return await self._once(method, here, headers, body)

    async def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        call = self._session.request(method, url, headers=headers, data=body, allow_redirects=False)
        async with call as answer:
            return answer.status, answer.headers, await answer.read()


def followed(method: str, url: str, status: int, location: str | None) -> str | None:
    """Where to repeat the request; None when it is not to be repeated, above all not at another host."""
    if location is None or status not in (READ_AGAIN if method == "GET" else WRITE_AGAIN):
        return None
    place = URL(url).join(URL(location))
    return str(place) if place.origin() == URL(url).origin() else None

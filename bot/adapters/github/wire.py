"""gidgethub's client on aiohttp, that follows GitHub's redirects itself and repeats requests unchanged.

aiohttp would follow too, but turns a redirected POST into a GET: a comment on a renamed repository would be lost
without a word. A renamed repository answers 301 to GET and 307 to the rest
(https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects).
"""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from gidgethub.aiohttp import GitHubAPI
from yarl import URL

from bot.adapters.github.answers import Answer, Answers
from bot.metrics import Metrics

MOST = 3
"""Redirects followed in a row."""
READ_AGAIN = frozenset({301, 302, 307, 308})
WRITE_AGAIN = frozenset({307, 308})


class Wire(GitHubAPI):
    """The one subclass that gidgethub asks for; another redirect than ours arrives as `RedirectionException`.

    The cache is ours too: gidgethub's counts answers, not bytes.
    """

    def __init__(
        self, http: aiohttp.ClientSession, base_url: str, installation: int, answers: Answers, metrics: Metrics
    ) -> None:
        super().__init__(http, "millwright", base_url=base_url)
        self._installation, self._answers, self._metrics = installation, answers, metrics

    async def _request(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        known = self._answers.find(self._installation, url) if method == "GET" else None
        if known is None:
            answer = await self._followed(method, url, headers, body)
        else:
            answer = await self._followed(method, url, {**headers, "if-none-match": known.etag}, body)
            if answer[0] == 304:
                return known.answer
        if method == "GET" and answer[0] == 200:
            self._answers.keep(self._installation, url, answer)
        return answer

    async def _followed(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        here = url
        for _ in range(MOST):
            status, heads, data = await self._once(method, here, headers, body)
            place = followed(method, here, status, heads.get("Location"))
            if place is None:
                return status, heads, data
            here = place
        return await self._once(method, here, headers, body)

    async def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        call = self._session.request(method, url, headers=headers, data=body, allow_redirects=False)
        async with call as answer:
            self._metrics.requests.labels(method, str(answer.status)).inc()
            return answer.status, answer.headers, await answer.read()


def followed(method: str, url: str, status: int, location: str | None) -> str | None:
    """Where to repeat the request; None when it is not to be repeated, above all not at another host."""
    if location is None or status not in (READ_AGAIN if method == "GET" else WRITE_AGAIN):
        return None
    place = URL(url).join(URL(location))
    return str(place) if place.origin() == URL(url).origin() else None

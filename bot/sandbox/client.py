"""A small REST client for people (and Apps) in tests and demo; everything it does goes over real HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.sandbox.answers import Json


class Refused(Exception):
    """GitHub answered with an error; `status` and `message` are what it said."""

    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body
        self.message = str(body.get("message", "")) if isinstance(body, dict) else str(body)
        super().__init__(f"{status}: {self.message} {body.get('errors', '') if isinstance(body, dict) else ''}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `body` is parsed JSON, or bytes when it is something else."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class Client:
    """REST calls with one token against one server."""

    url: str
    token: str
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    async def ask(
        self, method: str, path: str, body: Any = None, *, query: Mapping[str, str] | None = None, **headers: str
    ) -> Answer:
        """Send a request and give the answer, whatever its status; `path` may be a whole address."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        sent = {"Accept": "application/vnd.github+json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        content: Json = {"data": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        address = path if path.startswith("http") else self.url + path
        async with self._session.request(
            method, address, headers=sent, params=query, allow_redirects=False, **content
        ) as answer:
            is_json = answer.content_type.endswith("json")
            parsed = await answer.json() if is_json else await answer.read()
            return Answer(answer.status, answer.headers, parsed)

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """The body of a good answer; raises Refused for a bad one."""
        answer = await self.ask(method, path, body, query=query)
        if answer.status >= 400:
            raise Refused(answer.status, answer.body)
        return answer.body

    async def get(self, path: str, **query: str) -> Any:
        """GET."""
        return await self.call("GET", path, **query)

    async def post(self, path: str, body: Any = None) -> Any:
        """POST."""
        return await self.call("POST", path, body if body is not None else {})

    async def patch(self, path: str, body: Any) -> Any:
        """PATCH."""
        return await self.call("PATCH", path, body)

    async def put(self, path: str, body: Any = None) -> Any:
        """PUT."""
        return await self.call("PUT", path, body if body is not None else {})

    async def delete(self, path: str, body: Any = None) -> Any:
        """DELETE."""
        return await self.call("DELETE", path, body)

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()

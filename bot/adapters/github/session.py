"""One HTTP session to GitHub: tokens narrowed per effect, paced writes, and errors that say what to do.

gidgethub does the protocol; this wraps what it leaves open (facts: 429 and secondary limits arrive as plain
`BadRequest`, App JWTs have no margin for clock skew, 3xx is an exception).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import gidgethub
import jwt
from cachetools import LRUCache, TTLCache
from gidgethub.aiohttp import GitHubAPI

from bot.adapters.github.pacing import Pacing
from bot.domain.people import Repo
from bot.errors import GitHubBusy, GitHubError, GitHubForbidden, GitHubGone
from executors.protocol.spec import AppToken

SKEW, LIFE = 60, 540
"""Seconds an App JWT is backdated, and seconds it lives from now: GitHub allows 600 in all (T44)."""
TOKEN_SECONDS = 50 * 60
"""How long an installation token is reused; it lives an hour."""

Vars = Mapping[str, Any]


@dataclass(frozen=True)
class Scope:
    """On whose behalf a call is made: a repository of an installation, with just these permissions (T43)."""

    repo: Repo
    permissions: tuple[tuple[str, str], ...]


def scope(repo: Repo, **permissions: str) -> Scope:
    """`scope(repo, issues="write")`."""
    return Scope(repo, tuple(sorted(permissions.items())))


@dataclass(frozen=True)
class AppIdentity:
    """The App's id, its private key in PEM, and the REST API's base URL."""

    app_id: str
    private_key: str
    api_url: str


class Session:
    """Calls of the App, of its installations, and the cache of their tokens."""

    def __init__(self, http: aiohttp.ClientSession, app: AppIdentity, pacing: Pacing) -> None:
        self.http = http
        self.app = app
        self._pacing = pacing
        self._tokens: TTLCache[tuple[Any, ...], AppToken] = TTLCache(maxsize=2_000, ttl=TOKEN_SECONDS)
        cache: LRUCache[str, tuple[str | None, str | None, Any, str | None]] = LRUCache(maxsize=500)
        self._api = GitHubAPI(http, "millwright", base_url=app.api_url.rstrip("/"), cache=cache)

    def app_jwt(self) -> str:
        """A JWT of the App, RS256 (https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app)."""
        now = int(time.time())
        claims = {"iat": now - SKEW, "exp": now + LIFE, "iss": self.app.app_id}
        return jwt.encode(claims, self.app.private_key, algorithm="RS256")

    async def mint(
        self, installation: int, repositories: Sequence[int], permissions: Mapping[str, str]
    ) -> AppToken:
        """A fresh installation token narrowed to repositories and permissions."""
        body: dict[str, Any] = {"permissions": dict(permissions)}
        if repositories:
            body["repository_ids"] = list(repositories)
        answer = await self._guard(
            lambda: self._api.post(
                "/app/installations/{id}/access_tokens", {"id": installation}, data=body, jwt=self.app_jwt()
            ),
            f"getting a token of installation {installation}",
        )
        return AppToken(token=answer["token"], expires_at=answer["expires_at"])

    async def as_app(self, url: str, **url_vars: Any) -> Any:
        """GET as the App itself."""
        return await self._guard(
            lambda: self._api.getitem(url, url_vars, jwt=self.app_jwt()), f"reading {url} as the App"
        )

    async def token(self, of: Scope) -> str:
        """A token for the scope, reused for 50 minutes."""
        key = (of.repo.installation, of.repo.id, of.permissions)
        known = self._tokens.get(key)
        if known is None:
            repositories = [of.repo.id] if of.repo.id else []
            known = await self.mint(of.repo.installation, repositories, dict(of.permissions))
            self._tokens[key] = known
        return known.token

    async def get(self, of: Scope, url: str, **url_vars: Any) -> Any:
        """GET one item; None where there is none (404, 410)."""
        try:
            return await self._call(of, "get", url, url_vars)
        except GitHubGone:
            return None

    async def items(self, of: Scope, url: str, key: str | None = None, **url_vars: Any) -> AsyncIterator[Any]:
        """Every item of a paged list."""
        token = await self.token(of)
        try:
            async for item in self._api.getiter(url, url_vars, oauth_token=token, iterable_key=key):
                yield item
        except (gidgethub.HTTPException, aiohttp.ClientError, TimeoutError) as error:
            raise translated(error, f"listing {url}") from error

    async def post(self, of: Scope, url: str, data: Any, **url_vars: Any) -> Any:
        """POST; the answer's JSON, None for 204."""
        await self._pacing.turn(of.repo.installation, url)
        return await self._call(of, "post", url, url_vars, data)

    async def patch(self, of: Scope, url: str, data: Any, **url_vars: Any) -> Any:
        """PATCH; the answer's JSON."""
        await self._pacing.turn(of.repo.installation, url)
        return await self._call(of, "patch", url, url_vars, data)

    async def put(self, of: Scope, url: str, data: Any, **url_vars: Any) -> Any:
        """PUT; the answer's JSON."""
        await self._pacing.turn(of.repo.installation, url)
        return await self._call(of, "put", url, url_vars, data)

    async def _call(self, of: Scope, verb: str, url: str, url_vars: Vars, data: Any = b"") -> Any:
        token = await self.token(of)
        doing = f"{verb.upper()} {url} on {of.repo.name}"
        try:
            return await self._guard(lambda: self._send(verb, url, url_vars, data, token), doing)
        except GitHubError as error:
            if error.status != 401:
                raise
        self._tokens.pop((of.repo.installation, of.repo.id, of.permissions), None)
        fresh = await self.token(of)
        return await self._guard(lambda: self._send(verb, url, url_vars, data, fresh), doing)

    async def _send(self, verb: str, url: str, url_vars: Vars, data: Any, token: str) -> Any:
        if verb == "get":
            return await self._api.getitem(url, url_vars, oauth_token=token)
        if verb == "post":
            return await self._api.post(url, url_vars, data=data, oauth_token=token)
        call = self._api.patch if verb == "patch" else self._api.put
        return await call(url, url_vars, data=data, oauth_token=token)

    @staticmethod
    async def _guard(call: Callable[[], Any], doing: str) -> Any:
        try:
            return await call()
        except (gidgethub.HTTPException, aiohttp.ClientError, TimeoutError) as error:
            raise translated(error, doing) from error


def translated(error: Exception, doing: str) -> GitHubError:
    """Our error for one of gidgethub's or aiohttp's."""
    if not isinstance(error, gidgethub.HTTPException):
        return GitHubBusy(f"{doing}: {type(error).__name__}", status=0, retry_after=5)
    status = int(error.status_code)
    message = f"{doing}: {status} {error}"
    headers = {name.lower(): value for name, value in error.headers.items()}
    limited = status == 429 or (
        status == 403 and ("retry-after" in headers or headers.get("x-ratelimit-remaining") == "0")
    )
    if limited or "secondary rate limit" in str(error).lower():
        return GitHubBusy(message, status=status, retry_after=waiting(headers))
    if status >= 500:
        return GitHubBusy(message, status=status, retry_after=5)
    if status in (404, 410):
        return GitHubGone(message, status=status)
    if status == 403:
        return GitHubForbidden(message, status=status)
    return GitHubError(message, status=status)


def waiting(headers: Mapping[str, str]) -> float:
    """Seconds GitHub wants us to wait; a minute where it does not say (its own advice)."""
    if headers.get("retry-after", "").isdigit():
        return float(headers["retry-after"])
    if headers.get("x-ratelimit-remaining") == "0" and headers.get("x-ratelimit-reset", "").isdigit():
        return max(1.0, float(headers["x-ratelimit-reset"]) - time.time())
    return 60.0

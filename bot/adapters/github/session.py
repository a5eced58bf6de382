"""One HTTP session to GitHub: tokens narrowed per effect, paced writes, and errors that say what to do.

gidgethub does the protocol; this wraps what it leaves open: App JWTs have no margin for clock skew, a token that
died is not renewed, its cache of answers knows no installations (T53). `wire` follows redirects, `translation`
turns refusals into our errors.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import gidgethub
import jwt
from cachetools import LRUCache, TTLCache

from bot.adapters.github.pacing import Pacing
from bot.adapters.github.translation import translated
from bot.adapters.github.wire import Wire
from bot.domain.people import Repo
from bot.errors import GitHubError, GitHubGone
from executors.protocol.spec import AppToken

SKEW, LIFE = 60, 540
"""Seconds an App JWT is backdated, and seconds it lives from now: GitHub allows 600 in all (T44)."""
TOKEN_SECONDS = 50 * 60
"""How long an installation token is reused; it lives an hour."""

FAULTS = (gidgethub.HTTPException, aiohttp.ClientError, TimeoutError)

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

    def __init__(
        self,
        http: aiohttp.ClientSession,
        app: AppIdentity,
        pacing: Pacing,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.http = http
        self.app = app
        self.clock = clock
        self.away = ""
        """why GitHub did not answer when it was asked last; "" where it did"""
        self._pacing = pacing
        # Once: reading an RSA key checks its primes, 30 ms in which nothing else would be answered.
        self._key = jwt.get_algorithm_by_name("RS256").prepare_key(app.private_key)
        self._tokens: TTLCache[tuple[Any, ...], AppToken] = TTLCache(2_000, TOKEN_SECONDS, timer=clock)
        self._wires: LRUCache[int, Wire] = LRUCache(maxsize=200)
        self._minting: WeakValueDictionary[tuple[Any, ...], asyncio.Lock] = WeakValueDictionary()

    def app_jwt(self) -> str:
        """A JWT of the App, RS256 (https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app)."""
        now = int(self.clock())
        claims = {"iat": now - SKEW, "exp": now + LIFE, "iss": self.app.app_id}
        return jwt.encode(claims, self._key, algorithm="RS256")

    def _wire(self, installation: int) -> Wire:
        """The client of an installation, 0 for the App itself: each has its own cache of answers (T53)."""
        wire = self._wires.get(installation)
        if wire is None:
            answers: LRUCache[str, tuple[str | None, str | None, Any, str | None]] = LRUCache(maxsize=200)
            wire = Wire(self.http, "millwright", base_url=self.app.api_url.rstrip("/"), cache=answers)
            self._wires[installation] = wire
        return wire

    async def mint(
        self, installation: int, repositories: Sequence[int | str], permissions: Mapping[str, str]
    ) -> AppToken:
        """A fresh installation token narrowed to repositories (ids, or names without owner) and permissions.

        422 where one of them is not there. Source:
        https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
        """
        body: dict[str, Any] = {"permissions": dict(permissions)}
        if ids := [one for one in repositories if isinstance(one, int)]:
            body["repository_ids"] = ids
        if names := [one for one in repositories if isinstance(one, str)]:
            body["repositories"] = names
        answer = await self._guard(
            self._wire(0).post(
                "/app/installations/{id}/access_tokens", {"id": installation}, data=body, jwt=self.app_jwt()
            ),
            f"getting a token of installation {installation}",
        )
        return AppToken(token=answer["token"], expires_at=answer["expires_at"])

    async def as_app(self, url: str, **url_vars: Any) -> Any:
        """GET as the App itself."""
        return await self._guard(
            self._wire(0).getitem(url, url_vars, jwt=self.app_jwt()), f"reading {url} as the App"
        )

    async def post_as_app(self, url: str, **url_vars: Any) -> Any:
        """POST without a body as the App itself, in its turn."""
        await self._pacing.turn(0, url)
        call = self._wire(0).post(url, url_vars, data=b"", jwt=self.app_jwt())
        return await self._guard(call, f"posting {url} as the App")

    async def token(self, of: Scope) -> str:
        """A token for the scope, reused for 50 minutes; who asks meanwhile waits for the same one."""
        lock = self._minting.setdefault(_key(of), asyncio.Lock())
        async with lock:
            known = self._tokens.get(_key(of))
            if known is None:
                repository = of.repo.id or of.repo.name.partition("/")[2]
                known = await self.mint(of.repo.installation, [repository], dict(of.permissions))
                self._tokens[_key(of)] = known
        return known.token

    def found(self, asked: Scope, as_: Scope) -> None:
        """A repository that was asked for by name is that one: its token serves both."""
        known = self._tokens.get(_key(asked))
        if known is not None:
            self._tokens.setdefault(_key(as_), known)

    async def turn(self, of: Scope, url: str) -> None:
        """Returns when the installation may write to `url` (`pacing`)."""
        await self._pacing.turn(of.repo.installation, url)

    async def get(self, of: Scope, url: str, **url_vars: Any) -> Any:
        """GET one item; None where there is none (404, 410)."""
        try:
            return await self._call(of, "get", url, url_vars)
        except GitHubGone:
            return None

    async def items(self, of: Scope, url: str, key: str | None = None, **url_vars: Any) -> AsyncIterator[Any]:
        """Every item of a paged list, in GitHub's order."""
        wire, doing = self._wire(of.repo.installation), f"listing {url} on {of.repo.name}"
        for is_last_try in (False, True):
            token, has_begun = await self.token(of), False
            try:
                async for item in wire.getiter(url, url_vars, oauth_token=token, iterable_key=key):
                    has_begun = True
                    yield item
                return
            except FAULTS as error:
                refused = translated(error, doing, self.clock())
                if refused.status != 401 or has_begun or is_last_try:
                    raise refused from error
                self._tokens.pop(_key(of), None)

    async def post(self, of: Scope, url: str, data: Any, **url_vars: Any) -> Any:
        """POST; the answer's JSON, None for 204."""
        await self.turn(of, url)
        return await self._call(of, "post", url, url_vars, data)

    async def patch(self, of: Scope, url: str, data: Any, **url_vars: Any) -> Any:
        """PATCH; the answer's JSON."""
        await self.turn(of, url)
        return await self._call(of, "patch", url, url_vars, data)

    async def put(self, of: Scope, url: str, data: Any, **url_vars: Any) -> Any:
        """PUT; the answer's JSON."""
        await self.turn(of, url)
        return await self._call(of, "put", url, url_vars, data)

    async def _call(self, of: Scope, verb: str, url: str, url_vars: Vars, data: Any = b"") -> Any:
        wire, doing = self._wire(of.repo.installation), f"{verb.upper()} {url} on {of.repo.name}"
        token = await self.token(of)
        try:
            return await self._guard(_send(wire, verb, url, url_vars, data, token), doing)
        except GitHubError as error:
            if error.status != 401:
                raise
        self._tokens.pop(_key(of), None)
        fresh = await self.token(of)
        return await self._guard(_send(wire, verb, url, url_vars, data, fresh), doing)

    async def _guard(self, call: Awaitable[Any], doing: str) -> Any:
        try:
            answer = await call
        except FAULTS as error:
            refused = translated(error, doing, self.clock())
            no_answer = refused.status == 0 or refused.status >= 500
            self.away = f"does not answer ({refused.status or type(error).__name__})" if no_answer else ""
            raise refused from error
        self.away = ""
        return answer


def _key(of: Scope) -> tuple[Any, ...]:
    return of.repo.installation, of.repo.id or of.repo.name, of.permissions


async def _send(wire: Wire, verb: str, url: str, url_vars: Vars, data: Any, token: str) -> Any:
    if verb == "get":
        return await wire.getitem(url, url_vars, oauth_token=token)
    if verb == "post":
        return await wire.post(url, url_vars, data=data, oauth_token=token)
    call = wire.patch if verb == "patch" else wire.put
    return await call(url, url_vars, data=data, oauth_token=token)

"""One HTTP session to GitHub: tokens narrowed per effect, paced writes, and errors that say what to do.

gidgethub does the protocol; this wraps what it leaves open: App JWTs have no margin for clock skew, a token that
died is not renewed, its cache of answers knows no installations (T53). `wire` follows redirects, `translation`
turns refusals into our errors.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import aiohttp
import gidgethub
import jwt
from cachetools import LRUCache

from bot.adapters.github.answers import Answers
from bot.adapters.github.pacing import Asked, Pacing
from bot.adapters.github.tokens import Scope, Tokens
from bot.adapters.github.translation import translated
from bot.adapters.github.wire import Wire
from bot.errors import GitHubBusy, GitHubError, GitHubGone
from executors.protocol.spec import AppToken

SKEW, LIFE = 60, 540
"""Seconds an App JWT is backdated, and seconds it lives from now: GitHub allows 600 in all (T44)."""
FAULTS = (gidgethub.HTTPException, aiohttp.ClientError, TimeoutError)

Vars = Mapping[str, Any]
_END = object()


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
        self._tokens = Tokens(self.mint, clock)
        self._wires: LRUCache[int, Wire] = LRUCache(maxsize=1_000)
        self._answers = Answers()
        self.scale, self.metrics = pacing.scale, pacing.metrics
        self.dispatches: LRUCache[str, float] = LRUCache(maxsize=10_000)
        """when a workflow was dispatched whose answer was lost, by its nonce; 0 where it was not"""
        self.labels: LRUCache[tuple[int, str], None] = LRUCache(maxsize=10_000)
        """labels that repositories have, by the repository's number and their name"""
        self.token = self._tokens.token
        self.found = self._tokens.found
        self.look_anew = self._tokens.look_anew
        self.reading = pacing.reading

    def app_jwt(self) -> str:
        """A JWT of the App, RS256 (https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app)."""
        now = int(self.clock())
        claims = {"iat": now - SKEW, "exp": now + LIFE, "iss": self.app.app_id}
        return jwt.encode(claims, self._key, algorithm="RS256")

    def _wire(self, installation: int) -> Wire:
        """The client of an installation, 0 for the App itself; what it was answered is no other's (T53)."""
        wire = self._wires.get(installation)
        if wire is None:
            base = self.app.api_url.rstrip("/")
            wire = Wire(self.http, base, installation, self._answers, self._pacing.metrics)
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
        async with self._pacing.turn(Asked(0, "POST", url)):
            call = self._wire(0).post(url, url_vars, data=b"", jwt=self.app_jwt())
            return await self._guard(call, f"posting {url} as the App")

    def turn(self, of: Scope, verb: str, url: str, *, urgent: bool = False) -> AbstractAsyncContextManager[None]:
        """The installation's one write at this time (`pacing`)."""
        return self._pacing.turn(Asked(of.repo.installation, verb, url, urgent))

    async def get(self, of: Scope, url: str, **url_vars: Any) -> Any:
        """GET one item; None where there is none (404, 410)."""
        try:
            async with self._pacing.reading(of.repo.installation):
                return await self._call(of, _Ask("get", url, url_vars))
        except GitHubGone:
            return None

    async def items(self, of: Scope, url: str, key: str | None = None, **url_vars: Any) -> AsyncIterator[Any]:
        """Every item of a paged list, in GitHub's order."""
        wire, doing = self._wire(of.repo.installation), f"listing {url} on {of.repo.name}"
        for is_last_try in (False, True):
            token, has_begun = await self.token(of), False
            pages = wire.getiter(url, url_vars, oauth_token=token, iterable_key=key)
            try:
                while (item := await self._next(pages, of, doing)) is not _END:
                    has_begun = True
                    yield item
                return
            except GitHubError as refused:
                if refused.status != 401 or has_begun or is_last_try:
                    raise
                self._tokens.forget(of)

    async def _next(self, pages: AsyncGenerator[Any, None], of: Scope, doing: str) -> Any:
        async with self._pacing.reading(of.repo.installation):
            try:
                return await anext(pages, _END)
            except FAULTS as error:
                raise self.refused(error, doing) from error

    async def post(self, of: Scope, url: str, data: Any, *, urgent: bool = False, **url_vars: Any) -> Any:
        """POST; the answer's JSON, None for 204."""
        return await self._write(of, _Ask("post", url, url_vars, data), urgent=urgent)

    async def patch(self, of: Scope, url: str, data: Any, **url_vars: Any) -> Any:
        """PATCH; the answer's JSON."""
        return await self._write(of, _Ask("patch", url, url_vars, data))

    async def put(self, of: Scope, url: str, data: Any, **url_vars: Any) -> Any:
        """PUT; the answer's JSON."""
        return await self._write(of, _Ask("put", url, url_vars, data))

    async def _write(self, of: Scope, ask: _Ask, *, urgent: bool = False) -> Any:
        await self.token(of)  # before its turn comes: nobody behind it waits for a token
        async with self.turn(of, ask.verb.upper(), ask.url, urgent=urgent):
            return await self._call(of, ask)

    async def _call(self, of: Scope, ask: _Ask) -> Any:
        wire, doing = self._wire(of.repo.installation), f"{ask.verb.upper()} {ask.url} on {of.repo.name}"
        token = await self.token(of)
        try:
            return await self._guard(_send(wire, ask, token), doing)
        except GitHubError as error:
            if error.status != 401:
                raise
        self._tokens.forget(of)
        fresh = await self.token(of)
        return await self._guard(_send(wire, ask, fresh), doing)

    async def _guard(self, call: Awaitable[Any], doing: str) -> Any:
        try:
            answer = await call
        except FAULTS as error:
            raise self.refused(error, doing) from error
        self.away = ""
        return answer

    def refused(self, error: Exception, doing: str) -> GitHubError:
        """Our error for one of gidgethub's or aiohttp's; what it says to wait is in seconds of the wall."""
        return self.scaled(translated(error, doing, self.clock()))

    def scaled(self, refused: GitHubError) -> GitHubError:
        """A refusal as `translation` made it, with GitHub's seconds turned into those of the wall."""
        self.away = ""
        if isinstance(refused, GitHubBusy):
            refused.retry_after *= self._pacing.scale
            if refused.may_have_happened:
                self.away = f"does not answer ({refused.status or 'no connection'})"
        return refused


@dataclass(frozen=True)
class _Ask:
    """One request before it has a token."""

    verb: str
    url: str
    vars: Vars
    data: Any = b""


async def _send(wire: Wire, ask: _Ask, token: str) -> Any:
    if ask.verb == "get":
        return await wire.getitem(ask.url, ask.vars, oauth_token=token)
    if ask.verb == "post":
        return await wire.post(ask.url, ask.vars, data=ask.data, oauth_token=token)
    call = wire.patch if ask.verb == "patch" else wire.put
    return await call(ask.url, ask.vars, data=ask.data, oauth_token=token)

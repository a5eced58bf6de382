"""Who a job is: GitHub's OIDC token, its signature, issuer, audience and age checked; its rights come later.

https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
from cachetools import TTLCache
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import BadRequest, GitHubBusy
from bot.events.model import Job

KEYS_SECONDS = 3_600
"""How long the issuer's keys are kept."""
ASK_SECONDS = 10
"""How soon they may be asked for again for a key id that is not among them: strangers choose key ids."""
OLDEST = 300
"""Seconds after its issue in which a token counts."""
SKEW = 60
"""Seconds by which clocks may differ."""

Fetch = Callable[[str], Awaitable[bytes]]


class _Claims(BaseModel):
    """What we read of a token; GitHub writes its numbers as strings."""

    model_config = ConfigDict(extra="ignore")

    iss: str
    jti: str = Field(min_length=1, max_length=200)
    iat: int
    exp: int
    nbf: int = 0
    repository_id: int
    repository: str
    event_name: str
    actor_id: int
    workflow_ref: str
    workflow_sha: str
    run_id: int
    run_attempt: int
    environment: str | None = None
    check_run_id: int | None = None


class Verifier:
    """Verifies the tokens of one issuer for one audience; `fetch` gets a URL's bytes."""

    def __init__(self, issuer: str, audience: str, fetch: Fetch, clock: Callable[[], datetime]) -> None:
        self._issuer, self._audience, self._fetch, self._clock = issuer.rstrip("/"), audience, fetch, clock
        self._keys: TTLCache[str, jwt.PyJWK] = TTLCache(maxsize=100, ttl=KEYS_SECONDS)
        self._asked = -ASK_SECONDS * 1.0
        self._asking = asyncio.Lock()

    async def verify(self, token: str) -> Job:
        """The job that holds the token; raises BadRequest 401, and GitHubBusy without the issuer's keys."""
        key = await self._key(token)
        try:
            # Age is checked below against our own clock; the algorithm is ours to choose, never the token's.
            options: Any = {
                "require": ["iss", "aud", "iat", "exp", "jti"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            }
            decoded = jwt.decode(
                token, key, algorithms=["RS256"], audience=self._audience, issuer=self._issuer, options=options
            )
            claims = _Claims.model_validate(decoded)
        except (jwt.PyJWTError, ValidationError) as error:
            why = f"The token is not one of {self._issuer} for {self._audience} ({type(error).__name__})."
            raise _bad(why) from None
        self._check_age(claims)
        return _job(claims)

    def _check_age(self, claims: _Claims) -> None:
        now = self._clock().timestamp()
        if claims.exp + SKEW < now or claims.nbf - SKEW > now or claims.iat - SKEW > now:
            raise BadRequest(401, "token_expired", "The token is expired or not yet valid.")
        if now - claims.iat > OLDEST:
            raise BadRequest(
                401, "token_old", f"The token was issued more than {OLDEST} seconds ago; get a new one."
            )

    async def _key(self, token: str) -> jwt.PyJWK:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise _bad("The bearer token is no JWT.") from None
        kid = header.get("kid")
        if header.get("alg") != "RS256" or not isinstance(kid, str):
            raise _bad("The token is not signed with RS256 by a named key.")
        if kid not in self._keys:
            await self._ask()
        found = self._keys.get(kid)
        if found is None:
            raise _bad("The token's key is not one of the issuer's.")
        return found

    async def _ask(self) -> None:
        async with self._asking:
            if time.monotonic() - self._asked < ASK_SECONDS and self._keys:
                return
            discovery = await self._document(f"{self._issuer}/.well-known/openid-configuration")
            address = str(discovery.get("jwks_uri", ""))
            if urlsplit(address)[:2] != urlsplit(self._issuer)[:2]:
                raise GitHubBusy("the issuer names keys on another host", status=0, retry_after=60)
            keys = await self._document(address)
            self._asked = time.monotonic()
            for key in keys.get("keys", []):
                if key.get("kty") == "RSA" and key.get("kid"):
                    self._keys[key["kid"]] = jwt.PyJWK(key, algorithm="RS256")

    async def _document(self, url: str) -> Mapping[str, Any]:
        try:
            value = json.loads(await self._fetch(url))
        except (ValueError, OSError) as error:
            raise GitHubBusy(f"reading {url}: {type(error).__name__}", status=0, retry_after=5) from error
        return value if isinstance(value, dict) else {}


def _job(claims: _Claims) -> Job:
    values = claims.model_dump(exclude={"iss", "iat", "exp", "nbf"})
    return Job(**values, issued_at=claims.iat)


def _bad(why: str) -> BadRequest:
    return BadRequest(401, "token_invalid", why)

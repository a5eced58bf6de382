"""A session that only looks: GET, and tokens that may do no more than read. Anything else never leaves."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import aiohttp

from bot.adapters.github.pacing import Pacing
from bot.adapters.github.repos import reading
from bot.adapters.github.session import AppIdentity, Session
from bot.adapters.github.tokens import scope
from bot.domain.people import Actor, Repo
from bot.errors import BotError
from executors.protocol.spec import AppToken

_TOKENS = re.compile(r".*/app/installations/[0-9]+/access_tokens")
"""The one POST: GitHub hands out tokens no other way. It changes nothing that people or repositories see."""
_KINDS = {"User": "User", "Organization": "Organization", "Mannequin": "Mannequin"}


class OnlyReads(BotError):
    """Something wanted to change GitHub through a session that only looks."""


class ReadingSession(Session):
    """A session whose tokens are narrowed to reading, whatever is asked for."""

    async def mint(
        self, installation: int, repositories: Sequence[int | str], permissions: Mapping[str, str]
    ) -> AppToken:
        """A fresh installation token that reads what the wider one would have written."""
        return await super().mint(installation, repositories, dict.fromkeys(permissions, "read"))


@asynccontextmanager
async def looking(app: AppIdentity, patience: aiohttp.ClientTimeout) -> AsyncIterator[ReadingSession]:
    """The session; every request of it passes `only_reads` at the last moment before it leaves."""
    async with aiohttp.ClientSession(timeout=patience, middlewares=(only_reads,)) as http:
        yield ReadingSession(http, app, Pacing(0))


async def only_reads(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Lets GET pass, and the POST for a token that only reads; raises OnlyReads for the rest."""
    if request.method != "GET" and not (request.method == "POST" and await _is_reading_token(request)):
        raise OnlyReads(f"{request.method} {request.url.path} would change GitHub, and nothing here may")
    return await send(request)


async def _is_reading_token(request: aiohttp.ClientRequest) -> bool:
    if not _TOKENS.fullmatch(request.url.path) or not isinstance(request.body, aiohttp.Payload):
        return False
    asked = json.loads(await request.body.as_bytes())
    permissions = asked.get("permissions") or {}
    return bool(permissions) and set(permissions.values()) == {"read"}


async def account(session: Session, repo: Repo, login: str) -> Actor | None:
    """The account of that login (GET /users/{username}); None where there is none. Unknown kinds are bots."""
    found = await session.get(scope(repo, metadata="read"), "/users/{login}", login=login)
    if found is None:
        return None
    return Actor(int(found["id"]), str(found["login"]), _KINDS.get(found["type"], "Bot"))  # type: ignore[arg-type]


async def pull_head(session: Session, repo: Repo, number: int) -> str | None:
    """The newest commit of a pull request (GET …/pulls/{n}); None where it is gone or closed."""
    looking_at = scope(repo, **dict(reading(repo).permissions), pull_requests="read")
    found = await session.get(looking_at, f"/repos/{repo.name}/pulls/{number}")
    return str(found["head"]["sha"]) if found and found["state"] == "open" else None

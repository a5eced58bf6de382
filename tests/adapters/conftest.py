"""The adapter with an App's key, no pacing, and either a cassette or a small real server at the other end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import vcr
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.adapters.github.pacing import Pacing
from bot.adapters.github.session import AppIdentity, Session
from tests.adapters.recordings import CASSETTES

WHERE = ("method", "scheme", "host", "path")
NOW = 1_700_000_000.0


@dataclass
class Clock:
    """A clock that moves when it is told to."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Seen:
    """A request that the small server got."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Hub:
    """A small server that speaks for api.github.com: hands out tokens, and answers as `answer` says."""

    answer: Callable[[Seen], web.Response]
    mints: bool = True
    """whether the installation covers what tokens are asked for"""
    seen: list[Seen] = field(default_factory=list)
    minted: list[Seen] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = (
            await request.json() if request.content_type == "application/json" and request.can_read_body else None
        )
        seen = Seen(request.method, request.path, {k.lower(): v for k, v in request.headers.items()}, body)
        if seen.path.endswith("/access_tokens"):
            self.minted.append(seen)
            if not self.mints:
                return web.json_response({"message": "There is at least one repository …"}, status=422)
            token = {"token": f"token-{len(self.minted)}", "expires_at": "2023-11-14T23:13:20Z"}
            return web.json_response(token, status=201)
        self.seen.append(seen)
        return self.answer(seen)


@asynccontextmanager
async def hub_of(answer: Callable[[Seen], web.Response], *, mints: bool = True) -> AsyncIterator[Hub]:
    hub = Hub(answer, mints)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hub.handle)
    async with TestServer(app) as server:
        hub.url = str(server.make_url("/")).rstrip("/")
        yield hub


@pytest.fixture(scope="session")
def pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*kinds).decode()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def session_at(pem: str, clock: Clock) -> AsyncIterator[Callable[[str], Session]]:
    """Makes a session to the API at a URL."""
    async with aiohttp.ClientSession() as http:
        yield lambda url: Session(http, AppIdentity("4711", pem, url), Pacing(0), clock)


@pytest.fixture
def session(session_at: Callable[[str], Session]) -> Session:
    """A session to api.github.com, for cassettes."""
    return session_at("https://api.github.com")


@pytest.fixture
def playing() -> Callable[..., AbstractContextManager[Any]]:
    """Plays a cassette, each exchange once (or `again`); what it does not hold is an error, nothing goes out."""
    player = vcr.VCR(record_mode="none", cassette_library_dir=str(CASSETTES))

    def play(
        scenario: str, *, match_on: tuple[str, ...] = WHERE, again: bool = False
    ) -> AbstractContextManager[Any]:
        return player.use_cassette(  # type: ignore[no-any-return]
            f"{scenario}.yaml", match_on=match_on, allow_playback_repeats=again
        )

    return play

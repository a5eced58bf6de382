"""The doors on a real port, the flow behind them a real store and whatever the test answers."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bot.doors import github, health, runs
from bot.doors.intake import Intake
from bot.doors.oidc import Verifier
from bot.doors.quota import Quota
from bot.ports import DoorAnswer, NewRow
from bot.store.connect import open_database
from bot.store.database import Database
from tests.bot.standin import KEYS, now

SECRET = "a secret of more than thirty-two characters"
AUDIENCE = "https://bot.example"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """A token issuer with one key, on a real port; counts how often its keys were asked for."""

    def __init__(self) -> None:
        self.asked = 0
        self.url = ""
        self.jwks_uri = ""

    def token(self, key: Any = PRIVATE, algorithm: str = "RS256", kid: str = "k1", **other: Any) -> str:
        """A token as GitHub's, but for `other`; a value of None leaves the claim out."""
        at = int(now().timestamp())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "iat": at,
            "nbf": at - 5,
            "exp": at + 6 * 3600,
            "jti": str(uuid.uuid4()),
            "repository_id": "102",
            "repository": "acme/millwright-ops",
            "event_name": "workflow_dispatch",
            "actor_id": "9001",
            "workflow_ref": "acme/millwright-ops/.github/workflows/millwright.yml@refs/heads/main",
            "workflow_sha": "a" * 40,
            "run_id": "42",
            "run_attempt": "1",
            "check_run_id": "77",
        } | other
        return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm, {"kid": kid})

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/jwks", self._jwks)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self.jwks_uri = f"{self.url}/jwks"
        return runner

    async def _discovery(self, _request: web.Request) -> web.Response:
        return web.json_response({"issuer": self.url, "jwks_uri": self.jwks_uri})

    async def _jwks(self, _request: web.Request) -> web.Response:
        self.asked += 1
        key = json.loads(RSAAlgorithm.to_jwk(PRIVATE.public_key()))
        return web.json_response({"keys": [key | {"kid": "k1", "use": "sig", "alg": "RS256"}]})


@dataclass
class Street:
    """The doors, and what came through them."""

    url: str
    http: aiohttp.ClientSession
    store: Database
    intake: Intake
    issuer: Issuer
    rows: list[NewRow]
    reply: Callable[[int, NewRow], DoorAnswer | None]

    async def hook(
        self, body: bytes = b"{}", *, chunks: Iterable[bytes] | None = None, **headers: str | None
    ) -> tuple[int, dict[str, Any]]:
        """POST /github, signed; `headers` (underscores as dashes) replace GitHub's, None leaves one out."""
        usual: dict[str, str | None] = {
            "Content-Type": "application/json",
            "X-GitHub-Event": "issues",
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": signed(body),
        }
        sent = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        data: Any = _stream(chunks) if chunks is not None else body
        return await self._send(
            "/github", data, {name: value for name, value in sent.items() if value is not None}
        )

    async def runs(self, door: str, value: Any, bearer: str | None) -> tuple[int, dict[str, Any]]:
        """POST /runs/<door>."""
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        headers = {"Content-Type": "application/json"}
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer}"
        return await self._send(f"/runs/{door}", data, headers)

    async def _send(self, path: str, data: Any, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        async with self.http.post(self.url + path, data=data, headers=headers) as answer:
            return answer.status, await answer.json()


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def _stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@asynccontextmanager
async def street(
    folder: Path, *, late: timedelta = timedelta(0), patience: float = 5.0, claims: int = runs.CLAIMS
) -> AsyncIterator[Street]:
    """Doors that run; the bot's clock is `late` behind the world's; a repository may claim `claims` times."""
    store = open_database(f"sqlite:///{folder}/bot.db", now, "bot")
    issuer = Issuer()
    issuing = await issuer.start()
    rows: list[NewRow] = []
    async with aiohttp.ClientSession() as http:

        async def accept(row: NewRow) -> int | None:
            found = await store.accept(row)
            rows.append(row)
            if found is not None and (answer := here.reply(found, row)) is not None:
                intake.answers.give(found, answer)
            return found

        async def fetch(url: str) -> bytes:
            async with http.get(url) as answer:
                return await answer.read()

        def clock() -> datetime:
            return now() + late

        intake = Intake(accept, lambda: None, store.find, lambda: uuid.uuid4().hex, patience=patience)
        app = web.Application(client_max_size=runs.DONE_LIMIT)
        app.router.add_post("/github", github.github(intake, SECRET))
        quota = Quota(claims, runs.WINDOW, time.monotonic)
        verifier = Verifier(issuer.url, AUDIENCE, fetch, clock)
        app.router.add_post("/runs/claim", runs.claim(intake, verifier, quota))
        app.router.add_post("/runs/journal", runs.journal(intake))
        app.router.add_post("/runs/done", runs.done(intake))
        vitals = health.Vitals(store.touch, health.Engine(lambda: False, lambda: 0.0))
        app.router.add_get("/healthz", health.alive(vitals))
        app.router.add_get("/readyz", health.ready(intake, vitals))
        app.router.add_get("/.well-known/millwright-keys.json", health.keys(KEYS))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        here = Street(
            url, http, store, intake, issuer, rows, lambda number, row: DoorAnswer(200, {"row": row.kind})
        )
        try:
            yield here
        finally:
            await runner.cleanup()
            await issuing.cleanup()
            await store.close()
